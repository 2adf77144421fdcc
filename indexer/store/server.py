"""The index on a Qdrant server: two collections, asked by any number of processes and written to by one at a time.

Since others may write while this process searches, every search looks which version of an article counts; that is one
request more than the search itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Self

from qdrant_client import models

from indexer.articles import Article, from_payload
from indexer.chunks import Chunk
from indexer.encoder import Float32
from indexer.errors import BadInput, StoreDamaged, StoreRefused
from indexer.lexical import SparseVector
from indexer.store import NO_FILTERS, NO_STORIES, Counts, Filters, Hit, Recency, Story, points, server_points
from indexer.store.batch import Batch, latest_of
from indexer.store.committed import committed, enough_hits, stored_versions
from indexer.store.engine import paged
from indexer.store.manifest import Manifest
from indexer.store.server_calls import Connection
from indexer.store.server_collection import ServerCollection
from indexer.store.server_inspection import ServerInspected
from indexer.store.server_lease import LEASE, WriterLease
from indexer.store.story_records import Records, StoryLookup, story_payload
from indexer.store.sweep import CHUNK_FIELDS, RECORD_FIELDS, half_written

#: How long the count of languages is remembered, in seconds: other processes write, too.
LANGUAGES_SECONDS = 5.0
_RECORDS = models.Filter(must_not=[models.HasIdCondition(has_id=[LEASE])])


class ServerStore(StoryLookup):
    """An open index; made by ``indexer.store.server_index.open_server``.

    Args:
        connection: the server; closed with the store.
        manifest: what made the index.
        quantised: whether its sentence vectors are quantised, so that candidates are to be scored again.
        lent: what ``lending`` gave in another process, under whose lease this one writes.
    """

    def __init__(
        self, connection: Connection, manifest: Manifest, *, quantised: bool = False, lent: str | None = None
    ) -> None:
        place = connection.place
        self._connection = connection
        self._chunks = ServerCollection(connection, place.collection)
        self._articles = ServerCollection(connection, place.articles, _RECORDS)
        self._manifest = manifest
        rescored = models.QuantizationSearchParams(rescore=True, oversampling=server_points.OVERSAMPLING)
        self._dense_params = models.SearchParams(quantization=rescored) if quantised else None
        self._lease = WriterLease(connection, place.articles, self._clear_up, lent)
        #: Until when chunks per language count, and the chunks.
        self._languages: tuple[float, Mapping[str, int]] = (0.0, {})

    @property
    def manifest(self) -> Manifest:
        """What made this index."""
        return self._manifest

    def put(self, batch: Batch, stories: Mapping[str, Story] = NO_STORIES) -> None:
        """Add articles or replace those of the same id; see ``Store.put``.

        Raises:
            StoreLocked: another process writes.
        """
        latest = latest_of(batch, self._manifest)
        if not latest:
            return
        pairs = [(article, chunk) for article, chunks in latest.values() for chunk in chunks]
        records = [
            server_points.article_point(article, len(chunks), stories.get(id_))
            for id_, (article, chunks) in latest.items()
        ]
        with self._writing() as renew:
            for page in server_points.sized(pairs):
                renew()
                self._chunks.upsert(page)
            renew()
            self._articles.upsert(records)
            new = [points.chunk_key(encoded.chunk) for _, encoded in pairs]
            self._chunks.remove(server_points.chunks_of(list(latest), besides=new))

    def delete(self, article_ids: Iterable[str]) -> int:
        """Remove articles, then their chunks; returns how many articles there were.

        Raises:
            StoreLocked: another process writes.
        """
        known = sorted(stored_versions(article_ids, self._records))
        for page in paged(known):
            with self._writing():
                self._remove(page)
        return len(known)

    def articles(self, article_ids: Iterable[str]) -> dict[str, Article]:
        """The articles of these ids that the index has."""
        try:
            found = [from_payload(payload) for payload in self._records(article_ids, fields=True)]
        except BadInput as error:
            raise StoreDamaged(
                f"the index {self._connection.place} holds an article that cannot be read: {error}"
            ) from error
        return {article.id: article for article in found}

    def content(self, article_ids: Iterable[str]) -> Batch:
        """The articles of these ids with all their chunks, as ``put`` takes them."""
        articles = self.articles(article_ids)
        found = self._chunks.vectors_of(server_points.chunks_of(list(articles))) if articles else ()
        return points.content_of(articles, found)

    def versions(self) -> Iterator[tuple[str, str]]:
        """Id and content hash of every article."""
        for _, payload in self._articles.scroll(["id", "content_hash"]):
            yield points.stored_string(payload, "id"), points.stored_string(payload, "content_hash")

    def retell(self, stories: Mapping[str, Story]) -> None:
        """Give articles that are there other stories; see ``Store.retell``.

        Raises:
            StoreLocked: another process writes.
        """
        for page in paged(sorted(stored_versions(stories, self._records))):
            with self._writing() as renew:
                for id_ in page:
                    renew()
                    self._articles.set_payload([points.article_key(id_)], story_payload(stories[id_]))

    def search_dense(self, vector: Float32, limit: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        """Chunks by cosine of their sentence vector, best first."""
        return self._search(vector.tolist(), points.DENSE, limit, filters)

    def search_lexical(self, vector: SparseVector, limit: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        """Chunks by BM25, best first; only chunks that share a term."""
        if not vector.indices:
            return []
        sparse = models.SparseVector(indices=list(vector.indices), values=list(vector.values))
        return self._search(sparse, points.LEXICAL, limit, filters)

    def search_late(self, question: Float32, candidates: Collection[Chunk]) -> list[Hit]:
        """These chunks by MaxSim of their token vectors, best first."""
        if not self._manifest.late.on or not len(question) or not candidates:
            return []
        chunks = {points.chunk_key(chunk): chunk for chunk in candidates}
        only = server_points.with_ids(chunks)
        found = self._chunks.query(question.tolist(), points.LATE, len(chunks), query_filter=only, with_payload=False)
        # The server adds up what the question's tokens find.
        return [Hit(chunks[str(point.id)], point.score / len(question)) for point in found]

    def token_vectors(self, chunks: Sequence[Chunk]) -> list[Float32]:
        """The token vectors of these chunks as they are kept."""
        found = self._chunks.vectors([points.chunk_key(chunk) for chunk in chunks], points.LATE)
        return points.in_order(chunks, found if self._manifest.late.on else (), self._manifest.dimensions)

    def freshness(self, chunks: Iterable[Chunk], recency: Recency) -> dict[Chunk, float]:
        """How fresh the articles of these chunks are, by exponential decay; see ``Store.freshness``.

        Computed here: the expressions that the server would need for it came with Qdrant 1.20.
        """
        by_key = {points.chunk_key(chunk): chunk for chunk in chunks}
        at_once = Recency(recency.half_life, recency.reference)  # one moment for all of them
        found = self._chunks.payloads(list(by_key), ["published_at"])
        return {by_key[key]: server_points.freshness(payload, at_once) for key, payload in found}

    def counts(self) -> Counts:
        """How many articles and chunks there are."""
        return Counts(self._articles.count(), self._chunks.count())

    def sources(self) -> Mapping[str, int]:
        """Chunks per source, most first."""
        return self._chunks.facet("source")

    def languages(self) -> Mapping[str, int]:
        """Chunks per language, most first; remembered for ``LANGUAGES_SECONDS`` or until this process writes."""
        self._connection.check_open()
        until, counted = self._languages
        if time.monotonic() >= until:
            counted = {name: chunks for name, chunks in self._chunks.facet("language").items() if chunks}
            self._languages = (time.monotonic() + LANGUAGES_SECONDS, counted)
        return counted

    @property
    def inspected(self) -> ServerInspected:
        """What ``indexer.store.checking`` reads."""
        return ServerInspected(self._manifest, self._articles, self._chunks)

    def remove_chunks(self, keys: Sequence[str]) -> None:
        """Remove points of chunks that belong to nothing.

        Raises:
            StoreLocked: another process writes.
        """
        for page in paged(keys):
            with self._writing():
                self._chunks.remove(page)

    def compact(self) -> None:
        """Nothing: the server closes its segments by itself."""
        self._connection.check_open()

    def optimise(self) -> None:
        """Nothing: the server builds its indexes and reclaims space by itself, beside its other work."""
        self._connection.check_open()

    @contextmanager
    def lending(self) -> Iterator[str]:
        """For the time of the block, other processes may write side by side, each other articles.

        Gives the name under which they do: ``open_server`` takes it. Nobody else writes meanwhile.

        Raises:
            StoreLocked: another process writes.
        """
        with self._lease.lending() as name:
            yield name
        self._languages = (0.0, {})

    def settle(self) -> None:
        """Clear up after a write that was broken off, if there was one and the key may write."""
        if self._lease.broken_off():
            # A key that only reads leaves it to others: searches pass over what is half written.
            with suppress(StoreRefused), self._writing():
                pass

    def close(self) -> None:
        """Close the connection; nothing the second time."""
        self._connection.close()

    def __enter__(self) -> Self:
        """The store itself."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the store."""
        self.close()

    def _search(self, query: Any, using: str, limit: int, filters: Filters) -> list[Hit]:
        def find(asked: int) -> tuple[int, list[Hit]]:
            found = self._chunks.query(
                query,
                using,
                asked,
                query_filter=server_points.filter_of(filters),
                search_params=self._dense_params if using == points.DENSE else None,
                with_payload=list(points.CHUNK_FIELDS),
            )
            hits = [Hit(points.chunk_of(point.payload or {}), point.score) for point in found]
            return len(found), committed(hits, self._records)

        return enough_hits(find, limit)

    def _records(self, article_ids: Iterable[str], fields: bool | list[str]) -> Iterator[Mapping[str, object]]:
        keys = [points.article_key(article_id) for article_id in dict.fromkeys(article_ids)]
        return (payload for _, payload in self._articles.payloads(keys, fields))

    @property
    def _story_records(self) -> Records:
        return self._articles

    @contextmanager
    def _writing(self) -> Iterator[Callable[[], None]]:
        """Around a write: this process holds the lease; gives the function that renews it."""
        with self._lease.held() as renew:
            yield renew
        self._languages = (0.0, {})

    def _remove(self, article_ids: Sequence[str]) -> None:
        # The record first: it is the commit point, and chunks without it are not found by searches.
        self._articles.remove([points.article_key(article_id) for article_id in article_ids])
        self._chunks.remove(server_points.chunks_of(article_ids))

    def _clear_up(self) -> None:
        """Remove what a broken-off write left half done; see ``sweep.py``."""
        records = [payload for _, payload in self._articles.scroll(RECORD_FIELDS)]
        orphans, torn = half_written(records, self._chunks.scroll(CHUNK_FIELDS))
        for keys in paged(orphans):
            self._chunks.remove(keys)
        for ids in paged(torn):
            self._remove(ids)
