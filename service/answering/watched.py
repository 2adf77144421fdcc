"""An answer made while somebody watches: the same answer as without, whoever makes it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from service.answering import Answer, Answerer
from service.answering.event_loop import run_to_end
from service.answering.events import Done, Event, Status, StreamingAnswerer, Watch, as_events
from service.retrieval import Passage, Question


def watched_answer(answerer: Answerer, question: Question, passages: list[Passage], watch: Watch) -> Answer:
    """The answer that ``answerer.answer`` gives; ``watch`` is told of every event before ``Done``.

    Raises:
        MasdarError: the answerer cannot be used.
        Exception: what ``watch`` raises; the model is not read on then.
    """
    if isinstance(answerer, StreamingAnswerer):
        return run_to_end(_forwarded(answerer.stream_answer(question, passages), watch))
    watch(Status("quoting"))
    answer = answerer.answer(question, passages)
    for event in as_events(answer):
        if not isinstance(event, Done):
            watch(event)
    return answer


async def _forwarded(events: AsyncGenerator[Event, None], watch: Watch) -> Answer:
    answers: list[Answer] = []
    async with aclosing(events):
        async for event in events:
            if isinstance(event, Done):
                answers.append(event.answer)
            else:
                watch(event)
    return answers[-1]
