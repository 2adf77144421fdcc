"""The ids of all articles in order, to page through: the store finds articles by id, it does not list them."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable

from indexer.store import Store


class Catalogue:
    """Read from the store at first use, kept in step with what the writer writes. For the writer's thread alone."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ids: list[str] | None = None

    def page(self, after: str | None, limit: int) -> tuple[list[str], int, bool]:
        """The ids after one, how many there are altogether, and whether more follow."""
        ids = self._all()
        first = 0 if after is None else bisect_right(ids, after)
        return ids[first : first + limit], len(ids), first + limit < len(ids)

    def add(self, article_ids: Iterable[str]) -> None:
        """These are in the index now."""
        if self._ids is not None:
            known = set(self._ids)
            for article_id in set(article_ids) - known:
                insort(self._ids, article_id)

    def remove(self, article_id: str) -> None:
        """This is no longer in the index."""
        if self._ids is not None and article_id in self._ids:
            self._ids.remove(article_id)

    def _all(self) -> list[str]:
        # Another process may write to an index on a server; while a job runs, its articles are not in here yet.
        if self._ids is None or len(self._ids) != self._store.counts().articles:
            self._ids = sorted(article_id for article_id, _ in self._store.versions())
        return self._ids
