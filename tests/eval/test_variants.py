"""Variants of questions: what each changes, what it leaves, and that the same seed gives the same."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.datasets import Dataset, Document
from eval.variants import SILENT, VARIANTS, derive
from eval.variants.material import Material, Rarity
from indexer.arabic import fold_text
from indexer.lexical import terms

ARABIC = "متى وُقّع اتفاق المعادن بين أوكرانيا والولايات المتحدة في 30 أبريل؟"
ENGLISH = "When did Zelensky and Trump sign the minerals deal in Washington?"
COMMON = ["اتفاق المعادن المتحدة"] * 8 + ["minerals deal sign"] * 8 + [ARABIC, ENGLISH]
RARITY = Rarity(COMMON)
#: Variants that draw lots.
RANDOM = ("slips", "letters", "names", "diacritics", "tatweel")


def varied(name: str, text: str, seed: int = 1, rate: float = 0.25) -> str:
    return VARIANTS[name](text, Material(Random(seed), rate, RARITY))


def some(name: str, text: str, **options: float) -> set[str]:
    """What a variant that draws lots can give."""
    return {varied(name, text, seed=seed, **options) for seed in range(300)}  # type: ignore[arg-type]


def test_a_slip_drops_doubles_swaps_or_takes_the_next_key() -> None:
    assert {"Tump", "Trummp", "Turmp", "Trimp"} <= some("slips", "Trump")
    assert {"معدن", "معاادن", "مععادن", "مهادن", "ماعدن"} <= some("slips", "معادن")


def test_the_first_letter_and_short_words_get_no_slip() -> None:
    assert {word[0] for word in some("slips", "Trump")} == {"T"}
    assert varied("slips", "من هو؟") == "من هو؟"


@pytest.mark.parametrize(("rate", "changed"), [(0.0, 1), (0.5, 3), (1.0, 6)])
def test_the_rate_is_the_share_of_words_that_change(rate: float, changed: int) -> None:
    text = "واشنطن موسكو القاهرة بيروت بغداد الخرطوم"
    for seed in range(30):
        other = varied("slips", text, seed, rate).split()
        # A swap of two like letters changes nothing.
        assert changed - 1 <= sum(a != b for a, b in zip(text.split(), other, strict=True)) <= changed


def test_letters_are_taken_for_those_that_sound_alike() -> None:
    assert some("letters", "نظام") == {"نضام"}
    assert some("letters", "ضابط") == {"ظابط", "ضابت"}
    assert varied("letters", "Trump") == "Trump"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("hamza", "أين لقاء إسطنبول على مستوى الحكومة؟", "اين لقا اسطنبول علي مستوي الحكومه؟"),
        ("hamza", "قراءة الأجزاء", "قراءه الاجزا"),
        ("joined", "ما هي شروط و بنود عبد الله؟", "ماهي شروط وبنود عبدالله؟"),
        ("joined", "من وقّع؟", "منوقّع؟"),
        ("apart", "البصرة والزبير ووالدة والدنا", "البصرة و الزبير ووالدة والدنا"),
        ("plain", "Who signed the U.S. deal, and why?", "who signed the u s deal and why"),
        ("plain", "متى «وقّع» الوفد؟", "متى وقّع الوفد"),
        ("digits", "ماذا جرى في 28 فبراير ٢٠٢٥؟", "ماذا جرى في ٢٨ فبراير 2025؟"),
        ("digits", "What happened on 28 February?", "What happened on 28 February?"),
        ("presentation", "سلام", "ﺳﻼﻡ"),
        ("keywords", ENGLISH, "Zelensky Trump sign minerals deal Washington"),
        ("keywords", "متى وُقّع اتفاق المعادن؟", "وُقّع اتفاق المعادن"),
        ("names-only", ENGLISH, "Zelensky Trump Washington"),
        ("names-only", "Which papers covered Al-Rawi's panel?", "Al-Rawi's"),
    ],
)
def test_what_a_variant_makes(name: str, text: str, expected: str) -> None:
    assert varied(name, text) == expected


def test_names_are_misspelt_and_nothing_else() -> None:
    found = some("names", "When did Zelensky speak?")
    assert "When did Zelenski speak?" in found
    assert all(text.startswith("When did Z") and text.endswith(" speak?") for text in found)
    assert "Moscou" not in some("names", "moscow")
    assert some("names", "What does NATO want?") == {"What does NATO want?"}


def test_short_questions_keep_the_rarest_words_in_their_order() -> None:
    assert RARITY("أوكرانيا") > RARITY("المعادن") > RARITY("في")
    assert varied("short-2", "متى وُقّع اتفاق المعادن في أوكرانيا؟") == "وُقّع أوكرانيا"
    assert varied("short-1", "minerals deal of Zelensky") == "Zelensky"
    assert varied("short-3", "minerals deal of Zelensky in 2025") == "minerals deal Zelensky"


def test_a_question_of_function_words_stays_as_it_is() -> None:
    for name in ("keywords", "short-1", "names-only"):
        assert varied(name, "من هو؟") == "من هو؟"
        assert varied(name, "who is it?") == "who is it?"


@pytest.mark.parametrize("name", SILENT)
def test_silent_variants_change_no_term(name: str) -> None:
    for seed in range(20):
        assert varied(name, ARABIC, seed) != ARABIC
        assert fold_text(varied(name, ARABIC, seed)) == fold_text(ARABIC)
        assert terms(varied(name, ARABIC, seed)) == terms(ARABIC)


@settings(deadline=None, max_examples=50)
@pytest.mark.parametrize("name", VARIANTS)
@given(text=st.text(st.sampled_from("أبةىءضلوا من عن zelKy.-'٣5ً؟ \n"), max_size=40))
def test_no_question_becomes_empty_and_chance_is_all_of_the_difference(name: str, text: str) -> None:
    made = varied(name, text)
    assert made == varied(name, text)
    if any(map(str.isalnum, text)):
        assert made.strip()


def dataset(*questions: str) -> Dataset:
    queries = {f"q{number}": text for number, text in enumerate(questions)}
    return Dataset("made", {"a": Document("", "نص")}, queries, {query: {"a": 1} for query in queries})


def test_only_changed_questions_are_derived() -> None:
    assert derive(dataset(ARABIC, ENGLISH), ["digits", "names-only"]) == {
        "digits": {"q0": ARABIC.replace("30", "٣٠")},
        "names-only": {
            "q0": derive(dataset(ARABIC, ENGLISH), ["short-2"])["short-2"]["q0"],
            "q1": "Zelensky Trump Washington",
        },
    }


@pytest.mark.parametrize("name", RANDOM)
def test_the_same_seed_gives_the_same_beside_whatever_else(name: str) -> None:
    alone = derive(dataset(ARABIC, ENGLISH), [name])[name]
    assert derive(dataset(ARABIC, ENGLISH, "سؤال آخر"), ["plain", *RANDOM])[name].items() >= alone.items()
    assert any(derive(dataset(ARABIC, ENGLISH), [name], seed=seed)[name] != alone for seed in range(5))
