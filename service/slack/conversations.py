"""Messages to the bot: mentions, direct messages, follow-ups in threads, edits and deletions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from indexer.arabic import fold_text
from service.slack.answering import Answering, Asked
from service.slack.live import FAULTS, Thread, code_of
from service.slack.markup import clipped, mentioned, typed
from service.slack.state import Pending, Place, State
from service.slack.words import PROMPTS, both, language_of, say

_log = structlog.get_logger(__name__)
#: A message that is nothing but one of these makes the bot quiet in a thread.
STOP_WORDS: Final = frozenset(
    map(fold_text, ("stop", "quiet", "mute", "be quiet", "enough", "توقف", "قف", "كفى", "اصمت", "صمتا", "يكفي"))
)
#: Kinds of messages that people write; the others tell of joins, edits, and so on.
_WRITTEN: Final = frozenset({None, "thread_broadcast", "file_share"})
_TITLE_LIMIT: Final = 60
#: Where a message that was accepted is, from before Slack has its acknowledgement until it is answered.
_ACCEPTED: Final = "masdar_accepted"

Next = Callable[[], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message that somebody wrote, and the bot that reads it.

    Attributes:
        text: as Slack has it.
        thread: the message that begins its thread; its own id where it is not in one.
        bot: the bot's user in this workspace.
        enterprise: the organisation that the workspace belongs to, where the app is installed for all of it.
    """

    place: Place
    thread: str
    user: str
    user_team: str
    text: str
    bot: str
    enterprise: str | None

    @classmethod
    def of(cls, event: Mapping[str, Any], context: AsyncBoltContext, channel: str) -> Spoken:
        """The message of an event."""
        team, ts = str(context.team_id or context.enterprise_id or ""), str(event.get("ts", ""))
        return cls(
            place=Place(team, channel, ts),
            thread=str(event.get("thread_ts") or ts),
            user=str(event.get("user", "")),
            user_team=str(event.get("user_team") or event.get("team") or team),
            text=str(event.get("text", "")),
            bot=str(context.bot_user_id or ""),
            enterprise=context.enterprise_id,
        )

    @property
    def named(self) -> bool:
        """Whether it is meant for the bot without doubt: written to it directly, or with its name."""
        return self.place.channel.startswith("D") or self.bot in mentioned(self.text)

    @property
    def question(self) -> str:
        """What was typed, without the bot's name."""
        return typed(self.text, self.bot)

    @property
    def reply(self) -> Thread:
        """Where the answer goes."""
        return Thread(self.place.channel, self.thread, self.place.team, self.user, self.user_team)

    def pending(self, *, edited: bool = False, answer: str | None = None) -> Pending:
        """It, as a question that waits for its answer."""
        user = (self.user, self.user_team)
        return Pending(self.place, self.thread, self.enterprise, *user, self.bot, edited, answer)


