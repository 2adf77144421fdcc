"""Keys by which a name sounds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.arabic import fold_text
from indexer.transliteration import MOST_SKELETONS, MOST_VOICED, NO_KEYS, Keys, sound_keys

LATIN = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=20)
ARABIC = st.text(alphabet="ابتثجحخدذرزسشصضطظعغفقكلمنهويء", min_size=1, max_size=14)


def keys(word: str) -> Keys:
    return sound_keys(fold_text(word))


def skeletons(word: str) -> set[str]:
    return {key.text for key in keys(word).skeletons}


def voiced(word: str) -> set[str]:
    return {key.text for key in keys(word).voiced}


@pytest.mark.parametrize(
    ("latin", "arabic"),
    [
        ("Vladimir", "فلاديمير"),
        ("Zelensky", "زيلينسكي"),
        ("Zelenski", "زيلينسكي"),
        ("Netanyahu", "نتنياهو"),
        ("Netanyaho", "نتنياهو"),
        ("Macron", "ماكرون"),
        ("Biden", "بايدن"),
        ("Khartoum", "الخرطوم"),
        ("Guterres", "غوتيريش"),
        ("Erdoğan", "أردوغان"),
        ("Scholz", "شولتس"),
        ("Blinken", "بلينكن"),
        ("Washington", "واشنطن"),
        ("Qatar", "قطر"),
        ("Starmer", "ستارمر"),
        ("Mohammed", "محمد"),
        ("Muhammad", "محمد"),
        ("Salman", "سلمان"),
        ("Bezos", "بيزوس"),
        ("Google", "غوغل"),
        ("Google", "جوجل"),
        ("Facebook", "فيسبوك"),
        ("Churchill", "تشرشل"),
        ("Djokovic", "ديوكوفيتش"),
        ("Pittsburgh", "بيتسبرغ"),
        ("Othman", "عثمان"),
        ("Iraq", "العراق"),
        ("Khamenei", "خامنئي"),
        ("Texas", "تكساس"),
    ],
)
def test_both_spellings_of_a_name_share_a_skeleton(latin: str, arabic: str) -> None:
    assert skeletons(latin) & skeletons(arabic)


@pytest.mark.parametrize(
    ("latin", "arabic"),
    [
        ("Houthi", "الحوثي"),
        ("Leyen", "لاين"),
        ("Gaza", "غزة"),
        ("Riyadh", "الرياض"),
        ("Jeddah", "جدة"),
        ("Sisi", "السيسي"),
        ("Jeff", "جيف"),
        ("Messi", "ميسي"),
        ("Ali", "علي"),
        ("Kyiv", "كييف"),
        ("Rubio", "روبيو"),
        ("Putin", "بوتين"),
    ],
)
def test_both_spellings_of_a_name_share_a_voiced_key(latin: str, arabic: str) -> None:
    assert voiced(latin) & voiced(arabic)


@pytest.mark.parametrize("short", ["غزة", "جدة", "علي", "Gaza", "Ali"])
def test_names_of_two_consonants_are_not_told_apart_by_consonants_alone(short: str) -> None:
    assert not any(len(key) < 3 for key in skeletons(short))


@pytest.mark.parametrize(("one", "other"), [("Gaza", "جوزاء"), ("Sisi", "أساس"), ("Biden", "بدون"), ("Macron", "مكرر")])
def test_words_with_other_vowels_share_no_voiced_key(one: str, other: str) -> None:
    assert not voiced(one) & voiced(other)


def test_what_is_joined_in_front_of_a_name_does_not_hide_it() -> None:
    for joined in ("الخرطوم", "والخرطوم", "بالخرطوم", "للخرطوم", "خرطوم"):
        assert "Krtm" in skeletons(joined)
    for joined in ("وبوتين", "لبوتين", "بوتين"):
        assert "butin" in voiced(joined)


@pytest.mark.parametrize(
    ("slip", "word"),
    [("الكويث", "الكويت"), ("ترامپ", "ترامب"), ("الضوحة", "الدوحة"), ("اوكرانيا", "أوكرنيا"), ("نتانياهو", "نتنياهو")],
)
def test_slips_between_letters_that_sound_alike_keep_a_key(slip: str, word: str) -> None:
    assert skeletons(slip) & skeletons(word) or voiced(slip) & voiced(word)


@pytest.mark.parametrize("word", ["", "2024", "g20", "Москва", "東京", "3.5", "don't", "a" * 26, "ب" * 26])
def test_what_is_no_arabic_or_latin_word_has_no_keys(word: str) -> None:
    assert keys(word) == NO_KEYS


@settings(deadline=None)  # the first text reads the lexicon or fills the caches
@given(st.one_of(LATIN, ARABIC, st.text()))
def test_any_word_has_few_distinct_keys_likeliest_first(word: str) -> None:
    found = keys(word)
    for of_kind, most in ((found.skeletons, MOST_SKELETONS), (found.voiced, MOST_VOICED)):
        assert len(of_kind) <= most
        assert len({key.text for key in of_kind}) == len(of_kind)
        likelihoods = [key.likelihood for key in of_kind]
        assert likelihoods == sorted(likelihoods, reverse=True)
        assert all(0 < likelihood <= 1 for likelihood in likelihoods)


@settings(deadline=None)  # the first text reads the lexicon or fills the caches
@given(st.one_of(LATIN, ARABIC))
def test_keys_are_the_same_when_made_again(word: str) -> None:
    first = sound_keys(word)
    sound_keys.cache_clear()
    assert sound_keys(word) == first
