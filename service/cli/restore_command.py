"""``masdar restore``."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli.options import json_option, print_json, store_option
from service.settings import load_settings


@click.command()
@click.argument("source", type=click.Path(path_type=Path), metavar="DIR")
@store_option
@click.option("--replace", is_flag=True, help="Replace the index that is there.")
@json_option
def restore(source: Path, store: Path | None, replace: bool, as_json: bool) -> None:
    """Put the index of the backup DIR back.

    Every file is compared with its checksum first; of a damaged backup nothing is restored. An index that is there is
    replaced only with --replace, and only once the whole backup is on the disk beside it.
    """
    settings = load_settings().at(store)
    from service import upkeep

    made = upkeep.restore(settings, source, replace=replace)
    if as_json:
        print_json(
            {"store": str(settings.store), "articles": made.articles, "chunks": made.chunks, "made_at": made.made_at}
        )
    else:
        click.echo(f"{made.articles} articles in {made.chunks} chunks as of {made.made_at} are in {settings.store}.")
