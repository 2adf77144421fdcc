"""The extractive answerer: one to three sentences of the articles, chosen by late interaction. No language model.

A sentence's score is its MaxSim with the question (``service/sentence_match.py``), as retrieval computed it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.articles import Article
from indexer.chunks import Span, passage_text
from indexer.encoder import Encoder
from indexer.encoder.centring import Centring, centring_for
from indexer.lexical import terms
from service.answering import Answer, Citation, leads_of
from service.answering.asked import AnswerJudge, Evidence, Judgement
from service.answering.asked.rules import RuleJudge
from service.answering.wording import answer_text
from service.retrieval import Passage, Question
from service.sentence_match import NO_MATCH, sentence_scores

MODE = "extractive"
MAX_QUOTES = 3
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

    def __init__(self, encoder: Encoder, judge: AnswerJudge | None = None) -> None:
        self._encoder = encoder
        self._judge = judge or RuleJudge()
        self._centring: Centring = centring_for(encoder.identity)

    def answer(self, question: Question, passages: list[Passage]) -> Answer:
        """Answer with the sentences that fit best, or say that none supports an answer."""
        scored = self.score(question, passages)
        ranked = sorted(scored, key=lambda found: (-found.support, found.article.id, found.span))
        supported = [found for found in ranked if found.support >= 0.5]
        evidence = [Evidence(found.article, found.span, found.support) for found in supported]
        judgement = self._judge.judge(question.text, question.language, evidence)
        chosen = _distinct(_denial_first(supported, judgement))
        citations = tuple(
            Citation.of(found.article, found.span, marker, found.support)
            for marker, found in enumerate(chosen, start=1)
        )
        text = answer_text(question.language, judgement, citations)
        said = question.text, question.language, judgement.verdict, MODE, text, citations
        leads = () if citations else leads_of(passages)
        return Answer(*said, round(judgement.confidence, 3), judgement.missing, leads)

    def score(self, question: Question, passages: Sequence[Passage]) -> Iterator[ScoredSentence]:
        """Every sentence of the passages with its score; those that retrieval did not compare are encoded for it."""
        unread = [passage for passage in passages if not passage.sentences]
        read = iter(self._read(question, unread))
        for passage in passages:
            threshold = SAME_LANGUAGE if passage.article.language == question.language else ACROSS_LANGUAGES
            for span, score in zip(passage.chunk.sentences, passage.sentences or next(read), strict=True):
                if score > NO_MATCH:
                    yield ScoredSentence(passage.article, span, score, support(score, threshold))

    def _read(self, question: Question, passages: Sequence[Passage]) -> Iterator[tuple[float, ...]]:
        asked = self._centring.tokens(question.encoding.tokens, "query", question.language)
        texts = [passage_text(passage.article.title, passage.text) for passage in passages]
        encodings = self._encoder.encode(texts, "passage", tokens=True)
        for passage, text, encoding in zip(passages, texts, encodings, strict=True):
            # Where the text begins with the title, the title is a sentence like any other.
            title_end = len(text) - len(passage.text)
            offset = title_end - passage.chunk.start
            sentences = [(start + offset, end + offset) for start, end in passage.chunk.sentences]
            tokens = self._centring.tokens(encoding.tokens, "passage")
            yield sentence_scores(asked, tokens, encoding.spans, sentences, title_end)


def support(score: float, threshold: float) -> float:
    """Map a MaxSim score to 0..1: a logistic curve through one half at the threshold."""
    return 1.0 / (1.0 + math.exp(-STEEPNESS * (score - threshold)))


def _denial_first(ranked: Sequence[ScoredSentence], judgement: Judgement) -> list[ScoredSentence]:
    """The sentences in their order, but for one that denies what the question takes for granted: it comes first."""
    denial = judgement.instead
    first = [found for found in ranked if denial and (found.article.id, found.span) == (denial.article.id, denial.span)]
    return [*first, *(found for found in ranked if found not in first)]


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
