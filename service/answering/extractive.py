"""The extractive answerer: one to three quotes, chosen by late interaction and rules. No language model.

``ranking.py`` says which sentences answer, ``quotes.py`` which of them are quoted and how far. Where no sentence
matches better than chance has it (``chance.py``), nothing is quoted; otherwise ``asked`` judges whether they answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from indexer.chunks import Span
from indexer.encoder import Encoder
from service.answering import Answer, Citation, Note, leads_of
from service.answering.asked import AnswerJudge, Evidence, Judgement
from service.answering.asked.rules import RuleJudge
from service.answering.chance import TYPICAL, chance_match, support
from service.answering.explain import Explanation, word_matches
from service.answering.quotes import choose_quotes
from service.answering.ranking import RankedSentence, rank_sentences
from service.answering.token_match import TokenReader
from service.answering.wording import answer_text, unheard_text
from service.retrieval import Passage, Question
from service.stored_tokens import StoredTokens

MODE = "extractive"


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence that may answer.

    Attributes:
        ranked: the sentence, its MaxSim with the question and its place among the others.
        above: how far above chance its MaxSim is; compares across languages and indexes, where MaxSim does not.
        support: how likely it is on the matter, 0..1, by that.
    """

    ranked: RankedSentence
    above: float
    support: float

    @property
    def place(self) -> tuple[str, Span]:
        """Article and span of the sentence."""
        return self.ranked.passage.article.id, self.ranked.span

    def as_evidence(self) -> Evidence:
        """The sentence as the judge sees it."""
        found = self.ranked
        return Evidence(
            article=found.passage.article,
            span=found.span,
            support=self.support,
            above=self.above,
            rank=found.rank,
            asking=found.asking,
            said=found.said,
        )


class ExtractiveAnswerer:
    """Answers with quotes alone; the same question over the same index gives the same answer, to the byte.

    Args:
        encoder: compares question and sentences.
        stored: the token vectors that the index keeps, where they are the encoder's; None to encode passages again.
        judge: says whether what was asked for stands in the sentences; the rules by default.
        size: how many passages the index holds.
        context: whether a quote that cannot stand alone takes the sentence before it along.
    """

    def __init__(
        self,
        encoder: Encoder,
        stored: StoredTokens | None = None,
        judge: AnswerJudge | None = None,
        *,
        size: Callable[[], int] = lambda: TYPICAL,
        context: bool = True,
    ) -> None:
        self.reader = TokenReader(encoder, stored)
        self.judge: AnswerJudge = judge or RuleJudge()
        self._size = size
        self._context = context

    def answer(self, question: Question, passages: list[Passage]) -> Answer:
        """Answer with the sentences that fit best, or say that none supports an answer.

        Raises:
            MasdarError: a judge that something is measured of cannot be asked.
        """
        scored = self.score(question, passages)
        near = any(found.support >= 0.5 for found in scored)
        evidence = [found.as_evidence() for found in scored] if near else []
        judgement = self.judge.judge(question.text, question.language, evidence)
        ranked = _denial_first(scored, judgement)
        citations = self._citations(ranked)[: question.wishes.quotes] if evidence else ()
        text = answer_text(question.told_in, judgement, citations)
        unheard = unheard_text(question.told_in, judgement.unheard)
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
            usage=judgement.usage,
            notes=(Note("judge", unheard),) if judgement.unheard else (),
        )

    def score(self, question: Question, passages: Sequence[Passage]) -> list[ScoredSentence]:
        """Every sentence of the passages that has tokens, the one that answers best first."""
        tokens = self.reader.passages(passages)
        ranked = rank_sentences(question, self.reader.question(question), passages, tokens)
        size, words = self._size(), passages[0].lexical if passages else 0.0
        return [_scored(question, found, size, words) for found in ranked]

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


def _scored(question: Question, found: RankedSentence, size: int, words: float) -> ScoredSentence:
    within = found.passage.article.language == question.language
    above = found.match - chance_match(size, within=within)
    return ScoredSentence(found, above, support(above, within=within, words=words))


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
