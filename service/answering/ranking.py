"""Which sentences of the passages found answer the question: a weighted sum of the signals of ``signals.py``."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from indexer.chunks import TITLE_CHARS, Span
from indexer.cross_script import passage_terms, question_terms
from indexer.encoder import Float32
from indexer.lexical import terms
from service.answering.kinds import Kind, has_evidence, kind_of
from service.answering.said import QuestionWords
from service.answering.signals import ACROSS, WITHIN, Signals
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
class RankedSentence:
    """A sentence with what ranking found.

    Attributes:
        passage: where it stands.
        number: which of the passage's sentences it is, from 0.
        match: MaxSim with the question, at most 1.
        rank: the weighted sum of its signals; compares sentences of one question only.
        asking: match of the question word.
        said: which of the question's content words it says, in their order.
    """

    passage: Passage
    number: int
    match: float
    rank: float
    asking: float
    said: tuple[bool, ...]

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
    within = passages[0].article.language == question.language
    words = QuestionWords.of(question, within=within)
    said = [words.said(one.text, one.own) for one in read]
    titles = {title: words.written(title) for title in {passage.article.title for passage in passages}}
    shares = [_share(own, titles[one.passage.article.title]) for one, own in zip(read, said, strict=True)]
    weights = WITHIN if within else ACROSS
    signals = _signals(question, asked, read, shares)
    ranked = [
        RankedSentence(one.passage, one.number, found.match, found.weighted(weights), found.asking, own)
        for one, found, own in zip(read, signals, said, strict=True)
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


def _share(said: Sequence[bool], above: Sequence[bool]) -> float:
    """The share of the question's words that a sentence says or its title has."""
    return sum(map(max, said, above)) / max(1, len(said))


def _signals(question: Question, asked: Float32, read: Sequence[_Read], said: Sequence[float]) -> Iterator[Signals]:
    kind = kind_of(question.text)
    rarity = np.maximum(LEAST_WEIGHT, 1 - np.mean([one.floored for one in read], axis=0))
    rarity /= rarity.sum()
    mean = _direction(asked)
    best = max(one.passage.score for one in read)
    words = _word_shares(question.text, [one.text for one in read])
    foremost = {id(max(group, key=_match)) for group in _by_passage(read)}
    for at, one in enumerate(read):
        typed = float(has_evidence(kind, one.text, question.text))
        yield Signals(
            match=_match(one),
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
            foremost=float(id(one) in foremost),
            said=said[at],
        )


def _match(one: _Read) -> float:
    return float(one.floored.mean())


def _by_passage(read: Sequence[_Read]) -> list[list[_Read]]:
    groups: dict[int, list[_Read]] = {}
    for one in read:
        groups.setdefault(id(one.passage), []).append(one)
    return list(groups.values())


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
    if not title or one.passage.text.startswith(title):
        return 0.0
    own = set(terms(one.text))
    return len(own & _terms_of_title(title)) / max(1, len(own))


@lru_cache(maxsize=64)
def _terms_of_title(title: str) -> frozenset[str]:
    """The terms of a title, which are asked for once for every sentence below it."""
    return frozenset(terms(title))


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
