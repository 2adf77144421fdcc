"""A thread as the history of a conversation, read from Slack each time: what was deleted there is gone here."""

from __future__ import annotations

from typing import Any, Final

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from service.api.schemas.answers import MAX_TURN_CHARS, HistoryTurn
from service.asking.conversation import MAX_TURNS
from service.slack.live import FAULTS, Thread, code_of
from service.slack.markup import typed, unescaped
from service.slack.words import asked_of

_log = structlog.get_logger(__name__)
_PAGE: Final = 200
_PAGES: Final = 5


async def history_of(client: AsyncWebClient, thread: Thread, before: str, bot: str) -> list[HistoryTurn]:
    """What was said in a thread before a message, the oldest first; empty where Slack does not show it now.

    Args:
        client: of the workspace.
        thread: whose messages.
        before: the time stamp of the message.
        bot: the bot's user, whose messages are the answers.
    """
    try:
        messages = await _messages(client, thread, before)
    except FAULTS as error:
        _log.warning("slack.no_history", team=thread.team, error=code_of(error))
        return []
    turns = [turn for message in messages if (turn := _turn(message, bot)) and float(message["ts"]) < float(before)]
    return turns[-MAX_TURNS:]


async def _messages(client: AsyncWebClient, thread: Thread, before: str) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    cursor = None
    for _ in range(_PAGES):
        page = await client.conversations_replies(
            channel=thread.channel, ts=thread.ts, latest=before, limit=_PAGE, cursor=cursor
        )
        messages += page.get("messages", [])
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            break
    return messages


def _turn(message: dict[str, Any], bot: str) -> HistoryTurn | None:
    text = str(message.get("text", ""))
    if message.get("user") == bot:
        if asked := asked_of(text):
            return HistoryTurn(role="user", content=asked[:MAX_TURN_CHARS])
        return HistoryTurn(role="assistant", content=unescaped(text)[:MAX_TURN_CHARS]) if text.strip() else None
    if message.get("bot_id") or message.get("subtype") not in {None, "thread_broadcast", "file_share"}:
        return None
    words = typed(text, bot)
    return HistoryTurn(role="user", content=words[:MAX_TURN_CHARS]) if words else None
