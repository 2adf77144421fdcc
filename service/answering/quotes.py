"""Which of the ranked sentences are quoted: one to three that say different things, each able to stand alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from indexer.arabic import fold_text
from indexer.chunks import Span
from indexer.lexical import terms
from service.answering.ranking import RankedSentence

MAX_QUOTES: Final = 3
#: How far behind the first one's rank a second and a third quote may be: their odds against it are e to the minus this.
#: A second quote often has what the first one lacks; see docs/decisions/0017-extractive.md.
BEHIND: Final = (5.0, 1.5)
#: A further quote shares no more than this much of its words with one before it.
REPEATED: Final = 0.55


def _words(*rows: str) -> frozenset[str]:
    """The words of some rows of text."""
    return frozenset(" ".join(rows).split())


#: The first word of a sentence that leans on the one before: a pronoun, or what points back.
_LEANING: Final = _words(
    "هو هي هم هن هما هذا هذه هولاء ذلك تلك انه انها انهم لكنه لكنها لكنهم لانه لانها لذلك لذا كذلك بذلك",
    "he she it they this that these those his her its their",
)
_SAID: Final = _words(
    "قال قالت قالوا اضاف اضافت تابع تابعت اوضح اوضحت اكد اكدت ذكر ذكرت اشار اشارت شدد شددت استطرد زاد ختم لفت",
    "يقول تقول يضيف تضيف said added",
)
#: What follows a verb of saying when no speaker does.
_NO_SPEAKER: Final = _words("ان انه انها انهم الي علي في خلال عن قايلا بان بانه that")
_FIRST_WORDS: Final = re.compile(r"\W*(\w+)(\W+)?(\w+)?")


def choose_quotes(ranked: Sequence[RankedSentence], *, context: bool = True) -> list[tuple[RankedSentence, Span]]:
    """The sentences to quote, best first, each with its span: a run of whole sentences, none of them in two quotes.

    Args:
        ranked: sentences, best first.
        context: whether a sentence that cannot stand alone is quoted together with the one before it.
    """
    chosen = _distinct(ranked)
    spans = [found.span for found in chosen]
    if context:
        for at, found in enumerate(chosen):
            quoted = [span for other, span in zip(chosen, spans, strict=True) if _same(other, found)]
            spans[at] = _widened(found, quoted)
    return list(zip(chosen, spans, strict=True))


def stands_alone(sentence: str) -> bool:
    """Whether a reader who sees only this sentence knows whom and what it speaks of, by its first two words."""
    begins = _FIRST_WORDS.match(fold_text(sentence))
    if begins is None:
        return True
    first, between, second = begins.groups()
    bare = first[1:] if first[0] in "وف" and first not in _LEANING else first
    if bare in _SAID:
        return second is not None and (between or "").isspace() and second not in _NO_SPEAKER
    return bare not in _LEANING


def _distinct(ranked: Sequence[RankedSentence]) -> list[RankedSentence]:
    chosen: list[RankedSentence] = []
    words: list[set[str]] = []
    for found in ranked:
        if chosen and ranked[0].rank - found.rank > BEHIND[len(chosen) - 1]:
            break
        own = set(terms(found.text))
        if any(_overlap(own, other) > REPEATED for other in words):
            continue
        chosen.append(found)
        words.append(own)
        if len(chosen) == MAX_QUOTES:
            break
    return chosen


def _overlap(left: set[str], right: set[str]) -> float:
    """Shared words over the smaller set: a sentence inside another overlaps wholly."""
    return len(left & right) / max(1, min(len(left), len(right)))


def _widened(found: RankedSentence, quoted: Sequence[Span]) -> Span:
    """The sentence's span, from the start of the one before it where it needs that and no other quote has it."""
    if found.number == 0 or stands_alone(found.text):
        return found.span
    before = found.passage.chunk.sentences[found.number - 1]
    taken = any(start < before[1] and before[0] < end for start, end in quoted if (start, end) != found.span)
    return found.span if taken else (before[0], found.span[1])


def _same(left: RankedSentence, right: RankedSentence) -> bool:
    return left.passage.article.id == right.passage.article.id
