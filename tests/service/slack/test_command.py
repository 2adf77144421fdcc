"""The command itself, as a process."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import click
import pytest
from slack_server import APP_TOKEN, BOT_TOKEN, SlackServer

from indexer.errors import EndpointError


@pytest.fixture
def environment(slack: SlackServer, service_address: str, tmp_path: Any) -> Mapping[str, str]:
    return {
        "MASDAR_SERVER": service_address,
        "MASDAR_SLACK_API": slack.url,
        "MASDAR_SLACK_BOT_TOKEN": BOT_TOKEN,
        "MASDAR_SLACK_APP_TOKEN": APP_TOKEN,
        "MASDAR_SLACK_STATE": str(tmp_path / "state"),
    }


@pytest.mark.slow
def test_check_says_whether_slack_and_the_service_answer(
    masdar: Callable[..., Any], environment: Mapping[str, str]
) -> None:
    right = masdar("slack", "--check", env=environment)
    assert (right.returncode, right.stderr) == (0, "")
    assert "the service answers over 4 articles" in right.stdout
    wrong = masdar("slack", "--check", env={**environment, "MASDAR_SLACK_BOT_TOKEN": "xoxb-wrong"})
    assert wrong.returncode == 5
    assert "MASDAR_SLACK_BOT_TOKEN" in wrong.stderr
    assert "xoxb-wrong" not in wrong.stderr
    away = masdar("slack", "--check", "--server", "http://127.0.0.1:9", env=environment)
    assert away.returncode == 6


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from service.cli.slack_command import slack as command

    monkeypatch.setitem(sys.modules, "slack_bolt", None)
    with pytest.raises(EndpointError, match=r"masdar\[slack\]"):
        command.main([], standalone_mode=False)
    assert isinstance(command, click.Command)
