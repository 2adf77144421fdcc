"""Mentions, threads, direct messages: what is answered, where, and how often."""

from __future__ import annotations

from typing import Any

from slack_server import BOT_USER, PUBLIC, Message, SlackServer

from service.slack.direction import without_marks

QUESTION = "ما نسبة زيادة رسوم عبور السفن؟"
MENTION = f"<@{BOT_USER}> {QUESTION}"


def finished(slack: SlackServer, thread: str, channel: str = PUBLIC, count: int = 1) -> list[Message]:
    """The bot's messages in a thread, once there are so many and all have their blocks."""
    found = slack.replies(thread, channel)
    return found if len(found) >= count and all(one.blocks and not one.streaming for one in found) else []


def text_of(message: Message) -> str:
    return without_marks(message.text)


def kinds(message: Message) -> list[str]:
    return [block["type"] for block in message.blocks]


def test_a_mention_is_answered_in_its_thread_with_quotes_and_sources(slack: SlackServer, bot: Any, until: Any) -> None:
    asked = slack.write(MENTION)
    assert slack.tell(asked, kind="app_mention") < 3
    [answer] = until(lambda: finished(slack, asked.ts))
    assert "أعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة 15 في المئة." in text_of(answer)
    assert kinds(answer) == ["context", "section", "actions", "context_actions"]
    sources = answer.blocks[1]["text"]["text"]
    assert "جريدة المرسى" in sources
    assert "https://marsa.example/canal" in sources
    assert "1 يناير 2025" in sources
    assert [call.method for call in slack.calls if call.method.startswith(("chat.", "assistant."))] == [
        "assistant.threads.setStatus",
        "chat.startStream",
        "chat.stopStream",
    ]
