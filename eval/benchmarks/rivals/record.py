"""What a run found, as one table for a terminal and as the record in ``eval/results/bench.json``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from eval.benchmarks.rivals.growing import SYSTEMS, Grown
from eval.benchmarks.rivals.once import Ratio
from eval.benchmarks.search import Timing
from eval.provenance import commit, machine, now, versions
from indexer.errors import BadInput

COMMAND = "make bench"
#: Packages that decide what the rivals take, besides those of every evaluation.
PACKAGES = ("llama-index-vector-stores-qdrant", "qdrant-client", "sentence-transformers", "torch")
#: Step -> what it is.
STEPS = {
    "dense": "search: nearest sentence vectors",
    "lexical": "search: passages that share words",
    "search": "passages for a question, its encoding included",
    "ask": "a whole answer",
}


@dataclass(slots=True)
class Record:
    """What was found so far.

    Attributes:
        left_out: what was not compared, with the reason.
        waits: what a user waits for, its seconds, its processor seconds.
    """

    ratios: list[Ratio] = field(default_factory=list)
    grown: list[Grown] = field(default_factory=list)
    waits: list[tuple[str, float, float]] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def all_ratios(self) -> list[Ratio]:
        """Those measured as such, and those of Masdar to the rival at each size that both have."""
        rivals = {row.measured.chunks: row for row in self.grown if row.system == "llamaindex"}
        ours = [row for row in self.grown if row.system == "masdar" and row.measured.chunks in rivals]
        return [*self.ratios, *(ratio for row in ours for ratio in _of_size(row, rivals[row.measured.chunks]))]

    def as_json(self) -> dict[str, Any]:
        """All of it, with commit, date, machine and versions."""
        return {
            "command": COMMAND,
            "commit": commit(),
            "date": now(),
            "machine": machine(),
            "versions": versions(PACKAGES),
            "ratios": [asdict(ratio) | {"times": round(ratio.times, 3)} for ratio in self.all_ratios()],
            "waits": [list(wait) for wait in self.waits],
            "left_out": self.left_out,
            "systems": SYSTEMS,
            "grown": [asdict(row) for row in self.grown],
        }

    def save(self, path: Path) -> None:
        """Write the JSON.

        Raises:
            BadInput: it cannot be written.
        """
        try:
            path.write_text(json.dumps(self.as_json(), ensure_ascii=False, indent=2) + "\n", "utf-8")
        except OSError as error:
            raise BadInput(f"{path} cannot be written ({error.strerror or error}); name another file") from error


def _of_size(ours: Grown, theirs: Grown) -> Iterator[Ratio]:
    """By processor time: other work of the machine makes the clock's say more of that work."""
    size, mine, other = f"{ours.measured.chunks:,} chunks", ours.measured, theirs.measured
    for step, what in STEPS.items():
        if step in mine.steps and step in other.steps:
            yield Ratio(f"{what}; {size}", mine.steps[step].cpu_p50, other.steps[step].cpu_p50, "ms of processor")
    yield Ratio(f"process start to first answer; {size}", mine.start_processor, other.start_processor, "s of processor")
    yield Ratio(f"writing given vectors; {size}", ours.made_processor, theirs.made_processor, "s of processor")
    yield Ratio(f"memory that no file backs; {size}", mine.anonymous_mb, other.anonymous_mb, "MB")
    yield Ratio(f"on the disk; {size}", ours.disk_mb, theirs.disk_mb, "MB")


def as_text(record: Record) -> Iterator[str]:
    """The lines of the report for a terminal."""
    yield f"{'':<72}{'Masdar':>12}{'instead':>12}{'ratio':>8}"
    for ratio in record.all_ratios():
        yield f"{ratio.what:<72}{ratio.ours:>12,.4g}{ratio.theirs:>12,.4g}{ratio.times:>8.2g}  {ratio.unit}"
    yield ""
    yield f"{'':<14}{'chunks':>9}{'start s':>9}{'MB':>8}{'disk MB':>9}" + "".join(f"{step:>22}" for step in STEPS)
    for row in record.grown:
        found = row.measured
        times = "".join(f"{_shown(found.steps.get(step)):>22}" for step in STEPS)
        sizes = f"{found.chunks:>9,}{found.start_seconds:>9}{found.anonymous_mb:>8,.0f}{row.disk_mb:>9,.0f}"
        yield f"{row.system:<14}{sizes}{times}"
    yield "milliseconds: p50 / p95 (processor p50)"
    yield ""
    yield from (
        f"{seconds:>8.2f} s ({processor:.2f} of processor)  {what}" for what, seconds, processor in record.waits
    )
    yield from (f"NOT COMPARED: {what}: {reason}" for what, reason in record.left_out.items())


def _shown(timing: Timing | None) -> str:
    return f"{timing.p50:.0f} / {timing.p95:.0f} ({timing.cpu_p50:.0f})" if timing else "-"
