"""``masdar watch``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.syncing.listing import read_listing
from service.cli.options import store_option
from service.cli.outcomes import tell_outcome
from service.cli.sync_command import sources_argument, stop_on_signals
from service.settings import load_settings
from service.sync_state import locked, sync_folder

if TYPE_CHECKING:
    from indexer.syncing.outcome import Outcome


@click.command()
@sources_argument
@store_option
def watch(sources: Path, store: Path | None) -> None:
    """Keep the index in step with the sources that the file SOURCES.TOML lists, until stopped.

    Each source is looked at after its interval, give or take a tenth; one that fails, after twice, four times, ... as
    long, at most six hours. SIGTERM and Ctrl-C end it after the batch that is being written. When it is started again,
    it goes on where it was. The index is open only while articles are being written.
    """
    read_listing(sources)
    settings = load_settings().at(store)
    with locked(sync_folder(settings), "watch.lock"):
        from service.syncing import Syncing

        syncing = Syncing(settings, _tell)
        stop_on_signals(syncing.stop)
        syncing.watch(sources, lambda trouble: click.echo(f"{_now()}{trouble}", err=True))


def _tell(outcome: Outcome) -> None:
    tell_outcome(outcome, _now())


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} "
