"""What goes to a worker and comes back: one row of a Ray dataset each, pickled, since Arrow has no such types."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from llama_index.core.schema import TransformComponent

from indexer.articles import Article
from indexer.chunks import EncodedChunk
from indexer.pipeline import Encoded, encoded_articles
from indexer.store import Story
from indexer.store.batch import Batch

#: The one column of the datasets.
COLUMN = "work"

#: Makes, in a worker, the transformations from documents to encoded nodes; loads the encoder.
Recipe = Callable[[], Sequence[TransformComponent]]


class Writer(Protocol):
    """A store as far as a worker writes to it."""

    def put(self, batch: Batch, stories: Mapping[str, Story]) -> None:
        """See ``Store.put``."""
        ...


#: Opens, in a worker, the store that all workers write to.
OpenWriter = Callable[[], Writer]


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a worker makes for itself.

    Attributes:
        recipe: makes the transformations.
        opening: opens the store to write to; None sends the chunks back to the driver, which writes them.
    """

    recipe: Recipe
    opening: OpenWriter | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """Articles to chunk and encode, and the stories that they tell where the worker writes them, too."""

    number: int
    articles: list[Article]
    stories: dict[str, Story]


@dataclass(frozen=True, slots=True)
class Done:
    """What came of the work of the same number.

    Attributes:
        sizes: chunks of each article.
        chunks: the chunks of each article; None where the worker wrote them.
        failure: what was raised instead; then nothing was written, or what was counts for nothing.
    """

    number: int
    sizes: Sequence[int] = ()
    chunks: list[list[EncodedChunk]] | None = None
    failure: Exception | None = None


class Worker:
    """Chunks, encodes and writes, as its equipment says; an instance lives in each actor."""

    def __init__(self, equipment: Equipment) -> None:
        self._equipment = equipment
        self._transformations: Sequence[TransformComponent] | None = None
        self._writer: Writer | None = None

    def __call__(self, row: Mapping[str, Any]) -> dict[str, bytes]:
        """Work on one row."""
        work: Work = unpacked(row)
        try:
            done = self._done(work)
        except Exception as error:  # noqa: BLE001  # raised again by the driver, which can say what it means
            done = Done(work.number, failure=_portable(error))
        return packed(done)

    def _done(self, work: Work) -> Done:
        # Not made in the constructor: what fails there, Ray tries again for ever.
        if self._transformations is None:
            opening = self._equipment.opening
            self._transformations = self._equipment.recipe()
            self._writer = opening() if opening else None
        encoded = encoded_articles(work.articles, self._transformations)
        sizes = [len(chunks) for _, chunks in encoded]
        if self._writer is None:
            return Done(work.number, sizes, _halved(encoded))
        self._writer.put(encoded, work.stories)
        return Done(work.number, sizes)


def packed(content: Work | Done) -> dict[str, bytes]:
    """A row."""
    return {COLUMN: pickle.dumps(content, pickle.HIGHEST_PROTOCOL)}


def unpacked(row: Mapping[str, Any]) -> Any:
    """What ``packed`` made a row of."""
    return pickle.loads(row[COLUMN])  # noqa: S301  # between processes of one cluster, which run each other's code


def restored(done: Done, articles: Sequence[Article]) -> Encoded:
    """The articles with their chunks, as a store takes them."""
    chunks = done.chunks or [[] for _ in articles]
    return [
        (article, [_with_late(one, np.float32) for one in own]) for article, own in zip(articles, chunks, strict=True)
    ]


def _halved(encoded: Encoded) -> list[list[EncodedChunk]]:
    """The chunks with token vectors in 16 bits, which is all that ``EncodeNodes`` keeps of them."""
    return [[_with_late(one, np.float16) for one in chunks] for _, chunks in encoded]


def _with_late(encoded: EncodedChunk, datatype: type[np.floating[Any]]) -> EncodedChunk:
    return encoded if encoded.late is None else replace(encoded, late=encoded.late.astype(datatype))


def _portable(error: Exception) -> Exception:
    """The exception, or one that says the same where it cannot be sent."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  # made here
    except Exception:  # noqa: BLE001  # whatever an exception's own pickling raises
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
