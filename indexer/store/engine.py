"""One shard of Qdrant's embedded engine, with its exceptions and panics turned into ours."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias, TypeVar, cast

import numpy as np
import qdrant_edge as edge

from indexer.encoder import Float32
from indexer.errors import StoreDamaged, StoreError

#: Points per page of a scroll, a retrieval or a deletion.
PAGE = 2_000
#: Points per page with all their vectors: token vectors come as lists of floats, a megabyte a chunk.
VECTOR_PAGE = 100
#: Sources that an index may have for ``Shard.facet`` to count them all.
MAX_FACETS = 10_000
#: What the engine says where the system gives no more memory: no fault of its files.
_OUT_OF_MEMORY = ("Cannot allocate memory", "Out of memory")


T = TypeVar("T")
#: An index over a payload field, with its settings.
FieldIndex: TypeAlias = edge.KeywordIndexParams | edge.DatetimeIndexParams


def paged(items: Sequence[T], size: int = PAGE) -> Iterator[list[T]]:
    """The items in lists of at most ``size``."""
    for at in range(0, len(items), size):
        yield list(items[at : at + size])


class Shard:
    """A shard in a folder, open until ``close``.

    The engine's calls hold the GIL, so calls from several threads run one after the other.

    Args:
        folder: the shard's folder, made by ``create_shard``.

    Raises:
        StoreDamaged: the shard cannot be loaded; so does every method whose call the engine cannot complete, except
            ``update`` and ``flush``, which raise StoreError.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open = True
        with self._reading():
            self._shard = edge.EdgeShard.load(str(folder))

    def update(self, operation: edge.UpdateOperation) -> None:
        """Apply an operation; a process that is killed afterwards does not lose it."""
        with self._writing():
            self._shard.update(operation)

    def flush(self) -> None:
        """Write what was applied to the disk, so that the machine may fail too."""
        with self._writing():
            self._shard.flush()

    def reload(self, config: edge.EdgeConfig) -> None:
        """Close the shard and open it with other settings, which it keeps; no other thread may be using it.

        Raises:
            StoreDamaged: it cannot be loaded again.
        """
        with self._writing():
            self._shard.close()
        with self._reading():
            self._shard = edge.EdgeShard.load(str(self._folder), config)

    def optimise(self) -> None:
        """Close and merge segments, build graphs, reclaim space. Holds the GIL for its whole time."""
        with self._writing():
            self._shard.optimize()

    def query(self, request: edge.QueryRequest) -> list[edge.ScoredPoint]:
        """The points that a query finds, best first."""
        with self._reading():
            return self._shard.query(request)

    def count(self) -> int:
        """How many points there are, exactly."""
        with self._reading():
            return self._shard.count(edge.CountRequest(exact=True))

    def facet(self, field: str) -> dict[str, int]:
        """Points per value of a keyword field, most first; of ``MAX_FACETS`` values at most."""
        with self._reading():
            response = self._shard.facet(edge.FacetRequest(key=field, limit=MAX_FACETS, exact=True))
            return {str(hit.value): hit.count for hit in response.hits}

    def payloads(self, keys: Sequence[edge.PointId], fields: bool | list[str]) -> Iterator[Mapping[str, object]]:
        """Payloads of those of these points that exist, in no order; all fields or the ones named."""
        for page in paged(keys):
            with self._reading():
                records = self._shard.retrieve(page, with_payload=fields, with_vector=False)
            for record in records:
                yield record.payload or {}

    def vectors(self, keys: Sequence[edge.PointId], name: str) -> Iterator[tuple[str, Float32]]:
        """Id and the named vector, a multivector as rows, of those of these points that have it, in no order."""
        for page in paged(keys):
            with self._reading():
                records = self._shard.retrieve(page, with_payload=False, with_vector=[name])
            for record in records:
                named = record.vector  # made anew at each access
                if isinstance(named, dict) and name in named:
                    yield str(record.id), _rows(cast(Sequence[Sequence[float]], named[name]))

    def vectors_of(self, wanted: edge.Filter) -> Iterator[tuple[Mapping[str, object], Mapping[str, object]]]:
        """Payload and vectors by name of every point that the filter finds; multivectors are rows of floats."""
        offset: edge.PointId | None = None
        while True:
            request = edge.ScrollRequest(offset, VECTOR_PAGE, filter=wanted, with_payload=True, with_vector=True)
            with self._reading():
                records, offset = self._shard.scroll(request)
            for record in records:
                vectors = record.vector  # made anew at each access
                yield record.payload or {}, vectors if isinstance(vectors, dict) else {}
            if offset is None:
                return

    def pages(self) -> Iterator[list[tuple[str, Mapping[str, object], Mapping[str, object]]]]:
        """Id, payload and vectors by name of every point, in pages; multivectors are rows of floats."""
        offset: edge.PointId | None = None
        while True:
            request = edge.ScrollRequest(offset, VECTOR_PAGE, with_payload=True, with_vector=True)
            with self._reading():
                records, offset = self._shard.scroll(request)
            vectors = [record.vector for record in records]  # made anew at each access
            yield [
                (str(record.id), record.payload or {}, named if isinstance(named, dict) else {})
                for record, named in zip(records, vectors, strict=True)
            ]
            if offset is None:
                return

    def scroll(self, fields: bool | list[str]) -> Iterator[tuple[edge.PointId, Mapping[str, object]]]:
        """Id and the named fields, or all, of every point."""
        offset: edge.PointId | None = None
        while True:
            with self._reading():
                records, offset = self._shard.scroll(edge.ScrollRequest(offset, PAGE, with_payload=fields))
            for record in records:
                yield record.id, record.payload or {}
            if offset is None:
                return

    def matching(
        self, field: str, values: Sequence[str], fields: list[str], limit: int | None
    ) -> list[Mapping[str, object]]:
        """The named fields of the points whose keyword field has any of these values, at most ``limit``, in no order.

        None where the shard has no index over the field: it would be read from end to end.
        """
        if not self.has_index(field):
            return []
        wanted = edge.Filter(must=[edge.FieldCondition(key=field, match=edge.MatchAny(list(values)))])
        found: list[Mapping[str, object]] = []
        offset: edge.PointId | None = None
        while limit is None or len(found) < limit:
            size = PAGE if limit is None else min(PAGE, limit - len(found))
            with self._reading():
                records, offset = self._shard.scroll(edge.ScrollRequest(offset, size, wanted, with_payload=fields))
            found += [record.payload or {} for record in records]
            if offset is None:
                break
        return found

    def has_index(self, field: str) -> bool:
        """Whether there is an index over a payload field."""
        with self._reading():
            return field in self._shard.info().payload_schema

    def index_settings(self, field: str) -> object:
        """How the index over a payload field was asked for; None where there is none, or nothing was said."""
        with self._reading():
            index = self._shard.info().payload_schema.get(field)
            return index.params if index else None

    def ensure_index(self, field: str, schema: edge.PayloadSchemaType | FieldIndex) -> None:
        """Make an index over a payload field where there is none; reads every point once."""
        if not self.has_index(field):
            self.update(edge.UpdateOperation.create_field_index(field, schema))

    def check_open(self) -> None:
        """Raise StoreError after ``close``."""
        if not self._open:
            raise StoreError(f"the index {self._folder.parent} has been closed; open it again with open_store")

    def close(self) -> None:
        """Release the files; nothing the second time."""
        if self._open:
            self._open = False
            self._shard.close()

    def _reading(self) -> AbstractContextManager[None]:
        return self._calling(
            StoreDamaged,
            f"the index files in {self._folder} cannot be read (%s); restore them from a backup or index the articles "
            "again into another folder (--store)",
        )

    def _writing(self) -> AbstractContextManager[None]:
        return self._calling(
            StoreError,
            f"the index files in {self._folder} did not take the write (%s); see whether the disk is full or "
            "read-only, then run the command again: it goes on where it stopped",
        )

    def _calling(self, kind: type[StoreError], sentence: str) -> AbstractContextManager[None]:
        self.check_open()
        return _engine_errors(kind, sentence)


