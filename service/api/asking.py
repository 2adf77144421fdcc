"""A question on its way through the service: its events as they are made, or its answer when it is there.

Every endpoint that answers goes through here, so that streamed and whole answers are one thing.
"""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from indexer.store import Recency
from service.answering import Answer
from service.answering.events import Event, Watch, unwatched
from service.answering.explain import Explanation
from service.api import schemas
from service.api.problems import TooSlow
from service.api.runtime import Runtime
from service.asking.conversation import MAX_TURNS, Turn
from service.search_options import SearchOptions
from service.settings import Settings
from service.wiring import Service, search_options
from service.wishes import NO_WISHES, Wishes


@dataclass(frozen=True, slots=True)
class Asking:
    """A question with all that belongs to it.

    Attributes:
        options: how it is searched for; None is as the settings say.
        now: the moment from which "yesterday" counts; None is this one.
        explain: whether the words that matched are wanted.
        wishes: what is wished of the answer's form.
    """

    question: str
    options: SearchOptions | None = None
    history: Sequence[Turn] = ()
    now: datetime | None = None
    explain: bool = False
    wishes: Wishes = NO_WISHES


@dataclass(frozen=True, slots=True)
class Answered:
    """The last event: the whole answer."""

    id: str
    answer: Answer
    explanations: tuple[Explanation, ...]
    timings: dict[str, float]

    def as_schema(self) -> schemas.Answer:
        """As it leaves the service."""
        return schemas.Answer.of(self.id, self.answer, self.explanations, self.timings)


def asking_of(settings: Settings, request: schemas.AskRequest) -> Asking:
    """The question of a request, with the settings where it says nothing.

    Raises:
        BadInput: its range of dates is empty.
    """
    options = options_of(settings, request, request.limit)
    return Asking(request.question, options, request.turns[-MAX_TURNS:], request.now, request.explain)


def options_of(settings: Settings, request: schemas.Asked, limit: int | None) -> SearchOptions:
    """How to search for a request."""
    chosen = search_options(settings)
    days = request.recency_days
    recency = chosen.recency if days is None else Recency(days) if days else None
    return replace(chosen, filters=request.filters.for_store(), recency=recency, limit=limit or chosen.limit)


def new_id() -> str:
    """An id for an answer."""
    return f"ans_{uuid.uuid4().hex}"


def made(service: Service, asking: Asking, answer_id: str, watch: Watch = unwatched) -> Answered:
    """The answer, made in the thread that calls.

    Args:
        service: what answers.
        asking: the question.
        answer_id: see ``new_id``.
        watch: see ``Service.ask``.

    Raises:
        MasdarError: it cannot be made.
    """
    question, options, history = asking.question, asking.options, asking.history
    explained: tuple[Explanation, ...] = ()
    if asking.explain:
        answer, explained, timings = service.explained(
            question, options, now=asking.now, history=history, wishes=asking.wishes, watch=watch
        )
    else:
        answer, timings = service.ask(
            question, options, now=asking.now, history=history, wishes=asking.wishes, watch=watch
        )
    return Answered(answer_id, answer, explained, timings)


class _Abandoned(Exception):
    """Nobody waits for the answer any more."""


@dataclass(slots=True)
class Run:
    """A question that was accepted; iterate over ``events`` once."""

    runtime: Runtime
    asking: Asking
    id: str = field(default_factory=new_id)
    _events: asyncio.Queue[Event | None] = field(default_factory=asyncio.Queue)
    _abandoned: threading.Event = field(default_factory=threading.Event)
    _made: asyncio.Future[Answered] = field(init=False)

    def __post_init__(self) -> None:
        loop = asyncio.get_running_loop()

        def watch(event: Event) -> None:
            if self._abandoned.is_set():
                raise _Abandoned
            loop.call_soon_threadsafe(self._events.put_nowait, event)

        self._made = asyncio.wrap_future(self.runtime.asks.submit(self._make, watch))
        self._made.add_done_callback(lambda _: self._events.put_nowait(None))

    async def events(self) -> AsyncGenerator[Event | Answered, None]:
        """What happens, up to ``Answered``; leaving early stops the work as soon as that can be.

        Raises:
            TooSlow: the answer was not there within the time of the settings.
            MasdarError: it cannot be made.
        """
        seconds = self.runtime.settings.request_seconds
        deadline = asyncio.get_running_loop().time() + seconds
        try:
            while (event := await self._next(deadline)) is not None:
                yield event
            yield await self._made
        except TimeoutError as error:
            raise TooSlow(f"the answer took longer than {seconds:g} s; ask again, or something narrower") from error
        finally:
            self._abandoned.set()
            self._made.cancel()

    async def _next(self, deadline: float) -> Event | None:
        async with asyncio.timeout_at(deadline):
            return await self._events.get()

    def _make(self, watch: Watch) -> Answered:
        if self._abandoned.is_set():
            raise _Abandoned
        answered = made(self.runtime.service, self.asking, self.id, watch)
        self.runtime.metrics.answered(answered.answer, answered.timings)
        return answered


def start(runtime: Runtime, asking: Asking) -> Run:
    """Have a question answered.

    Raises:
        Overloaded: too many wait.
        Stopping: the service is not ready, or no longer.
    """
    runtime.check_ready()
    return Run(runtime, asking)


async def answered(runtime: Runtime, asking: Asking) -> Answered:
    """The answer to a question.

    Raises:
        Overloaded: too many wait.
        Stopping: the service is not ready, or no longer.
        TooSlow: it was not there in time.
        MasdarError: it cannot be made.
    """
    made = [event async for event in start(runtime, asking).events() if isinstance(event, Answered)]
    return made[-1]
