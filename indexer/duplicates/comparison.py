"""Tell whether two articles tell a story in the same words, or one brings it up to date, or they are two.

Sharing most of their words is not enough: the report of another day, the toll of an hour later and a match between
others share them too. What tells is what the two do *not* share: numbers and dates, names in sentences that are
otherwise the same, sentences of their own and where these stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Literal

from indexer.articles import Article
from indexer.boilerplate import article_end
from indexer.duplicates.fact_words import DATE_WORDS, NUMBER_WORDS
from indexer.duplicates.wording import Shingle, shingles_of, words_of
from indexer.sentences import sentence_spans

Verdict = Literal["copy", "update", "other"]

#: Words in the runs by which sentences are recognised: a sentence is shorter than an article.
_RUN = 3
#: Share of a sentence's runs that stand in the other article, for it to be that one's too.
_MATCHED = 0.5


@dataclass(frozen=True, slots=True)
class Limits:
    """What a copy may and may not have of its own; chosen on one half of ``eval/duplicates``.

    Attributes:
        shared: least share of runs of words that one of the two shares with the other.
        rewritten: most that both may have in sentences of their own, as share of their words.
        swapped: most words that the other lacks, in sentences that are otherwise the same, in both.
        added: most that the later one may be longer, as share of its words.
        cut: most that the earlier one may be longer: the later one leaves that out. Where the order is not known, this
            counts for what stands at the end, the other limit for the rest.
    """

    shared: float = 0.6
    rewritten: float = 0.3
    swapped: float = 0.045
    added: float = 0.1
    cut: float = 0.85


LIMITS = Limits()


@dataclass(frozen=True)
class Told:
    """What an article says, sentence by sentence, in folded words; lines of the page around it are left out."""

    sentences: tuple[tuple[str, ...], ...]
    published_at: datetime | None = None

    @classmethod
    def of(cls, article: Article) -> Told:
        """What an article says; its title does not count, papers write their own."""
        text = article.text
        lines = [text[start:end] for start, end in sentence_spans(text)]
        words = (tuple(words_of(line)) for line in lines[: article_end(lines)])
        return cls(tuple(sentence for sentence in words if sentence), article.published_at)

    @cached_property
    def words(self) -> frozenset[str]:
        """All words."""
        return frozenset(word for sentence in self.sentences for word in sentence)

    @cached_property
    def pairs(self) -> frozenset[Shingle]:
        """Neighbouring words, within sentences."""
        return frozenset(pair for sentence in self.sentences for pair in pairwise(sentence))

    @cached_property
    def values(self) -> frozenset[str]:
        """Its numbers, whether in digits or in words."""
        return frozenset(value for word in self.words if (value := _value(word)))

    @cached_property
    def count(self) -> int:
        """How many words there are."""
        return sum(map(len, self.sentences))

    @cached_property
    def runs(self) -> frozenset[Shingle]:
        """Runs of words, within sentences."""
        return frozenset().union(*(shingles_of(list(sentence), _RUN) for sentence in self.sentences))


@dataclass(frozen=True, slots=True)
class Side:
    """What one of two articles has that the other has not.

    Attributes:
        shared: share of its runs of words that the other has.
        own: share of its words in sentences of its own.
        swapped: share of words that the other lacks in the sentences that both have.
        numbers: numbers, and names of days and months, that the other lacks.
        counted: number words that the other lacks, in sentences that both have.
        placed: numbers that stand beside neither of their neighbours in the other, in sentences that both have, each
            between those neighbours.
        at_end: whether its own sentences all stand after those that both have.
    """

    shared: float
    own: float
    swapped: float
    numbers: frozenset[str]
    counted: frozenset[str]
    placed: frozenset[tuple[str, str, str]]
    at_end: bool

    @classmethod
    def of(cls, told: Told, other: Told) -> Side:
        """What ``told`` has that ``other`` has not."""
        own, both = [], []
        last_shared = -1
        for at, sentence in enumerate(told.sentences):
            if _stands_in(sentence, other):
                both.append(sentence)
                last_shared = at
            else:
                own.append((at, sentence))
        lacking = [word for sentence in both for word in sentence if word not in other.words]
        figures = {word for word in told.words if word.isdigit() and word not in other.values}
        return cls(
            shared=len(told.runs & other.runs) / max(1, len(told.runs)),
            own=sum(len(sentence) for _, sentence in own) / max(1, told.count),
            swapped=len(lacking) / max(1, sum(map(len, both))),
            numbers=frozenset(figures | (told.words - other.words) & DATE_WORDS),
            counted=frozenset(value for word in lacking if (value := _value(word)) and value not in other.values),
            placed=frozenset().union(*(_placed_numbers(sentence, other) for sentence in both)),
            at_end=all(at > last_shared for at, _ in own),
        )


def _value(word: str) -> str | None:
    """The number that a word is, in digits; None for other words."""
    return word if word.isdigit() else NUMBER_WORDS.get(word)


def _stands_in(sentence: tuple[str, ...], other: Told) -> bool:
    runs = shingles_of(list(sentence), _RUN)
    return len(runs & other.runs) >= _MATCHED * len(runs)


def _placed_numbers(sentence: tuple[str, ...], other: Told) -> frozenset[tuple[str, str, str]]:
    around = zip(("", *sentence), sentence, (*sentence[1:], ""), strict=False)
    return frozenset(
        (before, word, after)
        for before, word, after in around
        if word.isdigit() and (before, word) not in other.pairs and (word, after) not in other.pairs
    )


def _contradict(first: Side, second: Side) -> bool:
    """Whether both have numbers or dates that the other lacks, or other ones in the same place."""
    if (first.numbers and second.numbers) or (first.counted and second.counted):
        return True
    return any(
        one[1] != two[1] and (one[0] == two[0] or one[2] == two[2]) for one in first.placed for two in second.placed
    )


def compare(one: Told, two: Told, limits: Limits = LIMITS) -> Verdict:
    """What two articles are to each other; the order does not matter."""
    first, second = Side.of(one, two), Side.of(two, one)
    if max(first.shared, second.shared) < limits.shared or min(first.own, second.own) > limits.rewritten:
        return "other"
    if _contradict(first, second):
        return "update"
    if min(first.swapped, second.swapped) > limits.swapped:
        return "other"
    (more, longer), (_, shorter) = sorted(((first, one), (second, two)), key=lambda side: -side[0].own * side[1].count)
    return _by_what_is_added(more, longer, shorter, limits)


def _by_what_is_added(more: Side, longer: Told, shorter: Told, limits: Limits) -> Verdict:
    """Whether the article with more sentences of its own goes on with the story, or the other leaves some out."""
    added = max(0.0, 1 - shorter.count / longer.count)
    order = _order(longer, shorter)
    if order < 0 or (order == 0 and more.at_end):
        return "copy" if added <= limits.cut else "update"
    return "copy" if added <= limits.added and not (more.numbers and added > limits.added / 3) else "update"


def _order(one: Told, two: Told) -> int:
    """Below 0 where the first was published before the second, above 0 after it, 0 where that is not known."""
    if one.published_at is None or two.published_at is None:
        return 0
    return (one.published_at > two.published_at) - (one.published_at < two.published_at)
