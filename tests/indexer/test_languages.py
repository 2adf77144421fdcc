"""The language of texts and passages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.languages import contradicts, language_of, passage_language

ENGLISH = (
    "“We will not accept a deal that leaves our people without water,” the minister told reporters in the capital on "
    "Monday, “and we have said so to every mediator who came to us.”"
)
FRENCH = (
    "Le ministère de la Santé a annoncé que la campagne de vaccination commencerait la semaine prochaine dans tout le "
    "pays, et que les enfants de moins de cinq ans seraient vaccinés les premiers."
)
ARABIC = (
    "أعلنت وزارة الصحة أن حملة التطعيم ستبدأ يوم الأحد المقبل في جميع المحافظات وتستمر أسبوعين، وأن الأطفال دون "
    "الخامسة سيحصلون على الجرعة الأولى في مدارسهم وفي المراكز الصحية القريبة من بيوتهم."
)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ARABIC, "ar"),
        ("فيينا", "ar"),
        ("ڤيينا تستضيف محادثات جديدة", "ar"),
        ("أعلنت شركة Apple عن هاتف iPhone 17 Pro بسعر 999 دولارا", "ar"),
        ("رئیس جمهور گفت دولت بودجه سال آینده را تا پایان ماه به مجلس می‌برد.", "fa"),
        ("وزیر اعظم نے کہا کہ حکومت رواں ماہ کے آخر تک بجٹ پارلیمان میں پیش کرے گی۔", "ur"),
        ("یانەی هەولێر یارییەکەی بردەوە و بووە پاڵەوان.", "ckb"),
        (ENGLISH, "en"),
        ("Quake hits Morocco", "en"),
        (FRENCH, "fr"),
        ("2025 – 17%", "und"),
        ("", "und"),
    ],
)
def test_the_language_of_a_text_is_told(text: str, language: str) -> None:
    assert language_of(text) == language


def test_a_stated_language_stands_unless_the_text_is_surely_in_another() -> None:
    assert contradicts("ar", ENGLISH) == "en"
    assert contradicts("en", ARABIC) == "ar"
    assert contradicts("ar", ARABIC) is None
    assert contradicts("fr", "Quake hits Morocco") is None  # too short to tell
    assert contradicts("so", ENGLISH) is None  # not a language that can be told


def test_a_quotation_in_another_script_has_its_own_language_where_it_is_long_enough() -> None:
    assert passage_language("ar", ENGLISH) == "en"
    assert passage_language("ar", FRENCH) == "fr"
    assert passage_language("en", ARABIC) == "ar"
    assert passage_language("ar", "“We will not accept it.”") == "ar"
    assert passage_language("ar", f"{ARABIC} {ENGLISH}") == "ar"
    assert passage_language("fr", ENGLISH) == "fr"  # the same script: what its source says counts


@given(st.text())
def test_any_text_has_a_language(text: str) -> None:
    assert language_of(text)
