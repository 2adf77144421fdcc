"""Which words of a quote matched which words of the question: what lets a reader see why a sentence was chosen.

For each word of the question that carries meaning, the word of the quote whose tokens are nearest, in the context of
their passage (the alignment behind MaxSim). Where the quote has the same word, or one that the lexicon gives for it,
that one is named: it is surer, and a reader of another language can take it as a gloss.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol, runtime_checkable

import numpy as np

from indexer.chunks import Span
from indexer.encoder import Float32, Int64
from indexer.function_words import FUNCTION_WORDS
from indexer.lexical import Token, stem, tokenize
from indexer.lexicon import translations
from service.answering import Answer
from service.answering.token_match import PassageTokens
from service.retrieval import SIGNS, Passage, Question

Reason = Literal["word", "lexicon", "meaning"]
#: Cosine of two words below which the nearest is no match.
LEAST: Final = 0.3


@dataclass(frozen=True, slots=True)
class WordMatch:
    """A word of the question and the word of the quote that it matched.

    Attributes:
        asked: the question's word, ``question[asked_start:asked_end]``.
        found: the quote's word, ``article.text[start:end]``.
        score: mean over the tokens of the question's word of the best cosine with one of the quote's word, at most 1.
        reason: ``word`` for the same word (but for its ending), ``lexicon`` for a translation, ``meaning`` for the
            nearest in meaning by the model alone.
    """

    asked: str
    asked_start: int
    asked_end: int
    found: str
    start: int
    end: int
    score: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a quote was chosen: its citation's number, and the matches in the order of the question."""

    marker: int
    matches: tuple[WordMatch, ...]


@runtime_checkable
class ExplainingAnswerer(Protocol):
    """An answerer that can say why it chose its quotes."""

    def explain(self, question: Question, passages: Sequence[Passage], answer: Answer) -> tuple[Explanation, ...]:
        """Which words of each quote matched which words of the question."""
        ...


def word_matches(
    question: Question, asked: Float32, text: str, quote: Span, tokens: PassageTokens
) -> tuple[WordMatch, ...]:
    """The words of a quote that match words of the question, in the order of the question.

    Args:
        question: the question.
        asked: its token vectors, shape (asked, dimensions), centred and at unit length.
        text: the article's raw text.
        quote: where the quote stands in it.
        tokens: the token vectors of the passage that the quote is from.
    """
    words = tokenize(question.text)
    found = [Token(word.text, word.start + quote[0], word.end + quote[0]) for word in tokenize(text[slice(*quote)])]
    found = [word for word in found if word.text not in FUNCTION_WORDS]
    similar = asked @ tokens.own.T
    rows = _rows(words, raw_spans(question.text, question.encoding.spans))
    columns = _rows(found, tokens.spans)
    known = _translated(question.text, words)
    return tuple(
        _match(question.text, word, text, other, score, reason)
        for at, word in enumerate(words)
        if word.text not in FUNCTION_WORDS
        for other, score, reason in _best(word, known[at], found, _cosines(similar, rows[at], columns))
    )


def _match(question: str, word: Token, text: str, other: Token, score: float, reason: Reason) -> WordMatch:
    asked, found = question[word.start : word.end], text[other.start : other.end]
    return WordMatch(asked, word.start, word.end, found, other.start, other.end, round(score, 3), reason)


def raw_spans(question: str, spans: Int64) -> Int64:
    """Offsets into the question as it is encoded, without vowel signs, as offsets into the question; shape (n, 2)."""
    kept = [at for at, char in enumerate(question) if not SIGNS.fullmatch(char)]
    if not kept or len(kept) == len(question) or not len(spans):
        return spans
    places = np.array([*kept, len(question)], np.int64)
    # The end is that of the last character, so that signs behind a word are not counted as the next word's.
    return np.stack([places[spans[:, 0]], places[np.maximum(spans[:, 1] - 1, 0)] + 1], axis=1)


def _rows(words: Sequence[Token], spans: Int64) -> list[Int64]:
    """For each word the tokens that overlap it."""
    return [np.flatnonzero((spans[:, 0] < word.end) & (spans[:, 1] > word.start)) for word in words]


def _cosines(similar: Float32, rows: Int64, columns: Sequence[Int64]) -> list[float]:
    """The score of one word of the question with each word of the quote; -1 where one of them has no token."""
    return [float(similar[np.ix_(rows, own)].max(axis=1).mean()) if len(rows) and len(own) else -1.0 for own in columns]


def _translated(question: str, words: Sequence[Token]) -> list[frozenset[str]]:
    """For each word of the question the terms that the lexicon has for it."""
    terms: list[set[str]] = [set() for _ in words]
    for one in translations(question, words):
        for place in range(one.first, one.end):
            terms[place].update(term for phrase in one.phrases for term in phrase)
    return [frozenset(one) for one in terms]


def _best(
    word: Token, translated: frozenset[str], found: Sequence[Token], scores: Sequence[float]
) -> Iterator[tuple[Token, float, Reason]]:
    """The quote's word for a word of the question: the same, else a translation, else the nearest; or none."""
    same = [at for at, other in enumerate(found) if stem(other.text) == stem(word.text)]
    glossed = [at for at, other in enumerate(found) if stem(other.text) in translated]
    near = [at for at, score in enumerate(scores) if score >= LEAST]
    choices: tuple[tuple[Reason, list[int]], ...] = (("word", same), ("lexicon", glossed), ("meaning", near))
    for reason, places in choices:
        if places:
            best = max(places, key=lambda at: (scores[at], -at))
            yield found[best], scores[best], reason
            return
