"""Searches of the embedded store: over the shard of chunks, without what a write under way has not made count yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import qdrant_edge as edge

from indexer.chunks import Chunk
from indexer.encoder import Float32
from indexer.lexical import SparseVector
from indexer.store import NO_FILTERS, Filters, Hit, Recency, points
from indexer.store.committed import committed, enough_hits
from indexer.store.engine import Shard
from indexer.store.manifest import Manifest
from indexer.store.writes import Writes


class ChunkSearches:
    """The part of ``EmbeddedStore`` that finds chunks; see ``Store`` for its methods."""

    _chunks: Shard
    _manifest: Manifest
    _writes: Writes

    def search_dense(self, vector: Float32, limit: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        """Chunks by cosine of their sentence vector, best first."""
        return self._search(edge.Query.Nearest(vector.tolist(), using=points.DENSE), limit, filters)

    def search_lexical(self, vector: SparseVector, limit: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        """Chunks by BM25, best first; only chunks that share a term."""
        if not vector.indices:
            return []
        sparse = edge.SparseVector(list(vector.indices), list(vector.values))
        return self._search(edge.Query.Nearest(sparse, using=points.LEXICAL), limit, filters)

    def search_late(self, question: Float32, candidates: Collection[Chunk]) -> list[Hit]:
        """These chunks by MaxSim of their token vectors, best first."""
        if not self._manifest.late.on or not len(question) or not candidates:
            return []
        chunks: dict[edge.PointId, Chunk] = {points.chunk_key(chunk): chunk for chunk in candidates}
        request = edge.QueryRequest(
            limit=len(chunks),
            query=edge.Query.Nearest(question.tolist(), using=points.LATE),
            filter=edge.Filter(must=[edge.HasIdCondition(set(chunks))]),
        )
        # The engine adds up what the question's tokens find.
        return [Hit(chunks[str(point.id)], point.score / len(question)) for point in self._chunks.query(request)]

    def token_vectors(self, chunks: Sequence[Chunk]) -> list[Float32]:
        """The token vectors of these chunks as they are kept."""
        found = self._chunks.vectors([points.chunk_key(chunk) for chunk in chunks], points.LATE)
        return points.in_order(chunks, found if self._manifest.late.on else (), self._manifest.dimensions)

    def freshness(self, chunks: Iterable[Chunk], recency: Recency) -> dict[Chunk, float]:
        """How fresh the articles of these chunks are, by exponential decay; see ``Store.freshness``."""
        by_key = {points.chunk_key(chunk): chunk for chunk in chunks}
        found = self._chunks.query(points.freshness_of(list(by_key), recency)) if by_key else []
        return {by_key[str(point.id)]: point.score for point in found}

    def _records(self, article_ids: Iterable[str], fields: bool | list[str]) -> Iterator[Mapping[str, object]]:
        """Records of articles, all their fields or some."""
        raise NotImplementedError

    def _search(self, query: edge.Query, limit: int, filters: Filters) -> list[Hit]:
        def find(asked: int) -> tuple[int, list[Hit]]:
            since = self._writes.since()
            request = edge.QueryRequest(
                limit=asked,
                query=query,
                filter=points.filter_of(filters),
                with_payload=list(points.CHUNK_FIELDS),
            )
            found = [Hit(points.chunk_of(point.payload or {}), point.score) for point in self._chunks.query(request)]
            return len(found), found if self._writes.undisturbed(since) else committed(found, self._records)

        return enough_hits(find, limit)
