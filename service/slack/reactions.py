"""Buttons below answers: sources, feedback, and asking again."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Final

import structlog
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from indexer.errors import ServiceError
from service.api import schemas
from service.slack import modals
from service.slack.answering import Answering, Asked
from service.slack.commands import Ack
from service.slack.live import FAULTS, Thread, code_of
from service.slack.markup import unescaped
from service.slack.newsroom import Newsroom
from service.slack.state import Pending, Place, State
from service.slack.words import say

_log = structlog.get_logger(__name__)
#: Stands for a question and an answer of a private conversation that nobody released.
WITHHELD: Final = "(private conversation)"
_ANSWER_LIMIT: Final = 20_000


@dataclass(slots=True)
class Reactions:
    """Does what buttons below answers say."""

    newsroom: Newsroom
    answering: Answering
    state: State

    async def sources(self, ack: Ack, body: dict[str, Any], client: AsyncWebClient) -> None:
        """Open the sources of an answer; their articles are fetched behind a view that is there at once."""
        await ack()
        wanted = json.loads(body["actions"][0]["value"])
        language = str(wanted["l"])
        opened = await client.views_open(trigger_id=body["trigger_id"], view=modals.loading(language, "sources_title"))
        rows = [(int(marker), str(name), (int(start), int(end))) for marker, name, start, end in wanted["s"]]
        articles = await asyncio.gather(*(self._article(name, span) for _, name, span in rows))
        quoted = [(row[0], article) for row, article in zip(rows, articles, strict=True)]
        await client.views_update(view_id=opened["view"]["id"], view=modals.sources(language, quoted))

    async def _article(self, name: str, span: tuple[int, int]) -> schemas.Article | None:
        try:
            return await self.newsroom.article(name, [span])
        except ServiceError as error:
            _log.info("slack.no_article", kind=type(error).__name__)
            return None

    async def again(self, ack: Ack, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient) -> None:
        """Ask again what could not be answered, in the place of the words that said so."""
        await ack()
        action, message = body["actions"][0], body["message"]
        channel, team = str(body["channel"]["id"]), str(context.team_id or context.enterprise_id or "")
        ts, user = str(message["ts"]), str(body["user"]["id"])
        told = Place(team, channel, ts)
        place = await self.state.question_of(told) or told
        thread = Thread(
            channel, str(message.get("thread_ts") or ts), team, user, str(body["user"].get("team_id") or team)
        )
        bot = str(context.bot_user_id or "")
        waiting = Pending(place, thread.ts, context.enterprise_id, user, thread.user_team, bot, answer=ts)
        if await self.state.accept(f"{team}:{channel}:{ts}:again:{action.get('action_ts', '')}", waiting):
            question = str(json.loads(action["value"])["q"])
            await self.answering.answer(client, Asked(question, thread, place, bot, into=ts))

    async def feedback(self, ack: Ack, body: dict[str, Any], client: AsyncWebClient) -> None:
        """A reader liked an answer, or is asked what is wrong with it."""
        await ack()
        value = json.loads(body["actions"][0]["value"])
        if value["r"] == "down":
            await self._ask_why(value, body, client)
            return
        channel, message = str(body["channel"]["id"]), body["message"]
        private = await _private(client, channel)
        text = WITHHELD if private else unescaped(str(message.get("text", "")))
        word = schemas.Feedback(
            answer_id=value["a"],
            question=WITHHELD if private else value["q"],
            rating="up",
            answer=text[:_ANSWER_LIMIT] or None,
        )
        thread = str(message.get("thread_ts") or message["ts"])
        await self._keep(word, client, channel, thread, str(body["user"]["id"]), str(value["l"]))

    async def _ask_why(self, value: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        """Open a view that asks what is wrong; whether the channel is private is asked behind it."""
        language, channel, message = str(value["l"]), str(body["channel"]["id"]), body["message"]
        opened = await client.views_open(trigger_id=body["trigger_id"], view=modals.loading(language, "why"))
        private = await _private(client, channel)
        carried = {
            **value,
            "channel": channel,
            "thread": message.get("thread_ts") or message["ts"],
            "private": private,
            "text": unescaped(str(message.get("text", ""))),
        }
        await client.views_update(view_id=opened["view"]["id"], view=modals.reason(language, carried, private=private))

    async def reason(self, ack: Ack, body: dict[str, Any], view: dict[str, Any], client: AsyncWebClient) -> None:
        """What is wrong with an answer was sent."""
        await ack()
        carried = json.loads(view["private_metadata"])
        values = view["state"]["values"]
        consent = bool(((values.get("consent") or {}).get("consent") or {}).get("selected_options"))
        kept = consent or not carried["private"]
        word = schemas.Feedback(
            answer_id=carried["a"],
            question=carried["q"] if kept else WITHHELD,
            rating="down",
            reason=values["reason"]["reason"]["selected_option"]["value"],
            comment=values["comment"]["comment"].get("value") or None,
            answer=(carried["text"][:_ANSWER_LIMIT] or None) if kept else WITHHELD,
        )
        user = str(body["user"]["id"])
        await self._keep(word, client, carried["channel"], carried["thread"], user, str(carried["l"]))

    async def _keep(
        self, word: schemas.Feedback, client: AsyncWebClient, channel: str, thread: str, user: str, language: str
    ) -> None:
        """Store a word at the service, and tell its author alone whether that worked."""
        try:
            await self.newsroom.feedback(word)
            said = "thanks"
        except ServiceError as error:
            _log.warning("slack.feedback_lost", kind=type(error).__name__, reason=str(error))
            said = "not_noted"
        await client.chat_postEphemeral(channel=channel, user=user, thread_ts=thread, text=say(language, said))


async def _private(client: AsyncWebClient, channel: str) -> bool:
    """Whether a conversation is not open to its whole workspace; so is one of which Slack does not tell."""
    if channel.startswith("D"):
        return True
    try:
        info = (await client.conversations_info(channel=channel))["channel"]
    except FAULTS as error:
        _log.info("slack.unknown_channel", error=code_of(error))
        return True
    return bool(info.get("is_private") or info.get("is_im") or info.get("is_mpim"))
