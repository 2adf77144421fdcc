"""A bot that ends midway: what it accepted is answered by the next one, once."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from slack_server import APP_TOKEN, BOT_TOKEN, BOT_USER, DIRECT, PUBLIC, TEAM, USER, Message, SlackServer

from indexer.errors import BadInput
from service.slack.state import Pending, Place, open_state

QUESTION = "ما نسبة زيادة رسوم عبور السفن؟"
MENTION = f"<@{BOT_USER}> {QUESTION}"
ANSWER = "أعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة 15 في المئة."
Leave = Callable[..., None]


@pytest.fixture
def leave(tmp_path: Path) -> Leave:
    """Keeps a question as a bot does that ends then."""

    def keep(asked: Message, channel: str = PUBLIC, age: float = 0.0, **more: Any) -> None:
        async def work() -> None:
            state = open_state(tmp_path / "slack")
            place = Place(TEAM, channel, asked.ts)
            waiting = Pending(place, asked.thread_ts or asked.ts, None, USER, TEAM, BOT_USER, **more)
            assert await state.accept(f"{TEAM}:{channel}:{asked.ts}", waiting)
            state.close()

        asyncio.run(work())
        with sqlite3.connect(tmp_path / "slack" / "state.db") as connection:
            connection.execute("UPDATE pending SET at = at - ?, tries = ?", (age, more.get("tries", 0)))
        connection.close()

    return keep


def half(slack: SlackServer, thread: str, channel: str = PUBLIC, *, streaming: bool = True) -> Message:
    """A message that the bot began."""
    message = Message(slack.new_ts(), BOT_USER, "أعلنت هيئة", thread, streaming=streaming, bot=True)
    slack.conversations[channel].append(message)
    return message


def finished(slack: SlackServer, thread: str, channel: str = PUBLIC) -> list[Message]:
    """The bot's only message in a thread, once it is complete."""
    found = slack.replies(thread, channel)
    assert len(found) < 2, "no question is answered twice"
    return [one for one in found if one.blocks and not one.streaming]


def test_a_question_that_a_bot_left_is_answered_by_the_next(
    slack: SlackServer, leave: Leave, run_bot: Any, until: Any
) -> None:
    asked = slack.write(MENTION)
    leave(asked)
    with run_bot():
        [answer] = until(lambda: finished(slack, asked.ts))
        slack.tell(asked, kind="app_mention")
    assert ANSWER in answer.text
    with run_bot():
        pass
    assert len(slack.called("chat.startStream")) == 1, "what was answered is not pending"


@pytest.mark.parametrize("kept", [True, False], ids=["its message is known", "its message was not kept yet"])
@pytest.mark.parametrize("streaming", [True, False])
def test_half_an_answer_is_replaced_in_its_message(
    slack: SlackServer, leave: Leave, run_bot: Any, until: Any, kept: bool, streaming: bool
) -> None:
    asked = slack.write(MENTION)
    begun = half(slack, asked.ts, streaming=streaming)
    leave(asked, answer=begun.ts if kept else None)
    with run_bot():
        [answer] = until(lambda: [one for one in finished(slack, asked.ts) if ANSWER in one.text])
    assert answer is begun


def test_two_halves_in_one_thread_become_one_answer_each(
    slack: SlackServer, leave: Leave, run_bot: Any, until: Any
) -> None:
    root = slack.write(MENTION)
    first, second = slack.write("ومتى تسري؟", thread=root.ts), slack.write("ومن أعلنها؟", thread=root.ts)
    for asked in (first, second):
        half(slack, root.ts)
        leave(asked)
    with run_bot():
        until(lambda: all(one.blocks and not one.streaming for one in slack.replies(root.ts)))
    assert len(slack.replies(root.ts)) == 2


def test_an_answer_that_was_whole_is_left(
    slack: SlackServer, leave: Leave, run_bot: Any, until: Any, tmp_path: Path
) -> None:
    asked = slack.write(MENTION)
    with run_bot():
        slack.tell(asked, kind="app_mention")
        [answer] = until(lambda: finished(slack, asked.ts))
    with sqlite3.connect(tmp_path / "slack" / "state.db") as connection:
        connection.execute("DELETE FROM taken")
        connection.execute("DELETE FROM answers")
    connection.close()
    leave(asked)
    before = len(answer.versions)
    with run_bot() as running:
        until(lambda: running.do(running.bot.state.pending()) == [])
    assert len(answer.versions) == before
    assert len(slack.replies(asked.ts)) == 1


def test_a_question_that_was_edited_meanwhile_is_asked_as_it_stands(
    slack: SlackServer, leave: Leave, run_bot: Any, until: Any
) -> None:
    asked = slack.write("Did port workers in Tangier end their strike on Friday?", channel=DIRECT)
    leave(asked, DIRECT)
    asked.text = QUESTION
    with run_bot():
        [answer] = until(lambda: finished(slack, asked.ts, DIRECT))
    assert ANSWER in answer.text


