"""Choose passages so that copies of one story do not fill the places.

News agencies' stories stand in many papers. A passage is a copy of a better one of another article when most of its
runs of four words stand there, too (containment of shingles: Broder 1997, "On the resemblance and containment of
documents"), and no number that is not there. Numbers tell a copy from an update, and one day's market report from the
next one's. A passage that repeats another only in part says something else as well, and keeps its place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from indexer.arabic import fold_text

if TYPE_CHECKING:
    from service.retrieval import Passage
    from service.search_options import SearchOptions

#: Share of a copy's shingles that stand in the passage that it repeats.
CONTAINED = 0.6
#: Words in a shingle.
RUN = 4
#: Candidates that are looked at for copies, for each passage wanted; those below are too far down to matter.
LOOKED_AT = 2

_WORD = re.compile(r"\w+")

Shingle = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """What a passage says, word by word: folded: its shingles and its numbers."""

    shingles: frozenset[Shingle]
    numbers: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Wording:
        """The wording of a text; one of fewer than ``RUN`` words is one shingle, one without words has none."""
        # Not the terms of BM25: stemming costs three times as much, and copies are copied letter by letter.
        words = _WORD.findall(fold_text(text))
        runs = [tuple(words[at : at + RUN]) for at in range(max(1, len(words) - RUN + 1))] if words else []
        return cls(frozenset(runs), frozenset(word for word in words if word[0].isdigit()))

    def repeats(self, other: Wording) -> bool:
        """Whether this says hardly anything that the other does not say in the same words."""
        if not self.shingles or not self.numbers <= other.numbers:
            return False
        return len(self.shingles & other.shingles) >= CONTAINED * len(self.shingles)


@dataclass(slots=True)
class _Kept:
    passage: Passage
    wording: Wording
    also: dict[str, None] = field(default_factory=dict)  # a set that keeps the order


def choose(found: Iterable[Passage], options: SearchOptions) -> list[Passage]:
    """The passages to give, best first, at most ``options.limit``.

    Args:
        found: passages, best first; taken one by one, no more than are needed.
        options: with ``diverse``, copies go into ``also`` of the passage that they repeat.
    """
    kept: list[_Kept] = []
    places: Counter[str] = Counter()
    for seen, passage in enumerate(found, start=1):
        wording = Wording.of(passage.text) if options.diverse else _NOT_READ
        original = _original(passage, wording, kept)
        if original is not None:
            original.also[passage.article.id] = None
        elif len(kept) < options.limit and _has_place(places[passage.article.id], options):
            kept.append(_Kept(passage, wording))
            places[passage.article.id] += 1
        if len(kept) >= options.limit and not (options.diverse and seen < LOOKED_AT * options.limit):
            break
    return [replace(one.passage, also=tuple(one.also)) for one in kept]


_NOT_READ = Wording(frozenset(), frozenset())


def _has_place(taken: int, options: SearchOptions) -> bool:
    return options.per_article is None or taken < options.per_article


def _original(passage: Passage, wording: Wording, kept: Sequence[_Kept]) -> _Kept | None:
    """The passage of another article that this one repeats."""
    others = (one for one in kept if one.passage.article.id != passage.article.id)
    return next((one for one in others if wording.repeats(one.wording)), None)
