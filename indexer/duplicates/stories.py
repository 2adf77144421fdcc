"""Give the articles of a batch the story that they tell: that of the article that they copy, or one of their own.

A story's name says nothing but which articles belong together: it is the content hash of the article that was there
first, and stays when that one changes or goes. Nothing is kept outside the store and nothing between two batches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from indexer.articles import Article
from indexer.duplicates.comparison import LIMITS, Limits, Told, compare
from indexer.duplicates.signature import keys_of
from indexer.store import Alike, Store, Story

#: Articles that one is compared with, those with the most keys in common first.
COMPARED = 24
#: Articles that are looked up for a batch at once; where there are more, for each article by itself.
LOOKED_UP = 2_000
_NAME_CHARS = 20
_TOLD_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class BatchStories:
    """The stories of a batch by article id, and how many of its articles copy another."""

    stories: Mapping[str, Story]
    copies: int


class Known(Protocol):
    """What copies are looked for in: a store, or a store and what is on its way into it."""

    def alike(self, keys: Collection[str], limit: int) -> Sequence[Alike]:
        """See ``Store.alike``."""
        ...

    def articles(self, article_ids: Iterable[str]) -> Mapping[str, Article]:
        """See ``Store.articles``."""
        ...


class StoryTeller:
    """Finds the stories of articles that are about to be put into a store.

    Args:
        store: where copies are looked for.
        limits: what a copy may have of its own.
    """

    def __init__(self, store: Known, limits: Limits = LIMITS) -> None:
        self._store = store
        self._limits = limits

    def stories(self, batch: Sequence[Article]) -> BatchStories:
        """The story of each article of the batch, by its id; what they replace in the store does not count."""
        keys = {article.id: keys_of(article) for article in batch}
        found = _Found(self._looked_up(keys), set(keys))
        here: dict[str, Article] = {}
        stories: dict[str, Story] = {}
        copies = 0
        for article in {article.id: article for article in batch}.values():
            name = self._name(article, found.best(keys[article.id]), here)
            stories[article.id] = story = Story(name or article.content_hash[:_NAME_CHARS], keys[article.id])
            found.add(Alike(article.id, story.name, frozenset(story.keys)))
            here[article.id] = article
            copies += name is not None
        return BatchStories(stories, copies)

    def _looked_up(self, keys: Mapping[str, tuple[str, ...]]) -> Sequence[Alike]:
        together = sorted({key for own in keys.values() for key in own})
        found = self._store.alike(together, LOOKED_UP)
        if len(found) < LOOKED_UP:
            return found
        return [one for own in keys.values() for one in self._store.alike(own, LOOKED_UP)]

    def _name(self, article: Article, alike: Sequence[Alike], here: Mapping[str, Article]) -> str | None:
        """The name of the story that the article copies: the first that has a copy of it and nothing newer."""
        if not alike:
            return None
        stored = self._store.articles(one.article_id for one in alike if one.article_id not in here)
        articles = {**stored, **here}
        told = Told.of(article)
        verdicts: dict[str, set[str]] = {}
        for one in alike:
            if one.article_id in articles:  # it may be gone since
                verdict = compare(told, Told.of(articles[one.article_id]), self._limits)
                verdicts.setdefault(one.story, set()).add(verdict)
        return next((story for story, said in verdicts.items() if "copy" in said and "update" not in said), None)


class _Found:
    """Articles by their keys."""

    def __init__(self, alike: Iterable[Alike], replaced: set[str]) -> None:
        self._by_id: dict[str, Alike] = {}
        self._by_key: dict[str, list[str]] = {}
        for one in alike:
            if one.article_id not in replaced:
                self.add(one)

    def add(self, one: Alike) -> None:
        """One more article."""
        if one.article_id not in self._by_id:
            self._by_id[one.article_id] = one
            for key in one.keys:
                self._by_key.setdefault(key, []).append(one.article_id)

    def best(self, keys: Sequence[str]) -> list[Alike]:
        """The articles with the most of these keys; of equal ones the first by id, in whatever order they came."""
        shared = Counter(id_ for key in keys for id_ in self._by_key.get(key, ()))
        return [self._by_id[id_] for id_, _ in sorted(shared.items(), key=_most_first)[:COMPARED]]


def _most_first(shared: tuple[str, int]) -> tuple[int, str]:
    article_id, keys = shared
    return -keys, article_id


def tell_again(store: Store, watcher: Callable[[int, int], None] = lambda done, of: None) -> int:
    """Find the stories of all articles of an index anew: of one made before stories were found, or by other limits.

    Args:
        store: nobody else may write to it meanwhile.
        watcher: told how many of how many articles were dealt with.

    Returns:
        How many articles copy another one.

    A run that was broken off left stories of fewer articles; run it again.
    """
    ids = sorted(article_id for article_id, _ in store.versions())
    teller = StoryTeller(store)
    copies = 0
    # First each article has its keys and a story of its own, so that no old story draws any.
    for articles in _pages(store, ids):
        store.retell({one.id: Story(one.content_hash[:_NAME_CHARS], keys_of(one)) for one in articles})
    done = 0
    for articles in _pages(store, ids):
        told = teller.stories(articles)
        store.retell(told.stories)
        copies, done = copies + told.copies, done + len(articles)
        watcher(done, len(ids))
    return copies


def _pages(store: Store, ids: Sequence[str]) -> Iterator[list[Article]]:
    for at in range(0, len(ids), _TOLD_AT_ONCE):
        yield list(store.articles(ids[at : at + _TOLD_AT_ONCE]).values())
