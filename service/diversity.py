"""Choose passages so that copies of one story do not fill the places.

News agencies' stories stand in many papers. Articles that copy each other as a whole are known to the index (their
story, ``indexer/duplicates``); a passage of one is left out where the article that stays says the same anywhere. Of
other articles a passage is a copy of a better one when most of its runs of four words stand there, too (containment of
shingles: Broder 1997, "On the resemblance and containment of documents"), and no number that is not there. Numbers tell
a copy from an update, and one day's market report from the next one's. A passage that repeats another only in part says
something else as well, and keeps its place.

Of a story's copies the one that was published first stands for the others, where its passage says the same: it is the
one that the others copied, and the choice is the same for every question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from indexer.duplicates.wording import Wording
from indexer.store import Publication

if TYPE_CHECKING:
    from service.retrieval import Passage
    from service.search_options import SearchOptions

#: Candidates that are looked at for copies, for each passage wanted; those below are too far down to matter.
LOOKED_AT = 2
#: Share of a passage's shingles that the copy has that stands for it.
STANDS_FOR = 0.8


@dataclass
class _Kept:
    passage: Passage
    wording: Wording
    copies: list[tuple[Passage, Wording]] = field(default_factory=list)

    @cached_property
    def whole(self) -> Wording:
        """The wording of the whole article."""
        return Wording.of(self.passage.article.text)

    def is_repeated_by(self, passage: Passage, wording: Wording) -> bool:
        """Whether a passage of another article says nothing new: beside this one, or in a story of both its article."""
        if passage.article.id == self.passage.article.id:
            return False
        if wording.repeats(self.wording):
            return True
        return _same_story(passage, self.passage) and wording.repeats(self.whole)

    def chosen(self) -> Passage:
        """The passage to give, with all who published it besides."""
        first = self._first()
        known = {one.article_id: one for one in first.also_published_by}
        for passage in (self.passage, *(copy for copy, _ in self.copies)):
            known |= {one.article_id: one for one in (Publication.of(passage.article), *passage.also_published_by)}
        known.pop(first.article.id, None)
        own = self.passage
        return replace(first, score=own.score, reranked=own.reranked, also_published_by=tuple(known.values()))

    def _first(self) -> Passage:
        """Of the copies of the whole story that say the same, the one that was published first."""
        first = self.passage
        for passage, wording in self.copies:
            if (
                _same_story(passage, self.passage)
                and self.wording.repeats(wording, STANDS_FOR)
                and _before(passage, first)
            ):
                first = passage
        return first


def choose(found: Iterable[Passage], options: SearchOptions) -> list[Passage]:
    """The passages to give, best first, at most ``options.limit``.

    Args:
        found: passages, best first, each with the other articles of its story; taken one by one, no more than needed.
        options: with ``diverse``, copies are named in ``also_published_by`` of the passage that they repeat.
    """
    kept: list[_Kept] = []
    places: Counter[str] = Counter()
    for seen, passage in enumerate(found, start=1):
        wording = Wording.of(passage.text) if options.diverse else _NOT_READ
        original = next((one for one in kept if one.is_repeated_by(passage, wording)), None)
        story = _story(passage) if options.diverse else passage.article.id
        if original is not None:
            original.copies.append((passage, wording))
        elif len(kept) < options.limit and _has_place(places[story], options):
            kept.append(_Kept(passage, wording))
            places[story] += 1
        if len(kept) >= options.limit and not (options.diverse and seen < LOOKED_AT * options.limit):
            break
    return [one.chosen() for one in kept]


_NOT_READ = Wording(frozenset(), frozenset())


def _has_place(taken: int, options: SearchOptions) -> bool:
    return options.per_article is None or taken < options.per_article


def _story(passage: Passage) -> str:
    """One id for an article and its copies: what is restricted for an article is so for them together."""
    return min([passage.article.id, *(one.article_id for one in passage.also_published_by)])


def _same_story(one: Passage, two: Passage) -> bool:
    return any(other.article_id == one.article.id for other in two.also_published_by)


def _before(one: Passage, two: Passage) -> bool:
    first, second = one.article.published_at, two.article.published_at
    return first is not None and second is not None and first < second
