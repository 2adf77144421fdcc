"""Pages that turn to one and the same text: most likely an error page that is sent as if it were the article.

A server that is out of order may answer every address with the same page and status 200. What the index has of these
addresses is worth more than that page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from indexer.articles import Article
from indexer.sources.items import Problem, SourceItem, SourceRecord
from indexer.store import Store


class ErrorPages:
    """Holds back articles of the index whose new text is that of others.

    Args:
        store: the index.
        known: ids and content hashes of what it holds.
    """

    def __init__(self, store: Store, known: Mapping[str, str]) -> None:
        self._store, self._known = store, known
        #: Of the texts that articles changed to: the first article of each.
        self._changed: dict[bytes, str] = {}
        self._waiting: SourceRecord | None = None

    def sifted(self, items: Iterator[SourceItem]) -> Iterator[SourceItem]:
        """The items; in place of an article that shall not be replaced, a Problem that says why.

        A changed article waits for the next one, so that the first of several with one text is held back, too. Where
        other changes come between, the first one is written; the next look at its page puts that right.
        """
        for item in items:
            if isinstance(item, Problem) or not self._changes(item.article):
                yield item
            else:
                yield from self._sift(item)
        if self._waiting:
            yield self._waiting

    def _changes(self, article: Article) -> bool:
        return self._known.get(article.id, article.content_hash) != article.content_hash

    def _sift(self, item: SourceRecord) -> Iterator[SourceItem]:
        digest = hashlib.sha256(item.article.text.encode("utf-8", "surrogatepass")).digest()
        first = self._changed.setdefault(digest, item.article.id)
        waiting, self._waiting = self._waiting, None
        if first == item.article.id or self._were_alike(first, item.article.id):
            if waiting:
                yield waiting
            self._waiting = item
            return
        if waiting:
            yield _held_back(waiting, item.article.id) if waiting.article.id == first else waiting
        yield _held_back(item, first)

    def _were_alike(self, *article_ids: str) -> bool:
        """Whether articles had one text before: then one text is no wonder."""
        return len({article.text for article in self._store.articles(article_ids).values()}) == 1


def _held_back(item: SourceRecord, other: str) -> Problem:
    return Problem(
        item.path,
        item.line,
        f"it has the same text now as {other!r}: most likely an error page that was sent as if it were the article; "
        "what the index has stays",
    )
