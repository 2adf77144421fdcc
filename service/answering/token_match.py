"""The token vectors of passages beside those of a question: what ranking and explaining sentences start from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.encoder import Encoder, Float32, Int64
from indexer.encoder.centring import Centring, centring_for
from indexer.late import question_vectors
from service.retrieval import Passage, Question
from service.stored_tokens import Read, StoredTokens


@dataclass(frozen=True, slots=True)
class PassageTokens:
    """A passage's token vectors, centred and at unit length.

    Attributes:
        title: of the title above it, shape (title tokens, dimensions); no rows where the text begins with its title.
        own: of its own text, shape (tokens, dimensions).
        spans: where each of ``own`` stands in the article's raw text, shape (tokens, 2).
    """

    title: Float32
    own: Float32
    spans: Int64

    @classmethod
    def of(cls, passage: Passage, vectors: Float32, spans: Int64) -> PassageTokens:
        """Part title and text; ``spans`` are offsets into the text that the encoder reads, the title above."""
        title_end = _read(passage).title_end
        in_title = spans[:, 1] <= title_end
        own = spans[:, 0] >= title_end
        return cls(vectors[in_title], vectors[own], spans[own] + (passage.chunk.start - title_end))


class TokenReader:
    """Token vectors of a question and of passages.

    Args:
        encoder: what made them, or makes them where the index has none.
        stored: those of the index, where it is the encoder's; None to encode every passage again.
    """

    def __init__(self, encoder: Encoder, stored: StoredTokens | None = None) -> None:
        self._encoder = encoder
        self._stored = stored
        self._centring: Centring = centring_for(encoder.identity)

    def question(self, question: Question) -> Float32:
        """The question's token vectors, shape (tokens, dimensions), centred by its language and at unit length."""
        return question_vectors(question.encoding, self._centring, question.language)

    def passages(self, passages: Sequence[Passage]) -> list[PassageTokens]:
        """Those of passages, in their order; from the index, or encoded where it has none."""
        found = self._stored.of([_read(passage) for passage in passages]) if self._stored else [None] * len(passages)
        missing = [passage for passage, tokens in zip(passages, found, strict=True) if tokens is None]
        encoded = self._encoded(missing)
        return [
            PassageTokens.of(passage, tokens.vectors, tokens.spans) if tokens else next(encoded)
            for passage, tokens in zip(passages, found, strict=True)
        ]

    def _encoded(self, passages: Sequence[Passage]) -> Iterator[PassageTokens]:
        texts = [_read(passage).passage for passage in passages]
        for passage, encoding in zip(passages, self._encoder.encode(texts, "passage", tokens=True), strict=True):
            yield PassageTokens.of(passage, self._centring.tokens(encoding.tokens, "passage"), encoding.spans)


def best_matches(asked: Float32, vectors: Float32, missing: float) -> Float32:
    """For each token of a question the best cosine with a row, shape (asked,); ``missing`` where there are none."""
    return (asked @ vectors.T).max(axis=1) if len(vectors) else np.full(len(asked), missing, np.float32)


def _read(passage: Passage) -> Read:
    return Read(passage.chunk, passage.article.title, passage.text)
