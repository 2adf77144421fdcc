"""A message that appears while it is written: streamed by Slack where the workspace has that, else by edits.

A stream can only grow. Where text must go again, because an answer starts anew, the stream is ended and the message is
edited from then on.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.models.blocks import Block
from slack_sdk.web.async_client import AsyncWebClient

from service.slack.blocks import TEXT_LIMIT, text_blocks
from service.slack.markup import clipped, unescaped

_log = structlog.get_logger(__name__)
#: Slack allows about one edit a second in a conversation, and more than one piece of a stream.
STREAM_SECONDS: Final = 0.6
EDIT_SECONDS: Final = 1.2
#: A workspace that has no streams is not asked again for so long.
RECHECK_SECONDS: Final = 3_600.0
_FALLBACK_LIMIT: Final = 3_500
_NO_STREAMS: Final = frozenset(
    {
        "unknown_method",
        "method_not_supported_for_channel_type",
        "channel_type_not_supported",
        "feature_not_enabled",
        "not_allowed_token_type",
        "missing_scope",
        "team_access_not_granted",
        "access_denied",
        "deprecated_endpoint",
    }
)


#: What a call to Slack can end with, after all tries: a refusal, an answer that is none of Slack's, a broken
#: connection, no answer in time.
FAULTS: Final = (SlackClientError, aiohttp.ClientError, TimeoutError)


def code_of(error: Exception) -> str:
    """Slack's name for what went wrong; the error's own where it is not Slack's."""
    if isinstance(error, SlackApiError) and error.response is not None:
        return str(error.response.get("error", ""))
    return type(error).__name__


@dataclass(frozen=True, slots=True)
class Thread:
    """Where an answer goes, and for whom.

    Attributes:
        ts: the message that begins the thread.
        team: the workspace that the bot is in.
        user, user_team: who asked, and that one's workspace; Slack streams to channels only for somebody.
    """

    channel: str
    ts: str
    team: str
    user: str
    user_team: str


class Abilities:
    """What workspaces are known not to have, for a while."""

    def __init__(self) -> None:
        self._lacks: dict[tuple[str, str], float] = {}

    def has(self, team: str, ability: str) -> bool:
        """Whether it is worth trying."""
        return self._lacks.get((team, ability), 0.0) < time.monotonic()

    def lacks(self, team: str, ability: str) -> None:
        """Keep that a workspace has it not."""
        self._lacks[team, ability] = time.monotonic() + RECHECK_SECONDS


