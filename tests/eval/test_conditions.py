"""Figures that are written down, checked against commands that a scripted runner answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from eval.conditions import Condition, Outcome, Printed, own_conditions, read_conditions, verify
from indexer.errors import BadInput

COMMAND = ("masdar", "eval", "retrieval", "--dataset", "tiny", "--json")
RESULT = {"metrics": {"mrr@10": 0.75}, "queries": 4, "flag": True, "nan": float("nan")}


class Scripted:
    """Answers every command with the same; remembers what was run."""

    def __init__(self, code: int = 0, output: str = json.dumps(RESULT), errors: str = "") -> None:
        self._printed = Printed(code, output, errors)
        self.history: list[tuple[str, ...]] = []

    def __call__(self, command: Sequence[str]) -> Printed:
        self.history.append(tuple(command))
        return self._printed


def condition(
    expected: float = 0.75, tolerance: float = 0.0, path: tuple[str, ...] = ("metrics", "mrr@10")
) -> Condition:
    return Condition(COMMAND, path, expected, tolerance)


def outcome(runner: Scripted, one: Condition | None = None) -> tuple[Outcome, float | None, str]:
    (verdict,) = verify([one or condition()], runner)
    return verdict.outcome, verdict.value, verdict.reason


@pytest.mark.parametrize(
    ("expected", "tolerance", "wanted"),
    [(0.75, 0.0, "OK"), (0.7, 0.05, "OK"), (0.8, 0.05, "OK"), (0.7, 0.04, "FAIL"), (0.8, 0.04, "FAIL")],
)
def test_a_figure_is_compared_within_its_tolerance(expected: float, tolerance: float, wanted: str) -> None:
    assert outcome(Scripted(), condition(expected, tolerance)) == (wanted, 0.75, "")


@pytest.mark.parametrize("path", [("metrics",), ("metrics", "map"), ("flag",), ("nan",), ("queries", "deeper")])
def test_what_is_no_number_fails(path: tuple[str, ...]) -> None:
    found = outcome(Scripted(), condition(1.0, 100.0, path))
    assert found[:2] == (Outcome.FAIL, None)
    assert "no number there" in found[2]


def test_a_command_that_fails_is_a_failure_even_if_it_printed_the_figure() -> None:
    found = outcome(Scripted(code=1, errors="warning\nmasdar: the index is gone\n"))
    assert found == (Outcome.FAIL, None, "the command ended with exit code 1: masdar: the index is gone")


def test_output_that_is_no_json_fails() -> None:
    assert outcome(Scripted(output="all fine"))[0] == Outcome.FAIL


def test_an_absent_question_set_skips() -> None:
    found = outcome(Scripted(code=6, output="", errors="masdar: there is no question set 'tiny'"))
    assert found == (Outcome.SKIP, None, "masdar: there is no question set 'tiny'")


def test_a_command_of_several_conditions_runs_once() -> None:
    runner = Scripted()
    assert len(list(verify([condition(), condition(4, 0, ("queries",)), condition(0.1)], runner))) == 3
    assert runner.history == [COMMAND]


def test_conditions_are_read_from_yaml(tmp_path: Path) -> None:
    file = tmp_path / "conditions.yaml"
    file.write_text(
        "- command: [masdar, eval, retrieval, --dataset, tiny, --json]\n"
        "  path: [metrics, mrr@10]\n  expected: 0.75\n  tolerance: 0\n",
        "utf-8",
    )
    assert read_conditions(file) == [condition()]


GOOD = {"command": list(COMMAND), "path": ["queries"], "expected": 4, "tolerance": 0}


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([], "no list of conditions"),
        ({}, "no list of conditions"),
        ([GOOD, {"command": list(COMMAND)}], "condition 2: needs exactly the keys command, expected, path, tolerance"),
        ([GOOD | {"expected": "4"}], "must be numbers"),
        ([GOOD | {"tolerance": -1}], "must be numbers"),
        ([GOOD | {"tolerance": float("inf")}], "must be numbers"),
        ([GOOD | {"path": "queries"}], "path is 'queries'; write a list of strings"),
        ([GOOD | {"command": ["rm", "-r", "x"]}], "must begin with masdar eval and have --json"),
        ([GOOD | {"command": list(COMMAND[:-1])}], "must begin with masdar eval and have --json"),
    ],
)
def test_conditions_that_check_nothing_are_refused(tmp_path: Path, entries: object, message: str) -> None:
    file = tmp_path / "conditions.yaml"
    file.write_text(json.dumps(entries).replace("Infinity", ".inf"), "utf-8")  # JSON is YAML
    with pytest.raises(BadInput, match=message):
        read_conditions(file)


def test_a_file_that_is_missing_or_no_yaml_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("[", "utf-8")
    for name in ("bad.yaml", "absent.yaml"):
        with pytest.raises(BadInput, match=f"{name} cannot be read"):
            read_conditions(tmp_path / name)


def test_the_conditions_that_come_with_masdar_can_be_read() -> None:
    assert read_conditions(own_conditions())
