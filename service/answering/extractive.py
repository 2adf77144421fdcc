"""The extractive answerer: one to three sentences of the articles, chosen by late interaction. No language model.

A sentence's score is MaxSim (Khattab and Zaharia 2020): for each token of the question the best cosine with a token
of the sentence, averaged. The sentence's tokens are those of its chunk, encoded whole with the title above, so that a
pronoun carries what it stands for. For each token of the question the title's match counts too, at ``TITLE_SHARE``: a
news sentence leaves out what the headline said.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.articles import Article
from indexer.chunks import Span, passage_text
from indexer.encoder import Encoder, Encoding, Float32
from indexer.encoder.centring import Centring, centring_for
from indexer.lexical import terms
from service.answering import Answer, Citation, Verdict
from service.answering.wording import extractive_text, insufficient_text
from service.retrieval import Passage, Question

MODE = "extractive"
MAX_QUOTES = 3
#: How much a title's match counts beside the sentence's own.
TITLE_SHARE = 0.9
#: MaxSim at which a sentence is as likely to answer as not: in the question's own language, and across languages,
#: where even a perfect match scores lower. How steep the curve is there. See docs/decisions/0006-answers.md.
SAME_LANGUAGE = 0.45
ACROSS_LANGUAGES = 0.335
STEEPNESS = 25.0
#: A further quote must come this close to the first one's score, and share no more than this much of its words.
CLOSE = 0.88
REPEATED = 0.55


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence that may answer.

    Attributes:
        score: its MaxSim with the question, at most 1.
        support: how likely it is to answer, 0..1; compares across languages, where scores do not.
    """

    article: Article
    span: Span
    score: float
    support: float

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.article.text[self.span[0] : self.span[1]]


class ExtractiveAnswerer:
    """Answers with quotes alone; the same question over the same index gives the same answer, to the byte."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._centring: Centring = centring_for(encoder.identity)

    def answer(self, question: Question, passages: list[Passage]) -> Answer:
        """Answer with the sentences that fit best, or say that none supports an answer."""
        scored = self.score(question, passages)
        ranked = sorted(scored, key=lambda found: (-found.support, found.article.id, found.span))
        chosen = _distinct([found for found in ranked if found.support >= 0.5])
        citations = tuple(
            Citation.of(found.article, found.span, marker, found.support)
            for marker, found in enumerate(chosen, start=1)
        )
        verdict: Verdict = "answered" if citations else "insufficient_evidence"
        text = extractive_text(question.language, citations) if citations else insufficient_text(question.language)
        return Answer(question.text, question.language, verdict, MODE, text, citations)

    def score(self, question: Question, passages: Sequence[Passage]) -> Iterator[ScoredSentence]:
        """Every sentence of the passages with its score."""
        asked = self._centring.tokens(question.encoding.tokens, "query", question.language)
        texts = [passage_text(passage.article.title, passage.text) for passage in passages]
        for passage, text, encoding in zip(
            passages, texts, self._encoder.encode(texts, "passage", tokens=True), strict=True
        ):
            # Where the text begins with the title, the title is a sentence like any other.
            title_end = len(text) - len(passage.text)
            threshold = SAME_LANGUAGE if passage.article.language == question.language else ACROSS_LANGUAGES
            for span, score in self._sentences(asked, passage, encoding, title_end):
                yield ScoredSentence(passage.article, span, score, support(score, threshold))

    def _sentences(
        self, asked: Float32, passage: Passage, encoding: Encoding, title_end: int
    ) -> Iterator[tuple[Span, float]]:
        if not len(asked) or not len(encoding.tokens):
            return
        similar = asked @ self._centring.tokens(encoding.tokens, "passage").T
        starts, ends = encoding.spans[:, 0], encoding.spans[:, 1]
        title = similar[:, ends <= title_end]
        floor = TITLE_SHARE * title.max(axis=1) if title.shape[1] else np.full(len(asked), -1.0, np.float32)
        for start, end in passage.chunk.sentences:
            offset = title_end - passage.chunk.start
            own = similar[:, (starts >= start + offset) & (ends <= end + offset)]
            if own.shape[1]:
                yield (start, end), float(np.maximum(own.max(axis=1), floor).mean())


def support(score: float, threshold: float) -> float:
    """Map a MaxSim score to 0..1: a logistic curve through one half at the threshold."""
    return 1.0 / (1.0 + math.exp(-STEEPNESS * (score - threshold)))


def _distinct(ranked: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """The best sentence and up to two that come close to it and say something else."""
    chosen: list[ScoredSentence] = []
    words: list[set[str]] = []
    for found in ranked:
        own = set(terms(found.text))
        far = bool(chosen) and found.score < CLOSE * chosen[0].score
        if far or any(_overlap(own, other) > REPEATED for other in words):
            continue
        chosen.append(found)
        words.append(own)
        if len(chosen) == MAX_QUOTES:
            break
    return chosen


def _overlap(left: set[str], right: set[str]) -> float:
    """Shared words over the smaller set: a sentence inside another overlaps wholly."""
    return len(left & right) / max(1, min(len(left), len(right)))
