"""What a round of a fault is, and what rounds come to."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from eval.faults.processes import Nursery


@dataclass(frozen=True, slots=True)
class Round:
    """A fault that was injected once.

    Attributes:
        fault: what was done.
        losses: what was lost or wrong afterwards; empty where nothing was.
        seconds: from the start of the next process, or from the end of the fault, until all was as it should be.
        said: what the process said of the fault, where it said anything.
    """

    fault: str
    losses: list[str] = field(default_factory=list)
    seconds: float = 0.0
    said: str = ""


@dataclass(slots=True)
class Bench:
    """Where faults are injected.

    Attributes:
        nursery: starts processes.
        folder: for indexes and files of articles.
        draw: draws the moments.
        qdrant: address of a Qdrant server; None where there is none.
    """

    nursery: Nursery
    folder: Path
    draw: random.Random
    qdrant: str | None = None

    def room(self, name: str) -> Path:
        """A new folder."""
        path = self.folder / name
        path.mkdir(parents=True)
        return path


#: Injects a fault so often.
Scenario = Callable[[Bench, int], Iterator[Round]]


@dataclass(frozen=True, slots=True)
class Tally:
    """The rounds of a fault.

    Attributes:
        rounds: how many there were.
        losses: in how many of them something was lost or wrong.
        median_seconds, longest_seconds: until all was as it should be.
        examples: of what was lost.
        said: what processes said of it, each sentence once, three at most.
    """

    fault: str
    rounds: int
    losses: int
    median_seconds: float
    longest_seconds: float
    examples: list[str]
    said: list[str]


def tallies(rounds: Iterable[Round]) -> list[Tally]:
    """The rounds by fault, in the order in which these were first met."""
    by_fault: dict[str, list[Round]] = {}
    for one in rounds:
        by_fault.setdefault(one.fault, []).append(one)
    return [_tally(fault, found) for fault, found in by_fault.items()]


def _tally(fault: str, found: list[Round]) -> Tally:
    seconds = [one.seconds for one in found]
    losses = [one for one in found if one.losses]
    return Tally(
        fault=fault,
        rounds=len(found),
        losses=len(losses),
        median_seconds=round(median(seconds), 2),
        longest_seconds=round(max(seconds), 2),
        examples=[loss for one in losses for loss in one.losses][:3],
        said=list(dict.fromkeys(one.said for one in found if one.said))[:3],
    )


def as_record(found: Iterable[Tally]) -> list[dict[str, Any]]:
    """Tallies as JSON values."""
    return [asdict(one) for one in found]
