"""A search sees only chunks whose version is that of their article's record: the record is the commit point."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from indexer.store import Hit
from indexer.store.points import stored_string

#: Records of articles by their ids, with these fields of each.
RecordsOf = Callable[[Iterable[str], list[str]], Iterable[Mapping[str, object]]]


def enough_hits(find: Callable[[int], tuple[int, Sequence[Hit]]], limit: int) -> list[Hit]:
    """The first ``limit`` hits that count, best first.

    Args:
        find: asks the engine for so many; gives how many it found, and those of them that count.
        limit: fewer come only where the engine has no more.
    """
    asked = max(0, limit)
    while asked:
        found, hits = find(asked)
        if len(hits) >= limit or found < asked:
            return list(hits[:limit])
        asked *= 2  # chunks of unfinished writes took the places of others
    return []


def committed(hits: Sequence[Hit], records: RecordsOf) -> list[Hit]:
    """The hits of the versions that count: a write may be under way, or have been broken off."""
    live = stored_versions((hit.chunk.article_id for hit in hits), records)
    return [hit for hit in hits if live.get(hit.chunk.article_id) == hit.chunk.version]


def stored_versions(article_ids: Iterable[str], records: RecordsOf) -> dict[str, str]:
    """Article id -> content hash, of those that are stored."""
    payloads = records(article_ids, ["id", "content_hash"])
    return {stored_string(payload, "id"): stored_string(payload, "content_hash") for payload in payloads}
