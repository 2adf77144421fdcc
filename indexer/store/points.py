"""How articles and chunks look inside Qdrant: vectors, payload fields, ids, filters."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

import numpy as np
import qdrant_edge as edge

from indexer.articles import Article, to_payload
from indexer.chunks import Chunk, EncodedChunk
from indexer.encoder import Float32
from indexer.errors import StoreDamaged
from indexer.languages import passage_language
from indexer.lexical import SparseVector
from indexer.store import NEUTRAL_FRESHNESS, Filters, Recency, Story
from indexer.store.story_records import story_payload

DENSE, LEXICAL, LATE = "dense", "lexical", "late"
#: The vector of article records, the same in all: the engine wants one, and goes by its bytes when it closes segments.
SIZE_VECTOR = "none"
#: What a search result carries: enough to find the chunk in its article.
CHUNK_FIELDS = ("article_id", "version", "position", "start", "end", "sentences")
_NAMESPACE = uuid.UUID("6d617364-6172-5000-8000-000000000000")


def article_key(article_id: str) -> str:
    """The point id of an article record."""
    return str(uuid.uuid5(_NAMESPACE, article_id))


def chunk_key(chunk: Chunk) -> str:
    """The point id of a chunk: the same chunk of the same version always has the same one."""
    return str(uuid.uuid5(_NAMESPACE, f"{chunk.version}/{chunk.position}/{chunk.article_id}"))


def article_point(article: Article, chunks: int, story: Story | None = None) -> edge.Point:
    """An article as a point; with how many chunks it has, so that one is seen to be missing, and its story."""
    payload = to_payload(article) | {"chunks": chunks} | story_payload(story)
    return edge.Point(article_key(article.id), {SIZE_VECTOR: edge.SparseVector([0], [1.0])}, payload)


def chunk_point(article: Article, encoded: EncodedChunk) -> edge.Point:
    """A chunk as a point, with the article's fields that searches filter by."""
    vectors: dict[str, Any] = {
        DENSE: encoded.dense.tolist(),
        LEXICAL: edge.SparseVector(list(encoded.lexical.indices), list(encoded.lexical.values)),
    }
    if encoded.late is not None and len(encoded.late):
        vectors[LATE] = encoded.late.tolist()  # the engine takes lists faster than arrays
    return edge.Point(chunk_key(encoded.chunk), vectors, chunk_payload(article, encoded.chunk))


def chunk_payload(article: Article, chunk: Chunk) -> dict[str, Any]:
    """What a chunk's point carries besides vectors: ``CHUNK_FIELDS`` and what searches filter by."""
    payload: dict[str, Any] = {
        "article_id": chunk.article_id,
        "version": chunk.version,
        "position": chunk.position,
        "start": chunk.start,
        "end": chunk.end,
        "sentences": [offset for span in chunk.sentences for offset in span],
        "source": article.source,
        "language": passage_language(article.language, article.text[chunk.start : chunk.end]),
        "tags": list(article.tags),
    }
    if article.published_at is not None:
        payload["published_at"] = article.published_at.isoformat()
    return payload


