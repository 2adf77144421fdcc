"""A question's words and names in the other script."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.cross_script import cross_script_terms
from indexer.lexical import SparseVector, document_vector, query_vector, term_id, terms
from indexer.names import document_names, question_names


def weights(vector: SparseVector) -> dict[int, float]:
    return dict(zip(vector.indices, vector.values, strict=True))


def shared(question: str, passage: str) -> int:
    """How many terms of a passage the question asks for."""
    return len(set(cross_script_terms(question).words.indices) & set(document_vector(passage).indices))


@pytest.mark.parametrize(
    ("question", "passage", "least"),
    [
        ("Who gave $1.5bn?", "1.5 مليار دولار", 3),
        ("Who gave $1.5 billion?", "١٫٥ مليار دولار", 3),
        ("the € 20 tax", "20 يورو", 2),
        ("1,500 people", "1500", 1),
        ("Did 20% vote?", "٢٠٪", 1),
        ("in March 2024", "آذار/مارس 2024", 3),
        ("in the 1990s", "1990", 1),
        ("the 21st century", "القرن 21", 2),
        ("Super Bowl 50?", "50", 1),
        ("كم بلغ التضخم؟", "inflation", 1),
        ("أين يقع COVID-19؟", "COVID-19", 1),
    ],
)
def test_numbers_dates_and_words_meet_across_scripts(question: str, passage: str, least: int) -> None:
    assert shared(question, passage) >= least


def test_own_terms_weigh_one_and_translations_share_their_weight() -> None:
    words = weights(cross_script_terms("the United Nations in 2024").words)
    assert words[term_id("2024")] == 1
    assert 0 < words[term_id(terms("الأمم")[0])] < 1


def test_a_translated_latin_word_is_not_looked_for_by_sound_as_well() -> None:
    assert cross_script_terms("president Zelensky").names == question_names("Zelensky")


def test_arabic_words_keep_their_sound_beside_their_translation() -> None:
    assert cross_script_terms("أوكرانيا").names == question_names("أوكرانيا")


def test_an_english_question_finds_its_arabic_passage_and_not_another() -> None:
    question = cross_script_terms("Did the Ukrainian president meet Macron in Paris?")
    meeting, market = "التقى الرئيس الأوكراني ماكرون في باريس", "ارتفعت أسعار النفط في السوق"

    def score(passage: str) -> float:
        passage_weights = weights(document_vector(passage)) | weights(document_names(passage))
        asked = weights(question.words) | weights(question.names)
        return sum(weight * passage_weights.get(index, 0.0) for index, weight in asked.items())

    assert score(meeting) > 3 * score(market)


@settings(deadline=None)  # the first text reads the lexicon or fills the caches
@given(st.one_of(st.text(), st.text(alphabet=st.characters(categories=None, exclude_categories=()))))
def test_any_question_has_its_own_terms_among_its_words(question: str) -> None:
    found = cross_script_terms(question)
    assert found == cross_script_terms(question)
    for vector in found:
        assert vector.indices == sorted(set(vector.indices))
        assert all(value > 0 for value in vector.values)


@settings(deadline=None)  # the first text reads the lexicon or fills the caches
@given(st.lists(st.sampled_from(["من", "الرئيس", "فلاديمير", "التضخم", "2024", "DNA"])).map(" ".join))
def test_the_terms_of_a_question_are_asked_for_as_they_are(question: str) -> None:
    assert set(query_vector(question).indices) <= set(cross_script_terms(question).words.indices)
