"""The token vectors that the index keeps of a passage, each with its place in the text; the latest stay in memory.

The engine hands vectors out as Python numbers, which takes three milliseconds a passage, and the tokenizer has to say
again which token each belongs to. Ranking by sentence, choosing quotes and explaining them read the same passages.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from indexer.chunks import Chunk, passage_text
from indexer.encoder import Encoder, Float32, Int64
from indexer.late import passage_spans
from indexer.store import Store

#: Passages whose vectors stay in memory: those of some questions at once, .3 MB each.
KEPT = 64


@dataclass(frozen=True, slots=True)
class Read:
    """A chunk and what the encoder read of it: the title of its article above its text."""

    chunk: Chunk
    title: str
    text: str

    @property
    def passage(self) -> str:
        """Both together."""
        return passage_text(self.title, self.text)

    @property
    def title_end(self) -> int:
        """Where the title ends in ``passage``; 0 where the text begins with it."""
        return len(self.passage) - len(self.text)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token vectors of a passage, centred and at unit length.

    Attributes:
        vectors: shape (tokens, dimensions).
        spans: where each stands in ``Read.passage``, shape (tokens, 2).
    """

    vectors: Float32
    spans: Int64


class StoredTokens:
    """Reads token vectors from an index; safe to call from several threads.

    Args:
        store: the index.
        encoder: the encoder that made it; its tokenizer says which token each vector belongs to.
    """

    def __init__(self, store: Store, encoder: Encoder) -> None:
        self._store = store
        self._encoder = encoder
        # The title is part of what was read, and is no part of the chunk.
        self._latest: OrderedDict[Read, Tokens | None] = OrderedDict()
        self._lock = Lock()

    def of(self, read: Sequence[Read]) -> list[Tokens | None]:
        """Those of passages, in their order; None where the index has none, or the passage was cut otherwise then."""
        with self._lock:
            found = {one: self._latest[one] for one in read if one in self._latest}
        missing = [one for one in read if one not in found]
        found |= zip(missing, self._read(missing), strict=True)
        with self._lock:
            for one in read:
                self._latest[one] = found[one]
                self._latest.move_to_end(one)
            while len(self._latest) > KEPT:
                self._latest.popitem(last=False)
        return [found[one] for one in read]

    def _read(self, read: Sequence[Read]) -> list[Tokens | None]:
        if not read or not self._store.manifest.late.on:
            return [None] * len(read)
        kept = self._store.token_vectors([one.chunk for one in read])
        cut = self._encoder.spans([one.passage for one in read])
        return [self._checked(*one) for one in zip(read, kept, cut, strict=True)]

    def _checked(self, read: Read, vectors: Float32, spans: Int64) -> Tokens | None:
        own = passage_spans(read.passage, spans, self._store.manifest.late)
        # Another version of the tokenizer cuts elsewhere.
        return Tokens(vectors, own) if len(own) == len(vectors) > 0 else None