@dataclass(slots=True)
class Conversations:
    """Decides which messages are questions to the bot, and has them answered.

    Attributes:
        answer_bots: whether mentions by other apps are answered.
        prompts: suggested questions of assistant threads.
    """

    answering: Answering
    state: State
    answer_bots: bool = False
    prompts: tuple[str, ...] = field(default=PROMPTS)

    async def accept_mention(self, event: dict[str, Any], context: AsyncBoltContext, next_: Next) -> None:
        """Keep a mention before Slack is told that it has come: from then on only the bot knows of it."""
        spoken = Spoken.of(event, context, str(event.get("channel", "")))
        if self._by_a_person(event, spoken, named=True):
            await self._accept(spoken, context)
        await next_()

    async def accept_message(self, event: dict[str, Any], context: AsyncBoltContext, next_: Next) -> None:
        """Keep a message that is a question, likewise."""
        if event.get("subtype") not in {"message_changed", "message_deleted"}:
            spoken = Spoken.of(event, context, str(event.get("channel", "")))
            direct = event.get("channel_type") == "im"
            if self._by_a_person(event, spoken, named=False) and (direct or await self._follows_up(spoken)):
                await self._accept(spoken, context)
        await next_()

    async def _accept(self, spoken: Spoken, context: AsyncBoltContext) -> None:
        """Accept a message once, however often and in whatever events it is delivered."""
        place = spoken.place
        if await self.state.accept(f"{place.team}:{place.channel}:{place.ts}", spoken.pending()):
            context[_ACCEPTED] = spoken

    async def mention(self, context: AsyncBoltContext, client: AsyncWebClient) -> None:
        """``app_mention``: the bot was named in a channel."""
        if spoken := context.get(_ACCEPTED):
            await self.proceed(spoken, client)

    async def message(self, event: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient) -> None:
        """``message``: somebody wrote where the bot reads along."""
        channel = str(event.get("channel", ""))
        if event.get("subtype") == "message_changed":
            await self._changed(event, context, client, channel)
        elif event.get("subtype") == "message_deleted":
            await self.deleted(Spoken.of(event.get("previous_message") or {}, context, channel).place, client)
        elif spoken := context.get(_ACCEPTED):
            await self.proceed(spoken, client)

    async def assistant_started(self, event: dict[str, Any], client: AsyncWebClient) -> None:
        """``assistant_thread_started``: somebody opened the assistant's pane."""
        thread = event.get("assistant_thread") or {}
        channel, ts = str(thread.get("channel_id", "")), str(thread.get("thread_ts", ""))
        await client.chat_postMessage(channel=channel, thread_ts=ts, text=both("greeting"))
        prompts = [{"title": clipped(prompt, _TITLE_LIMIT), "message": prompt} for prompt in self.prompts[:4]]
        await client.assistant_threads_setSuggestedPrompts(
            channel_id=channel, thread_ts=ts, title=both("prompts_title").replace("\n", " · "), prompts=prompts
        )

    def _by_a_person(self, event: Mapping[str, Any], spoken: Spoken, *, named: bool) -> bool:
        """Whether a message is one to read at all: not the bot's own, and another app's only where that is set."""
        app = bool(event.get("bot_id") or event.get("bot_profile"))
        if event.get("subtype") not in _WRITTEN | ({"bot_message"} if app else set()):
            return False
        own = spoken.user == spoken.bot or (spoken.user in {"", "USLACKBOT"} and not app)
        # Two apps that answer each other's every message would never end.
        return not own and (not app or (self.answer_bots and named))

    async def _follows_up(self, spoken: Spoken) -> bool:
        """Whether a message in a channel is one in a thread that the bot is in, and to nobody else."""
        if spoken.thread == spoken.place.ts or mentioned(spoken.text):
            return False  # naming the bot comes as a mention of its own
        return await self.state.listening(_thread(spoken))

    async def proceed(self, spoken: Spoken, client: AsyncWebClient, into: str | None = None) -> None:
        """Do what a message that was accepted asks for.

        Args:
            spoken: the message.
            client: of the workspace.
            into: the message to write the answer into; None is a new one.
        """
        rules = self.answering.workspaces.of(spoken.place.team)
        if not rules.allows(spoken.place.channel):
            if spoken.named:
                await self._elsewhere(spoken, rules.channels, client)
            await self.state.settled(spoken.place)
        elif fold_text(spoken.question).strip(" .!؟?،") in STOP_WORDS:
            await self._hush(spoken, client)
        else:
            await self.state.listen(_thread(spoken), on=True)
            await self.answering.answer(client, Asked(spoken.question, spoken.reply, spoken.place, spoken.bot, into))

    async def _hush(self, spoken: Spoken, client: AsyncWebClient) -> None:
        place = spoken.place
        if not place.channel.startswith("D") and not await self.state.listening(_thread(spoken)):
            await self.state.settled(place)
            return
        await self.state.listen(_thread(spoken), on=False)
        text = say(language_of(spoken.question), "hushed")
        posted = await client.chat_postMessage(channel=place.channel, thread_ts=spoken.thread, text=text)
        await self.state.answered(place, spoken.thread, str(posted["ts"]))

    async def _elsewhere(self, spoken: Spoken, channels: tuple[str, ...], client: AsyncWebClient) -> None:
        """Tell one who asks where the bot does not answer, and nobody else, where it does."""
        language = language_of(spoken.question)
        names = " ".join(f"<#{channel}>" for channel in channels[:5])
        where = say(language, "elsewhere_named", channels=names) if names else say(language, "elsewhere_direct")
        text = say(language, "elsewhere", where=where)
        await client.chat_postEphemeral(channel=spoken.place.channel, user=spoken.user, text=text)

    async def _changed(
        self, event: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient, channel: str
    ) -> None:
        """A question that was edited is answered again, in the same message; one that became nothing is withdrawn."""
        message, previous = event.get("message") or {}, event.get("previous_message") or {}
        spoken = Spoken.of(message, context, channel)
        if message.get("subtype") == "tombstone":  # a deleted message that others replied to
            await self.deleted(Spoken.of(previous, context, channel).place, client)
            return
        same = message.get("text") == previous.get("text")  # Slack also tells of previews of links
        if same or not self._by_a_person(message, spoken, named=False):
            return
        asked_here = self.answering.busy(spoken.place) or await self.state.answer_of(spoken.place) is not None
        if asked_here:
            await self._asked_anew(spoken, str((message.get("edited") or {}).get("ts", "")), client)

    async def _asked_anew(self, spoken: Spoken, edit: str, client: AsyncWebClient) -> None:
        """Answer a question that was edited in the place of its answer; each edit once."""
        place = spoken.place
        known = await self.state.answer_of(place)
        into = known[1] if known else None
        waiting = spoken.pending(edited=True, answer=into)
        if await self.state.accept(f"{place.team}:{place.channel}:{place.ts}:edited:{edit}", waiting):
            asked = Asked(spoken.question, spoken.reply, place, spoken.bot, into, edited=True)
            await self.answering.answer(client, asked)

    async def deleted(self, place: Place, client: AsyncWebClient, half: str | None = None) -> None:
        """Withdraw the answer to a question that was deleted.

        Args:
            place: the message that asked.
            client: of the workspace.
            half: the message of an answer that was not finished.
        """
        await self.answering.break_off(place)
        known = await self.state.answer_of(place)
        await self.state.settled(place)
        await self.state.drop_answer(place)
        written = (known and known[1]) or half
        try:
            if written:
                await client.chat_delete(channel=place.channel, ts=written)
        except FAULTS as error:
            _log.info("slack.not_removed", team=place.team, error=code_of(error))


def _thread(spoken: Spoken) -> Place:
    return Place(spoken.place.team, spoken.place.channel, spoken.thread)
