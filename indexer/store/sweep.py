"""Clear up after a crash: what was written half goes, so that the next run of the indexer writes it whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeVar

import qdrant_edge as edge

from indexer.store.engine import Shard, paged
from indexer.store.points import article_key, chunks_of, stored_string

Key = TypeVar("Key")
#: The payload fields that ``half_written`` reads, of article records and of chunks.
RECORD_FIELDS = ["id", "content_hash", "chunks"]
CHUNK_FIELDS = ["article_id", "version"]


def half_written(
    records: Iterable[Mapping[str, object]], chunks: Iterable[tuple[Key, Mapping[str, object]]]
) -> tuple[list[Key], list[str]]:
    """The chunks without an article record of their version, and the ids of articles that lack chunks.

    An article lacks chunks when the machine failed, not just the process, and its disk kept a later write and lost an
    earlier one.

    Args:
        records: payloads of all article records, read before the chunks.
        chunks: point ids and payloads of all chunks.
    """
    known = {
        stored_string(payload, "id"): (stored_string(payload, "content_hash"), payload.get("chunks"))
        for payload in records
    }
    found: Counter[str] = Counter()
    orphans: list[Key] = []
    for key, payload in chunks:
        article_id = stored_string(payload, "article_id")
        if article_id in known and known[article_id][0] == payload.get("version"):
            found[article_id] += 1
        else:
            orphans.append(key)
    return orphans, sorted(i for i, (_, count) in known.items() if found[i] != count)


def sweep(chunks: Shard, articles: Shard) -> None:
    """Remove what ``half_written`` finds in an embedded index, articles with all they have."""
    records = [payload for _, payload in articles.scroll(RECORD_FIELDS)]
    orphans, torn = half_written(records, chunks.scroll(CHUNK_FIELDS))
    for keys in paged(orphans):
        chunks.update(edge.UpdateOperation.delete_points(keys))
    for ids in paged(torn):
        articles.update(edge.UpdateOperation.delete_points([article_key(article_id) for article_id in ids]))
        chunks.update(edge.UpdateOperation.delete_points_by_filter(chunks_of(ids)))
