"""``/masdar``, and the message shortcut "Ask about this"."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from indexer.arabic import fold_text
from indexer.errors import ServiceError
from service.slack import modals
from service.slack.answering import Answering, Asked
from service.slack.digest import Digests
from service.slack.live import FAULTS, Thread, code_of
from service.slack.markup import clipped, mrkdwn, typed
from service.slack.state import Pending, Place, State
from service.slack.words import language_of, say

_log = structlog.get_logger(__name__)
COMMAND, SHORTCUT = "/masdar", "masdar_ask_about"
_VERBS: Final = {
    "follow": "follow",
    "تابع": "follow",
    "unfollow": "unfollow",
    "إلغاء": "unfollow",
    "ألغ": "unfollow",
    "list": "list",
    "قائمة": "list",
    "help": "help",
    "مساعدة": "help",
}
_FOLDED: Final = {fold_text(word): verb for word, verb in _VERBS.items()}

Ack = Callable[..., Awaitable[Any]]
Respond = Callable[..., Awaitable[Any]]


def verb_of(text: str) -> tuple[str, str]:
    """What a command asks for, and the rest of it; "ask" with all of it where it begins with no verb.

    "list" and "help" stand alone, so that a question may begin with them.
    """
    first, _, rest = text.strip().partition(" ")
    verb = _FOLDED.get(fold_text(first), "ask")
    if not text.strip() or (verb == "help" and not rest.strip()):
        return "help", ""
    if verb == "list" and rest.strip():
        verb = "ask"
    return (verb, rest.strip()) if verb in {"follow", "unfollow", "list"} else ("ask", text.strip())


@dataclass(frozen=True, slots=True)
class _Asker:
    """Who asks by a command or a view, and where."""

    team: str
    enterprise: str | None
    channel: str
    user: str
    bot: str

    @property
    def where(self) -> Place:
        return Place(self.team, self.channel, "")


@dataclass(slots=True)
class Commands:
    """Answers the slash command and the shortcut."""

    answering: Answering
    digests: Digests
    state: State

    async def command(
        self, ack: Ack, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient, respond: Respond
    ) -> None:
        """``/masdar``: a question, or what the channel follows."""
        await ack()
        asker = _asker(context, str(body.get("channel_id", "")), str(body.get("user_id", "")))
        text = typed(str(body.get("text", "")), asker.bot)
        if not await self.state.take(f"{asker.team}:command:{body.get('trigger_id', '')}"):
            return
        verb, rest = verb_of(text)
        language = language_of(text) if text else "en"
        if verb == "help":
            await respond(text=f"{say('en', 'help')}\n{say('ar', 'help')}")
        elif not self.answering.workspaces.of(asker.team).allows(asker.channel):
            await respond(text=say(language, "elsewhere", where=say(language, "elsewhere_direct")))
        elif verb == "ask":
            await self._ask(asker, rest, None, client, respond)
        else:
            await self._subscribe(asker, verb, rest, language, respond, client)

    async def _ask(
        self, asker: _Asker, question: str, thread: str | None, client: AsyncWebClient, respond: Respond | None
    ) -> None:
        """Write a question in the channel in its asker's name, and answer it in that one's thread."""
        language = language_of(question)
        text = say(language, "asks", user=f"<@{asker.user}>", question=mrkdwn(question))
        try:
            posted = await client.chat_postMessage(
                channel=asker.channel, thread_ts=thread, text=text, unfurl_links=False, unfurl_media=False
            )
        except FAULTS as error:
            _log.info("slack.cannot_post", team=asker.team, error=code_of(error))
            if respond is not None:
                await respond(text=say(language, "cannot_post"))
            return
        ts = str(posted["ts"])
        root = Place(asker.team, asker.channel, thread or ts)
        await self.state.listen(root, on=True)
        place = Place(asker.team, asker.channel, ts)
        waiting = Pending(place, root.ts, asker.enterprise, asker.user, asker.team, asker.bot)
        await self.state.accept(f"{asker.team}:{asker.channel}:{ts}", waiting)
        reply = Thread(asker.channel, root.ts, asker.team, asker.user, asker.team)
        await self.answering.answer(client, Asked(question, reply, place, asker.bot))

    async def _subscribe(
        self, asker: _Asker, verb: str, rest: str, language: str, respond: Respond, client: AsyncWebClient
    ) -> None:
        """Follow, unfollow or list; the channel sees what it will get."""
        try:
            if verb == "follow":
                said = await self.digests.follow(asker.where, asker.enterprise, rest)
            elif verb == "unfollow":
                said = await self.digests.unfollow(asker.where, rest)
            else:
                said = await self.digests.listed(asker.where, language)
        except ServiceError as error:
            _log.warning("slack.unanswered", team=asker.team, kind=type(error).__name__)
            await respond(text=say(language, "not_noted"))
            return
        if verb == "follow" and not await self._can_post(asker, said, client):
            await self.digests.unfollow(asker.where, rest)
            await respond(text=say(language, "cannot_post"))
        elif verb != "follow":
            await respond(text=said)

    async def _can_post(self, asker: _Asker, text: str, client: AsyncWebClient) -> bool:
        try:
            await client.chat_postMessage(channel=asker.channel, text=text)
        except FAULTS as error:
            _log.info("slack.cannot_post", team=asker.team, error=code_of(error))
            return False
        return True

    async def shortcut(self, ack: Ack, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient) -> None:
        """Open a view with the message's text, to be made a question."""
        await ack()
        message = body.get("message") or {}
        text = typed(str(message.get("text", "")), str(context.bot_user_id or ""))
        channel = str((body.get("channel") or {}).get("id", ""))
        where = {"channel": channel, "thread": message.get("thread_ts") or message.get("ts", "")}
        language = language_of(text) if text else "en"
        await client.views_open(
            trigger_id=body["trigger_id"], view=modals.question(language, clipped(text, 2_000), where)
        )

    async def shortcut_asked(
        self, ack: Ack, body: dict[str, Any], view: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        """The view was sent: ask in the message's thread."""
        await ack()
        where = json.loads(view.get("private_metadata") or "{}")
        asker = _asker(context, str(where.get("channel", "")), str((body.get("user") or {}).get("id", "")))
        question = typed(str(view["state"]["values"]["question"]["question"].get("value") or ""), asker.bot)
        if await self.state.take(f"{asker.team}:view:{view.get('id', '')}"):
            await self._ask_or_explain(asker, question, str(where.get("thread", "")), client)

    async def _ask_or_explain(self, asker: _Asker, question: str, thread: str, client: AsyncWebClient) -> None:
        async def tell(text: str) -> None:
            # In the channel the bot cannot write, so this goes to the asker's own conversation with it.
            await client.chat_postMessage(channel=asker.user, text=text)

        rules = self.answering.workspaces.of(asker.team)
        if rules.allows(asker.channel):
            await self._ask(asker, question, thread, client, tell)
        else:
            language = language_of(question)
            await tell(say(language, "elsewhere", where=say(language, "elsewhere_direct")))


def _asker(context: AsyncBoltContext, channel: str, user: str) -> _Asker:
    team = str(context.team_id or context.enterprise_id or "")
    return _Asker(team, context.enterprise_id, channel, user, str(context.bot_user_id or ""))
