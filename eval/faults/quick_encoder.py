"""An encoder that is quick and ranks a little, for faults that are not about the model: hashed words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import numpy as np

from indexer.arabic import fold_text
from indexer.encoder import EncoderIdentity, Encoding, Float32, Int64, Kind

_WORD: Final = re.compile(r"\S+")
_DIMENSIONS: Final = 64


class QuickEncoder:
    """Each folded word has a direction of its own, and a text that of its words together.

    Implements ``indexer.encoder.Encoder``.
    """

    max_tokens = 480
    identity = EncoderIdentity("hashed words", f"hashed-words-{_DIMENSIONS}", _DIMENSIONS)

    def spans(self, texts: Sequence[str]) -> list[Int64]:
        """Start and end of each word of each text."""
        return [np.array([word.span() for word in _WORD.finditer(text)], np.int64).reshape(-1, 2) for text in texts]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many words each text has."""
        return [len(spans) for spans in self.spans(texts)]

    def encode(self, texts: Sequence[str], kind: Kind, *, tokens: bool = False) -> list[Encoding]:
        """Vectors of texts; those of words where they are asked for."""
        return [_encoding(text, spans, tokens) for text, spans in zip(texts, self.spans(texts), strict=True)]


def _encoding(text: str, spans: Int64, tokens: bool) -> Encoding:
    rows = np.array([_direction(text[start:end]) for start, end in spans], np.float32).reshape(-1, _DIMENSIONS)
    total = rows.sum(axis=0)
    total[0] += 1e-3  # a text without words has a direction, too
    kept = len(rows) if tokens else 0
    return Encoding((total / np.linalg.norm(total)).astype(np.float32), rows[:kept], spans[:kept])


def _direction(word: str) -> Float32:
    digest = blake2b(fold_text(word).encode("utf-8", "surrogatepass"), digest_size=_DIMENSIONS // 8).digest()
    signs = np.unpackbits(np.frombuffer(digest, np.uint8)).astype(np.float32) * 2 - 1
    unit: Float32 = (signs / np.sqrt(_DIMENSIONS)).astype(np.float32)
    return unit
