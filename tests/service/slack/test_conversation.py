"""Mentions, threads, direct messages: what is answered, where, and how often."""

from __future__ import annotations

from typing import Any

from slack_server import BOT_USER, DIRECT, PUBLIC, TEAM, USER, Message, SlackServer

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


def mention(slack: SlackServer, until: Any, text: str = MENTION) -> tuple[Message, Message]:
    """A question in a channel and its answer."""
    asked = slack.write(text)
    slack.tell(asked, kind="app_mention")
    [answer] = until(lambda: finished(slack, asked.ts))
    return asked, answer


def asks(slack: SlackServer) -> int:
    """How often the bot began to answer."""
    return len(slack.called("assistant.threads.setStatus"))


def test_a_follow_up_in_the_thread_needs_no_mention_and_has_the_thread_as_history(
    slack: SlackServer, bot: Any, until: Any
) -> None:
    asked, _ = mention(slack, until)
    follow = slack.write("ومتى تسري؟", thread=asked.ts)
    slack.tell(follow)
    [_, second] = until(lambda: finished(slack, asked.ts, count=2))
    assert "فبراير" in text_of(second)
    understood = second.blocks[1]["elements"][0]["text"]
    assert "رسوم" in understood, "the note says what the follow-up was taken to ask"


def test_a_message_to_somebody_else_in_the_thread_is_left_alone(slack: SlackServer, bot: Any, until: Any) -> None:
    asked, _ = mention(slack, until)
    slack.tell(slack.write("<@U0KARIM> هل رأيت هذا؟", thread=asked.ts))
    slack.tell(slack.write("ما رأيكم بالغداء؟"))
    mention(slack, until)
    assert asks(slack) == 2


def test_a_stop_word_makes_the_bot_quiet_until_it_is_mentioned_again(slack: SlackServer, bot: Any, until: Any) -> None:
    asked, _ = mention(slack, until)
    slack.tell(slack.write("توقّف!", thread=asked.ts))
    until(lambda: len(slack.replies(asked.ts)) == 2)
    assert "سألتزم الصمت" in slack.replies(asked.ts)[1].text
    slack.tell(slack.write("ومتى تسري؟", thread=asked.ts))
    slack.tell(slack.write(f"<@{BOT_USER}> ومتى تسري الرسوم؟", thread=asked.ts), kind="app_mention")
    until(lambda: len(slack.replies(asked.ts)) == 3 and not slack.replies(asked.ts)[2].streaming)
    assert asks(slack) == 2


def test_a_direct_message_is_answered_without_a_mention(slack: SlackServer, bot: Any, until: Any) -> None:
    asked = slack.write("Did port workers in Tangier end their strike on Friday?", channel=DIRECT)
    slack.tell(asked, channel=DIRECT)
    [answer] = until(lambda: finished(slack, asked.ts, DIRECT))
    assert "Port workers in Tangier ended their strike on Friday." in text_of(answer)
    assert "Word for word" in answer.blocks[0]["elements"][0]["text"]


def test_an_assistant_thread_begins_with_a_greeting_and_suggested_questions(
    slack: SlackServer, run_bot: Any, until: Any
) -> None:
    with run_bot(prompts="من وقّع الاتفاق؟ | What did the union accept?"):
        thread = slack.new_ts()
        pane = {"channel_id": DIRECT, "thread_ts": thread, "user_id": USER, "context": {}}
        slack.event({"type": "assistant_thread_started", "assistant_thread": pane, "event_ts": thread})
        [prompts] = until(lambda: slack.called("assistant.threads.setSuggestedPrompts"))
        assert [one["message"] for one in prompts.arguments["prompts"]] == [
            "من وقّع الاتفاق؟",
            "What did the union accept?",
        ]
        asked = slack.write("من وقّع اتفاق المعادن؟", channel=DIRECT, thread=thread)
        slack.tell(asked, channel=DIRECT)
        until(lambda: [one for one in slack.replies(thread, DIRECT) if one.blocks and not one.streaming])
        assert slack.called("assistant.threads.setStatus")[0].arguments["thread_ts"] == thread


def test_a_question_that_the_articles_do_not_answer_gets_kind_words_and_the_nearest_articles(
    slack: SlackServer, bot: Any, until: Any
) -> None:
    _, answer = mention(slack, until, f"<@{BOT_USER}> zzz qqq xyzzy?")
    assert "No evidence" in answer.blocks[0]["elements"][0]["text"]
    assert "https://marsa.example/canal" in answer.blocks[1]["text"]["text"]
    assert "Other words may help" in answer.blocks[2]["elements"][0]["text"]
    assert "feedback_buttons" in str(answer.blocks[-1])


