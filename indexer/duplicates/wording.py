"""What a text says, word by word, for comparing texts by the runs of words that they share.

Broder 1997, "On the resemblance and containment of documents".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.arabic import fold_text

#: Share of a copy's shingles that stand in the text that it repeats.
CONTAINED = 0.6
#: Words in a shingle.
RUN = 4

#: Letters and digits apart: «بـ900» holds the number 900.
_WORD = re.compile(r"[^\W\d]+|\d+")
_GROUPED = re.compile(r"(?<=\d)[,'](?=\d{3}(?!\d))")

Shingle = tuple[str, ...]


def words_of(text: str) -> list[str]:
    """The words of a text, folded; 1,200 and ١٢٠٠ are one word."""
    # Not the terms of BM25: stemming costs three times as much, and copies are copied letter by letter.
    return _WORD.findall(_GROUPED.sub("", fold_text(text)))


def shingles_of(words: list[str], run: int = RUN) -> frozenset[Shingle]:
    """Runs of words; fewer words than that are one shingle, no words none."""
    return (
        frozenset(tuple(words[at : at + run]) for at in range(max(1, len(words) - run + 1))) if words else frozenset()
    )


@dataclass(frozen=True, slots=True)
class Wording:
    """What a passage says: its shingles and its numbers."""

    shingles: frozenset[Shingle]
    numbers: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Wording:
        """The wording of a text."""
        words = words_of(text)
        return cls(shingles_of(words), frozenset(word for word in words if word[0].isdigit()))

    def repeats(self, other: Wording, share: float = CONTAINED) -> bool:
        """Whether this says hardly anything that the other does not say in the same words.

        Args:
            other: the wording that may hold this one.
            share: least share of this one's shingles that stand there.
        """
        if not self.shingles or not self.numbers <= other.numbers:
            return False
        return len(self.shingles & other.shingles) >= share * len(self.shingles)
