"""Tokens, stems and the sparse vectors of the lexical signal."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import lexical
from indexer.arabic import fold_text
from indexer.function_words import FUNCTION_WORDS
from indexer.lexical import SparseVector, document_vector, joined, query_vector, stem, term_id, terms, tokenize

WORDS = st.text(alphabet=st.sampled_from("ابتدرسفقكلمنهويءآأإةى"), min_size=1, max_size=12)
TEXT = st.one_of(
    st.text(),
    st.text(alphabet=st.sampled_from("ابلوهيتنمةأى ًُـ.,،'٣٫٬12sSuU%-_/\u200f")),
    st.text(alphabet=st.characters(categories=None, exclude_categories=())),
)


def words(text: str) -> list[str]:
    return [token.text for token in tokenize(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("وصل الرئيسُ إلى القاهرة.", ["وصل", "الرييس", "الي", "القاهره"]),
        ("#حمزة_لبيض في @CNNArabic", ["حمزه", "لبيض", "في", "cnnarabic"]),
        ("بـ242 دونما", ["ب", "242", "دونما"]),
        ("14كلم", ["14", "كلم"]),
        ("عام ٢٠٢٤", ["عام", "2024"]),
        ("1,000 و١٬٠٠٠٬٠٠٠ و1.000.000", ["1000", "و", "1000000", "و", "1000000"]),
        ("1.000,5 and 1,000.5", ["1000.5", "and", "1000.5"]),
        ("3.5 و٣٫٥ و1,7 مليون", ["3.5", "و", "3.5", "و", "1.7", "مليون"]),
        ("1.500", ["1.500"]),
        ("0,125", ["0.125"]),
        ("50% ٥٠٪", ["50", "50"]),
        ("12.5.2025 و10:30 و2018-2019", ["12", "5", "2025", "و", "10", "30", "و", "2018", "2019"]),
        ("2017,2018,2019", ["2017", "2018", "2019"]),
        ("أ.ف.ب وU.S. و e.g.", ["افب", "و", "us", "و", "eg"]),
        ("العربية.نت www.bbc.co.uk", ["العربيه", "نت", "www", "bbc", "co", "uk"]),
        ("G20 F-16 COVID-19 5G", ["g20", "f", "16", "covid", "19", "5g"]),
        ("Obama's don't L’Oréal", ["obama's", "don", "t", "l", "oreal"]),
        ("ﷺ", ["صلي", "الله", "عليه", "وسلم"]),
        ("Москва 東京", ["москва", "東京"]),
        ("، ؟ ... «»", []),
        ("", []),
    ],
)
def test_words_and_numbers(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_offsets_point_at_the_raw_words() -> None:
    text = "قالَ مُحَمَّدٌ: \u200fبلغت ١٬٠٠٠٫٥ دولار يوم 12/5 لدى أ.ف.ب."
    assert [text[token.start : token.end] for token in tokenize(text)] == [
        "قالَ", "مُحَمَّدٌ", "بلغت", "١٬٠٠٠٫٥", "دولار", "يوم", "12", "5", "لدى", "أ.ف.ب",
    ]  # fmt: skip


@given(TEXT)
def test_tokens_are_in_order_inside_the_text_and_found_again_alone(text: str) -> None:
    previous = (0, 0)
    for token in tokenize(text):
        assert 0 <= token.start < token.end <= len(text)
        span = (token.start, token.end)
        assert token.start >= previous[1] or (token.start >= previous[0] and _shares_a_ligature(text, span, previous))
        assert token.text
        assert token.text == fold_text(token.text)
        assert token.text.replace(".", "") in "".join(words(text[token.start : token.end])).replace(".", "")
        previous = span


def _shares_a_ligature(text: str, span: tuple[int, int], previous: tuple[int, int]) -> bool:
    """Whether the overlap of two tokens is one raw character that folds to several (½, ﷺ)."""
    return any(len(fold_text(char)) > 1 for char in text[span[0] : previous[1]])


@given(TEXT)
def test_every_letter_and_digit_is_in_a_token(text: str) -> None:
    kept = "".join(token.text for token in tokenize(text))
    for char in fold_text(text):
        if char.isalpha():
            assert char in kept


@pytest.mark.parametrize(
    ("forms", "expected"),
    [
        ("حكومة الحكومة والحكومة للحكومة بالحكومة لحكومة حكومتهم حكوماتنا حكومتها الحكومية", "حكوم"),
        ("مدرس مدرسون مدرسين المدرسين للمدرسات ومدرسها", "مدرس"),
        ("صاروخ الصاروخ صاروخا بصاروخ والصاروخان صاروخين", "صاروخ"),
        ("بريطانيا ببريطانيا لبريطانيا البريطانية والبريطانيون بريطاني", "ريطان"),
        ("اقتصاد الاقتصاد اقتصادية والاقتصادي باقتصادها", "اقتصاد"),
        ("جامعة الجامعات فالجامعة جامعتنا", "جامع"),
        ("minister ministers minister's", "minister"),
        ("city cities city's", "city"),
    ],
)
def test_forms_of_a_word_meet_in_one_stem(forms: str, expected: str) -> None:
    assert {stem(fold_text(form)) for form in forms.split()} == {expected}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("لبنان", "بن"),
        ("بنك", "نكا"),
        ("وطن", "طن"),
        ("الم", "لم"),
        ("دولة", "دولار"),
        ("bus", "bu"),
        ("crisis", "crisi"),
        ("usa", "us"),
    ],
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert stem(fold_text(one)) != stem(fold_text(other))


@pytest.mark.parametrize("word", ["ال", "و", "لل", "وال", "به", "ات", "اي", "بن", "دم", "s", "us", "gas", "3.5"])
def test_short_words_and_numbers_stay_whole(word: str) -> None:
    assert stem(word) == word


@given(WORDS)
def test_a_stem_is_a_part_of_its_word_of_two_letters_or_more(word: str) -> None:
    folded = fold_text(word)
    assert stem(folded) in folded
    assert len(stem(folded)) >= min(2, len(folded))


@given(st.text(alphabet=st.sampled_from("ابتدرسفقكمنهوي"), min_size=5, max_size=9))
def test_the_article_and_its_prefixes_do_not_change_the_stem(word: str) -> None:
    if word.startswith(("و", "ف", "ال", "بال", "كال")):
        return
    bare = stem(word)
    for prefix in ("ال", "وال", "بال", "كال", "فال", "وبال"):
        assert stem(prefix + word) == bare


def test_function_words_do_not_count_even_behind_a_conjunction() -> None:
    assert terms("وفي هذا اليوم، ومن ثمّ فإن الذي كان على المدينة") == ["يوم", "مدين"]
    assert terms("What is the name of the minister?") == ["name", "minister"]


def test_negation_and_numbers_count() -> None:
    assert terms("بدون 25 جنديا") == [stem("بدون"), "25", "جند"]


def test_function_words_are_in_folded_spelling() -> None:
    assert all(word == fold_text(word) for word in FUNCTION_WORDS)


def test_spelling_variants_count_as_one_term() -> None:
    variants = ["الإمارات", "الامارات", "الإماراتُ", "اﻹمارات", "والإمــارات", "بالإمارات"]
    assert len({tuple(terms(variant)) for variant in variants}) == 1


def test_a_term_weighs_as_bm25_says() -> None:
    vector = document_vector("قمر قمر شمس", average_length=6, k1=1.2, b=0.75)
    norm = 1.2 * (1 - 0.75 + 0.75 * 3 / 6)
    by_id = dict(zip(vector.indices, vector.values, strict=True))
    assert by_id[term_id(stem("قمر"))] == pytest.approx(2 * 2.2 / (2 + norm))
    assert by_id[term_id(stem("شمس"))] == pytest.approx(1 * 2.2 / (1 + norm))


def test_longer_passages_weigh_a_term_less_and_b_zero_ignores_length() -> None:
    short, long = "قمر", "قمر شمس نجم كوكب مجرة"
    index = term_id("قمر")

    def weight(text: str, b: float) -> float:
        vector = document_vector(text, average_length=3, b=b)
        return vector.values[vector.indices.index(index)]

    assert weight(short, 0.75) > weight(long, 0.75)
    assert weight(short, 0) == weight(long, 0)


@given(TEXT)
def test_vectors_are_sorted_distinct_unsigned_and_positive(text: str) -> None:
    for vector in (document_vector(text), query_vector(text)):
        assert isinstance(vector, SparseVector)
        assert vector.indices == sorted(set(vector.indices))
        assert all(0 <= index < 2**32 for index in vector.indices)
        assert len(vector.indices) == len(vector.values)
        assert all(value > 0 for value in vector.values)
    assert query_vector(text).indices == document_vector(text).indices


def test_a_question_counts_each_term_once() -> None:
    vector = query_vector("القمر والقمر قمر؟")
    assert vector == SparseVector([term_id("قمر")], [1.0])


def test_joined_vectors_have_the_entries_of_all_and_add_up() -> None:
    assert joined(SparseVector([2, 5], [1.0, 2.0]), SparseVector([1, 5], [3.0, 4.0])) == ([1, 2, 5], [3.0, 1.0, 6.0])
    assert joined() == ([], [])


def test_text_without_terms_has_an_empty_vector() -> None:
    assert document_vector("في من إلى ...") == query_vector("") == SparseVector([], [])


def test_weights_of_colliding_terms_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexical, "term_id", lambda term: 7)
    assert query_vector("قمر شمس") == SparseVector([7], [2.0])
    apart = document_vector("قمر قمر شمس", average_length=3)
    assert apart.indices == [7]
    assert apart.values[0] == pytest.approx(2 * 2.2 / (2 + 1.2) + 1)


@pytest.mark.parametrize("length", [0, -3, float("nan")])
def test_an_average_length_that_is_not_positive_is_refused(length: float) -> None:
    with pytest.raises(ValueError, match="average_length"):
        document_vector("قمر", average_length=length)


def test_term_ids_are_those_written_down() -> None:
    assert term_id("قمر") == 4_087_941_549
    assert term_id("2024") == 1_493_220_395


def test_term_ids_do_not_depend_on_the_process() -> None:
    program = "from indexer.lexical import term_id; import sys; sys.stdout.write(str(term_id('قمر')))"
    for seed in ("0", "1"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        out = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
        assert int(out.stdout) == term_id("قمر")


@pytest.mark.slow
def test_counting_terms_is_fast() -> None:
    text = "أعلنت وزارة الخارجية المصرية، اليوم الأحد، أن 3.5 مليون زائر وصلوا إلى القاهرة. " * 5000
    count = len(terms(text))
    start = time.perf_counter()
    terms(text)
    assert count / (time.perf_counter() - start) > 100_000
