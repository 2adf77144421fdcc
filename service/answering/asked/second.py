"""A second judge beside the rules: a model that reads. It may take an ``answered`` back, and nothing else.

The error rates of the rules were measured; those of a model that somebody names in a setting were not, and what an
article says to a model could make it say yes. So both must agree before a question counts as answered, and without the
second judge the first one's judgement stands. See docs/decisions/0018-abstention.md.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from indexer.conversation import Usage
from indexer.errors import MasdarError
from service.answering.asked import AnswerJudge, Evidence, Judgement
from service.answering.asked.features import DEPTH
from service.answering.degradation import Degraded, reason_of

logger = logging.getLogger(__name__)
Stands = Literal["yes", "no", "contradicted"]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a model says of a question and the best sentences found for it.

    Attributes:
        stands: whether what was asked stands in them, or they deny what the question takes for granted.
        likelihood: how likely they answer, 0..1, by the model.
        missing: what was asked and is not in them, in the question's words.
        instead: the sentence that denies; None where none does.
        usage: tokens of a language model, where its server counts them.
    """

    stands: Stands
    likelihood: float
    missing: tuple[str, ...] = ()
    instead: Evidence | None = None
    usage: Usage | None = None


class SecondJudge(Protocol):
    """A model that reads the question and the sentences; safe to call from several threads."""

    @property
    def name(self) -> str:
        """The model's name, for messages and reports."""
        ...

    def opinion(self, question: str, language: str, sentences: Sequence[Evidence]) -> Opinion:
        """What it says of a question in ``language`` ("ar" or "en") and at least one sentence, best first.

        Raises:
            MasdarError: the model cannot be asked.
            Degraded: it was asked, and what it said cannot be used.
        """
        ...


class SecondedJudge:
    """The rules' judgement, which a second judge may take back. Implements ``AnswerJudge``.

    Args:
        first: asked in any case; where it finds nothing to judge, it alone.
        second: reads the best ``DEPTH`` sentences, those that the rules read.
        strict: whether a second judge that cannot be asked is an error, as it must be where something is measured. One
            that says what cannot be used is not: that is how it judges.
    """

    def __init__(self, first: AnswerJudge, second: SecondJudge, *, strict: bool = False) -> None:
        self._first, self._second, self._strict = first, second, strict

    def judge(self, question: str, language: str, ranked: list[Evidence]) -> Judgement:
        """Both judgements as one; the first's alone, with ``unheard``, where the second's cannot be had.

        Raises:
            MasdarError: where ``strict``: the second judge cannot be asked.
        """
        own = self._first.judge(question, language, ranked)
        if own.verdict == "insufficient_evidence":
            return own
        try:
            return combined(own, self._second.opinion(question, language, ranked[:DEPTH]))
        except (Degraded, MasdarError) as error:
            if self._strict and isinstance(error, MasdarError):
                raise
            reason = reason_of(error)
            logger.warning("judged by the rules alone, without %s: %s", self._second.name, reason)
            return replace(own, unheard=reason)


def combined(own: Judgement, opinion: Opinion) -> Judgement:
    """Answered where both say so; as sure as the two are in the mean."""
    confidence = (own.confidence + opinion.likelihood) / 2
    if own.verdict == "answered" and opinion.stands == "yes":
        return replace(own, confidence=confidence, usage=opinion.usage)
    missing, instead = opinion.missing or own.missing, opinion.instead or own.instead
    return Judgement("related", confidence, missing, instead, usage=opinion.usage)
