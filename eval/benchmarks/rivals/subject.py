"""One system at one size in a process of its own, so that its start and its memory are its own.

Prints JSON: seconds from the start of the process to the first answer, milliseconds of each step, megabytes.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import click

from eval.benchmarks.rivals.systems import Opened, open_llamaindex, open_masdar
from eval.benchmarks.search import Stopwatch, Timing
from indexer.encoder.bundled import BundledEncoder

OPENERS = {"masdar": open_masdar, "masdar-light": open_masdar, "llamaindex": open_llamaindex}


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process took.

    Attributes:
        start_seconds: from its start to its first answer.
        start_processor: the processor seconds of that.
        steps: the times of each step over all questions.
        anonymous_mb: memory that no file backs, after the questions.
        resident_mb: all that is in memory, pages of the index's files included.
    """

    chunks: int
    start_seconds: float
    start_processor: float
    steps: dict[str, Timing]
    anonymous_mb: float
    resident_mb: float


def measure(opening: AbstractContextManager[Opened], questions: Sequence[str], began: float) -> Measured:
    """Open an index and ask all questions; ``began`` is when the process did, in Unix time."""
    with opening as opened:
        opened.ask(questions[0], Stopwatch())
        start, processor = time.time() - began, time.process_time()
        watch = Stopwatch()
        for question in questions:
            opened.ask(question, watch)
        taken = (round(start, 2), round(processor, 2), watch.timings())
        return Measured(opened.chunks, *taken, _memory("RssAnon"), _memory("VmRSS"))


def _memory(name: str) -> float:
    """A line of /proc/self/status in megabytes. Linux only."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) * 1024 / 1e6, 1)


def read(printed: str) -> Measured:
    """What a process of this module printed."""
    found = json.loads(printed)
    return Measured(**found | {"steps": {name: Timing(**step) for name, step in found["steps"].items()}})


@click.command()
@click.argument("system", type=click.Choice(sorted(OPENERS)))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--questions", type=click.Path(path_type=Path), required=True, help="JSON: a list of strings.")
@click.option("--began", type=float, required=True, help="When the process was started, in Unix time.")
def main(system: str, folder: Path, questions: Path, began: float) -> None:
    """Measure SYSTEM over the index in FOLDER."""
    asked = json.loads(questions.read_text("utf-8"))
    measured = measure(OPENERS[system](folder, BundledEncoder()), asked, began)
    click.echo(json.dumps(dataclasses.asdict(measured)))


if __name__ == "__main__":
    main()
