"""Answers as server-sent events: ``status``, ``delta``, ``citation``, ``verdict``, ``done``, or ``error``."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing
from typing import Any

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent

from indexer.errors import MasdarError
from service.answering.events import Checked, Cited, Delta, Done, Event, Restarted, Status
from service.api import schemas
from service.api.asking import Answered, Run
from service.api.problems import problem_of

#: Between signs of life while nothing else is sent, so that proxies keep the connection.
PING_SECONDS = 10


def stream(run: Run) -> EventSourceResponse:
    """The events of a question as they are made; when the service stops, it waits for them."""
    return response(_written(run), run)


def response(events: AsyncGenerator[ServerSentEvent, None], run: Run) -> EventSourceResponse:
    """Send events that are made while ``run`` goes on."""
    return EventSourceResponse(
        events,
        ping=PING_SECONDS,
        sep="\n",
        # The library would break streams off when the server stops; the answer comes to its end instead.
        shutdown_event=anyio.Event(),
        shutdown_grace_period=run.runtime.settings.shutdown_seconds,
    )


async def _written(run: Run) -> AsyncGenerator[ServerSentEvent, None]:
    doing = ""
    try:
        async with aclosing(run.events()) as events:
            async for event in events:
                if isinstance(event, Status) and event.doing == doing:
                    continue  # a model's every word is one
                doing = event.doing if isinstance(event, Status) else doing
                for name, data in told(event):
                    yield _event(name, data)
    except MasdarError as error:
        yield _event("error", problem_of(error).as_json())


def told(event: Event | Answered) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The names and data of what is sent for an event."""
    match event:
        case Status(doing=doing):
            yield "status", {"doing": doing}
        case Restarted(reason=reason):
            yield "status", {"doing": "restarted", "reason": reason}
        case Delta(text=text):
            yield "delta", {"text": text}
        case Cited(citation=citation):
            yield "citation", schemas.Citation.model_validate(citation).model_dump(mode="json")
        case Answered():
            answer = event.as_schema().model_dump(mode="json")
            yield "verdict", {name: answer[name] for name in ("verdict", "confidence", "missing", "notes")}
            yield "done", answer
        case Checked() | Done():
            pass  # in the answer that ends the stream


def _event(name: str, data: Mapping[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(json.dumps(data, ensure_ascii=False), event=name, sep="\n")