def chunk_of(payload: Mapping[str, object]) -> Chunk:
    """The chunk in a point's payload.

    Raises:
        StoreDamaged: fields are missing or of another type.
    """
    try:
        offsets = cast(Sequence[int], payload["sentences"])
        return Chunk(
            article_id=stored_string(payload, "article_id"),
            version=stored_string(payload, "version"),
            position=int(cast(int, payload["position"])),
            start=int(cast(int, payload["start"])),
            end=int(cast(int, payload["end"])),
            sentences=tuple(zip(offsets[::2], offsets[1::2], strict=True)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(payload, "a chunk") from error


def encoded_chunk(chunk: Chunk, vectors: Mapping[str, object]) -> EncodedChunk:
    """A chunk with its vectors as an engine gives them back, by name.

    Raises:
        StoreDamaged: the point lacks its dense or its sparse vector.
    """
    dense, sparse, late = vectors.get(DENSE), cast(Any, vectors.get(LEXICAL)), vectors.get(LATE)
    if dense is None or sparse is None:
        raise _damaged({"article_id": chunk.article_id, "position": chunk.position}, "a chunk without its vectors")
    weights = SparseVector(list(sparse.indices), list(sparse.values))
    tokens = None if late is None else _unit(np.asarray(late, np.float32))
    return EncodedChunk(chunk, np.asarray(dense, np.float32), weights, tokens)


def in_order(chunks: Sequence[Chunk], found: Iterable[tuple[str, Float32]], dimensions: int) -> list[Float32]:
    """The token vectors of each chunk, no rows for one that was not found.

    Args:
        chunks: whose they are.
        found: token vectors by the chunk's key, in no order.
        dimensions: of a vector.
    """
    by_key, nothing = dict(found), np.zeros((0, dimensions), np.float32)
    return [by_key.get(chunk_key(chunk), nothing) for chunk in chunks]


def _unit(rows: Float32) -> Float32:
    """Rows at unit length, as they were when they were put: turbo4 gives them back up to 4 % shorter or longer.

    Put again as they come, they would be rounded to other codes; at unit length the codes are the same.
    """
    scaled: Float32 = (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return scaled


def content_of(
    articles: Mapping[str, Article], found: Iterable[tuple[Mapping[str, object], Mapping[str, object]]]
) -> list[tuple[Article, list[EncodedChunk]]]:
    """These articles with their chunks in order.

    Args:
        articles: by id.
        found: payload and vectors by name of all points of these articles, also of other versions of them.
    """
    chunks: dict[str, list[EncodedChunk]] = {article_id: [] for article_id in articles}
    for payload, vectors in found:
        chunk = chunk_of(payload)
        if chunk.version == articles[chunk.article_id].content_hash:
            chunks[chunk.article_id].append(encoded_chunk(chunk, vectors))
    return [(article, sorted(chunks[id_], key=lambda one: one.chunk.position)) for id_, article in articles.items()]


def stored_string(payload: Mapping[str, object], name: str) -> str:
    """A string field of a point. Raises StoreDamaged where there is none."""
    value = payload.get(name)
    if not isinstance(value, str):
        raise _damaged(payload, f"a record without {name}")
    return value


def _damaged(payload: Mapping[str, object], what: str) -> StoreDamaged:
    return StoreDamaged(
        f"the index holds {what} that cannot be read ({dict(payload)!r:.200}); restore it from a backup or index the "
        "articles again into another folder (--store)"
    )


def upsert(batch: list[edge.Point]) -> edge.UpdateOperation:
    """Insert points or replace those of the same id."""
    return edge.UpdateOperation.upsert_points(batch)


def chunks_of(article_ids: Sequence[str]) -> edge.Filter:
    """All chunks of these articles."""
    return edge.Filter(must=[edge.FieldCondition(key="article_id", match=edge.MatchAny(list(article_ids)))])


def other_chunks(article_ids: Sequence[str], keys: set[edge.PointId]) -> edge.Filter:
    """The chunks of these articles that are not among ``keys``."""
    return edge.Filter(
        must=[edge.FieldCondition(key="article_id", match=edge.MatchAny(list(article_ids)))],
        must_not=[edge.HasIdCondition(keys)],
    )


def freshness_of(keys: Sequence[str], recency: Recency) -> edge.QueryRequest:
    """The query that scores these points by the age of their article: exponential decay, computed by the engine."""
    reference, field = recency.reference, "published_at"
    now = edge.Expression.Datetime(reference.isoformat())
    # The engine measures distance: without the minimum, tomorrow's article would be as old as yesterday's.
    published = edge.Expression.Min([edge.Expression.DatetimeKey(field), now])
    half_life = timedelta(days=recency.half_life)
    decay = edge.Expression.Decay(
        edge.DecayKind.Exp, published, target=now, midpoint=NEUTRAL_FRESHNESS, scale=half_life.total_seconds()
    )
    wanted = edge.Filter(must=[edge.HasIdCondition(set(keys))])
    return edge.QueryRequest(
        limit=len(keys),
        query=edge.Formula(decay, defaults={field: (reference - half_life).isoformat()}),
        prefetches=[edge.Prefetch(limit=len(keys), filter=wanted)],
    )


def filter_of(filters: Filters) -> edge.Filter | None:
    """The engine's form of a search's filters."""
    must: list[edge.FieldCondition] = []
    if filters.sources:
        must.append(edge.FieldCondition(key="source", match=edge.MatchAny(list(filters.sources))))
    if filters.languages:
        must.append(edge.FieldCondition(key="language", match=edge.MatchAny(list(filters.languages))))
    if filters.tags:
        must.append(edge.FieldCondition(key="tags", match=edge.MatchAny(list(filters.tags))))
    if filters.published_from or filters.published_before:
        dates = edge.RangeDateTime(
            gte=filters.published_from.isoformat() if filters.published_from else None,
            lt=filters.published_before.isoformat() if filters.published_before else None,
        )
        must.append(edge.FieldCondition(key="published_at", range=dates))
    return edge.Filter(must=list(must)) if must else None
