"""Texts to vectors: what must be the same when indexing and when asking.

``Encoder`` is the protocol; ``bundled.py`` implements it with the weights that are installed with Masdar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

Kind = Literal["query", "passage"]
Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class EncoderIdentity:
    """What an index remembers of the encoder that made it.

    Attributes:
        name: the model's name.
        weights: digest of its weights and of everything else that changes its vectors.
        dimensions: length of a sentence vector and of a token vector.
    """

    name: str
    weights: str
    dimensions: int


@dataclass(frozen=True, slots=True)
class Encoding:
    """One encoded text.

    Attributes:
        vector: the sentence vector, shape (dimensions,), unit length.
        tokens: token vectors as the model gives them, neither centred nor normalised, shape (n, dimensions); without
            those of the prefix and of the special tokens. Empty when they were not asked for.
        spans: start and end offset of each token in the text, shape (n, 2).
    """

    vector: Float32
    tokens: Float32
    spans: Int64


class Encoder(Protocol):
    """A model that turns questions and passages into vectors; safe to call from several threads."""

    @property
    def identity(self) -> EncoderIdentity:
        """Name, digest and sizes, for the index's manifest."""
        ...

    @property
    def max_tokens(self) -> int:
        """The most tokens of text that one pass takes, without prefix and special tokens."""
        ...

    def encode(self, texts: Sequence[str], kind: Kind, *, tokens: bool = False) -> list[Encoding]:
        """Encode texts of one kind, in their order; with ``tokens`` also their token vectors.

        A text of more than ``max_tokens`` is encoded in windows whose vectors are averaged by their length.
        """
        ...

    def spans(self, texts: Sequence[str]) -> list[Int64]:
        """Start and end offset of each token of each text, shape (tokens, 2), as ``Encoding`` has them."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, without prefix and special tokens."""
        ...
