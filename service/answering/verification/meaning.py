"""How close a claim comes to sentences in meaning: MaxSim over token vectors, for the whole and word by word.

As in ``service/answering/extractive.py`` token vectors are centred, the claim's by the mean of its language, and the
score is the mean over the claim's tokens of the best cosine in the sentences (Khattab and Zaharia 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from indexer.encoder import Encoder, Encoding, Float32, Int64, Kind
from indexer.encoder.centring import centring_for
from service.answering.verification.words import Word

#: Encoded texts that are kept: one answer's claims are held against the same sentences.
KEPT = 2048


class Likeness:
    """Cosines of a claim's tokens with those of some sentences.

    Args:
        cosines: shape (claim tokens, sentence tokens).
        own, there: offsets of both sides' tokens, shape (n, 2).
    """

    def __init__(self, cosines: Float32, own: Int64, there: Int64) -> None:
        self._cosines, self._own, self._there = cosines, own, there

    @property
    def score(self) -> float:
        """The mean of each claim token's best cosine, at most 1; 0 where there are no tokens."""
        return float(self._cosines.max(axis=1).mean()) if self._cosines.size else 0.0

    def words(self, claim: Sequence[Word], source: Sequence[Word]) -> Float32:
        """The same word by word, shape (claim words, source words); -1 where a word has no token."""
        found = np.full((len(claim), len(source)), -1.0, np.float32)
        if not self._cosines.size:
            return found
        columns = [_within(self._there, word) for word in source]
        for row, word in enumerate(claim):
            cosines = self._cosines[_within(self._own, word)]
            if len(cosines):
                found[row] = [cosines[:, column].max(axis=1).mean() if column.any() else -1.0 for column in columns]
        return found


def _within(spans: Int64, word: Word) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    inside: np.ndarray[tuple[int], np.dtype[np.bool_]] = (spans[:, 0] < word.end) & (spans[:, 1] > word.start)
    return inside


class Meaning:
    """Compares texts by an encoder that gives token vectors."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._centring = centring_for(encoder.identity)
        self._encoded = lru_cache(maxsize=KEPT)(self._encode)

    def compare(self, claim: str, language: str, sentences: Sequence[str]) -> Likeness:
        """Hold a claim against sentences; offsets on their side are those of the sentences joined by newlines."""
        asked = self._encoded(claim, "query")
        own = self._centring.tokens(asked.tokens, "query", language)
        vectors, spans, offset = [], [], 0
        for sentence in sentences:
            encoding = self._encoded(sentence, "passage")
            vectors.append(self._centring.tokens(encoding.tokens, "passage"))
            spans.append(encoding.spans + offset)
            offset += len(sentence) + 1
        there = np.concatenate(vectors) if vectors else np.zeros((0, own.shape[1] if own.ndim == 2 else 0), np.float32)
        cosines = own @ there.T if len(own) and len(there) else np.zeros((0, 0), np.float32)
        return Likeness(cosines, asked.spans, np.concatenate(spans) if spans else asked.spans[:0])

    def _encode(self, text: str, kind: Kind) -> Encoding:
        return self._encoder.encode([text], kind, tokens=True)[0]
