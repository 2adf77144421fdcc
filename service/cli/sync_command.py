"""``masdar sync``."""

from __future__ import annotations

import signal
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from indexer.errors import BadInput
from indexer.syncing.listing import ListedSource, read_listing
from indexer.syncing.stopping import Stop
from service.cli.options import json_option, print_json, store_option, text
from service.cli.outcomes import outcome_as_json, tell_outcome
from service.settings import load_settings

if TYPE_CHECKING:
    from indexer.syncing.outcome import Outcome

#: Exit code when a source failed, or could not be read or believed altogether.
PARTLY = 1
sources_argument = click.argument("sources", type=click.Path(path_type=Path), metavar="SOURCES.TOML")


@click.command()
@sources_argument
@store_option
@click.option("--only", multiple=True, type=text, metavar="NAME", help="Only this source; may be repeated.")
@click.option(
    "--allow-removals",
    multiple=True,
    type=text,
    metavar="NAME",
    help="What this source no longer lists is gone, however much it is; may be repeated.",
)
@json_option
def sync(
    sources: Path, store: Path | None, only: tuple[str, ...], allow_removals: tuple[str, ...], as_json: bool
) -> None:
    """Bring the index into step with the sources that the file SOURCES.TOML lists.

    New and changed articles are written. What a source with complete = true no longer lists is removed, unless the
    source failed, is empty all of a sudden, or lists much less than before. The exit code is 1 where a source was not
    read or not believed altogether.
    """
    listing = read_listing(sources)
    chosen = [source for source in listing if not only or source.name in only]
    _check_names(listing, (*only, *allow_removals))
    outcomes: list[Outcome] = []

    def told(outcome: Outcome) -> None:
        outcomes.append(outcome)
        if not as_json:
            tell_outcome(outcome)

    from service.syncing import Syncing

    syncing = Syncing(load_settings().at(store), told, confirmed=allow_removals)
    stop_on_signals(syncing.stop)
    syncing.round(listing, chosen)
    if as_json:
        print_json([outcome_as_json(outcome) for outcome in outcomes])
    if not all(outcome.is_clean for outcome in outcomes) or len(outcomes) < len(chosen):
        raise SystemExit(PARTLY)


def stop_on_signals(stop: Stop) -> None:
    """Let SIGTERM and the first Ctrl-C ask to stop; the second Ctrl-C interrupts at once."""

    def ask(number: int, frame: FrameType | None) -> None:
        stop.ask()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    with suppress(ValueError):  # not the main thread
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, ask)


def _check_names(listing: list[ListedSource], names: tuple[str, ...]) -> None:
    listed = [source.name for source in listing]
    if unknown := next((name for name in names if name not in listed), None):
        raise BadInput(f"no source is named {unknown!r}; the file has {', '.join(map(repr, listed))}")
