"""Which token vectors a passage keeps."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import TrigramEncoder

from indexer.encoder.centring import NO_CENTRING
from indexer.late import content_tokens, passage_vectors, question_vectors

ENCODER = TrigramEncoder()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("وقّع الوزير على الاتفاق في الرياض", ["وقّع", "الوزير", "الاتفاق", "الرياض"]),
        ("The minister signed in 2025", ["minister", "signed", "2025"]),
        ("من في على", ["من", "في", "على"]),
    ],
)
def test_function_words_are_left_out_unless_there_is_nothing_else(text: str, kept: list[str]) -> None:
    encoding = ENCODER.encode([text], "passage", tokens=True)[0]
    chosen = encoding.spans[content_tokens(text, encoding.spans)]
    assert [text[start:end] for start, end in chosen] == kept


def test_vectors_have_unit_length_and_a_question_keeps_all_its_tokens() -> None:
    text = "هل وقّع الوزير على الاتفاق؟"
    encoding = ENCODER.encode([text], "query", tokens=True)[0]
    question = question_vectors(encoding, NO_CENTRING, "ar")
    assert len(question) == len(encoding.tokens)
    passage = passage_vectors(text, encoding, NO_CENTRING)
    assert len(passage) < len(question)
    np.testing.assert_allclose(np.linalg.norm(np.concatenate([question, passage]), axis=1), 1.0, rtol=1e-5)


def test_a_text_without_tokens_has_no_vectors() -> None:
    encoding = ENCODER.encode([""], "passage", tokens=True)[0]
    assert passage_vectors("", encoding, NO_CENTRING).shape == (0, ENCODER.dimensions)
