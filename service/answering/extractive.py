"""The extractive answerer: one to three quotes, chosen by late interaction and rules. No language model.

``ranking.py`` says which sentences answer, ``quotes.py`` which of them are quoted and how far; whether the articles
answer at all is decided here, by the best MaxSim of a sentence with the question.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.chunks import Span
from indexer.encoder import Encoder
from service.answering import Answer, Citation, leads_of
from service.answering.asked import AnswerJudge, Evidence, Judgement
from service.answering.asked.rules import RuleJudge
from service.answering.explain import Explanation, word_matches
from service.answering.quotes import choose_quotes
from service.answering.ranking import RankedSentence, rank_sentences
from service.answering.token_match import TokenReader
from service.answering.wording import answer_text
from service.retrieval import Passage, Question
from service.stored_tokens import StoredTokens

MODE = "extractive"
#: MaxSim at which a sentence is as likely to answer as not: in the question's own language, and across languages,
#: where even a perfect match scores lower. How steep the curve is there. See docs/decisions/0006-answers.md.
SAME_LANGUAGE = 0.45
ACROSS_LANGUAGES = 0.335
STEEPNESS = 25.0


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence that may answer.

    Attributes:
        ranked: the sentence, its MaxSim with the question and its place among the others.
        support: how likely the articles answer with it, 0..1, by MaxSim; compares across languages, where MaxSim does
            not.
    """

    ranked: RankedSentence
    support: float

    @property
    def place(self) -> tuple[str, Span]:
        """Article and span of the sentence."""
        return self.ranked.passage.article.id, self.ranked.span


class ExtractiveAnswerer:
    """Answers with quotes alone; the same question over the same index gives the same answer, to the byte.

    Args:
        encoder: compares question and sentences.
        stored: the token vectors that the index keeps, where they are the encoder's; None to encode passages again.
        judge: says whether what was asked for stands in the sentences.
        context: whether a quote that cannot stand alone takes the sentence before it along.
    """

    def __init__(
        self,
        encoder: Encoder,
        stored: StoredTokens | None = None,
        judge: AnswerJudge | None = None,
        *,
        context: bool = True,
    ) -> None:
        self.reader = TokenReader(encoder, stored)
        self._judge = judge or RuleJudge()
        self._context = context

    def answer(self, question: Question, passages: list[Passage]) -> Answer:
        """Answer with the sentences that fit best, or say that none supports an answer."""
        scored = self.score(question, passages)
        evidence = [
            Evidence(found.ranked.passage.article, found.ranked.span, found.support)
            for found in scored
            if found.support >= 0.5
        ]
        judgement = self._judge.judge(question.text, question.language, evidence)
        ranked = _denial_first(scored, judgement)
        citations = self._citations(ranked)[: question.wishes.quotes] if evidence else ()
        text = answer_text(question.told_in, judgement, citations)
        return Answer(
            question.text,
            question.told_in,
            judgement.verdict,
            MODE,
            text,
            citations,
            confidence=round(judgement.confidence, 3),
            missing=judgement.missing,
            leads=() if citations else leads_of(passages),
        )

    def score(self, question: Question, passages: Sequence[Passage]) -> list[ScoredSentence]:
        """Every sentence of the passages that has tokens, the one that answers best first."""
        tokens = self.reader.passages(passages)
        ranked = rank_sentences(question, self.reader.question(question), passages, tokens)
        return [ScoredSentence(found, support(found.match, _threshold(question, found))) for found in ranked]

    def explain(self, question: Question, passages: Sequence[Passage], answer: Answer) -> tuple[Explanation, ...]:
        """Which words of each quote matched which words of the question; nothing for a quote from elsewhere.

        Args:
            question: what was asked.
            passages: what the answer was made from.
            answer: the answer.
        """
        asked = self.reader.question(question)
        cited = [
            (citation, passage)
            for citation in answer.citations
            if (passage := _passage_of(citation, passages)) is not None
        ]
        tokens = self.reader.passages([passage for _, passage in cited])
        return tuple(
            Explanation(
                citation.marker,
                word_matches(question, asked, passage.article.text, (citation.start, citation.end), own),
            )
            for (citation, passage), own in zip(cited, tokens, strict=True)
        )

    def _citations(self, scored: Sequence[ScoredSentence]) -> tuple[Citation, ...]:
        quotes = choose_quotes([found.ranked for found in scored], context=self._context)
        supports = {found.place: found.support for found in scored}
        return tuple(
            Citation.of(found.passage.article, span, marker, supports[found.passage.article.id, found.span])
            for marker, (found, span) in enumerate(quotes, start=1)
        )


def support(score: float, threshold: float) -> float:
    """Map a MaxSim score to 0..1: a logistic curve through one half at the threshold."""
    return 1.0 / (1.0 + math.exp(-STEEPNESS * (score - threshold)))


def _threshold(question: Question, found: RankedSentence) -> float:
    return SAME_LANGUAGE if found.passage.article.language == question.language else ACROSS_LANGUAGES


def _denial_first(ranked: Sequence[ScoredSentence], judgement: Judgement) -> list[ScoredSentence]:
    """The sentences in their order, but for one that denies what the question takes for granted: it comes first."""
    denial = judgement.instead
    first = [found for found in ranked if denial and found.place == (denial.article.id, denial.span)]
    return [*first, *(found for found in ranked if found not in first)]


def _passage_of(citation: Citation, passages: Sequence[Passage]) -> Passage | None:
    """The passage that a quote is from."""
    return next(
        (
            passage
            for passage in passages
            if passage.article.id == citation.article_id
            and passage.chunk.start <= citation.start < citation.end <= passage.chunk.end
        ),
        None,
    )
