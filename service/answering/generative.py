"""The generative answerer: a language model writes, every sentence is checked, and quotes stand behind it.

The extractive answer is made first. It decides whether there is anything to answer from, since its thresholds were
measured and a model's own judgement was not; and it is what is served whenever the model fails.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import replace

from indexer.conversation import LanguageModel
from indexer.errors import MasdarError
from service.answering import Answer, Answerer, leads_of
from service.answering.boundary import stands
from service.answering.claims import Verifier
from service.answering.context import sentences_within
from service.answering.degradation import Degraded, reason_of
from service.answering.event_loop import run_to_end
from service.answering.events import Cited, Delta, Done, Event, Restarted, Status, as_events
from service.answering.generation import DEFAULT_LIMITS, Generation, Limits
from service.answering.policies import DEFAULT_POLICIES, Policies
from service.answering.wording import doubt_text
from service.retrieval import Passage, Question


class GenerativeAnswerer:
    """Answers in a model's words, as far as the articles bear them out; implements ``Answerer``.

    Args:
        model: what writes.
        verifier: what checks each sentence.
        extractive: what answers where the articles do not, and where the model fails.
        limits: how much the model reads and writes.
        policies: what happens to sentences that the articles do not bear out.
    """

    def __init__(
        self,
        model: LanguageModel,
        verifier: Verifier,
        extractive: Answerer,
        limits: Limits = DEFAULT_LIMITS,
        policies: Policies = DEFAULT_POLICIES,
    ) -> None:
        self._model = model
        self._verifier = verifier
        self._extractive = extractive
        self._limits = limits
        self._policies = policies

    def answer(self, question: Question, passages: list[Passage]) -> Answer:
        """The answer that ``stream_answer`` ends with.

        Raises:
            MasdarError: the extractive answerer cannot be used.
        """
        return run_to_end(self._collected(question, passages))

    async def _collected(self, question: Question, passages: list[Passage]) -> Answer:
        answers = [event.answer async for event in self.stream_answer(question, passages) if isinstance(event, Done)]
        return answers[-1]

    async def stream_answer(self, question: Question, passages: list[Passage]) -> AsyncGenerator[Event, None]:
        """What happens while the question is answered; the last event is ``Done``.

        Raises:
            MasdarError: the extractive answerer cannot be used. A failure of the model is told by ``Restarted``.
        """
        yield Status("quoting")
        quoted = await asyncio.to_thread(self._extractive.answer, question, passages)
        if quoted.verdict == "insufficient_evidence" or question.wishes.extractive:
            for event in as_events(quoted):
                yield event
            return
        sentences = sentences_within(passages, self._limits.context)
        generation = Generation(question, sentences, self._verifier, self._policies, self._limits)
        try:
            async with aclosing(generation.events(self._model)) as events:
                async for event in events:
                    _check_quote(event, passages)
                    for told in carried(event.answer, quoted, passages) if isinstance(event, Done) else [event]:
                        yield told
        except (Degraded, MasdarError) as error:
            reason = reason_of(error)
            yield Restarted(reason)
            refused = int(isinstance(error, Degraded) and error.code == "misquoted")
            usage = generation.usage.plus(quoted.usage) if generation.usage else quoted.usage
            served = replace(quoted, degraded_reason=reason, usage=usage, citations_refused=refused)
            for event in as_events(served):
                yield event


def _check_quote(event: Event, passages: list[Passage]) -> None:
    if isinstance(event, Cited) and not stands(event.citation, passages):
        raise Degraded("misquoted", f"a quote does not stand in {event.citation.article_id!r}")


def carried(answer: Answer, quoted: Answer, passages: list[Passage]) -> Iterator[Event]:
    """How a model's answer ends, with what the extractive answerer found out: confidence, what is missing, leads.

    Where the judge says that what was asked is not in the quotes, the answer is ``related`` at most and says so: the
    rules' error rates were measured, and those of the model that writes were not.
    """
    usage = answer.usage.plus(quoted.usage) if answer.usage else quoted.usage
    known = replace(answer, confidence=quoted.confidence, missing=quoted.missing, notes=quoted.notes, usage=usage)
    if answer.verdict == "insufficient_evidence":
        yield Done(replace(known, leads=leads_of(passages)))
    elif quoted.verdict == "answered":
        yield Done(known)
    else:
        told = " " + doubt_text(answer.language, quoted.missing)
        yield Delta(told)
        yield Done(replace(known, verdict=quoted.verdict, answer=answer.answer + told))
