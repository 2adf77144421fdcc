"""Answers and citations: what leaves the service, whoever made it.

One invariant holds for every citation: ``article.text[start:end] == quote``. ``Citation.of`` makes citations from
offsets, so that a quote can be nothing but what stands there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Protocol

from indexer.articles import Article
from indexer.chunks import Span
from indexer.conversation import Usage
from indexer.store import Publication
from service.answering.asked import Verdict
from service.answering.claims import CheckedClaim
from service.retrieval import Passage, Question

__all__ = ["Answer", "Answerer", "Citation", "Copy", "Lead", "Note", "Verdict"]

NoteKind = Literal["dates", "dates_dropped", "understood", "disagreement", "judge"]
#: Articles that are named where nothing supports an answer.
MAX_LEADS = 3


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article that published the same words; ``published_at`` as in ``Citation``."""

    article_id: str
    source: str
    url: str
    published_at: str | None

    @classmethod
    def of(cls, one: Publication) -> Copy:
        """The copy that a publication is."""
        date = one.published_at.isoformat() if one.published_at else None
        return cls(one.article_id, one.source, one.url, date)


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and where it stands.

    Attributes:
        marker: its number in the answer, from 1.
        published_at: ISO 8601 with time zone, or None where the article has no date.
        quote: verbatim text of the article.
        start, end: offsets of the quote in the article's raw text.
        support: how well the quote supports the answer, 0..1.
        also_published_by: other articles with the same words.
    """

    marker: int
    article_id: str
    title: str
    source: str
    url: str
    published_at: str | None
    quote: str
    start: int
    end: int
    support: float
    also_published_by: tuple[Copy, ...] = ()

    @classmethod
    def of(cls, article: Article, span: Span, marker: int, support: float) -> Citation:
        """Cite ``article.text[start:end]``.

        Raises:
            ValueError: the span is empty or outside the article.
        """
        start, end = span
        if not 0 <= start < end <= len(article.text):
            raise ValueError(f"span {start}:{end} is not inside article {article.id!r} (0:{len(article.text)})")
        return cls(
            marker=marker,
            article_id=article.id,
            title=article.title,
            source=article.source,
            url=article.url,
            published_at=article.published_at.isoformat() if article.published_at else None,
            quote=article.text[start:end],
            start=start,
            end=end,
            support=round(support, 3),
        )


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know about an answer that is not part of it, in the question's language.

    Attributes:
        kind: ``dates`` (only articles of these dates were searched), ``dates_dropped`` (they did not answer, so all
            were), ``understood`` (what a follow-up question was taken to ask), ``disagreement`` (of two articles),
            ``judge`` (the rules judged alone, since the model beside them could not be heard).
    """

    kind: NoteKind
    text: str


@dataclass(frozen=True, slots=True)
class Lead:
    """An article near the question, where none answers it; ``published_at`` as in ``Citation``."""

    article_id: str
    title: str
    source: str
    url: str
    published_at: str | None

    @classmethod
    def of(cls, article: Article) -> Lead:
        """The lead to an article."""
        date = article.published_at.isoformat() if article.published_at else None
        return cls(article.id, article.title, article.source, article.url, date)


def leads_of(passages: list[Passage]) -> tuple[Lead, ...]:
    """The first ``MAX_LEADS`` articles of the passages, each once."""
    articles = {passage.article.id: passage.article for passage in passages}
    return tuple(map(Lead.of, list(articles.values())[:MAX_LEADS]))


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, with its citations in order of their markers, and notes to be shown too.

    Attributes:
        language: in which it is told: the question's, unless its asker wished for another.
        mode: who wrote the text: "extractive" (quotes alone) or "generative" (a language model, checked).
        degraded_reason: why a language model that should have answered did not, as ``code: sentence``; None otherwise.
        claims: the sentences of a language model's answer, with what checking each found; those left out, too.
        verdict: ``answered``; ``related`` where the quotes are the closest there are, and what was asked is not in
            them; ``insufficient_evidence`` where there is nothing to quote.
        confidence: how likely the quotes are to answer, 0..1.
        missing: what was asked and is not in the articles; empty where it was found.
        leads: the nearest articles, where nothing is quoted.
        usage: tokens that language models read and wrote for it, by their servers' count, also where what was written
            is not served; None where none was asked or none is counted.
        citations_refused: quotes that did not stand in their article, so that what they belonged to is not served.
    """

    question: str
    language: str
    verdict: Verdict
    mode: str
    answer: str
    citations: tuple[Citation, ...]
    degraded_reason: str | None = None
    claims: tuple[CheckedClaim, ...] = ()
    confidence: float = 0.0
    missing: tuple[str, ...] = ()
    leads: tuple[Lead, ...] = ()
    notes: tuple[Note, ...] = ()
    usage: Usage | None = None
    citations_refused: int = 0

    def noted(self, *notes: Note) -> Answer:
        """The answer with further notes behind its own."""
        return replace(self, notes=(*self.notes, *notes))


class Answerer(Protocol):
    """Makes an answer out of passages."""

    def answer(self, question: Question, passages: list[Passage]) -> Answer:
        """Answer from these passages, or say that they do not."""
        ...
