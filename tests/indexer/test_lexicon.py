"""The bilingual lexicon."""

from __future__ import annotations

from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import lexicon
from indexer.lexical import terms, tokenize
from indexer.lexicon import LONGEST, Lexicon, bundled, translations


def called(text: str, entries: Lexicon | None = None) -> list[tuple[str, ...]]:
    """Every phrase that words of the text are called."""
    return [phrase for found in translations(text, tokenize(text), entries) for phrase in found.phrases]


def phrase(text: str) -> tuple[str, ...]:
    return tuple(terms(text))


@pytest.mark.parametrize(
    ("english", "arabic"),
    [
        ("Who is the president?", "رئيس"),
        ("Which ministers resigned?", "وزراء"),
        ("Where did the earthquakes strike?", "زلزال"),
        ("the American hostages", "رهائن"),
        ("the American hostages", "الولايات المتحدة"),
        ("the US position", "الولايات المتحدة"),
        ("U.S. troops", "الولايات المتحدة"),
        ("in the UK", "بريطانيا"),
        ("the UN warned", "الأمم المتحدة"),
        ("a United Nations envoy", "الأمم المتحدة"),
        ("What is NATO?", "الناتو"),
        ("minerals in Ukraine", "معادن"),
        ("Chinese exports", "الصين"),
        ("the cities", "مدن"),
        ("Who was killed?", "قتل"),
        ("stopped", "وقف"),
        ("In May and in March", "مايو"),
        ("In May and in March", "آذار"),
        ("the WHO report", "منظمة الصحة العالمية"),
        ("Egypt's army", "مصر"),
    ],
)
def test_english_words_have_their_arabic_names(english: str, arabic: str) -> None:
    assert phrase(arabic) in called(english)


@pytest.mark.parametrize(
    ("arabic", "english"),
    [
        ("من هو رئيس الولايات المتحدة؟", "president"),
        ("من هو رئيس الولايات المتحدة؟", "united states"),
        ("متى أعلنت وقف إطلاق النار؟", "ceasefire"),
        ("بالتضخم والنفط", "inflation"),
        ("والنفط", "oil"),
    ],
)
def test_arabic_words_have_their_english_names(arabic: str, english: str) -> None:
    assert phrase(english) in called(arabic)


def test_what_counts_in_capitals_alone_does_not_count_in_small_letters() -> None:
    assert not called("Who may help us?", Lexicon(["US|WHO = أمريكا", "may = مايو"]))
    assert called("US", Lexicon(["US = أمريكا"])) == [phrase("أمريكا")]


def test_the_longest_entry_is_taken() -> None:
    entries = Lexicon(["south = جنوب", "south korea = كوريا الجنوبية", "korea = كوريا"])
    assert called("in South Korea", entries) == [phrase("كوريا الجنوبية")]
    assert called("Korea, south", entries) == [phrase("كوريا"), phrase("جنوب")]


def test_entries_of_one_word_add_up() -> None:
    assert called("fair", Lexicon(["fair = معرض", "fair = عادل"])) == [phrase("معرض"), phrase("عادل")]


def test_positions_count_words() -> None:
    found = translations("Did South Korea win?", tokenize("Did South Korea win?"))
    assert (found[0].first, found[0].end) == (1, 3)


@pytest.mark.parametrize("line", ["president رئيس", "president=رئيس"])
def test_a_line_that_is_no_entry_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="is no entry"):
        Lexicon([line])


def test_the_data_file_is_in_order() -> None:
    lines = resources.files(lexicon).joinpath(lexicon.FILE).read_text("utf-8").splitlines()
    entries = [line.split(" = ") for line in lines if line and not line.startswith("#")]
    assert len(entries) > 1500
    english = [word for left, _ in entries for word in left.split("|")]
    assert len(english) == len(set(english)), "each English word has one entry"
    for left, right in entries:
        assert all(part == part.strip() and part.isascii() for part in left.split("|")), left
        assert all(part == part.strip() and terms(part) for part in right.split("|")), right
    assert max(map(len, [*bundled().english, *bundled().arabic])) <= LONGEST


@settings(deadline=None)  # the first text reads the lexicon or fills the caches
@given(st.text())
def test_any_text_can_be_looked_up(text: str) -> None:
    tokens = tokenize(text)
    for found in translations(text, tokens):
        assert 0 <= found.first < found.end <= len(tokens)
        assert all(found.phrases)
