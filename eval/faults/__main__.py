"""``python -m eval.faults``: inject faults into real processes, and count what is lost."""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from eval.errors import FaultRunFailed, NotInjectable
from eval.faults.absent import absent_qdrant, failing_model
from eval.faults.clocks import jumped_serving, jumped_watching
from eval.faults.disks import (
    damaged_files,
    damaged_model,
    full_disk_indexing,
    full_disk_serving,
    little_memory,
    read_only_disk,
)
from eval.faults.killing import killed_indexing, killed_syncing
from eval.faults.processes import nursery
from eval.faults.rounds import Bench, Round, Scenario, Tally, as_record, tallies
from eval.faults.serving import killed_serving
from eval.provenance import commit, machine, now
from indexer.errors import MasdarError

#: Each fault, and in how many of a hundred rounds it is injected.
SCENARIOS: Final[dict[str, tuple[Scenario, int]]] = {
    "full-index": (full_disk_indexing, 4),
    "full-serve": (full_disk_serving, 4),
    "read-only": (read_only_disk, 2),
    "damage": (damaged_files, 15),
    "model-cache": (damaged_model, 2),
    "memory": (little_memory, 4),
    "clock-watch": (jumped_watching, 3),
    "clock-serve": (jumped_serving, 3),
    "llm": (failing_model, 6),
    "qdrant": (absent_qdrant, 4),
    "kill-index": (killed_indexing, 25),
    "kill-sync": (killed_syncing, 25),
    "kill-serve": (killed_serving, 25),
}


@click.command()
@click.option("--rounds", default=100, show_default=True, help="100 are 75 kills and some 45 other faults.")
@click.option("--only", multiple=True, type=click.Choice(list(SCENARIOS)), help="Only this fault; may be repeated.")
@click.option("--qdrant", metavar="URL", help="A Qdrant server that a proxy hides now and then.")
@click.option("--seed", default=2025, show_default=True, help="Of the moments that are drawn.")
@click.option("--json", "target", type=click.Path(path_type=Path), metavar="FILE", help="Also write the record here.")
def main(rounds: int, only: tuple[str, ...], qdrant: str | None, seed: int, target: Path | None) -> None:
    """Kill, starve and cut off real processes of Masdar, and count what they lose.

    The exit code is 1 where anything was lost.
    """
    rounds_done: list[Round] = []
    skipped: list[str] = []
    made, begun = commit(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder, nursery(Path(folder) / "logs") as processes:
        bench = Bench(processes, Path(folder) / "rooms", random.Random(seed), qdrant)  # noqa: S311  (no secret)
        try:
            for one in _injected(bench, rounds, only, skipped):
                rounds_done.append(one)
        except MasdarError as error:
            raise click.ClickException(str(error)) from error
        except KeyboardInterrupt:
            skipped.append("the rest: it was interrupted")
    found = tallies(rounds_done)
    for line in _lines(found, skipped):
        click.echo(line)
    if target:
        record = {"commit": made, "date": now(), "machine": machine(), "seconds": round(time.monotonic() - begun)}
        _write(target, record | {"figures": [_figure(found)], "faults": as_record(found), "not_injected": skipped})
    if any(one.losses for one in found):
        sys.exit(1)


def _injected(bench: Bench, rounds: int, only: tuple[str, ...], skipped: list[str]) -> Iterator[Round]:
    for name, (scenario, share) in SCENARIOS.items():
        if only and name not in only:
            continue
        try:
            for one in scenario(bench, max(1, rounds * share // 100)):
                click.echo(f"{one.fault}: {'; '.join(one.losses) or 'nothing lost'} ({one.seconds:.1f} s)", err=True)
                yield one
        except NotInjectable as reason:
            skipped.append(f"{name}: {reason}")
        except FaultRunFailed as failure:  # it did not come back: the worst of losses
            yield Round(name, [str(failure)])


def _lines(found: list[Tally], skipped: list[str]) -> Iterator[str]:
    yield "| fault | rounds | with losses | recovery, median / longest |"
    yield "|---|---|---|---|"
    for one in found:
        recovery = f"{one.median_seconds:.1f} s / {one.longest_seconds:.1f} s"
        yield f"| {one.fault} | {one.rounds} | {one.losses} | {recovery} |"
    yield f"{sum(one.rounds for one in found)} rounds, {sum(one.losses for one in found)} with losses"
    for one in found:
        for said in one.said:
            yield f"{one.fault}: {said}"
        for example in one.examples:
            yield f"LOST, {one.fault}: {example}"
    for reason in skipped:
        yield f"not injected: {reason}"


def _figure(found: list[Tally]) -> dict[str, str]:
    """The row of the table of results."""
    rounds, lost = sum(one.rounds for one in found), sum(one.losses for one in found)
    return {"what": "faults injected into real processes: rounds in which anything was lost", "value": str(lost)} | {
        "n": f"{rounds} rounds of {len(found)} faults"
    }


def _write(target: Path, record: dict[str, object]) -> None:
    command = "python -m " + " ".join(["eval.faults", *sys.argv[1:]])
    target.write_text(json.dumps({"command": command} | record, ensure_ascii=False, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
