"""Typed spans: what kind of question a stretch of a sentence may answer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.answering.asked.spans import typed_spans


@pytest.mark.parametrize(
    ("kind", "sentence", "text"),
    [
        ("money", "بلغت الكلفة 3.5 مليون دولار أمس.", "3.5 مليون دولار"),
        ("percentage", "ارتفعت الأسعار 12 في المئة.", "12"),
        ("percentage", "ارتفعت الأسعار 12٪.", "12"),
        ("duration", "استمر اللقاء ست ساعات.", "ست ساعات"),
        ("duration", "استمر اللقاء ساعتين.", "ساعتين"),
        ("count", "نقل القطار 9,300 راكب.", "9,300 راكب"),
        ("age", "فازت الفتاة وعمرها 15 عاما.", "15 عاما"),
        ("measure", "طول الأنبوب 64 كم.", "64 كم"),
        ("date", "وقع الاتفاق في أبريل.", "أبريل"),
        ("date", "تأسست الشركة عام 2019.", "2019"),
        ("person", "وقال المهندس عدي الساعدي", "عدي الساعدي"),
        ("place", "عقدت القمة في باريس.", "باريس"),
        ("place", "عقدت الجولة في قصر تشيراغان.", "قصر تشيراغان"),
        ("organisation", "وقعت شركة النور عقدا.", "شركة النور عقدا"),
        ("reason", "تأجل الافتتاح بسبب عيب في الأنبوب.", "بسبب عيب في الأنبوب"),
        ("quotation", "قال إن الرهان «صائب تماما».", "«صائب تماما»"),
        ("count", "The ferry carried 120 passengers.", "120 passengers"),
        ("count", "شارك في الماراثون 1500 عداء.", "1500 عداء"),
        ("date", "وفي 2025 افتتح المصنع.", "2025"),
        ("count", "حضر ألفا شخص الحفل.", "ألفا شخص"),
        ("age", "توفي في الـ45 من عمره.", "45 من"),
        ("age", "بلغ من العمر 45", "45"),
        ("age", "The player is 15 years old.", "15 years"),
        ("money", "التذكرة بسعر 50€ للفرد.", "50€ للفرد"),
        ("age", "توفي المطرب عن 82 عاما.", "82 عاما"),
        ("date", "يبدأ العمل في 15/7/2025.", "15/7/2025"),
        ("date", "يفتتح المتحف الأسبوع المقبل.", "الأسبوع المقبل"),
        ("date", "The talks resume next week.", "next week"),
        ("place", "وصل الوفد إلى فيينا.", "فيينا"),
        ("person", "The deal was signed by Scott Bessent.", "Scott Bessent"),
    ],
)
def test_a_span_has_its_kind_and_its_place(kind: str, sentence: str, text: str) -> None:
    found = [(span.kind, sentence[span.start : span.end]) for span in typed_spans(sentence)]
    assert (kind, text) in found


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("place", "وقّع الطرفان اتفاقا في قطاع الطاقة."),
        ("person", "وقال إن الأزمة مستمرة."),
        ("count", "وقّع الطرفان عام 2019 اتفاقا."),
        ("count", "في 2025 افتتح المصنع."),
        ("date", "تضم التعاونية 1,340 فلاحا."),
    ],
)
def test_what_only_looks_like_a_kind_is_none(kind: str, sentence: str) -> None:
    assert kind not in {span.kind for span in typed_spans(sentence)}


def test_an_amount_names_what_it_counts() -> None:
    assert [span.noun for span in typed_spans("نقل القطار 9300 راكب") if span.kind == "count"] == ["راكب"]


WORDS = ["العمر", "45", "1500", "عام", "عمره", "قال", "رئيس", "في", "€", "سنة", "ألفا", "،", "years", "old"]


@settings(deadline=None)  # the first example reads the tables
@given(st.text() | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_spans_lie_inside_any_text(text: str) -> None:
    assert all(0 <= span.start < span.end <= len(text) for span in typed_spans(text))
