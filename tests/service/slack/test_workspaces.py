"""HTTP mode with signatures, installation in several workspaces, their rules, and the settings."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import shutil
import stat
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from pydantic import SecretStr
from served import fake_service, serving
from slack_server import BOT_USER, PUBLIC, SECRET, TEAM, USER, SlackServer

from indexer.errors import BadInput
from service.api.app import create_app
from service.api.security.keys import KeyFile
from service.settings import Settings
from service.slack.app import SCOPES
from service.slack.rules import read_workspaces
from service.slack.settings import SlackSettings, load_slack_settings

ROOT = Path(__file__).parents[3]
MENTION = f"<@{BOT_USER}> ما نسبة زيادة رسوم عبور السفن؟"


def address_of(running: Any) -> str:
    found: str = next(word for word in running.told.split() if word.startswith("http://")).rstrip(".")
    return found.partition("/slack/")[0]


def signed(body: str, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}", "Content-Type": "application/json"}


def envelope(slack: SlackServer, text: str = MENTION, team: str = TEAM) -> tuple[str, str]:
    asked = slack.write(text)
    event = asked.as_json() | {"type": "app_mention", "channel": PUBLIC, "team": team}
    body = {"type": "event_callback", "team_id": team, "event": event, "event_id": "Ev1"}
    return json.dumps(body | {"authorizations": [{"team_id": team, "user_id": BOT_USER, "is_bot": True}]}), asked.ts


def test_in_http_mode_signed_requests_are_answered_and_others_refused(
    slack: SlackServer, run_bot: Any, until: Any
) -> None:
    with run_bot(mode="http", app_token=None) as running:
        events = f"{address_of(running)}/slack/events"
        body, ts = envelope(slack)
        for headers in ({}, signed(body, "another"), signed(body, at=time.time() - 600)):
            assert httpx.post(events, content=body, headers=headers).status_code == 401
        begun = time.monotonic()
        assert httpx.post(events, content=body, headers=signed(body)).status_code == 200
        assert time.monotonic() - begun < 3
        until(lambda: [one for one in slack.replies(ts) if one.blocks and not one.streaming])
        assert len(slack.replies(ts)) == 1
        challenge = json.dumps({"type": "url_verification", "challenge": "c"})
        assert "c" in httpx.post(events, content=challenge, headers=signed(challenge)).text


def install(address: str, team: str) -> httpx.Response:
    """What a browser does with the installation page, and with Slack's page behind it."""
    with httpx.Client(base_url=address) as browser:
        page = browser.get("/slack/install")
        state = page.headers["set-cookie"].partition("=")[2].partition(";")[0]
        cookie = {"Cookie": f"slack-app-oauth-state={state}"}
        return browser.get("/slack/oauth_redirect", params={"code": team, "state": state}, headers=cookie)


def test_several_workspaces_install_the_app_and_are_answered_with_their_own_tokens(
    slack: SlackServer, run_bot: Any, until: Any, tmp_path: Path
) -> None:
    own = {"bot_token": None, "client_id": "1.2", "client_secret": SecretStr("client-secret"), "answer_bots": False}
    with run_bot(**own) as running:
        for team in ("T0FIRST", "T0SECOND"):
            assert install(address_of(running), team).status_code == 200
        for team in ("T0FIRST", "T0SECOND"):
            asked = slack.write(MENTION)
            event = asked.as_json() | {"type": "app_mention", "channel": PUBLIC, "team": team}
            slack.event(event, team=team)
            until(lambda ts=asked.ts: [one for one in slack.replies(ts) if one.blocks and not one.streaming])
            assert slack.called("chat.startStream")[-1].token == f"xoxb-{team}"
        folder = tmp_path / "slack" / "installations"
        slack.event({"type": "app_uninstalled"}, team="T0FIRST")
        until(lambda: not list(folder.glob("*T0FIRST/bot-*")))
        assert list(folder.glob("*T0SECOND/bot-*")), "the other workspace's token stays"
        assert running.do(running.bot.client_of(None, "T0FIRST")) is None
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700, "tokens are for this user alone"


def test_a_forged_installation_is_refused(slack: SlackServer, run_bot: Any) -> None:
    own = {"bot_token": None, "client_id": "1.2", "client_secret": SecretStr("client-secret")}
    with run_bot(**own) as running:
        forged = httpx.get(f"{address_of(running)}/slack/oauth_redirect", params={"code": "T0X", "state": "guessed"})
        assert forged.status_code == 400
    assert "xoxb-T0X" not in slack.tokens


@pytest.fixture
def rules(tmp_path: Path) -> Any:
    def write(content: object) -> Path:
        path = tmp_path / "workspaces.json"
        path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        return path

    return write


