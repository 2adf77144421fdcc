"""Which sentences of the passages found answer the question: a weighted sum of a dozen signals.

The weights were fitted (softmax over the sentences of a question) on halves of public question sets and on the samples;
how, what each signal is worth, and what was tried and left out: docs/decisions/0017-extractive.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass

import numpy as np

from indexer.chunks import TITLE_CHARS, Span
from indexer.cross_script import passage_terms, question_terms
from indexer.encoder import Float32
from indexer.lexical import terms
from service.answering.kinds import Kind, has_evidence, kind_of
from service.answering.token_match import PassageTokens, best_matches
from service.retrieval import Passage, Question
from service.sentence_match import NO_MATCH, TITLE_SHARE

#: How much a neighbour's match counts beside the sentence's own.
NEIGHBOUR_SHARE = 0.8
#: The tokens that a question begins with: in both languages the question word.
ASKING_TOKENS = 2
#: A token that every sentence matches counts this much of one that none does.
LEAST_WEIGHT = 0.05
#: Lexical scores are shares of what the question's words could score together, at least this (nats, as in BM25).
LEXICAL_FLOOR = 8.0
#: A term counts no more than this however often a sentence repeats it.
MOST_OF_A_TERM = 1.5
#: Passages further behind the first one than this all count as far.
FAR_BEHIND = 0.3


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a sentence; as ``WEIGHTS``, what each counts.

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


WEIGHTS = Signals(
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
)


@dataclass(frozen=True, slots=True)
class RankedSentence:
    """A sentence with what ranking found.

    Attributes:
        passage: where it stands.
        number: which of the passage's sentences it is, from 0.
        match: MaxSim with the question, at most 1.
        rank: the weighted sum of its signals; compares sentences of one question only.
        vector: the mean of its token vectors at unit length, shape (dimensions,).
    """

    passage: Passage
    number: int
    match: float
    rank: float
    vector: Float32

    @property
    def span(self) -> Span:
        """Offsets in the article's raw text."""
        return self.passage.chunk.sentences[self.number]

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.passage.article.text[self.span[0] : self.span[1]]


@dataclass(frozen=True, slots=True)
class _Read:
    """A sentence beside the question: shapes (asked,) for what is said of each of the question's tokens."""

    passage: Passage
    number: int
    own: Float32
    floored: Float32
    about: float
    vector: Float32

    @property
    def text(self) -> str:
        start, end = self.passage.chunk.sentences[self.number]
        return self.passage.article.text[start:end]


def rank_sentences(
    question: Question, asked: Float32, passages: Sequence[Passage], tokens: Sequence[PassageTokens]
) -> list[RankedSentence]:
    """The sentences of passages, best first; equals by article and place. Those without tokens are left out.

    Args:
        question: the question.
        asked: its token vectors, shape (asked, dimensions), centred and at unit length.
        passages: where to look, best first.
        tokens: their token vectors, in the same order.
    """
    if not len(asked):
        return []
    read = [one for passage, own in zip(passages, tokens, strict=True) for one in _read(asked, passage, own)]
    if not read:
        return []
    signals = _signals(question, asked, read)
    ranked = [
        RankedSentence(one.passage, one.number, float(one.floored.mean()), _weighted(found), one.vector)
        for one, found in zip(read, signals, strict=True)
    ]
    return sorted(ranked, key=lambda found: (-found.rank, found.passage.article.id, found.span))


def _read(asked: Float32, passage: Passage, tokens: PassageTokens) -> Iterator[_Read]:
    floor = TITLE_SHARE * best_matches(asked, tokens.title, NO_MATCH)
    similar = asked @ tokens.own.T
    starts, ends = tokens.spans[:, 0], tokens.spans[:, 1]
    for number, (start, end) in enumerate(passage.chunk.sentences):
        inside = (starts >= start) & (ends <= end)
        if inside.any():
            part = similar[:, inside]
            own = part.max(axis=1)
            about = float(part.max(axis=0).mean())
            yield _Read(passage, number, own, np.maximum(own, floor), about, _direction(tokens.own[inside]))


def _direction(vectors: Float32) -> Float32:
    total = vectors.sum(axis=0)
    direction: Float32 = total / np.float32(max(1e-9, float(np.linalg.norm(total))))
    return direction


def _weighted(found: Signals) -> float:
    # Rounded, so that the last bit of a sum of vectors, which may differ between machines, decides nothing.
    total: float = sum(weight * value for weight, value in zip(astuple(WEIGHTS), astuple(found), strict=True))
    return round(total, 4)


def _signals(question: Question, asked: Float32, read: Sequence[_Read]) -> Iterator[Signals]:
    kind = kind_of(question.text)
    rarity = np.maximum(LEAST_WEIGHT, 1 - np.mean([one.floored for one in read], axis=0))
    rarity /= rarity.sum()
    mean = _direction(asked)
    best = max(one.passage.score for one in read)
    words = _word_shares(question.text, [one.text for one in read])
    for at, one in enumerate(read):
        typed = float(has_evidence(kind, one.text, question.text))
        yield Signals(
            match=float(one.floored.mean()),
            rare_match=float(rarity @ one.floored),
            vector=float(mean @ one.vector),
            words=words[at],
            passage=max(-FAR_BEHIND, one.passage.score - best),
            after=_added(one, _neighbour(read, at, -1)),
            before=_added(one, _neighbour(read, at, +1)),
            number=typed,
            date=typed if kind is Kind.TIME else 0.0,
            headline=_in_headline(one),
            about=one.about,
            asking=float(one.own[:ASKING_TOKENS].mean()),
        )


def _neighbour(read: Sequence[_Read], at: int, step: int) -> _Read | None:
    """The sentence before or behind one in the same passage."""
    other = at + step
    return read[other] if 0 <= other < len(read) and read[other].passage is read[at].passage else None


def _added(one: _Read, neighbour: _Read | None) -> float:
    """What a neighbour's match adds to a sentence's own."""
    if neighbour is None:
        return 0.0
    return float((np.maximum(one.own, NEIGHBOUR_SHARE * neighbour.own) - one.own).mean())


def _in_headline(one: _Read) -> float:
    title = one.passage.article.title[:TITLE_CHARS].strip()
    own = set(terms(one.text))
    above = title and not one.passage.text.startswith(title)
    return len(own & set(terms(title))) / max(1, len(own)) if above else 0.0


def _word_shares(question: str, sentences: Sequence[str]) -> list[float]:
    """How much of the question's words stands in each sentence, weighted by how few of the sentences have a word."""
    asked = question_terms(question)
    wanted = dict(zip(asked.indices, asked.values, strict=True))
    found = [_terms_of(sentence, wanted) for sentence in sentences]
    weights = {term: weight * _rarity(found, term) for term, weight in wanted.items()}
    held = {term for one in found for term in one}
    most = max(LEXICAL_FLOOR, sum(weights[term] for term in sorted(held)))
    return [sum(weights[term] * min(MOST_OF_A_TERM, often) for term, often in one.items()) / most for one in found]


def _terms_of(sentence: str, wanted: dict[int, float]) -> dict[int, float]:
    vector = passage_terms(sentence)
    return {term: often for term, often in zip(vector.indices, vector.values, strict=True) if term in wanted}


def _rarity(found: Sequence[dict[int, float]], term: int) -> float:
    """Inverse document frequency of a term, each sentence being a document."""
    having = sum(term in one for one in found)
    return math.log(1 + (len(found) - having + 0.5) / (having + 0.5))
