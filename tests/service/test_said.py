"""Which words of a question a sentence says."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.encoder import Encoding
from indexer.lexical import tokenize
from service.answering.said import LIKE_ACROSS, QuestionWords
from service.retrieval import Question

#: Words that ask, and a name among them: wage, worker, Basra.
WAGE = "كم راتب العامل في البصرة؟"


def words_of(text: str, language: str = "ar", *, within: bool = True) -> QuestionWords:
    """The words of a question whose every word is one token."""
    spans = np.array([(token.start, token.end) for token in tokenize(text)], np.int64).reshape(-1, 2)
    encoding = Encoding(np.zeros(4, np.float32), np.zeros((len(spans), 4), np.float32), spans)
    return QuestionWords.of(Question(text, language, encoding), within=within)


def matches(words: QuestionWords, alike: dict[str, float]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """The match of each token of ``WAGE``, nought but for the words named."""
    return np.array([alike.get(token.text, 0.0) for token in tokenize(WAGE)], np.float32)


def test_a_word_is_said_in_one_of_its_forms_or_in_a_word_that_the_model_takes_for_it() -> None:
    words = words_of(WAGE)
    said = words.said("ونال كل عامل أجرا جديدا.", matches(words, {"راتب": 0.7}))
    found = {word.text: one for word, one in zip(words.words, said, strict=True)}
    assert found == {"راتب": True, "العامل": True, "البصرة": False}


def test_a_word_that_the_model_takes_for_no_other_is_not_said() -> None:
    words = words_of(WAGE)
    assert not any(words.said("افتتحت المحطة أمس.", matches(words, {"راتب": 0.3})))


def test_across_languages_less_likeness_is_enough() -> None:
    near, across = words_of("wage", "en"), words_of("wage", "en", within=False)
    match = np.array([LIKE_ACROSS + 0.01], np.float32)
    assert (near.said("المحطة", match), across.said("المحطة", match)) == ((False,), (True,))


def test_what_a_title_has_counts_as_written() -> None:
    words = words_of(WAGE)
    assert words.written("إضراب في البصرة") == (False, False, True)


@given(st.text(max_size=60), st.text(max_size=60))
def test_of_any_question_each_word_is_said_or_not(question: str, sentence: str) -> None:
    words = words_of(question)
    said = words.said(sentence, np.zeros(words.tokens.shape[1], np.float32))
    assert len(said) == len(words.words) == len(words.written(sentence))
