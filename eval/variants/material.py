"""What a variant of a question is made with: chance, a rate, and how rare words are."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from indexer.lexical import terms


class Rarity:
    """How rare a word is in a collection: the inverse document frequency of its term.

    Args:
        texts: the documents, and the questions too: an English word is in no Arabic document, and only the other
            questions tell a name from a common verb.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        counts: Counter[str] = Counter()
        size = 0
        for text in texts:
            counts.update(set(terms(text)))
            size += 1
        self._counts, self._size = counts, size

    def __call__(self, word: str) -> float:
        """The greatest among the word's terms; below nought for a function word, which has none."""
        return max((math.log((1 + self._size) / (1 + self._counts[term])) for term in terms(word)), default=-1.0)


@dataclass(frozen=True, slots=True)
class Material:
    """What a variant of one question may use.

    Attributes:
        draw: chance, the same for the same question, variant and seed.
        rate: share of a question's words that get a slip; one word at least does.
        rarity: of a word; see ``Rarity``.
    """

    draw: Random
    rate: float
    rarity: Callable[[str], float]


#: From a question to its variant; the question as it is where the variant has nothing to change.
Variant = Callable[[str, Material], str]