def test_a_channel_that_is_not_allowed_is_told_where_to_ask(
    slack: SlackServer, run_bot: Any, until: Any, rules: Any
) -> None:
    with run_bot(workspaces=rules({TEAM: {"channels": ["C0ASK"]}})):
        asked = slack.write(MENTION)
        slack.tell(asked, kind="app_mention")
        until(lambda: slack.ephemeral)
        assert slack.ephemeral == [(PUBLIC, USER, "لم أُهيَّأ للإجابة في هذه القناة. يمكنك أن تسألني في <#C0ASK>.")]
        assert not slack.replies(asked.ts)


def test_a_workspace_is_answered_from_its_sources_alone(
    slack: SlackServer, run_bot: Any, until: Any, rules: Any
) -> None:
    with run_bot(workspaces=rules({"*": {"sources": ["Harbour Post"]}})):
        asked = slack.write(MENTION)
        slack.tell(asked, kind="app_mention")
        [answer] = until(lambda: [one for one in slack.replies(asked.ts) if one.blocks and not one.streaming])
        assert "جريدة المرسى" not in str(answer.blocks)


@pytest.mark.parametrize("content", [{"T1": {"channel": ["C1"]}}, {"T1": {"channels": "C1"}}, ["T1"]])
def test_a_mistake_in_the_rules_is_named(rules: Any, content: object) -> None:
    with pytest.raises(BadInput, match=r"workspaces\.json"):
        read_workspaces(rules(content))


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, "MASDAR_SLACK_APP_TOKEN and MASDAR_SLACK_BOT_TOKEN"),
        ({"MODE": "http", "BOT_TOKEN": "xoxb-1"}, "MASDAR_SLACK_SIGNING_SECRET"),
        ({"CLIENT_ID": "1.2", "APP_TOKEN": "xapp-1"}, "MASDAR_SLACK_CLIENT_SECRET"),
        ({"MODE": "carrier pigeon"}, "MASDAR_SLACK_MODE"),
    ],
)
def test_settings_that_are_incomplete_are_named(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], missing: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"MASDAR_SLACK_{name}", value)
    with pytest.raises(BadInput, match=missing):
        load_slack_settings()


def test_a_key_that_may_only_read_is_enough(
    slack: SlackServer, run_bot: Any, until: Any, small_index: Path, tmp_path: Path
) -> None:
    store = shutil.copytree(small_index, tmp_path / "store")
    key = KeyFile(tmp_path / "keys.json").add("slack", ["read"])
    app = create_app(Settings(store=store, keys=tmp_path / "keys.json"), opener=fake_service)
    with serving(app) as address, run_bot(address=address, key=key):
        asked = slack.write(MENTION)
        slack.tell(asked, kind="app_mention")
        [answer] = until(lambda: [one for one in slack.replies(asked.ts) if one.blocks and not one.streaming])
        slack.click(answer, answer.blocks[-2]["elements"][0])
        until(lambda: [view for view in slack.views.values() if "رسوم العبور" in str(view)])
        rating = answer.blocks[-1]["elements"][0]
        up = {"type": "feedback_buttons", "action_id": rating["action_id"], "value": rating["positive_button"]["value"]}
        slack.click(answer, up)
        until(lambda: slack.ephemeral)
        assert "شكرًا" in slack.ephemeral[0][2]


def test_every_setting_of_the_bot_is_documented() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text("utf-8")
    names = [f"MASDAR_SLACK_{name.upper()}" for name in SlackSettings.model_fields]
    assert [name for name in names if f"`{name}`" not in documented] == []


def test_the_manifest_asks_for_what_the_bot_uses_and_nothing_else() -> None:
    manifest = yaml.safe_load((ROOT / "deploy" / "slack-manifest.yaml").read_text("utf-8"))
    assert sorted(manifest["oauth_config"]["scopes"]["bot"]) == sorted(SCOPES)
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["features"]["slash_commands"][0]["command"] == "/masdar"
    assert manifest["features"]["shortcuts"][0]["callback_id"] == "masdar_ask_about"
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == {
        "app_mention",
        "app_uninstalled",
        "assistant_thread_started",
        "assistant_thread_context_changed",
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
        "tokens_revoked",
    }


def test_the_manifest_keeps_to_slacks_limits() -> None:
    # Those of Slack's published schema (slackapi/manifest-schema, 1.0.0).
    manifest = yaml.safe_load((ROOT / "deploy" / "slack-manifest.yaml").read_text("utf-8"))
    about, features = manifest["display_information"], manifest["features"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4_000
    assert all(len(one["name"]) <= 24 and len(one["description"]) <= 150 for one in features["shortcuts"])
    assert {one["type"] for one in features["shortcuts"]} <= {"message", "global"}
    assert all(re.fullmatch(r"/.{1,31}", one["command"]) for one in features["slash_commands"])
