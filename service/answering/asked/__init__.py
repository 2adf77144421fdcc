"""Whether what was asked for stands in the quotes: the kind of answer, found by type, attached to the right thing.

Likeness alone does not tell a question that the articles answer from one that they nearly do. See
docs/decisions/0018-abstention.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from indexer.articles import Article
from indexer.chunks import Span
from indexer.conversation import Usage

Verdict = Literal["answered", "related", "insufficient_evidence"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer, best first among its like.

    Attributes:
        span: offsets in the article's text.
        support: how likely it is on the matter, 0..1.
        above: how far its match with the question is above what chance brings.
        rank: as the answerer ranks sentences; compares those of one question.
        asking: match of the question word.
        said: which of the question's content words (``found.content_words``) it says, in whatever words.
    """

    article: Article
    span: Span
    support: float
    above: float = 0.0
    rank: float = 0.0
    asking: float = 0.0
    said: tuple[bool, ...] = ()

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.article.text[self.span[0] : self.span[1]]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a judge says of a question and the sentences found for it.

    Attributes:
        confidence: how likely the sentences are to answer, 0..1.
        missing: what was asked and is not in them, in the question's words or as a kind of answer.
        instead: the sentence that denies what the question takes for granted; None where none does.
        unheard: why a second judge could not be heard (``second.py``), as ``code: sentence``; empty otherwise.
        usage: tokens of a language model that judged, where it was heard and its server counts them.
    """

    verdict: Verdict
    confidence: float
    missing: tuple[str, ...] = ()
    instead: Evidence | None = None
    unheard: str = ""
    usage: Usage | None = None


class AnswerJudge(Protocol):
    """Decides whether sentences answer: the rules (``rules.py``), or a model beside them too (``second.py``)."""

    def judge(self, question: str, language: str, ranked: list[Evidence]) -> Judgement:
        """Judge a question in ``language`` ("ar" or "en") by its sentences, best first; there may be none.

        Raises:
            MasdarError: a model that something is measured of cannot be asked.
        """
        ...
