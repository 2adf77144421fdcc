"""The run of docs/slack.md: the real service with the real model, and the real command, as processes."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import Any

import pytest
from slack_server import SlackServer

PAGE = Path(__file__).parents[3] / "docs" / "slack_run.py"


@pytest.fixture
def run_of_the_page() -> Any:
    spec = importlib.util.spec_from_file_location("slack_run", PAGE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_the_recorded_run_happens(run_of_the_page: Any, slack: SlackServer, demo_index: Path, tmp_path: Path) -> None:
    store = Path(shutil.copytree(demo_index, tmp_path / "store"))
    lines = run_of_the_page.recorded(slack, store, tmp_path / "state")
    mention, follow_up, thumbs, case, duplicate, left, killed = lines
    assert "chat.startStream" in mention
    assert "منصة رواق" in mention
    assert "وقّعت الولايات المتحدة وأوكرانيا في واشنطن" in follow_up
    assert "شكرًا" in thumbs
    assert '"reason": "off"' in case
    assert "0 calls of the bot" in duplicate
    assert "in 1 message" in left
    assert "لقاء مغلق" in left
    assert "is waiting for the archive" in killed
    assert "Masdar, in 1 message" in killed
