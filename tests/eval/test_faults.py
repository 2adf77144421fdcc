"""The fault harness: a few rounds of each kind lose nothing, and what is lost would be told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import qdrant_server
from click.testing import CliRunner

from eval.errors import FaultRunFailed, NotInjectable
from eval.faults import __main__ as harness
from eval.faults.rounds import Round, tallies


@pytest.mark.slow
def test_a_few_rounds_of_faults_in_real_processes_lose_nothing(tmp_path: Path) -> None:
    record = tmp_path / "faults.json"
    with qdrant_server.running() as server:
        chosen = [f"--only={name}" for name in ("kill-index", "kill-sync", "kill-serve", "damage", "qdrant")]
        outcome = CliRunner().invoke(
            harness.main, ["--rounds", "4", *chosen, "--qdrant", server.url, "--json", str(record)]
        )
    assert outcome.exit_code == 0, outcome.output
    written = json.loads(record.read_text("utf-8"))
    assert {"command", "commit", "date"} <= written.keys()
    assert written["figures"][0]["value"] == "0"
    assert [one for one in written["faults"] if one["losses"]] == []
    # A kill may come when the process is over already, and is no round then.
    assert {one["fault"] for one in written["faults"]} >= {
        *("kill -9 while serving", "a damaged file of the index", "a Qdrant server that goes and comes back"),
    }


def test_losses_are_counted_shown_and_end_with_1(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def lossy(bench: object, rounds: int) -> list[Round]:
        return [
            Round("pulled the plug", ["n1 is missing"] if number else [], float(number)) for number in range(rounds)
        ]

    def impossible(bench: object, rounds: int) -> list[Round]:
        raise NotInjectable("no plug here")

    def endless(bench: object, rounds: int) -> list[Round]:
        raise FaultRunFailed("the service did not come back")

    scenarios = {"plug": (lossy, 100), "none": (impossible, 100), "end": (endless, 100)}
    monkeypatch.setattr(harness, "SCENARIOS", scenarios)
    outcome = CliRunner().invoke(harness.main, ["--rounds", "3"])
    assert outcome.exit_code == 1
    assert "| pulled the plug | 3 | 2 | 1.0 s / 2.0 s |" in outcome.output
    assert "LOST, pulled the plug: n1 is missing" in outcome.output
    assert "not injected: none: no plug here" in outcome.output
    assert "LOST, end: the service did not come back" in outcome.output


def test_what_processes_said_is_told_once() -> None:
    (tally,) = tallies([Round("f", said="same"), Round("f", said="same"), Round("f", said="other")])
    assert (tally.said, tally.losses, tally.rounds) == (["same", "other"], 0, 3)
