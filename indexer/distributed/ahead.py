"""A store as it will be when all that is on its way to it has arrived, for finding copies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from indexer.articles import Article
from indexer.duplicates.stories import Known
from indexer.store import Alike, Story


class Ahead:
    """Articles that are being encoded stand here as if they were written.

    Which story an article tells depends on those before it. On one machine they are in the store by then; here they
    are in the store or on their way, in any order.

    Args:
        store: where they go.
    """

    def __init__(self, store: Known) -> None:
        self._store = store
        self._articles: dict[str, Article] = {}
        self._alike: dict[str, Alike] = {}
        self._by_key: dict[str, set[str]] = {}

    def add(self, articles: Iterable[Article], stories: Mapping[str, Story]) -> None:
        """These are on their way."""
        for article in articles:
            self._articles[article.id] = article
            story = stories.get(article.id)
            if story is not None:
                self._alike[article.id] = Alike(article.id, story.name, frozenset(story.keys))
                for key in story.keys:
                    self._by_key.setdefault(key, set()).add(article.id)

    def arrived(self, article_ids: Iterable[str]) -> None:
        """These are in the store."""
        for article_id in article_ids:
            self._articles.pop(article_id, None)
            alike = self._alike.pop(article_id, None)
            for key in alike.keys if alike else ():
                self._by_key[key].discard(article_id)
                if not self._by_key[key]:
                    del self._by_key[key]

    def alike(self, keys: Collection[str], limit: int) -> Sequence[Alike]:
        """Articles whose story has any of these keys; see ``Store.alike``."""
        ids = {article_id for key in keys for article_id in self._by_key.get(key, ())}
        stored = (one for one in self._store.alike(keys, limit) if one.article_id not in self._articles)
        return [*(self._alike[article_id] for article_id in ids), *stored][:limit]

    def articles(self, article_ids: Iterable[str]) -> Mapping[str, Article]:
        """The articles of these ids."""
        ids = list(article_ids)
        here = {article_id: self._articles[article_id] for article_id in ids if article_id in self._articles}
        return {**self._store.articles(article_id for article_id in ids if article_id not in here), **here}
