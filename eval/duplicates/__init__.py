"""Pairs of articles, and whether they tell one story in the same words: made from the samples and by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from indexer.articles import Article

#: Kinds of pairs that are copies, and what was done to the second article.
COPIES: Final = {
    "exact": "the same text elsewhere",
    "respelled": "other digits, spelling, Unicode forms, vowel signs",
    "headline": "another headline",
    "lead": "another first sentence, the agency's name",
    "edited": "other words of the same meaning here and there",
    "cut": "the end left out",
    "appended": "links and invitations after it",
    "near copy": "the near copies among the samples",
}
#: Kinds that are not.
OTHERS: Final = {
    "figures": "a figure or two changed, nothing else",
    "update": "later: another opening, changed figures, new facts",
    "added": "later: sentences added",
    "retelling": "the same event in an article of its own",
    "background": "other news with the same background paragraphs",
    "template": "a report of another day, place or match",
}
KINDS: Final = (*COPIES, *OTHERS)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles; ``number`` is that of the story they were made from: a story's pairs stay in one half."""

    kind: str
    number: int
    first: Article
    second: Article

    @property
    def copy(self) -> bool:
        """Whether they tell a story in the same words."""
        return self.kind in COPIES

    @property
    def part(self) -> str:
        """The half to which the pair belongs: limits are chosen on ``develop``."""
        return "develop" if self.number % 2 == 0 else "held_out"
