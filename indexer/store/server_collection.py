"""One collection on a Qdrant server: what ``engine.Shard`` is to the embedded index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
from qdrant_client import models

from indexer.encoder import Float32
from indexer.store.engine import MAX_FACETS, PAGE, VECTOR_PAGE
from indexer.store.server_calls import Connection


class ServerCollection:
    """A collection of points.

    Args:
        connection: the server.
        name: the collection.
        counted: what of it counts and is scrolled through; None is everything.

    Raises:
        StoreError: from every method: the connection is closed, or the call failed.
    """

    def __init__(self, connection: Connection, name: str, counted: models.Filter | None = None) -> None:
        self._connection = connection
        self._client = connection.client
        self.name = name
        self._counted = counted

    def upsert(self, batch: Sequence[models.PointStruct]) -> None:
        """Insert points or replace those of the same id; applied when it returns."""
        self._connection.call(self._client.upsert, self.name, list(batch), wait=True)

    def set_payload(self, keys: Sequence[str], payload: Mapping[str, object]) -> None:
        """Set these fields of these points; applied when it returns."""
        self._connection.call(self._client.set_payload, self.name, dict(payload), list(keys), wait=True)

    def remove(self, which: models.Filter | list[str]) -> None:
        """Remove the points with these ids, or that the filter finds; applied when it returns."""
        selector = which if isinstance(which, models.Filter) else models.PointIdsList(points=list(which))
        self._connection.call(self._client.delete, self.name, selector, wait=True)

    def query(self, query: Any, using: str, limit: int, **more: Any) -> list[models.ScoredPoint]:
        """The points that a query finds, best first."""
        response = self._connection.call(
            self._client.query_points, self.name, query=query, using=using, limit=limit, **more
        )
        return response.points

    def count(self) -> int:
        """How many points there are, exactly."""
        return self._connection.call(self._client.count, self.name, self._counted, exact=True).count

    def facet(self, field: str) -> dict[str, int]:
        """Points per value of a keyword field, most first; of ``MAX_FACETS`` values at most."""
        found = self._connection.call(self._client.facet, self.name, field, limit=MAX_FACETS, exact=True)
        return {str(hit.value): hit.count for hit in found.hits}

    def payloads(self, keys: Sequence[str], fields: bool | list[str]) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Id and payload of those of these points that exist, in no order; all fields or the ones named."""
        for at in range(0, len(keys), PAGE):
            wanted: list[Any] = list(keys[at : at + PAGE])
            found = self._connection.call(
                self._client.retrieve, self.name, wanted, with_payload=fields, with_vectors=False
            )
            for record in found:
                yield str(record.id), record.payload or {}

    def vectors(self, keys: Sequence[str], name: str) -> Iterator[tuple[str, Float32]]:
        """Id and the named vector, a multivector as rows, of those of these points that have it, in no order."""
        for at in range(0, len(keys), VECTOR_PAGE):
            wanted: list[Any] = list(keys[at : at + VECTOR_PAGE])
            found = self._connection.call(
                self._client.retrieve, self.name, wanted, with_payload=False, with_vectors=[name]
            )
            for record in found:
                vectors = record.vector
                if isinstance(vectors, dict) and vectors.get(name) is not None:
                    yield str(record.id), np.asarray(vectors[name], np.float32)

    def pages(self) -> Iterator[list[tuple[str, Mapping[str, object], Mapping[str, object]]]]:
        """Id, payload and vectors by name of every point, in pages; multivectors are rows of floats."""
        records = self._scrolled(self._counted, VECTOR_PAGE, True, with_vectors=True)
        while page := list(islice(records, VECTOR_PAGE)):
            yield [(str(one.id), one.payload or {}, one.vector if isinstance(one.vector, dict) else {}) for one in page]

    def scroll(self, fields: bool | list[str]) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Id and the named fields, or all, of every point that counts."""
        for record in self._scrolled(self._counted, PAGE, fields, with_vectors=False):
            yield str(record.id), record.payload or {}

    def matching(
        self, field: str, values: Sequence[str], fields: list[str], limit: int | None
    ) -> list[Mapping[str, object]]:
        """The named fields of points whose keyword field has any of these values, at most ``limit``, in no order."""
        any_of = models.FieldCondition(key=field, match=models.MatchAny(any=list(values)))
        page = PAGE if limit is None else max(1, min(PAGE, limit))
        found = self._scrolled(models.Filter(must=[any_of]), page, fields, with_vectors=False)
        return [record.payload or {} for record in islice(found, limit)]

    def vectors_of(self, wanted: models.Filter) -> Iterator[tuple[Mapping[str, object], Mapping[str, object]]]:
        """Payload and vectors by name of every point that the filter finds; multivectors are rows of floats."""
        for record in self._scrolled(wanted, VECTOR_PAGE, True, with_vectors=True):
            yield record.payload or {}, record.vector if isinstance(record.vector, dict) else {}

    def _scrolled(
        self, wanted: models.Filter | None, page: int, fields: bool | list[str], *, with_vectors: bool
    ) -> Iterator[models.Record]:
        offset: Any = None
        while True:
            records, offset = self._connection.call(
                self._client.scroll,
                self.name,
                wanted,
                limit=page,
                offset=offset,
                with_payload=fields,
                with_vectors=with_vectors,
            )
            yield from records
            if offset is None:
                return