def test_a_mention_without_words_is_told_how_to_ask(slack: SlackServer, bot: Any, until: Any) -> None:
    asked = slack.write(f"<@{BOT_USER}>")
    slack.tell(asked, kind="app_mention")
    [told] = until(lambda: [one for one in slack.replies(asked.ts) if not one.streaming])
    assert "Ask me a question" in told.text


def test_a_delivery_that_comes_again_is_answered_once_also_after_a_restart(
    slack: SlackServer, run_bot: Any, until: Any
) -> None:
    with run_bot():
        asked, _ = mention(slack, until)
        event = asked.as_json() | {"type": "app_mention", "channel": PUBLIC}
        for retry in (1, 2):
            slack.event(event, event_id="Ev1", retry=retry)
        slack.tell(asked)  # the same message, as an event of another kind
    with run_bot():
        slack.event(event, event_id="Ev1", retry=3)
        mention(slack, until)
    assert asks(slack) == 2
    assert len(slack.replies(asked.ts)) == 1


def test_its_own_and_other_apps_messages_are_ignored(slack: SlackServer, bot: Any, until: Any) -> None:
    asked, answer = mention(slack, until)
    slack.tell(answer)
    other = slack.write(MENTION, user="U0OTHERBOT")
    slack.tell(other, kind="app_mention", bot_id="B0OTHER")
    slack.tell(slack.write("ومتى تسري؟", thread=asked.ts, user="U0OTHERBOT"), bot_id="B0OTHER")
    slack.tell(slack.write("joined"), subtype="channel_join")
    mention(slack, until)
    assert asks(slack) == 2


def test_mentions_by_other_apps_are_answered_where_that_is_set(slack: SlackServer, run_bot: Any, until: Any) -> None:
    with run_bot(answer_bots=True):
        other = slack.write(MENTION, user="U0OTHERBOT")
        slack.tell(other, kind="app_mention", bot_id="B0OTHER")
        until(lambda: finished(slack, other.ts))


def test_an_edited_question_is_answered_again_in_the_same_message(slack: SlackServer, bot: Any, until: Any) -> None:
    asked, _ = mention(slack, until)
    previous, asked.text = asked.as_json(), f"<@{BOT_USER}> Did port workers in Tangier end their strike on Friday?"
    edited = asked.as_json() | {"edited": {"user": USER, "ts": slack.new_ts()}, "team": TEAM}
    change = {"type": "message", "subtype": "message_changed", "channel": PUBLIC, "channel_type": "channel"}
    for _ in range(2):
        slack.event(change | {"message": edited, "previous_message": previous, "ts": slack.new_ts()})
    [answer] = until(lambda: [one for one in slack.replies(asked.ts) if "edited" in str(one.blocks)])
    assert "ended their strike" in answer.text
    assert len(slack.replies(asked.ts)) == 1


def test_an_edit_while_an_older_edit_is_answered_goes_into_the_same_message(
    slack: SlackServer, bot: Any, until: Any
) -> None:
    asked, answer = mention(slack, until)
    change = {"type": "message", "subtype": "message_changed", "channel": PUBLIC, "channel_type": "channel"}
    slack.held["chat.update"] = "before"
    for text in ("ومتى تسري الرسوم؟", "Did port workers in Tangier end their strike on Friday?"):
        previous, asked.text = asked.as_json(), f"<@{BOT_USER}> {text}"
        edited = asked.as_json() | {"edited": {"user": USER, "ts": slack.new_ts()}, "team": TEAM}
        slack.event(change | {"message": edited, "previous_message": previous, "ts": slack.new_ts()})
        until(lambda: slack.called("chat.update"))
        slack.held.clear()
    until(lambda: "ended their strike" in answer.text)
    assert slack.replies(asked.ts) == [answer]


def test_a_preview_of_a_link_is_no_edit(slack: SlackServer, bot: Any, until: Any) -> None:
    asked, answer = mention(slack, until)
    change = {"type": "message", "subtype": "message_changed", "channel": PUBLIC, "channel_type": "channel"}
    unfurled = asked.as_json() | {"attachments": [{"title": "preview"}]}
    slack.event(change | {"message": unfurled, "previous_message": asked.as_json(), "ts": slack.new_ts()})
    mention(slack, until)
    assert asks(slack) == 2
    assert len(answer.versions) <= 2


def test_a_deleted_question_takes_its_answer_along(slack: SlackServer, bot: Any, until: Any) -> None:
    asked, _ = mention(slack, until)
    gone = {"type": "message", "subtype": "message_deleted", "channel": PUBLIC, "channel_type": "channel"}
    slack.event(gone | {"deleted_ts": asked.ts, "previous_message": asked.as_json(), "ts": slack.new_ts()})
    until(lambda: not slack.replies(asked.ts))
