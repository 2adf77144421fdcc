"""How an index looks on a Qdrant server: its two collections, points and filters. Names and payloads are those of
the embedded index (``points.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from qdrant_client import models

from indexer.articles import Article, to_payload
from indexer.chunks import EncodedChunk
from indexer.errors import StoreDamaged
from indexer.late import Datatype, LateInteraction
from indexer.store import NEUTRAL_FRESHNESS, Filters, Recency, Story, points
from indexer.store.manifest import Manifest, manifest_of
from indexer.store.server_place import Scale
from indexer.store.story_records import STORY_FIELDS, story_payload

#: Keys of a collection's metadata: that it is one of ours, and what made the index. The manifest is written last;
#: without it the index is unfinished.
OURS, MANIFEST = "masdar", "masdar_manifest"
#: Numbers in the vectors of one request, at most: 8 MB over gRPC, some 20 MB as JSON, of which the server takes 32.
_NUMBERS = 2_000_000
_KEYWORD, _DATE = models.PayloadSchemaType.KEYWORD, models.PayloadSchemaType.DATETIME
#: Indexed payload fields of the chunks and of the article records (with those of the writer's lease).
CHUNK_INDEXES: dict[str, models.PayloadSchemaType] = {
    **dict.fromkeys(("article_id", "version", "source", "language", "tags"), _KEYWORD),
    "published_at": _DATE,
}
ARTICLE_INDEXES: dict[str, models.PayloadSchemaType] = {
    **dict.fromkeys((*STORY_FIELDS, "source"), _KEYWORD),
    "published_at": _DATE,
    "lease_owner": _KEYWORD,
    "lease_until": models.PayloadSchemaType.FLOAT,
}
_DATATYPES: dict[Datatype, models.Datatype] = {
    "float32": models.Datatype.FLOAT32,
    "float16": models.Datatype.FLOAT16,
    "turbo8": models.Datatype.TURBO8,
    "turbo4": models.Datatype.TURBO4,
}
#: Oversampling of quantised searches: so many times the candidates asked for are scored again by whole vectors.
OVERSAMPLING = 2.0


def chunk_collection(manifest: Manifest, scale: Scale) -> dict[str, Any]:
    """Arguments of ``create_collection`` for the chunks."""
    memory = models.Memory.COLD if scale.on_disk else None
    vectors = {
        points.DENSE: models.VectorParams(
            size=manifest.dimensions,
            distance=models.Distance.COSINE,
            memory=memory,
            hnsw_config=models.HnswConfigDiff(memory=memory) if memory else None,
            quantization_config=_quantisation(scale),
        )
    }
    if manifest.late.on:
        vectors[points.LATE] = _late_params(manifest.dimensions, manifest.late, memory)
    index = models.SparseIndexParams(memory=memory) if memory else None
    sparse = {points.LEXICAL: models.SparseVectorParams(modifier=models.Modifier.IDF, index=index)}
    return {"vectors_config": vectors, "sparse_vectors_config": sparse, **_spread(scale)}


def _late_params(dimensions: int, late: LateInteraction, memory: models.Memory | None) -> models.VectorParams:
    """Token vectors compared by MaxSim. No graph is built over them (m = 0), since they only rerank."""
    return models.VectorParams(
        size=dimensions,
        distance=models.Distance.DOT,
        memory=memory,
        multivector_config=models.MultiVectorConfig(comparator=models.MultiVectorComparator.MAX_SIM),
        hnsw_config=models.HnswConfigDiff(m=0),
        datatype=_DATATYPES[late.datatype],
    )


def _quantisation(scale: Scale) -> models.ScalarQuantization | models.TurboQuantization | None:
    pinned = models.Memory.PINNED
    if scale.quantisation == "scalar":
        return models.ScalarQuantization(
            scalar=models.ScalarQuantizationConfig(type=models.ScalarType.INT8, quantile=0.99, memory=pinned)
        )
    if scale.quantisation == "turbo":
        bits = models.TurboQuantBitSize.BITS4
        return models.TurboQuantization(turbo=models.TurboQuantQuantizationConfig(bits=bits, memory=pinned))
    return None


def article_collection(scale: Scale) -> dict[str, Any]:
    """Arguments of ``create_collection`` for the article records, which have no vectors."""
    return {"vectors_config": {}, **_spread(scale)}


def _spread(scale: Scale) -> dict[str, Any]:
    return {
        "shard_number": scale.shards or None,
        "replication_factor": scale.replicas,
        "write_consistency_factor": scale.write_consistency,
        "metadata": {OURS: 1},
    }


def manifest_metadata(manifest: Manifest) -> dict[str, Any]:
    """The manifest as a collection's metadata."""
    return {MANIFEST: asdict(manifest)}


