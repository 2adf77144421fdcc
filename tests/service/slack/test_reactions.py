"""Buttons and views: sources, feedback, asking about a message, and the slash command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_server import BOT_USER, PRIVATE, PUBLIC, USER, Fault, Message, SlackServer

from eval.feedback import cases, read_feedback
from service.slack.direction import without_marks

MENTION = f"<@{BOT_USER}> ما نسبة زيادة رسوم عبور السفن؟"


@pytest.fixture
def feedback_file(archive: Path) -> Iterator[Path]:
    path = archive.with_name(f"{archive.name}.service") / "feedback.jsonl"
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


def answered(slack: SlackServer, until: Any, channel: str = PUBLIC) -> Message:
    asked = slack.write(MENTION, channel=channel)
    slack.tell(asked, channel, kind="app_mention")
    [answer] = until(lambda: [one for one in slack.replies(asked.ts, channel) if one.blocks and not one.streaming])
    return answer


def button(message: Message, name: str) -> dict[str, Any]:
    """What Slack sends for a click on a button; ``name`` is "up", "down" or "sources"."""
    elements = [element for block in message.blocks for element in block.get("elements", [])]
    if name == "sources":
        return next(element for element in elements if element.get("action_id") == "masdar_sources")
    rating = next(element for element in elements if element["type"] == "feedback_buttons")
    side = rating["positive_button" if name == "up" else "negative_button"]
    return {"type": "feedback_buttons", "action_id": rating["action_id"], "value": side["value"], "text": side["text"]}


def send(slack: SlackServer, view: dict[str, Any], values: dict[str, Any]) -> None:
    state = {"id": f"V{slack.new_ts()}", "state": {"values": values}}
    slack.interact({"type": "view_submission", "view": view | state})


def asked_why(slack: SlackServer, until: Any) -> dict[str, Any]:
    """The view that asks what is wrong."""
    view: dict[str, Any] = until(lambda: [one for one in slack.views.values() if "submit" in one])[0]
    return view


def reasons(comment: str | None, *, consent: bool = False) -> dict[str, Any]:
    option = {"text": {"type": "plain_text", "text": "…"}, "value": "wrong"}
    return {
        "reason": {"reason": {"type": "radio_buttons", "selected_option": option}},
        "comment": {"comment": {"type": "plain_text_input", "value": comment}},
        "consent": {"consent": {"type": "checkboxes", "selected_options": [option] if consent else []}},
    }


def test_thumbs_down_asks_for_a_reason_which_arrives_as_an_evaluation_case(
    slack: SlackServer, bot: Any, until: Any, feedback_file: Path
) -> None:
    answer = answered(slack, until)
    slack.click(answer, button(answer, "down"))
    view = asked_why(slack, until)
    assert not feedback_file.exists(), "nothing is kept before the reason is sent"
    send(slack, view, reasons("النسبة 12."))
    until(lambda: slack.ephemeral)
    [case] = cases(read_feedback(feedback_file))
    assert (case["text"], case["lang"]) == ("ما نسبة زيادة رسوم عبور السفن؟", "ar")
    assert (case["rating"], case["reason"], case["comment"]) == ("down", "wrong", "النسبة 12.")
    assert "أعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة 15 في المئة." in case["answered"]
    assert slack.ephemeral == [(PUBLIC, USER, "شكرًا، سُجّل رأيك.")]


def test_thumbs_up_is_kept_at_once(slack: SlackServer, bot: Any, until: Any, feedback_file: Path) -> None:
    answer = answered(slack, until)
    slack.click(answer, button(answer, "up"))
    until(lambda: slack.ephemeral)
    [word] = read_feedback(feedback_file)
    assert (word.rating, word.reason) == ("up", None)
    assert not slack.views


@pytest.mark.parametrize("consent", [False, True])
def test_a_private_channels_question_is_kept_with_consent_alone(
    slack: SlackServer, bot: Any, until: Any, feedback_file: Path, consent: bool
) -> None:
    answer = answered(slack, until, PRIVATE)
    slack.click(answer, button(answer, "down"), PRIVATE)
    view = asked_why(slack, until)
    send(slack, view, reasons(None, consent=consent))
    until(lambda: slack.ephemeral)
    assert len(cases(read_feedback(feedback_file))) == consent
    assert ("رسوم" in feedback_file.read_text("utf-8")) == consent


def test_the_view_that_asks_why_opens_before_anything_else_is_asked_of_slack(
    slack: SlackServer, bot: Any, until: Any
) -> None:
    answer = answered(slack, until)
    slack.fail("conversations.info", Fault(status=429, headers={"Retry-After": "1"}))
    slack.click(answer, button(answer, "down"))
    asked_why(slack, until)
    methods = [call.method for call in slack.calls]
    assert methods.index("views.open") < methods.index("conversations.info")


def test_feedback_that_cannot_be_kept_is_not_thanked_for(slack: SlackServer, run_bot: Any, until: Any) -> None:
    with run_bot(address="http://127.0.0.1:9", patience=0.2):
        value = json.dumps({"r": "up", "a": "ans_1", "q": "?", "l": "en"})
        message = slack.write("x")
        slack.click(message, {"type": "feedback_buttons", "action_id": "masdar_feedback", "value": value})
        until(lambda: slack.ephemeral)
        assert "could not keep" in slack.ephemeral[0][2]


def test_the_sources_button_opens_each_quote_in_its_article(slack: SlackServer, bot: Any, until: Any) -> None:
    answer = answered(slack, until)
    slack.click(answer, button(answer, "sources"))
    shown = until(lambda: [view for view in slack.views.values() if "رسوم العبور" in str(view)])[0]
    text = without_marks(shown["blocks"][0]["text"]["text"])
    assert "<https://marsa.example/canal|رسوم العبور>" in text
    assert "*أعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة 15 في المئة.*" in text
    assert "وتسري الرسوم ابتداء من فبراير." in text


def test_sources_of_an_article_that_is_gone_say_so(slack: SlackServer, bot: Any, until: Any) -> None:
    answer = answered(slack, until)
    value = json.dumps({"l": "ar", "s": [[1, "no-such-article", 0, 4]]})
    slack.click(answer, button(answer, "sources") | {"value": value})
    until(lambda: [view for view in slack.views.values() if "لم يعد في الأرشيف" in str(view)])


def test_the_slash_command_writes_the_question_and_answers_in_its_thread(
    slack: SlackServer, bot: Any, until: Any
) -> None:
    assert slack.command("ما نسبة زيادة رسوم عبور السفن؟") < 3
    asked = until(lambda: [one for one in slack.conversations[PUBLIC] if one.thread_ts is None])[0]
    assert f"<@{USER}>" in asked.text
    [answer] = until(lambda: [one for one in slack.replies(asked.ts) if one.blocks and not one.streaming])
    assert "15 في المئة" in answer.text
    slack.tell(slack.write("ومتى تسري؟", thread=asked.ts))
    [_, second] = until(lambda: [one for one in slack.replies(asked.ts) if one.blocks][1:] and slack.replies(asked.ts))
    assert "رسوم" in second.blocks[1]["elements"][0]["text"], "the command's question is what the follow-up follows"


def test_the_slash_command_where_the_bot_cannot_write_says_how_to_invite_it(
    slack: SlackServer, bot: Any, until: Any
) -> None:
    slack.command("ما نسبة الزيادة؟", channel="C0ELSEWHERE")
    until(lambda: slack.responses)
    assert "/invite" in slack.responses[0]["text"]


def test_the_slash_command_alone_explains_itself_in_both_languages(slack: SlackServer, bot: Any, until: Any) -> None:
    slack.command("")
    until(lambda: slack.responses)
    assert "follow TOPIC" in slack.responses[0]["text"]
    assert "تابع الموضوع" in slack.responses[0]["text"]


def test_ask_about_this_makes_a_question_of_a_message_and_answers_below_it(
    slack: SlackServer, bot: Any, until: Any
) -> None:
    message = slack.write("رسوم عبور السفن")
    shortcut = {"type": "message_action", "callback_id": "masdar_ask_about", "channel": {"id": PUBLIC}}
    assert slack.interact(shortcut | {"message": message.as_json(), "response_url": slack.url}) < 3
    [view] = until(lambda: list(slack.views.values()))
    assert view["blocks"][0]["element"]["initial_value"] == "رسوم عبور السفن"
    for _ in range(2):  # Slack may deliver a sent view again
        view_id = {
            "id": "V0SAME",
            "state": {"values": {"question": {"question": {"value": "ما نسبة رسوم عبور السفن؟"}}}},
        }
        slack.interact({"type": "view_submission", "view": view | view_id})
    until(lambda: [one for one in slack.replies(message.ts) if one.blocks and not one.streaming])
    assert len(slack.called("assistant.threads.setStatus")) == 1
