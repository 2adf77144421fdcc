"""``masdar eval verify``."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import click

from eval.conditions import Outcome, Verdict, own_conditions, read_conditions
from eval.conditions import verify as check
from eval.datasets import datasets_folder
from service.cli.options import json_option, print_json


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder of question sets.  [default: MASDAR_DATASETS]")
@click.option("--conditions", type=click.Path(path_type=Path), help="Conditions to check.  [default: Masdar's own]")
@json_option
def verify(data: Path | None, conditions: Path | None, as_json: bool) -> None:
    """Run the commands of conditions.yaml and compare their figures with those written down.

    Prints OK, FAIL or SKIP (the question set is not on this machine) a condition. The exit code is 1 on a FAIL.
    """
    wanted = read_conditions(conditions or own_conditions())
    if data:
        os.environ["MASDAR_DATASETS"] = str(datasets_folder(data).resolve())  # for the commands to come
    verdicts = []
    for verdict in check(wanted):
        verdicts.append(verdict)
        if not as_json:
            click.echo(_line(verdict))
    counts = Counter(verdict.outcome for verdict in verdicts)
    if as_json:
        print_json([_entry(verdict) for verdict in verdicts])
    click.echo(", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome), err=as_json)
    if counts[Outcome.SKIP]:
        click.echo(
            f"NOT CHECKED: {counts[Outcome.SKIP]} of {len(verdicts)} conditions, for want of their question sets; "
            "give --data or set MASDAR_DATASETS",
            err=True,
        )
    if counts[Outcome.FAIL]:
        raise SystemExit(1)


def _line(verdict: Verdict) -> str:
    condition = verdict.condition
    found = verdict.reason if verdict.value is None else f"{verdict.value:g}"
    wanted = f"{condition.expected:g} ± {condition.tolerance:g}"
    name = f"{' '.join(condition.command)} : {' '.join(condition.path)}"
    return (
        f"{verdict.outcome:<5}{name} is {found}, expected {wanted}"
        if verdict.value is not None
        else (f"{verdict.outcome:<5}{name}, expected {wanted}: {found}")
    )


def _entry(verdict: Verdict) -> dict[str, object]:
    condition = verdict.condition
    return {
        "outcome": verdict.outcome,
        "command": list(condition.command),
        "path": list(condition.path),
        "expected": condition.expected,
        "tolerance": condition.tolerance,
        "value": verdict.value,
        "reason": verdict.reason,
    }
