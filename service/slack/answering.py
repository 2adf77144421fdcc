"""One question from Slack: a sign of life at once, the answer as it is made, and its blocks; or kind words."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from indexer.errors import ServiceError
from service.api import schemas
from service.api.schemas.answers import HistoryTurn
from service.retrieval import MAX_QUESTION_CHARS
from service.slack.blocks import answer_blocks, failure_blocks
from service.slack.direction import Marker
from service.slack.history import history_of
from service.slack.live import FAULTS, Abilities, LiveMessage, Thread, code_of
from service.slack.markup import markdown
from service.slack.newsroom import Dropped, Newsroom, ServiceAway, Text
from service.slack.rules import Workspaces
from service.slack.state import Place, State
from service.slack.words import both, language_of, say

_log = structlog.get_logger(__name__)
_STATUS: Final = "status"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and where its answer goes.

    Attributes:
        place: the message that asks; its id is what deliveries and edits refer to.
        bot: the bot's user in this workspace, whose messages in the thread are answers.
        into: the message to write the answer into; None is a new one.
        edited: whether the question was answered before and has changed.
    """

    question: str
    thread: Thread
    place: Place
    bot: str
    into: str | None = None
    edited: bool = False

    @property
    def language(self) -> str:
        """The language of the question."""
        return language_of(self.question)


@dataclass(slots=True)
class Answering:
    """Answers questions; at most one at a time for each message.

    Attributes:
        streaming: whether Slack's own streams are used where a workspace has them.
    """

    newsroom: Newsroom
    state: State
    workspaces: Workspaces
    streaming: bool = True
    abilities: Abilities = field(default_factory=Abilities)
    _running: dict[Place, asyncio.Task[None]] = field(default_factory=dict)

    async def answer(self, client: AsyncWebClient, asked: Asked) -> None:
        """Answer a question in its thread; one about the same message that is still being answered is broken off."""
        await self.break_off(asked.place)
        task = asyncio.create_task(self._answer(client, asked))
        self._running[asked.place] = task
        try:
            await asyncio.wait({task})
        finally:
            if self._running.get(asked.place) is task:
                del self._running[asked.place]
        if not task.cancelled():
            task.result()

    def busy(self, place: Place) -> bool:
        """Whether a message is being answered."""
        return place in self._running

    async def apologise(self, client: AsyncWebClient, asked: Asked) -> None:
        """Say of a question that came too long ago that it was not answered, with a button that asks again."""
        message = LiveMessage(client, asked.thread, self.abilities, self.streaming, asked.into)
        await self._fail(message, asked, "lost")

    async def break_off(self, place: Place) -> None:
        """Stop answering a message, and take away what was written so far, unless that was to be in an older answer."""
        task = self._running.pop(place, None)
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    async def _answer(self, client: AsyncWebClient, asked: Asked) -> None:
        async def placed(ts: str) -> None:
            await self.state.placed(asked.place, ts)

        message = LiveMessage(client, asked.thread, self.abilities, self.streaming, asked.into, placed)
        try:
            await self._written(message, asked)
        except asyncio.CancelledError:
            if asked.into is None:
                await _removed(message)
            raise
        except FAULTS as error:
            _log.warning("slack.unsent", team=asked.thread.team, error=code_of(error))
            await self._fail(message, asked, "unsent")

    async def _written(self, message: LiveMessage, asked: Asked) -> None:
        if not 0 < len(asked.question) <= MAX_QUESTION_CHARS:
            told = say(asked.language, "too_long") if asked.question else both("empty")
            await self.state.answered(asked.place, asked.thread.ts, await message.finish(told, []))
            return
        await self._sign_of_life(message, asked, "searching")
        try:
            answer, text = await self._streamed(message, asked)
        except ServiceError as error:
            _log.warning("slack.unanswered", team=asked.thread.team, kind=type(error).__name__, reason=str(error))
            await self._fail(message, asked, "away" if isinstance(error, ServiceAway) else "refused")
            return
        blocks, plain = (answer_blocks(answer, edited=asked.edited, plain=plain) for plain in (False, True))
        ts = await message.finish(text, blocks, plain)
        await self.state.answered(asked.place, asked.thread.ts, ts)

    async def _streamed(self, message: LiveMessage, asked: Asked) -> tuple[schemas.Answer, str]:
        """The answer, and its text as it stands in Slack."""
        history = await self._history(message.client, asked)
        filters = self.workspaces.of(asked.thread.team).filters()
        request = schemas.AskRequest(question=asked.question, history=history, filters=filters)
        marker, text = Marker(asked.language), ""
        async for made in self.newsroom.ask(request):
            if isinstance(made, schemas.Answer):
                return made, Marker(asked.language).add(markdown(made.answer))
            if isinstance(made, Text):
                text += marker.add(markdown(made.text))
                await message.show(text)
            elif isinstance(made, Dropped):
                marker, text = Marker(asked.language), ""
                await self._sign_of_life(message, asked, "waiting" if made.away else "searching")
        raise ServiceAway("the service ended without an answer")

    async def _history(self, client: AsyncWebClient, asked: Asked) -> list[HistoryTurn]:
        """The thread before the question; none for what begins a thread."""
        if asked.thread.ts == asked.place.ts:
            return []
        turns = await history_of(client, asked.thread, asked.place.ts, asked.bot)
        while turns and turns[-1].role == "user" and turns[-1].content.endswith(asked.question):
            turns.pop()  # the same question, which is being asked again
        return turns

    async def _sign_of_life(self, message: LiveMessage, asked: Asked, doing: str) -> None:
        """Slack's status where the workspace has it, else a message that the answer will replace."""
        team = asked.thread.team
        if self.abilities.has(team, _STATUS):
            try:
                await message.client.assistant_threads_setStatus(
                    channel_id=asked.thread.channel, thread_ts=asked.thread.ts, status=say(asked.language, doing)
                )
            except SlackApiError as error:
                _log.info("slack.no_status", team=team, error=code_of(error))
                self.abilities.lacks(team, _STATUS)
            except FAULTS as error:
                _log.info("slack.no_status", team=team, error=code_of(error))
                return
            else:
                return
        if message.ts is None:
            await message.placeholder(say(asked.language, "placeholder"))

    async def _fail(self, message: LiveMessage, asked: Asked, name: str) -> None:
        """Say that it did not work; that this cannot be said either is for the log."""
        try:
            blocks = failure_blocks(asked.language, asked.question)
            ts = await message.finish(say(asked.language, name), blocks)
            await self.state.answered(asked.place, asked.thread.ts, ts)
        except FAULTS as error:
            _log.error("slack.silent", team=asked.thread.team, error=code_of(error))


async def _removed(message: LiveMessage) -> None:
    try:
        await message.remove()
    except FAULTS as error:
        _log.info("slack.not_removed", error=code_of(error))