def test_a_question_that_was_deleted_meanwhile_takes_half_its_answer_along(
    slack: SlackServer, leave: Leave, run_bot: Any, until: Any
) -> None:
    root = slack.write(MENTION)
    asked = slack.write("ومتى تسري؟", thread=root.ts)
    leave(asked, answer=half(slack, root.ts).ts)
    slack.conversations[PUBLIC].remove(asked)
    with run_bot():
        until(lambda: not slack.replies(root.ts))


@pytest.mark.parametrize("more", [{"age": 3_600.0}, {"tries": 2}], ids=["too old", "taken up too often"])
def test_what_is_too_late_gets_kind_words_and_a_button_that_asks_again(
    slack: SlackServer, leave: Leave, run_bot: Any, until: Any, more: dict[str, Any]
) -> None:
    asked = slack.write(MENTION)
    begun = half(slack, asked.ts)
    leave(asked, answer=begun.ts, **more)
    with run_bot():
        until(lambda: finished(slack, asked.ts))
        assert "أُعيد تشغيلي" in begun.text
        slack.click(begun, begun.blocks[-1]["elements"][0])
        until(lambda: ANSWER in begun.text)
    assert len(slack.replies(asked.ts)) == 1


def test_a_commands_question_is_read_from_the_message_that_asks_it(
    slack: SlackServer, leave: Leave, run_bot: Any, until: Any
) -> None:
    asked = slack.write(f"يسأل <@{USER}>: {QUESTION} &lt;b&gt; &amp; \u2060*\u2060", user=BOT_USER)
    asked.bot = True
    leave(asked)
    with run_bot():
        [answer] = until(lambda: finished(slack, asked.ts))
    assert ANSWER in answer.text
    assert f'"q": "{QUESTION} <b> & *"' in str(answer.blocks[-1])


def test_a_stop_word_that_was_left_is_still_minded(slack: SlackServer, leave: Leave, run_bot: Any, until: Any) -> None:
    asked = slack.write("توقف", channel=DIRECT)
    leave(asked, DIRECT)
    with run_bot():
        [told] = until(lambda: slack.replies(asked.ts, DIRECT))
    assert "سألتزم الصمت" in told.text


def test_two_bots_do_not_share_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.slack.state.LOCK_SECONDS", 0.05)
    state = open_state(tmp_path / "slack")
    with pytest.raises(BadInput, match="another bot uses the folder"):
        open_state(tmp_path / "slack")
    state.close()
    open_state(tmp_path / "slack").close()


@contextmanager
def process(slack: SlackServer, address: str, state: Path) -> Iterator[subprocess.Popen[str]]:
    """``masdar slack``, connected."""
    own = {
        "MASDAR_SERVER": address,
        "MASDAR_SLACK_API": slack.url,
        "MASDAR_SLACK_BOT_TOKEN": BOT_TOKEN,
        "MASDAR_SLACK_APP_TOKEN": APP_TOKEN,
        "MASDAR_SLACK_STATE": str(state),
    }
    command = [sys.executable, "-m", "service.cli", "slack"]
    with subprocess.Popen(command, env=os.environ | own, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            assert "Connected" in running.stdout.readline()
            yield running
        finally:
            running.terminate()


@pytest.mark.slow
def test_a_bot_killed_midway_answers_every_question_once_when_it_is_started_again(
    slack: SlackServer, service_address: str, tmp_path: Path, until: Any
) -> None:
    def ask_until(method: str, when: str) -> Message:
        """Ask, and wait until the bot waits for Slack."""
        slack.held[method] = when
        before = len(slack.called(method))
        asked = slack.write(MENTION)
        slack.tell(asked, kind="app_mention")
        until(lambda: len(slack.called(method)) > before, 30)
        return asked

    with process(slack, service_address, tmp_path / "state") as first:
        asked = [
            ask_until("chat.stopStream", "before"),  # half of the answer is there
            ask_until("chat.startStream", "after"),  # likewise, but the bot does not know yet where
            ask_until("assistant.threads.setStatus", "before"),  # nothing is there
        ]
        first.send_signal(signal.SIGKILL)
        first.wait()
    slack.held.clear()
    assert [len(slack.replies(one.ts)) for one in asked] == [1, 1, 0]
    with process(slack, service_address, tmp_path / "state"):
        answers = until(lambda: [found for one in asked for found in finished(slack, one.ts)][2:], 30)
        assert answers
        for one in asked:
            slack.event(one.as_json() | {"type": "app_mention", "channel": PUBLIC}, retry=3)
            assert ANSWER in finished(slack, one.ts)[0].text
    before = len(slack.called("chat.startStream"))
    with process(slack, service_address, tmp_path / "state") as third:
        slack.slow = 0.2
        last = slack.write(MENTION)
        slack.tell(last, kind="app_mention")
        third.terminate()
        assert third.wait(30) == 0, "told to stop, it finishes what it has begun"
    assert ANSWER in finished(slack, last.ts)[0].text
    assert len(slack.called("chat.startStream")) == before + 1, "nothing was left for the third one"
