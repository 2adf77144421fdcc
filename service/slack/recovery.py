"""Questions that a bot left behind when it ended midway: answered by the next one, once, or apologised for.

The state has their places alone. Their words are read from Slack anew, as they are now: what was edited meanwhile is
asked as it stands, and what was deleted is not asked. The thread also shows how far the answer was: one that is whole
is left, one that is not is replaced.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from service.slack.answering import Answering, Asked
from service.slack.blocks import FEEDBACK
from service.slack.conversations import Conversations, Spoken
from service.slack.digest import Clients
from service.slack.live import FAULTS, code_of
from service.slack.state import Pending, Place, State
from service.slack.words import asked_of

_log = structlog.get_logger(__name__)
#: Younger questions are answered: whoever asked may still wait. Older ones get kind words and a button.
ANSWERED_SECONDS: Final = 600.0
#: A question that ends the bot each time is not taken up for ever.
MOST_TRIES: Final = 2
_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Recovery:
    """Takes up the questions that an earlier process accepted.

    Attributes:
        clients: of the workspaces.
    """

    conversations: Conversations
    answering: Answering
    state: State
    clients: Clients

    async def run(self, left: Sequence[Pending]) -> None:
        """Answer, or apologise.

        Args:
            left: what was pending before this process took anything.
        """
        by_thread: dict[tuple[str, str, str], list[Pending]] = {}
        for one in left:
            by_thread.setdefault((one.place.team, one.place.channel, one.thread), []).append(one)
        if left:
            _log.info("slack.left_behind", questions=len(left))
        # One after the other in a thread, since half an answer there may be that of either.
        await asyncio.gather(*(self._all(thread) for thread in by_thread.values()))

    async def _all(self, left: Sequence[Pending]) -> None:
        for one in left:
            try:
                await self._one(one)
            except FAULTS as error:
                _log.warning("slack.left_again", team=one.place.team, error=code_of(error))

    async def _one(self, left: Pending) -> None:
        client = await self.clients(left.enterprise, left.place.team)
        if client is None:  # the app is not there any more
            await self.state.settled(left.place)
            return
        thread = await _thread(client, left)
        asking = next((one for one in thread if one.get("ts") == left.place.ts), None)
        written = await self._written(left, thread)
        if asking is None:
            await self.conversations.deleted(left.place, client, _ts(written))
        elif written is not None and not left.edited and FEEDBACK in str(written.get("blocks")):
            await self.state.answered(left.place, left.thread, _ts(written))
        else:
            await self._taken_up(client, left, asking, _ts(written))

    async def _written(self, left: Pending, thread: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
        """The message of the answer so far.

        Where the state does not name it, it is one of the bot's that the state knows nothing of: the bot may have ended
        between Slack's taking the message and its being kept.
        """
        others = {one.answer for one in await self.state.pending() if one.place != left.place}
        for message in thread:
            ts = str(message.get("ts", ""))
            if left.answer is not None:
                found = ts == left.answer
            else:
                own = message.get("user") == left.bot and float(ts) > float(left.place.ts) and ts not in others
                found = own and await self.state.question_of(Place(left.place.team, left.place.channel, ts)) is None
            if found:
                return message
        return None

    async def _taken_up(self, client: AsyncWebClient, left: Pending, asking: dict[str, Any], into: str | None) -> None:
        """Answer a question, or apologise where it came too long ago or was taken up too often."""
        await self.state.tried(left.place)
        if into is not None:
            await self.state.placed(left.place, into)
            await _ended(client, left, into)
        text = str(asking.get("text", ""))
        spoken = Spoken(left.place, left.thread, left.user, left.user_team, text, left.bot, left.enterprise)
        # A command's question stands in a message of the bot's own.
        own = asked_of(text) if asking.get("user") == left.bot else ""
        asked = Asked(own or spoken.question, spoken.reply, left.place, left.bot, into, left.edited)
        if left.tries >= MOST_TRIES or time.time() - left.at > ANSWERED_SECONDS:
            await self.answering.apologise(client, asked)
        elif own or left.edited:
            await self.answering.answer(client, asked)
        else:
            await self.conversations.proceed(spoken, client, into)


async def _thread(client: AsyncWebClient, left: Pending) -> list[dict[str, Any]]:
    """The question and what was written behind it in its thread; empty where the thread is gone."""
    try:
        page = await client.conversations_replies(
            channel=left.place.channel, ts=left.thread, oldest=left.place.ts, inclusive=True, limit=_PAGE
        )
    except SlackApiError as error:
        if code_of(error) != "thread_not_found":
            raise
        return []
    return list(page.get("messages", []))


async def _ended(client: AsyncWebClient, left: Pending, ts: str) -> None:
    """End the stream of a message, if it is one: Slack edits none that still runs."""
    try:
        await client.chat_stopStream(channel=left.place.channel, ts=ts)
    except SlackApiError as error:
        _log.info("slack.no_stream_to_end", team=left.place.team, error=code_of(error))


def _ts(message: dict[str, Any] | None) -> str | None:
    return str(message["ts"]) if message else None
