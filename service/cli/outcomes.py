"""What a look at a source did, for people and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from indexer.sources.items import Loss
from service.cli.display import printable

if TYPE_CHECKING:
    from indexer.syncing.outcome import Outcome

#: Problems of one source that are listed; the JSON has them all.
_MOST_PROBLEMS = 20


def tell_outcome(outcome: Outcome, when: str = "") -> None:
    """Print a line on a source, and on standard error what went wrong with it."""
    for problem in outcome.problems[:_MOST_PROBLEMS]:
        kind = "warning" if problem.loss is Loss.NOTHING else "not indexed"
        click.echo(printable(f"{kind}: {problem}"), err=True)
    if (more := len(outcome.problems) - _MOST_PROBLEMS) > 0:
        click.echo(f"{more} further problems of {printable(outcome.source)} (--json lists them all)", err=True)
    for trouble in (outcome.failed and f"could not be read: {outcome.failed}", outcome.doubted):
        if trouble:
            click.echo(printable(f"{outcome.source}: {trouble}"), err=True)
    ending = "; stopped before its end" if outcome.stopped else ""
    counts = (
        f"{outcome.added} added, {outcome.changed} changed, {outcome.withdrawn} withdrawn, "
        f"{outcome.unchanged} unchanged{ending}"
    )
    click.echo(printable(f"{when}{outcome.source}: {counts}"))


def outcome_as_json(outcome: Outcome) -> dict[str, object]:
    """The outcome with how many records were lost."""
    return asdict(outcome) | {"lost": outcome.lost}
