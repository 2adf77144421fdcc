"""An answer made while somebody watches: the same answer as without, whoever makes it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from service.answering import Answer, Answerer
from service.answering.boundary import proven, stands
from service.answering.event_loop import run_to_end
from service.answering.events import Cited, Done, Event, Restarted, Status, StreamingAnswerer, Watch, as_events
from service.retrieval import Passage, Question


def watched_answer(answerer: Answerer, question: Question, passages: list[Passage], watch: Watch) -> Answer:
    """The answer that ``answerer.answer`` gives; ``watch`` is told of every event before ``Done``.

    This is where answers leave: each quote is held against its article once more (``boundary.py``).

    Raises:
        MasdarError: the answerer cannot be used.
        Exception: what ``watch`` raises; the model is not read on then.
    """
    if isinstance(answerer, StreamingAnswerer):
        made = run_to_end(_forwarded(answerer.stream_answer(question, passages), passages, watch))
        answer = proven(made, passages)
        if answer is made:
            return answer
        watch(Restarted(f"misquoted: {answer.citations_refused} quotes do not stand in their articles"))
    else:
        watch(Status("quoting"))
        answer = proven(answerer.answer(question, passages), passages)
    for event in as_events(answer):
        if not isinstance(event, Done):
            watch(event)
    return answer


async def _forwarded(events: AsyncGenerator[Event, None], passages: list[Passage], watch: Watch) -> Answer:
    answers: list[Answer] = []
    async with aclosing(events):
        async for event in events:
            if isinstance(event, Done):
                answers.append(event.answer)
            elif not isinstance(event, Cited) or stands(event.citation, passages):
                watch(event)
    return answers[-1]
