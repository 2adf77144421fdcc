"""Options and arguments that several sub-commands share, and the JSON they print."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from indexer.errors import BadInput
from indexer.store import MAX_HALF_LIFE, Filters, Recency

Command = TypeVar("Command", bound=Callable[..., Any])


def text(value: str) -> str:
    """Text from the command line; a byte that was not UTF-8 there becomes U+FFFD, for it cannot be stored or printed.

    Used as the type of options: click shows the function's name in the help.
    """
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


store_option = click.option(
    "--store",
    "store",
    type=click.Path(path_type=Path),
    help="Folder of the index.  [default: the server MASDAR_QDRANT_URL, or MASDAR_STORE, or .masdar/store]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def filter_options(command: Command) -> Command:
    """``--source``, ``--language``, ``--tag``, ``--from``, ``--until``."""
    date = click.DateTime(["%Y-%m-%d"])
    for option in (
        click.option("--until", type=date, metavar="YYYY-MM-DD", help="Only articles published up to this day (UTC)."),
        click.option("--from", "since", type=date, metavar="YYYY-MM-DD", help="Only articles from this day on (UTC)."),
        click.option("--tag", multiple=True, type=text, help="Only articles with this tag; may be repeated."),
        click.option(
            "--language", multiple=True, type=text, help="Only articles in this language (ar, en); may be repeated."
        ),
        click.option("--source", multiple=True, type=text, help="Only articles of this source; may be repeated."),
    ):
        command = option(command)
    return command


def filters_of(
    source: tuple[str, ...],
    language: tuple[str, ...],
    tag: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
) -> Filters:
    """The filters that the options of ``filter_options`` say; days are UTC's, the last one is included.

    Raises:
        BadInput: the first day is after the last.
    """
    if since and until and since > until:
        raise BadInput(f"--from {since:%Y-%m-%d} is after --until {until:%Y-%m-%d}; exchange them")
    languages = tuple(name.strip().lower() for name in language)
    return Filters(source, languages, since.replace(tzinfo=UTC) if since else None, _day_after(until), tag)


recency_option = click.option(
    "--recency",
    type=float,
    metavar="DAYS",
    help="Prefer newer articles among those that fit about equally: days after which one counts half as new; 0 turns "
    "it off.  [default: MASDAR_RECENCY_DAYS or 0]",
)


def recency_of(days: float | None, default: float) -> Recency | None:
    """What ``--recency`` says, or else the setting.

    Raises:
        BadInput: the number of days is not allowed.
    """
    half_life = default if days is None else days
    if not 0 <= half_life <= MAX_HALF_LIFE:
        raise BadInput(f"--recency is {half_life:g}; give days from 0 (off) to {MAX_HALF_LIFE}")
    return Recency(half_life) if half_life else None


reference_date_option = click.option(
    "--reference-date",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help='The day from which "yesterday" and "last week" in the question count (UTC).  [default: now]',
)


def reference_of(day: datetime | None) -> datetime | None:
    """What ``--reference-date`` says, as a moment with a time zone."""
    return day.replace(tzinfo=UTC) if day else None


def _day_after(day: datetime | None) -> datetime | None:
    """Midnight after the day; None, which restricts nothing, after the last day there is."""
    if day is None or day.date() == datetime.max.date():
        return None
    return day.replace(tzinfo=UTC) + timedelta(days=1)


def print_json(value: object) -> None:
    """Print a value as JSON: as it is where standard output is UTF-8, in ASCII with escapes where it is not."""
    readable = codecs.lookup(sys.stdout.encoding or "ascii").name == "utf-8"
    click.echo(json.dumps(value, ensure_ascii=not readable, indent=2))
