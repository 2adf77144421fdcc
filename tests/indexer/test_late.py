"""Which token vectors a passage keeps, and which settings are allowed."""

from __future__ import annotations

import re
from dataclasses import asdict

import numpy as np
import pytest
from fakes import TrigramEncoder
from hypothesis import given
from hypothesis import strategies as st

from indexer.encoder import Encoding
from indexer.encoder.centring import NO_CENTRING
from indexer.errors import BadInput
from indexer.late import (
    TOKEN_CHOICES,
    LateInteraction,
    TokenChoice,
    content_tokens,
    passage_spans,
    passage_vectors,
    question_vectors,
)

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
    assert len(passage) == len(question)
    fewer = passage_vectors(text, encoding, NO_CENTRING, LateInteraction(tokens="content"))
    assert len(fewer) < len(passage)
    np.testing.assert_allclose(np.linalg.norm(np.concatenate([question, passage]), axis=1), 1.0, rtol=1e-5)


def test_a_text_without_tokens_has_no_vectors() -> None:
    encoding = ENCODER.encode([""], "passage", tokens=True)[0]
    assert passage_vectors("", encoding, NO_CENTRING).shape == (0, ENCODER.dimensions)


def pieces(text: str, *parts: str) -> Encoding:
    """A text encoded in these parts, as a model of word pieces does; each has a direction of its own."""
    spans, at = [], 0
    for part in parts:
        start = text.index(part, at)
        at = start + len(part)
        spans.append((start, at))
    return Encoding(np.zeros(0, np.float32), np.eye(len(parts), dtype=np.float32), np.array(spans, np.int64))


def shown(text: str, encoding: Encoding, settings: LateInteraction) -> list[str]:
    return [text[start:end] for start, end in passage_spans(text, encoding.spans, settings).tolist()]


SPLIT = "وقَّع «الوزير» في الرياض، 2025"
SPLIT_ENCODING = pieces(SPLIT, "وق", "َّ", "ع", "«", "ال", "وزير", "»", "في", "الر", "ياض", "،", "2025")


@pytest.mark.parametrize(
    ("tokens", "pooling", "kept"),
    [
        ("all", 1, ["وق", "َّ", "ع", "«", "ال", "وزير", "»", "في", "الر", "ياض", "،", "2025"]),
        ("content", 1, ["وق", "ع", "ال", "وزير", "الر", "ياض", "2025"]),
        ("words", 1, ["وقَّع", "الوزير", "الرياض", "2025"]),
        ("words", 3, ["وقَّع «الوزير» في الرياض", "2025"]),
        ("content", 2, ["وقَّع", "الوزير", "الرياض", "2025"]),
        ("content", 16, ["وقَّع «الوزير» في الرياض، 2025"]),
    ],
)
def test_tokens_become_vectors_as_the_settings_say(tokens: TokenChoice, pooling: int, kept: list[str]) -> None:
    settings = LateInteraction(tokens=tokens, pooling=pooling)
    assert shown(SPLIT, SPLIT_ENCODING, settings) == kept
    vectors = passage_vectors(SPLIT, SPLIT_ENCODING, NO_CENTRING, settings)
    assert vectors.shape == (len(kept), 12)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, rtol=1e-6)


def test_a_word_is_the_mean_of_the_tokens_kept_of_it() -> None:
    vectors = passage_vectors(SPLIT, SPLIT_ENCODING, NO_CENTRING, LateInteraction(tokens="words"))
    # The vowel sign belongs to the word and has no say in it, like punctuation.
    assert np.flatnonzero(vectors[0]).tolist() == [0, 2]
    assert vectors[1, 4:6] == pytest.approx([0.5**0.5] * 2)


@given(st.text("وزير في،. \u064e2a", max_size=30), st.sampled_from(TOKEN_CHOICES), st.integers(1, 16))
def test_every_vector_has_its_place_in_the_text(text: str, tokens: TokenChoice, pooling: int) -> None:
    encoding = ENCODER.encode([text], "passage", tokens=True)[0]
    settings = LateInteraction(tokens=tokens, pooling=pooling)
    spans = passage_spans(text, encoding.spans, settings)
    assert len(spans) == len(passage_vectors(text, encoding, NO_CENTRING, settings))
    assert (spans[:, 0] < spans[:, 1]).all()
    assert (spans[1:, 0] >= spans[:-1, 1]).all()
    assert bool(len(spans)) == bool(len(encoding.spans))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"datatype": "int2"}, "datatype is 'int2'; choose one of: float32, float16, turbo8, turbo4"),
        ({"tokens": "some"}, "tokens is 'some'; choose one of: all, content, words"),
        ({"pooling": 0}, "pooling is 0; give a whole number from 1 (none) to 16"),
        ({"pooling": 17}, "pooling is 17"),
        ({"pooling": True}, "pooling is True"),
    ],
)
def test_what_is_not_allowed_is_said_with_what_is(values: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput, match=re.escape(said)):
        LateInteraction.of(asdict(LateInteraction()) | values)


@pytest.mark.parametrize("values", [None, [], {}, {"on": True}, asdict(LateInteraction()) | {"on": 1}])
def test_what_is_no_such_record_is_refused(values: object) -> None:
    with pytest.raises(ValueError, match="late interaction needs on, datatype, tokens, pooling"):
        LateInteraction.of(values)


def test_settings_are_read_as_they_were_kept_and_unknown_keys_are_left_aside() -> None:
    settings = LateInteraction(False, "turbo4", "words", 2)
    assert LateInteraction.of(asdict(settings) | {"later": 1}) == settings
