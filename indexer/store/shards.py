"""What the two shards of an embedded index are made of: vectors, indexes over fields, and when a segment is closed.

The engine keeps the indexes of the segment that it writes to in this process's memory. Closed, a segment is files that
the system maps in and may drop, so that memory does not grow with the index (docs/decisions/0028). Closing copies it;
it is asked for between writes (``EmbeddedStore.compact``), in a process that serves when nobody asks.
"""

from __future__ import annotations

from typing import Final

import qdrant_edge as edge

from indexer.late import Datatype, LateInteraction
from indexer.store.engine import FieldIndex
from indexer.store.points import DENSE, LATE, LEXICAL, SIZE_VECTOR
from indexer.store.story_records import KEYS, STORY

#: Chunks, or articles, of a segment that is closed, about: what the memory of a writing process is bounded by.
SEGMENT_ITEMS: Final = 2_000
#: Segments from which on the smallest are merged, and how large they become: a search looks into each.
SEGMENTS: Final = 16
MERGED_ITEMS: Final = 25_000
#: Bytes of the disk that must be free: segments are closed and merged by copying them.
COMPACTION_BYTES: Final = 2_000_000_000
#: What the engine counts for the vector that all article records have.
_RECORD_BYTES: Final = 12
#: Token vectors of a chunk, about: chunks of news are nearly full.
_TOKENS: Final = 220
_BYTES: Final[dict[Datatype, float]] = {"float32": 4, "float16": 2, "turbo8": 1, "turbo4": 0.5}
_DATATYPES: Final[dict[Datatype, edge.VectorStorageDatatype]] = {
    "float32": edge.VectorStorageDatatype.Float32,
    "float16": edge.VectorStorageDatatype.Float16,
    "turbo8": edge.VectorStorageDatatype.Turbo8,
    "turbo4": edge.VectorStorageDatatype.Turbo4,  # type: ignore[attr-defined]  # the engine's stubs lack it
}
#: Bytes are read from the files as they are needed, in closed segments.
_ON_DISK: Final = edge.Memory.Cold
_KEYWORD: Final = edge.KeywordIndexParams(memory=_ON_DISK)
_DATE: Final = edge.DatetimeIndexParams(memory=_ON_DISK)

#: The shards by name, with their indexes over payload fields.
INDEXED: Final[dict[str, dict[str, FieldIndex]]] = {
    "chunks": {
        "article_id": _KEYWORD,
        "source": _KEYWORD,
        "language": _KEYWORD,
        "tags": _KEYWORD,
        "published_at": _DATE,
    },
    "articles": {STORY: _KEYWORD, KEYS: _KEYWORD, "source": _KEYWORD, "published_at": _DATE},
}


def chunk_config(dimensions: int, late: LateInteraction, *, graph: bool = False) -> edge.EdgeConfig:
    """Dense vectors, a sparse one whose IDF the engine keeps, and token vectors where the index keeps any.

    Args:
        dimensions: length of the encoder's vectors.
        late: which token vectors are kept, and how.
        graph: whether closed segments get a graph over their dense vectors (HNSW); without, a search compares all.
    """
    vectors = {DENSE: edge.EdgeVectorParams(dimensions, edge.Distance.Cosine, hnsw_config=_graph(16 if graph else 0))}
    if late.on:
        vectors[LATE] = _late_params(dimensions, _DATATYPES[late.datatype])
    sparse = edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf, memory=_ON_DISK)
    return edge.EdgeConfig(
        vectors=vectors,
        sparse_vectors={LEXICAL: sparse},
        optimizers=_segments(_chunk_bytes(dimensions, late)),
        id_tracker_memory=_ON_DISK,
    )


def article_config() -> edge.EdgeConfig:
    """Article records are looked up by their fields alone."""
    sparse = edge.EdgeSparseVectorParams(memory=_ON_DISK)
    return edge.EdgeConfig(
        sparse_vectors={SIZE_VECTOR: sparse}, optimizers=_segments(_RECORD_BYTES), id_tracker_memory=_ON_DISK
    )


def closes_segments(index: object) -> bool:
    """Whether a shard with this index over a field was made by ``chunk_config`` as it is now.

    One made before would get a graph with each segment, and all its segments merged each time.
    """
    return isinstance(index, edge.KeywordIndexParams) and index.memory == _ON_DISK


def _late_params(dimensions: int, datatype: edge.VectorStorageDatatype) -> edge.EdgeVectorParams:
    """Token vectors compared by MaxSim. They only rerank: no graph is built over them, and few are ever read.

    By default the engine would read all of them into the system's memory on opening, five sixths of the index.
    """
    return edge.EdgeVectorParams(
        dimensions,
        edge.Distance.Dot,
        multivector_config=edge.MultiVectorConfig(edge.MultiVectorComparator.MaxSim),
        hnsw_config=_graph(0),
        memory=_ON_DISK,
        datatype=datatype,
    )


def _graph(edges: int) -> edge.HnswIndexConfig:
    """A graph of so many edges a node, 0 for none; the engine's own settings otherwise."""
    return edge.HnswIndexConfig(m=edges, ef_construct=100, full_scan_threshold=10_000)


def _segments(item_bytes: float) -> edge.EdgeOptimizersConfig:
    """When segments are closed and merged: the engine goes by the bytes of their largest vectors."""
    return edge.EdgeOptimizersConfig(
        indexing_threshold=round(SEGMENT_ITEMS * item_bytes / 1024),
        default_segment_number=SEGMENTS,
        max_segment_size=round(MERGED_ITEMS * item_bytes / 1024),
    )


def _chunk_bytes(dimensions: int, late: LateInteraction) -> float:
    if late.on:
        return _TOKENS / late.pooling * dimensions * _BYTES[late.datatype]
    return 4 * dimensions
