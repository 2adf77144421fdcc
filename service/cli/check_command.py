"""``masdar check``."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.cli.display import printable
from service.cli.options import json_option, print_json, store_option
from service.settings import load_settings
from service.stores import place_of

if TYPE_CHECKING:
    from indexer.store.checking import CheckReport, Fault
    from service.upkeep import Repaired

#: Exit code when something is wrong with the index (after a repair: still).
FAULTY = 1
#: Faults and ids that are listed; the JSON has them all.
_MOST_SHOWN = 20


@click.command()
@store_option
@click.option("--repair", is_flag=True, help="Make good what can be made good; needs the encoder of the index.")
@json_option
def check(store: Path | None, repair: bool, as_json: bool) -> None:
    """Verify the index from end to end.

    Every article's text against its hash; every chunk's offsets, sentences, words and vectors against its article;
    that no chunk and no article is without the other; the files and the manifest. The exit code is 0 where nothing is
    wrong, 1 where something is (or remains after --repair), 4 where the index is missing or open elsewhere.

    --repair removes chunks that belong to nothing and makes wrong or missing chunks again out of the articles. An
    article whose own record is wrong is removed and named: masdar index, or masdar sync, brings it again.
    """
    settings = load_settings().at(store)
    from service import upkeep

    place = place_of(settings)
    report, repaired = upkeep.repair(settings, place) if repair else (upkeep.check(place), None)
    remaining = report.faults if repaired is None else repaired.remaining
    if as_json:
        print_json({"store": str(place), **asdict(report), "repaired": repaired and asdict(repaired)})
    else:
        _show(report, repaired)
    if remaining:
        raise SystemExit(FAULTY)


def _show(report: CheckReport, repaired: Repaired | None) -> None:
    click.echo(f"{report.articles} articles and {report.chunks} chunks were read.")
    if not report.closed and not report.faults:
        click.echo("The index was not closed in order; the next command that opens it clears up after that.")
    _list(report.faults)
    if repaired is not None:
        _show_repair(repaired)
    elif report.faults:
        _advise(report)
    else:
        click.echo("Nothing is wrong.")


def _list(faults: list[Fault]) -> None:
    for fault in faults[:_MOST_SHOWN]:
        click.echo(printable(f"{fault.kind}: {fault.article or fault.key}: {fault.reason}"), err=True)
    if len(faults) > _MOST_SHOWN:
        kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(fault.kind for fault in faults).items())
        click.echo(f"{len(faults)} faults in all ({kinds}); --json lists them", err=True)


def _advise(report: CheckReport) -> None:
    remedies = {fault.remedy for fault in report.faults}
    if "restore" in remedies:
        click.echo("Restore a backup (masdar restore), or index the articles again into another folder (--store).")
    elif remedies:
        click.echo("masdar check --repair makes good what can be made good without the articles' sources.")


def _show_repair(repaired: Repaired) -> None:
    click.echo(
        f"{repaired.removed} chunks that belonged to nothing were removed, the chunks of {repaired.rewritten} articles "
        "made again."
    )
    if repaired.lost:
        click.echo(
            f"{len(repaired.lost)} articles were removed, since their records were wrong. Their sources bring them "
            "again: masdar index PATH, or masdar sync SOURCES.TOML"
        )
        for one in repaired.lost[:_MOST_SHOWN]:
            click.echo(printable(f"    {one}"))
    if repaired.remaining:
        click.echo(f"{len(repaired.remaining)} faults remain:", err=True)
        _list(repaired.remaining)
        click.echo("Restore a backup (masdar restore), or index the articles again into another folder (--store).")
