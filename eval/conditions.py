"""Figures that are written down, and whether the program still gives them.

A condition is a command, the place of a figure in what it prints, the figure expected and how far from it is well
(the idea: pyserini's two-click reproductions). Whatever keeps a command from giving the figure fails the condition;
only a question set that is not on this machine skips it.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from eval.errors import DatasetAbsent
from eval.extras import library
from indexer.errors import BadInput

#: The start of every command, and what it stands for: the same program, whatever is first on the search path.
_PREFIX = ["masdar", "eval"]
_KEYS = {"command", "path", "expected", "tolerance"}


class Outcome(StrEnum):
    """What became of a condition."""

    OK = "OK"
    FAIL = "FAIL"
    SKIP = "SKIP"


@dataclass(frozen=True, slots=True)
class Condition:
    """A command (its words), the keys to a figure in its JSON, and the figure within a tolerance."""

    command: tuple[str, ...]
    path: tuple[str, ...]
    expected: float
    tolerance: float


@dataclass(frozen=True, slots=True)
class Printed:
    """What a command left: exit code, standard output, standard error."""

    code: int
    output: str
    errors: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A condition with its outcome; ``value`` is None, and ``reason`` says why, where there is no figure."""

    condition: Condition
    outcome: Outcome
    value: float | None
    reason: str


Runner = Callable[[Sequence[str]], Printed]


def own_conditions() -> Path:
    """The conditions that come with Masdar."""
    return Path(__file__).with_name("conditions.yaml")


def read_conditions(path: Path) -> list[Condition]:
    """Read conditions from YAML.

    Raises:
        BadInput: the file cannot be read, holds none, or one of them lacks something.
    """
    try:
        entries = library("yaml").safe_load(path.read_text("utf-8"))
    except (OSError, ValueError, library("yaml").YAMLError) as error:
        raise BadInput(f"the conditions {path} cannot be read: {error}") from error
    if not isinstance(entries, list) or not entries:
        raise BadInput(f"{path} has no list of conditions, so nothing would be checked")
    return [_condition(path, number, entry) for number, entry in enumerate(entries, 1)]


def _condition(path: Path, number: int, entry: object) -> Condition:
    if not isinstance(entry, dict) or set(entry) != _KEYS:
        raise BadInput(f"{path}, condition {number}: needs exactly the keys {', '.join(sorted(_KEYS))}")
    command, keys = entry["command"], entry["path"]
    expected, tolerance = _number(entry["expected"]), _number(entry["tolerance"])
    for name, value in (("command", command), ("path", keys)):
        if not isinstance(value, list) or not value or not all(isinstance(word, str) for word in value):
            raise BadInput(f"{path}, condition {number}: {name} is {value!r}; write a list of strings")
    if command[: len(_PREFIX)] != _PREFIX or "--json" not in command:
        raise BadInput(f"{path}, condition {number}: the command must begin with masdar eval and have --json")
    if expected is None or tolerance is None or tolerance < 0:
        raise BadInput(f"{path}, condition {number}: expected and tolerance must be numbers, the tolerance not below 0")
    return Condition(tuple(command), tuple(keys), expected, tolerance)


def run_here(command: Sequence[str]) -> Printed:
    """Run the command as a process, by this Python and with this environment."""
    words = [sys.executable, "-m", "service.cli", *command[1:]]
    run = subprocess.run(words, capture_output=True, encoding="utf-8", check=False)  # noqa: S603  (words, no shell)
    return Printed(run.returncode, run.stdout, run.stderr)


def verify(conditions: Sequence[Condition], runner: Runner = run_here) -> Iterator[Verdict]:
    """Check conditions one by one; a command that several share runs once."""
    printed: dict[tuple[str, ...], Printed] = {}
    for condition in conditions:
        if condition.command not in printed:
            printed[condition.command] = runner(condition.command)
        yield _judge(condition, printed[condition.command])


def _judge(condition: Condition, printed: Printed) -> Verdict:
    if printed.code == DatasetAbsent.exit_code:
        return Verdict(condition, Outcome.SKIP, None, _last_line(printed.errors))
    if printed.code != 0:
        reason = f"the command ended with exit code {printed.code}: {_last_line(printed.errors)}"
        return Verdict(condition, Outcome.FAIL, None, reason)
    try:
        found: Any = json.loads(printed.output)
    except ValueError as error:
        return Verdict(condition, Outcome.FAIL, None, f"the command did not print JSON: {error}")
    for key in condition.path:
        found = found.get(key) if isinstance(found, Mapping) else None
    value = _number(found)
    if value is None:
        return Verdict(condition, Outcome.FAIL, None, f"the result has no number there but {found!r}")
    # The bound itself is within, whatever rounding of decimal fractions says.
    near = abs(value - condition.expected) <= condition.tolerance + 1e-9
    return Verdict(condition, Outcome.OK if near else Outcome.FAIL, value, "")


def _number(value: object) -> float | None:
    """The value as a finite number; None where it is none (True is none either)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _last_line(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "it said nothing")
