"""Faults of Slack, of the service, and of the network between them."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from slack_server import BOT_USER, PRIVATE, PUBLIC, Fault, Message, SlackServer

MENTION = f"<@{BOT_USER}> ما نسبة زيادة رسوم عبور السفن؟"
ANSWER = "أعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة 15 في المئة."


def ask(slack: SlackServer, text: str = MENTION, channel: str = PUBLIC) -> Message:
    asked = slack.write(text, channel=channel)
    slack.tell(asked, channel, kind="app_mention")
    return asked


def finished(slack: SlackServer, asked: Message, channel: str = PUBLIC) -> list[Message]:
    return [one for one in slack.replies(asked.ts, channel) if one.blocks and not one.streaming]


def test_a_workspace_without_streams_and_statuses_gets_a_message_that_is_edited(
    slack: SlackServer, bot: Any, until: Any
) -> None:
    slack.streams = slack.statuses = False
    first = ask(slack)
    [answer] = until(lambda: [one for one in finished(slack, first) if ANSWER in one.text])
    assert answer.versions[0] == "أبحث في المقالات…"
    assert answer.blocks[0]["type"] == "markdown"
    second = ask(slack)
    until(lambda: [one for one in finished(slack, second) if ANSWER in one.text])
    assert len(slack.called("assistant.threads.setStatus")) == 1, "what a workspace lacks is not tried each time"


def test_a_429_is_waited_out_as_slack_says(slack: SlackServer, bot: Any, until: Any) -> None:
    slack.fail("chat.stopStream", Fault(status=429, headers={"Retry-After": "1"}))
    asked = ask(slack)
    until(lambda: finished(slack, asked))
    first, second = slack.called("chat.stopStream")
    assert second.at - first.at >= 1


def test_where_too_many_streams_begin_the_answer_is_a_message_at_once(slack: SlackServer, bot: Any, until: Any) -> None:
    slack.fail("chat.startStream", Fault(status=429, headers={"Retry-After": "60"}))
    asked = ask(slack)
    [answer] = until(lambda: [one for one in finished(slack, asked) if len(one.blocks) > 1])
    assert ANSWER in answer.text
    second = ask(slack)
    until(lambda: finished(slack, second))
    assert len(slack.called("chat.startStream")) == 2, "the next one is streamed again"


def test_a_fault_of_slacks_is_tried_again(slack: SlackServer, bot: Any, until: Any) -> None:
    slack.fail("chat.stopStream", Fault(status=503))
    asked = ask(slack)
    [answer] = until(lambda: finished(slack, asked))
    assert ANSWER in answer.text


def test_a_stream_that_slack_ended_goes_on_as_an_edit(slack: SlackServer, bot: Any, until: Any) -> None:
    slack.fail("chat.stopStream", Fault("message_not_in_streaming_state"))
    asked = ask(slack)
    [answer] = until(lambda: finished(slack, asked))
    assert ANSWER in answer.text


def test_a_workspace_that_refuses_feedback_buttons_gets_ordinary_ones(slack: SlackServer, bot: Any, until: Any) -> None:
    slack.streams = False
    slack.fail("chat.update", Fault("invalid_blocks"))
    asked = ask(slack)
    [answer] = until(lambda: [one for one in finished(slack, asked) if len(one.blocks) > 1])
    assert answer.blocks[-1]["type"] == "actions"
    assert [one["action_id"] for one in answer.blocks[-1]["elements"]] == ["masdar_feedback_up", "masdar_feedback_down"]


def test_slack_asking_to_reconnect_loses_nothing(slack: SlackServer, bot: Any, until: Any) -> None:
    slack.disconnect()
    until(lambda: slack.connections == 2)
    asked = ask(slack)
    until(lambda: finished(slack, asked))


def test_a_connection_that_breaks_is_made_anew_also_where_slack_refuses_at_first(
    slack: SlackServer, run_bot: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.slack.running.PING_SECONDS", 0.25)
    with run_bot():
        slack.fail("apps.connections.open", Fault("fatal_error"), Fault(status=503))
        slack.cut()
        until(lambda: slack.connections == 2, 20)
        asked = ask(slack)
        until(lambda: finished(slack, asked))


def test_a_connection_that_has_gone_silent_is_made_anew(
    slack: SlackServer, run_bot: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.slack.running.PING_SECONDS", 0.25)
    slack.silent = True  # it takes the first connection, and never says anything again
    with run_bot():
        until(lambda: slack.connections == 1)
        slack.silent = False
        until(lambda: slack.connections == 2)
        asked = ask(slack)
        until(lambda: finished(slack, asked))


def test_events_are_acknowledged_while_slack_is_slow_to_take_answers(slack: SlackServer, bot: Any, until: Any) -> None:
    slack.slow = 0.3
    for _ in range(3):
        asked = slack.write(MENTION)
        assert slack.tell(asked, kind="app_mention") < 3
    until(lambda: finished(slack, asked))


def test_a_service_that_is_away_is_told_in_kind_words_with_a_button_that_asks_again(
    slack: SlackServer, run_bot: Any, until: Any, service_address: str
) -> None:
    with run_bot(address="http://127.0.0.1:9", patience=0.3):
        asked = ask(slack)
        [told] = until(lambda: finished(slack, asked))
        assert "لا أستطيع الوصول إلى الأرشيف الآن" in told.text
    with run_bot(address=service_address):
        again = told.blocks[-1]["elements"][0]
        slack.click(told, again)
        until(lambda: ANSWER in told.text)
        assert len(slack.replies(asked.ts)) == 1, "the answer takes the place of the apology"


class ScriptedService:
    """Answers /v1/ask with pieces of a stream as a test says, one connection after the other."""

    def __init__(self) -> None:
        self.streams: list[Callable[[asyncio.StreamWriter], Any]] = []
        self.requests: list[bytes] = []
        self.address = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        self.requests.append(await reader.readexactly(length))
        await self.streams.pop(0)(writer)
        writer.close()
        await writer.wait_closed()


@contextmanager
def scripted() -> Iterator[ScriptedService]:
    service, loop = ScriptedService(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    start = asyncio.start_server(service.handle, "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(start, loop).result(5)
    service.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield service
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def sse(name: str, data: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def whole(text: str) -> dict[str, Any]:
    """An answer of a language model, with one citation."""
    cited = {"marker": 1, "article_id": "canal", "title": "رسوم", "source": "المرسى", "url": "https://m.example/1"}
    more = {
        "published_at": "2025-01-01T00:00:00Z",
        "quote": "نص",
        "start": 0,
        "end": 2,
        "support": 0.9,
        "also_published_by": [],
    }
    claims = [{"text": text, "verdict": "supported", "markers": [1], "reasons": []}]
    answer = {"id": "ans_1", "question": "ما نسبة الزيادة؟", "language": "ar", "verdict": "answered", "answer": text}
    rest = {"mode": "generative", "citations": [cited | more], "degraded_reason": None, "claims": claims}
    empty: dict[str, Any] = {"confidence": 0.9, "missing": [], "leads": [], "notes": [], "explanations": []}
    return answer | rest | empty | {"timings_ms": {}}


def streamed(*pieces: bytes, seconds: float = 0.0) -> Callable[[asyncio.StreamWriter], Any]:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(seconds)

    return write


def test_an_answer_appears_while_it_is_written(slack: SlackServer, run_bot: Any, until: Any) -> None:
    text = "ارتفعت الرسوم بنسبة 15 في المئة [1]."
    pieces = [sse("delta", {"text": text[at : at + 6]}) for at in range(0, len(text), 6)]
    with scripted() as service, run_bot(address=service.address):
        service.streams.append(streamed(b": ping\n\n", *pieces, sse("done", whole(text)), seconds=0.25))
        asked = ask(slack)
        [answer] = until(lambda: finished(slack, asked))
        assert 2 <= len(answer.versions) - 1 < len(pieces), "some pieces at a time"
        assert all(answer.text.startswith(version) for version in answer.versions)
        assert "*جرى التحقق*" in str(answer.blocks[0])
        assert ">" in answer.blocks[1]["text"]["text"], "prose has its quotes below it"


def test_a_service_killed_midway_is_asked_again_and_its_half_answer_is_dropped(
    slack: SlackServer, run_bot: Any, until: Any
) -> None:
    with scripted() as service, run_bot(address=service.address):
        half = sse("delta", {"text": "كان هذا نصف جواب"})
        service.streams += [
            streamed(half, seconds=0.1),
            streamed(sse("delta", {"text": "جواب [1]"}), sse("done", whole("جواب [1]"))),
        ]
        asked = ask(slack)
        [answer] = until(lambda: finished(slack, asked))
        assert "نصف" not in answer.text
        assert "جواب" in answer.text
        assert len(service.requests) == 2
        assert len(slack.replies(asked.ts)) == 1
        statuses = [call.arguments["status"] for call in slack.called("assistant.threads.setStatus")]
        assert statuses[-1] == "ينتظر الأرشيف ريثما يعود إلى العمل…"


def test_a_text_that_the_service_takes_back_is_taken_back_in_slack(
    slack: SlackServer, run_bot: Any, until: Any
) -> None:
    again = sse("status", {"doing": "restarted", "reason": "x"})
    with scripted() as service, run_bot(address=service.address):
        pieces = (
            sse("delta", {"text": "مسودة"}),
            again,
            sse("delta", {"text": "جواب [1]"}),
            sse("done", whole("جواب [1]")),
        )
        service.streams.append(streamed(*pieces, seconds=0.05))
        asked = ask(slack)
        [answer] = until(lambda: finished(slack, asked))
        assert "مسودة" not in answer.text


def test_a_refused_key_is_no_matter_of_waiting(slack: SlackServer, run_bot: Any, until: Any) -> None:
    async def refused(writer: asyncio.StreamWriter) -> None:
        body = b'{"type":"about:blank","title":"Unauthorized","status":401,"detail":"no key"}'
        writer.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/problem+json\r\nConnection: close\r\n")
        writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    with scripted() as service, run_bot(address=service.address):
        service.streams.append(refused)
        begun = time.monotonic()
        asked = ask(slack)
        [told] = until(lambda: finished(slack, asked))
        assert "لم أستطع سؤال الأرشيف" in told.text
        assert time.monotonic() - begun < 3


def test_nothing_that_anybody_asked_stands_in_the_log(
    slack: SlackServer, run_bot: Any, until: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with run_bot():
        asked = ask(slack, channel=PRIVATE)
        until(lambda: finished(slack, asked, PRIVATE))
        slack.fail("chat.startStream", Fault("channel_not_found"))
        slack.fail("chat.postMessage", Fault("channel_not_found"), Fault("channel_not_found"))
        ask(slack, channel=PRIVATE)
        until(lambda: "slack.silent" in caplog.text)
    assert "رسوم" not in "".join(
        record.getMessage() for record in caplog.records if record.name.startswith(("slack", "masdar", "service.slack"))
    )


def test_a_token_that_slack_does_not_take_is_said_at_the_start(run_bot: Any) -> None:
    from pydantic import SecretStr

    from indexer.errors import EndpointRefused

    with pytest.raises(EndpointRefused, match="MASDAR_SLACK_APP_TOKEN"), run_bot(app_token=SecretStr("xapp-wrong")):
        pass
    with pytest.raises(EndpointRefused, match="MASDAR_SLACK_BOT_TOKEN"), run_bot(bot_token=SecretStr("xoxb-wrong")):
        pass