@dataclass(slots=True)
class LiveMessage:
    """One message, from its first words to its blocks.

    Attributes:
        streaming: whether a stream may be tried.
        ts: the message's id, from when there is one; given for a message that is written anew.
        placed: told the id of a new message.
    """

    client: AsyncWebClient
    thread: Thread
    abilities: Abilities
    streaming: bool = True
    ts: str | None = None
    placed: Callable[[str], Awaitable[None]] | None = None
    _sent: str | None = field(default=None, init=False)  # what a stream has; None while none runs
    _shown: float = field(default=0.0, init=False)

    async def placeholder(self, text: str) -> None:
        """Show something in a workspace without streams, before there is anything to say."""
        if self.ts is None:
            await self._edit(text, [])

    async def show(self, text: str) -> None:
        """Show the text so far, unless something was shown just now.

        Args:
            text: all of it, as Markdown.
        """
        streams = self._sent is not None or (self.ts is None and self._may_stream())
        if text and time.monotonic() - self._shown >= (STREAM_SECONDS if streams else EDIT_SECONDS):
            await self._write(clipped(text, TEXT_LIMIT))
            self._shown = time.monotonic()

    async def finish(self, text: str, blocks: Sequence[Block], plain: Sequence[Block] | None = None) -> str:
        """Write the whole text with its blocks; the message's id.

        Args:
            text: as Markdown.
            blocks: below it.
            plain: instead of them where the workspace refuses them.

        Raises:
            SlackApiError: it cannot be written.
        """
        text = clipped(text, TEXT_LIMIT)
        try:
            return await self._finish(text, blocks)
        except SlackApiError as error:
            if plain is None or code_of(error) not in {"invalid_blocks", "invalid_blocks_format"}:
                raise
            _log.warning("slack.blocks_refused", team=self.thread.team)
            return await self._finish(text, plain)

    async def remove(self) -> None:
        """Take the message away, if there is one."""
        if self.ts is not None:
            await self._end_stream()
            await self.client.chat_delete(channel=self.thread.channel, ts=self.ts)

    def _may_stream(self) -> bool:
        return self.streaming and self.abilities.has(self.thread.team, "streams")

    async def _write(self, text: str) -> None:
        if self._sent is None and self.ts is None and self._may_stream():
            await self._start_stream(text)
        elif self._sent is not None and text.startswith(self._sent):
            await self._append(text)
        else:
            await self._end_stream()
            await self._edit(text, text_blocks(text))

    async def _start_stream(self, text: str) -> None:
        try:
            started = await self.client.chat_startStream(
                channel=self.thread.channel,
                thread_ts=self.thread.ts,
                recipient_team_id=self.thread.user_team,
                recipient_user_id=self.thread.user,
                markdown_text=text,
            )
        except SlackApiError as error:
            code = code_of(error)
            _log.info("slack.no_stream", team=self.thread.team, error=code)
            if code in _NO_STREAMS:
                self.abilities.lacks(self.thread.team, "streams")
            self.streaming = False
            await self._edit(text, text_blocks(text))
        else:
            self._sent = text
            await self._placed_at(str(started["ts"]))

    async def _append(self, text: str) -> None:
        more = text[len(self._sent or "") :]
        if not more or self.ts is None:
            return
        try:
            await self.client.chat_appendStream(channel=self.thread.channel, ts=self.ts, markdown_text=more)
            self._sent = text
        except SlackApiError as error:
            # Slack ends streams by itself after some minutes; the message stays and can be edited.
            _log.info("slack.stream_ended", team=self.thread.team, error=code_of(error))
            self._sent = None
            await self._edit(text, text_blocks(text))

    async def _finish(self, text: str, blocks: Sequence[Block]) -> str:
        if self._sent is None and self.ts is None and text and self._may_stream():
            await self._start_stream(text)
        if self._sent is not None and text.startswith(self._sent) and self.ts is not None:
            more = text[len(self._sent) :]
            try:
                await self.client.chat_stopStream(
                    channel=self.thread.channel, ts=self.ts, markdown_text=more or None, blocks=list(blocks)
                )
            except SlackApiError as error:
                _log.info("slack.stream_ended", team=self.thread.team, error=code_of(error))
            else:
                self._sent = None
                return self.ts
        await self._end_stream()
        return await self._edit(text, [*text_blocks(text), *blocks])

    async def _end_stream(self) -> None:
        if self._sent is None or self.ts is None:
            return
        self._sent = None
        try:
            await self.client.chat_stopStream(channel=self.thread.channel, ts=self.ts)
        except SlackApiError as error:
            _log.info("slack.stream_ended", team=self.thread.team, error=code_of(error))

    async def _edit(self, text: str, blocks: Sequence[Block]) -> str:
        """Post the message or change it; the text alone is what notifications and screen readers have."""
        plain = clipped(unescaped(text), _FALLBACK_LIMIT) or "…"
        shown = list(blocks) or None
        if self.ts is None:
            posted = await self.client.chat_postMessage(
                channel=self.thread.channel,
                thread_ts=self.thread.ts,
                text=plain,
                blocks=shown,
                unfurl_links=False,
                unfurl_media=False,
            )
            await self._placed_at(str(posted["ts"]))
        else:
            # Blocks that are not sent stay as they were, so an empty list takes them away.
            await self.client.chat_update(channel=self.thread.channel, ts=self.ts, text=plain, blocks=shown or [])
        return str(self.ts)

    async def _placed_at(self, ts: str) -> None:
        self.ts = ts
        if self.placed is not None:
            await self.placed(ts)
