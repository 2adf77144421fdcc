"""What speaks for a sentence as the answer, and what each signal counts.

The weights were fitted (softmax over the sentences of a question) on halves of public question sets and on the samples;
how, what each signal is worth, and what was tried and left out: docs/decisions/0017-extractive.md.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a sentence; as weights, what each counts.

    Attributes:
        match: MaxSim with the question, the title's match counting too (``service/sentence_match.py``).
        rare_match: the same, question tokens weighted by how badly the other sentences match them.
        vector: cosine of the mean token vectors of sentence and question.
        words: share of the question's words (translations and sounds of names included) in it, by their rarity.
        passage: score of its passage, less the first passage's.
        after: what the sentence before adds to its match: an answer often follows what is like the question.
        before: the same of the sentence behind it; speaks against it, for then that one is the answer.
        number: 1 where a number, date or amount is asked for and a new one stands in it.
        date: 1 where a date is asked for and a new one stands in it.
        headline: share of its terms that stand in the title; speaks against it.
        about: mean over its tokens of the best match with a token of the question: how much of it is on the matter.
        asking: match of the question's first tokens, the question word: a model puts "when" near dates.
        foremost: 1 where no other sentence of its passage matches better.
        said: share of the question's words that it or its title says, in whatever words.
    """

    match: float
    rare_match: float
    vector: float
    words: float
    passage: float
    after: float
    before: float
    number: float
    date: float
    headline: float
    about: float
    asking: float
    foremost: float
    said: float

    def weighted(self, weights: Signals) -> float:
        """Their weighted sum."""
        # Rounded, so that the last bit of a sum of vectors, which may differ between machines, decides nothing.
        total: float = sum(weight * value for weight, value in zip(_values(weights), _values(self), strict=True))
        return round(total, 4)


#: The numbers in the order of the fields; ``dataclasses.astuple`` copies deeply and takes thirty times as long.
_values = attrgetter(*(field.name for field in fields(Signals)))

#: For questions in the articles' language.
WITHIN = Signals(
    match=1.7,
    rare_match=3.1,
    vector=3.1,
    words=3.0,
    passage=7.1,
    after=23.1,
    before=-13.2,
    number=1.8,
    date=0.5,
    headline=-4.8,
    about=2.7,
    asking=8.3,
    foremost=1.0,
    said=0.0,
)
#: For questions in another language.
ACROSS = Signals(
    match=7.5,
    rare_match=9.2,
    vector=3.3,
    words=3.5,
    passage=5.4,
    after=23.9,
    before=-11.1,
    number=1.4,
    date=0.9,
    headline=-5.4,
    about=6.7,
    asking=4.9,
    foremost=0.0,
    said=3.0,
)