def read_metadata(metadata: Mapping[str, Any], place: str) -> Manifest:
    """The manifest in a collection's metadata.

    Raises:
        StoreDamaged: it cannot be read.
        StoreMismatch: another version of Masdar laid out the collections.
    """
    return manifest_of(metadata[MANIFEST], f"the index {place}", f"the manifest of the index {place}")


def article_point(article: Article, chunks: int, story: Story | None = None) -> models.PointStruct:
    """An article as a point without vectors; with how many chunks it has, so that one is seen to be missing."""
    payload = to_payload(article) | {"chunks": chunks} | story_payload(story)
    return models.PointStruct(id=points.article_key(article.id), vector={}, payload=payload)


def chunk_point(article: Article, encoded: EncodedChunk) -> models.PointStruct:
    """A chunk as a point, with the article's fields that searches filter by."""
    vectors: dict[str, Any] = {
        points.DENSE: encoded.dense.tolist(),
        points.LEXICAL: models.SparseVector(indices=encoded.lexical.indices, values=encoded.lexical.values),
    }
    if encoded.late is not None and len(encoded.late):
        vectors[points.LATE] = encoded.late.tolist()
    key = points.chunk_key(encoded.chunk)
    return models.PointStruct(id=key, vector=vectors, payload=points.chunk_payload(article, encoded.chunk))


def sized(pairs: Iterable[tuple[Article, EncodedChunk]]) -> Iterator[list[models.PointStruct]]:
    """The chunks as points, in lists that one request may carry."""
    page: list[models.PointStruct] = []
    numbers = 0
    for article, encoded in pairs:
        size = encoded.dense.size + (0 if encoded.late is None else encoded.late.size)
        if page and numbers + size > _NUMBERS:
            yield page
            page, numbers = [], 0
        page.append(chunk_point(article, encoded))
        numbers += size
    if page:
        yield page


def any_of(field: str, values: Sequence[str]) -> models.FieldCondition:
    """The points whose field has any of these values."""
    return models.FieldCondition(key=field, match=models.MatchAny(any=list(values)))


def chunks_of(article_ids: Sequence[str], besides: Sequence[str] = ()) -> models.Filter:
    """All chunks of these articles, but for those with these point ids."""
    spared = models.HasIdCondition(has_id=list(besides)) if besides else None
    return models.Filter(must=[any_of("article_id", article_ids)], must_not=spared)


def with_ids(keys: Iterable[str]) -> models.Filter:
    """The points with these ids."""
    return models.Filter(must=[models.HasIdCondition(has_id=list(keys))])


def filter_of(filters: Filters) -> models.Filter | None:
    """The server's form of a search's filters."""
    named = {"source": filters.sources, "language": filters.languages, "tags": filters.tags}
    must = [any_of(field, values) for field, values in named.items() if values]
    if filters.published_from or filters.published_before:
        dates = models.DatetimeRange(gte=filters.published_from, lt=filters.published_before)
        must.append(models.FieldCondition(key="published_at", range=dates))
    return models.Filter(must=list(must)) if must else None


def freshness(payload: Mapping[str, object], recency: Recency) -> float:
    """How fresh the article of a chunk is, by exponential decay; see ``Store.freshness``.

    Raises:
        StoreDamaged: the date cannot be read.
    """
    date = payload.get("published_at")
    if date is None:
        return NEUTRAL_FRESHNESS
    try:
        age = recency.reference - datetime.fromisoformat(str(date))
    except (ValueError, TypeError) as error:
        raise StoreDamaged(f"the index holds a chunk with the date {date!r}; index its article again") from error
    halvings = max(age, timedelta(0)) / timedelta(days=recency.half_life)
    return float(NEUTRAL_FRESHNESS**halvings)
