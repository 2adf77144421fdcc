"""Clear up after a crash: what was written half goes, so that the next run of the indexer writes it whole."""

from __future__ import annotations

from collections import Counter

import qdrant_edge as edge

from indexer.store.engine import Shard, paged
from indexer.store.points import article_key, chunks_of, stored_string


def sweep(chunks: Shard, articles: Shard) -> None:
    """Remove chunks without an article record of their version, and articles that lack chunks, with all they have.

    An article lacks chunks when the machine failed, not just the process, and its disk kept a later write and lost an
    earlier one.
    """
    records = {
        stored_string(payload, "id"): (stored_string(payload, "content_hash"), payload.get("chunks"))
        for _, payload in articles.scroll(["id", "content_hash", "chunks"])
    }
    found: Counter[str] = Counter()
    orphans: list[edge.PointId] = []
    for key, payload in chunks.scroll(["article_id", "version"]):
        article_id = stored_string(payload, "article_id")
        if article_id in records and records[article_id][0] == payload.get("version"):
            found[article_id] += 1
        else:
            orphans.append(key)
    for page in paged(orphans):
        chunks.update(edge.UpdateOperation.delete_points(page))
    for torn in paged(sorted(i for i, (_, count) in records.items() if found[i] != count)):
        articles.update(edge.UpdateOperation.delete_points([article_key(article_id) for article_id in torn]))
        chunks.update(edge.UpdateOperation.delete_points_by_filter(chunks_of(torn)))