def _rows(rows: Sequence[Sequence[float]]) -> Float32:
    """The rows of a multivector, which the engine gives as lists; packing them takes half the time of asarray."""
    length = len(rows[0]) if rows else 0
    pack = struct.Struct(f"{length}f").pack
    return np.frombuffer(b"".join([pack(*row) for row in rows]), np.float32).reshape(len(rows), length)


def create_shard(folder: Path, config: edge.EdgeConfig, indexed: Mapping[str, FieldIndex]) -> None:
    """Make an empty shard in a new folder, with indexes over payload fields.

    Raises:
        StoreError: the folder cannot be made or written.
    """
    sentence = f"the index folder {folder} cannot be made (%s); see whether the disk is full or read-only"
    with _engine_errors(StoreError, sentence):
        folder.mkdir()
        shard = edge.EdgeShard.create(str(folder), config)
        for field, schema in indexed.items():
            shard.update(edge.UpdateOperation.create_field_index(field, schema))
        shard.close()


@contextmanager
def _engine_errors(kind: type[StoreError], sentence: str) -> Iterator[None]:
    """Turn what the engine raises into ``kind``: plain Exception, and PanicException, which is not even that."""
    try:
        yield
    except Exception as error:
        raise _told(error, kind, sentence) from error
    except BaseException as error:
        # The class of a Rust panic cannot be imported; KeyboardInterrupt and the like must pass.
        if type(error).__name__ != "PanicException":
            raise
        raise _told(error, kind, sentence) from error


def _told(error: BaseException, kind: type[StoreError], sentence: str) -> StoreError:
    if any(words in str(error) for words in _OUT_OF_MEMORY):
        return StoreError(
            f"the index needs more memory than this process may have ({_shown(error)}); give it more, then run the "
            "command again: nothing is lost"
        )
    return kind(sentence.replace("%s", _shown(error)))


def _shown(error: BaseException) -> str:
    """The first line of an engine's message: the rest is for its developers."""
    first = (str(error).splitlines() or [type(error).__name__])[0]
    return first if len(first) <= 200 else first[:200] + "…"
