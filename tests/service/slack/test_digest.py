"""Topics that channels follow."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from slack_server import PUBLIC, Fault, SlackServer

from service.slack.digest import PERIODS

TOPIC = "رسوم عبور السفن"
NEW = {
    "id": "raise",
    "title": "زيادة جديدة",
    "text": "أعلنت هيئة القناة زيادة رسوم عبور السفن للمرة الثانية هذا العام.",
    "source": "وكالة النيل",
    "url": "https://nile.example/raise",
}


@pytest.fixture
def put(service_address: str) -> Any:
    """Indexes articles at the service; they are removed afterwards."""
    ids: list[str] = []
    with httpx.Client(base_url=service_address, timeout=30) as client:

        def add(*articles: dict[str, Any]) -> None:
            today = datetime.now(UTC).isoformat()
            job = client.post(
                "/v1/articles", json={"articles": [{"published_at": today} | one for one in articles]}
            ).json()
            ids.extend(one["id"] for one in articles)
            path = f"/v1/jobs/{job['job']['id']}"
            while client.get(path).json()["state"] not in {"done", "failed"}:
                time.sleep(0.02)

        yield add
        for name in ids:
            client.delete(f"/v1/articles/{name}")


def look(running: Any, days: int = 1) -> int:
    """What the clock does when so many days have passed; how many articles were posted."""
    now = time.time() + days * PERIODS["daily"] + 60
    count: int = running.do(running.bot.digests.look(running.bot.client_of, now))
    return count


def posted(slack: SlackServer) -> Sequence[str]:
    return [str(one.blocks) for one in slack.conversations[PUBLIC] if "جديد عن" in one.text]


def follow(slack: SlackServer, until: Any, topic: str = TOPIC) -> None:
    before = len(slack.conversations[PUBLIC])
    slack.command(f"follow {topic}")
    until(lambda: len(slack.conversations[PUBLIC]) > before)


def test_new_articles_on_a_topic_are_posted_once(slack: SlackServer, bot: Any, until: Any, put: Any) -> None:
    follow(slack, until)
    assert "كل يوم" in slack.conversations[PUBLIC][-1].text
    assert look(bot) == 0, "what was there before is no news"
    put(NEW)
    assert bot.do(bot.bot.digests.look(bot.bot.client_of)) == 0, "not before it is due"
    assert look(bot, 2) == 1
    assert "https://nile.example/raise" in posted(slack)[0]
    assert look(bot, 3) == 0
    assert len(posted(slack)) == 1


def test_copies_of_an_article_are_not_posted_beside_it_nor_later(
    slack: SlackServer, bot: Any, until: Any, put: Any
) -> None:
    follow(slack, until)
    put(NEW, NEW | {"id": "copy-1", "source": "جريدة المرسى", "url": "https://marsa.example/copy"})
    assert look(bot) == 1
    put(NEW | {"id": "copy-2", "source": "مجهول", "url": "https://other.example/copy"})
    assert look(bot, 3) == 0


def test_a_topic_is_followed_once_listed_and_left(slack: SlackServer, bot: Any, until: Any) -> None:
    follow(slack, until, f"{TOPIC} أسبوعيا")
    slack.command(f"follow   {TOPIC}")
    until(lambda: "من قبل" in slack.conversations[PUBLIC][-1].text)
    slack.command("قائمة")
    until(lambda: slack.responses)
    assert f"«{TOPIC}»، كل أسبوع" in slack.responses[-1]["text"]
    slack.command("unfollow رسوم عبور السُفن")
    until(lambda: len(slack.responses) == 2)
    assert "لم تعد" in slack.responses[-1]["text"]
    slack.command("list")
    until(lambda: len(slack.responses) == 3)
    assert "follows nothing" in slack.responses[-1]["text"]


def test_a_topic_stays_due_while_slack_or_the_service_is_away(
    slack: SlackServer, bot: Any, until: Any, put: Any
) -> None:
    follow(slack, until)
    put(NEW)
    slack.fail("chat.postMessage", Fault("fatal_error"))
    assert look(bot) == 0
    assert look(bot) == 1


def test_a_channel_that_is_closed_to_the_bot_is_tried_again_an_hour_later(
    slack: SlackServer, bot: Any, until: Any, put: Any
) -> None:
    follow(slack, until)
    put(NEW)
    slack.fail("chat.postMessage", Fault("is_archived"))
    assert look(bot) == 0
    before = len(slack.calls)
    assert look(bot) == 0
    assert len(slack.calls) == before
    assert look(bot, 2) == 1


def test_a_channel_that_the_rules_have_closed_gets_no_digest(
    slack: SlackServer, run_bot: Any, until: Any, put: Any, tmp_path: Path
) -> None:
    with run_bot():
        follow(slack, until)
    put(NEW)
    rules = tmp_path / "rules.json"
    rules.write_text('{"*": {"channels": ["C0OTHER"]}}', "utf-8")
    with run_bot(workspaces=rules) as running:
        assert look(running) == 0
    assert not posted(slack)


def test_follows_outlive_a_restart(slack: SlackServer, run_bot: Any, until: Any, put: Any) -> None:
    with run_bot():
        follow(slack, until)
    put(NEW)
    with run_bot() as running:
        assert look(running) == 1


def test_where_the_bot_cannot_write_nothing_is_followed(
    slack: SlackServer, bot: Any, until: Any, tmp_path: Path
) -> None:
    slack.command(f"follow {TOPIC}", channel="C0ELSEWHERE")
    until(lambda: slack.responses)
    assert "/invite" in slack.responses[0]["text"]
    slack.command("list", channel="C0ELSEWHERE")
    until(lambda: len(slack.responses) == 2)
    assert "follows nothing" in slack.responses[1]["text"]
