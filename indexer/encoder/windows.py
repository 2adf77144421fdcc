"""Long texts in windows, for encoders whose own window is shorter: where to cut, and one vector from several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from indexer.encoder import Float32, Int64


@dataclass(frozen=True, slots=True)
class Window:
    """A share of a text: its offsets in the text, and how many tokens it has."""

    start: int
    end: int
    size: int


def windows(text: str, spans_of: Callable[[str], Int64], size: int) -> list[Window]:
    """Cut a text into windows of at most ``size`` tokens, at the beginnings of tokens; at least one window.

    A share of a text can have other tokens than it had in the whole, at its edges; so each share is tokenised by
    itself, and cut again where it grew.

    Args:
        text: the text.
        spans_of: offsets of a text's tokens, shape (tokens, 2), in order.
        size: the most tokens of a window.
    """
    spans = spans_of(text)
    if len(spans) <= size or len(text) < 2:
        return [Window(0, len(text), len(spans))]
    cuts = sorted({0, len(text), *spans[size::size, 0].tolist()})
    if len(cuts) == 2:  # all its tokens begin at one place
        cuts.insert(1, len(text) // 2)
    return [
        Window(start + one.start, start + one.end, one.size)
        for start, end in pairwise(cuts)
        for one in windows(text[start:end], spans_of, size)
    ]


def averaged(vectors: Sequence[Float32], sizes: Sequence[int]) -> Float32:
    """Vectors averaged by the sizes of their windows, at unit length; of one vector that vector at unit length."""
    total = np.sum([vector * max(size, 1) for vector, size in zip(vectors, sizes, strict=True)], axis=0)
    unit: Float32 = (total / np.maximum(np.linalg.norm(total), 1e-12)).astype(np.float32)
    return unit
