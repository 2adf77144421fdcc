"""What is compared: a system is documents indexed in some way and a function from a question to documents."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib import import_module

import numpy as np

from eval.datasets import Dataset
from indexer.encoder import Encoder, Float32

#: Passages that each system looks at for a question: enough that ten articles are among them when articles are long.
DEPTH = 100
#: A question to ids of documents, best first, none twice.
Ask = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Indexed:
    """A system with the documents of one question set in it.

    Attributes:
        name: the system's name in results.
        seconds: to index, encoding included, as if nothing had been shared with another system.
        ask: answers a question; encodes it anew each time.
    """

    name: str
    seconds: float
    ask: Ask


@dataclass(frozen=True, slots=True)
class Family:
    """Systems that share their work on a question set.

    Attributes:
        systems: what each is, by name, in the order of ``open``.
        libraries: what must be installed, by the name to import.
        extra: the extra of this project that installs them.
        open: index a question set; the systems can be asked until the block ends.
    """

    systems: dict[str, str]
    libraries: tuple[str, ...]
    extra: str
    open: Callable[[Dataset], AbstractContextManager[Sequence[Indexed]]]

    def missing(self) -> list[str]:
        """The libraries that cannot be imported here."""
        return [name for name in self.libraries if not _is_installed(name)]


def _is_installed(name: str) -> bool:
    try:
        import_module(name)
    except ImportError:
        return False
    return True


@dataclass(slots=True)
class SharedVectors:
    """Passage vectors, each text encoded once however many systems and question sets have it.

    Attributes:
        encode: texts to vectors, shape (texts, dimensions).
        spared: seconds that encoding took when the texts that were then found here were encoded first; a system adds
            them to its own time.
    """

    encode: Callable[[Sequence[str]], Float32]
    spared: float = 0.0
    _kept: dict[str, tuple[Float32, float]] = field(default_factory=dict)

    def of(self, texts: Sequence[str]) -> Float32:
        """The vectors of these texts, shape (texts, dimensions); at least one text."""
        new = [text for text in dict.fromkeys(texts) if text not in self._kept]
        self.spared += sum(self._kept[text][1] for text in set(texts) if text in self._kept)
        if new:
            begun = time.perf_counter()
            vectors = self.encode(new)
            # By length: that of two texts of a batch is not known, and only sums of many are used.
            second = (time.perf_counter() - begun) / max(1, sum(map(len, new)))
            self._kept |= {text: (row, second * len(text)) for text, row in zip(new, vectors, strict=True)}
        return np.stack([self._kept[text][0] for text in texts])


def passage_vectors(encoder: Encoder) -> SharedVectors:
    """The sentence vectors of an encoder as it gives them, not centred."""
    return SharedVectors(lambda texts: np.stack([one.vector for one in encoder.encode(texts, "passage")]))


def distinct(names: Iterable[str]) -> list[str]:
    """Documents of passages, best first, each where its best passage stands."""
    return list(dict.fromkeys(names))
