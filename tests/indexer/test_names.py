"""The sparse vectors of names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.lexical import SparseVector, document_vector, query_vector
from indexer.names import NAME_WEIGHT, SAME_SCRIPT_WEIGHT, document_names, question_names

PASSAGES = (
    "التقى الرئيس الأوكراني فولوديمير زيلينسكي نظيره الفرنسي إيمانويل ماكرون في باريس.",
    "وصل المبعوث إلى الخرطوم، ثم زار وزير الخارجية الحوثي صنعاء.",
    "قال مارك زوكربيرغ إن فيسبوك ستفتح مكتبا في الدوحة.",
)
EMPTY = SparseVector([], [])


def score(question: SparseVector, passage: SparseVector) -> float:
    weights = dict(zip(passage.indices, passage.values, strict=True))
    return sum(value * weights.get(index, 0.0) for index, value in zip(*question, strict=True))


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("When did Zelensky meet Macron?", 0),
        ("When did Zelenski meet Makron?", 0),
        ("what did zelensky say", 0),
        ("Who visited Khartoum?", 1),
        ("What did the Houthis want in Sana?", 1),
        ("Where does Zuckerberg's Facebook open an office?", 2),
        ("ماذا قال زكربيرج؟", 2),
        ("متى زار الخرتوم؟", 1),
    ],
)
def test_a_question_in_another_script_or_spelling_finds_the_passage_with_its_names(question: str, best: int) -> None:
    scores = [score(question_names(question), document_names(passage)) for passage in PASSAGES]
    assert max(scores) > 0
    assert scores.index(max(scores)) == best


def test_arabic_questions_find_names_in_english_passages() -> None:
    english = ("Volodymyr Zelensky met Emmanuel Macron.", "The envoy arrived in Khartoum.")
    assert score(question_names("زيلينسكي"), document_names(english[0])) > 0
    assert score(question_names("زيلينسكي"), document_names(english[1])) == 0


def test_a_name_weighs_more_than_a_word_in_small_letters_and_both_more_than_slips() -> None:
    assert max(question_names("Zelensky").values) == NAME_WEIGHT
    assert max(question_names("زيلينسكي").values) == SAME_SCRIPT_WEIGHT
    assert SAME_SCRIPT_WEIGHT < max(question_names("zelensky").values) < NAME_WEIGHT


def test_words_left_out_have_no_keys() -> None:
    assert question_names("Zelensky Macron", left_out={1}) == question_names("Zelensky")
    assert question_names("Zelensky", left_out={0}) == EMPTY


def test_function_words_and_numbers_have_no_names() -> None:
    assert question_names("What was there in 2024?") == document_names("في من إلى 2024") == EMPTY


def test_a_key_is_never_the_id_of_a_word() -> None:
    text = " ".join(PASSAGES)
    assert not set(document_names(text).indices) & set(document_vector(text).indices)


def test_repetitions_count_less_and_less() -> None:
    once, twice, often = (max(document_names("ماكرون " * times).values) for times in (1, 2, 50))
    assert once == 1
    assert 1 < twice < often < 2.2


@settings(deadline=None)  # the first text reads the lexicon or fills the caches
@given(st.text())
def test_vectors_of_any_text_are_sorted_distinct_and_positive(text: str) -> None:
    for vector in (document_names(text), question_names(text)):
        assert vector.indices == sorted(set(vector.indices))
        assert all(value > 0 for value in vector.values)
    assert question_names(text) == question_names(text)
    assert set(query_vector(text).indices).isdisjoint(question_names(text).indices)
