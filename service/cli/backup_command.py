"""``masdar backup``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from service.cli.options import json_option, print_json, store_option
from service.settings import load_settings


@click.command()
@click.argument("target", type=click.Path(path_type=Path), metavar="DIR")
@store_option
@json_option
def backup(target: Path, store: Path | None, as_json: bool) -> None:
    """Copy the index into the new folder DIR, with a checksum of every file.

    Its history and articles that a service has accepted and not indexed yet go along. Nothing may have the index open
    meanwhile. An index on a Qdrant server is first copied into a folder: masdar store copy.
    """
    from service.upkeep import back_up

    made = back_up(load_settings().at(store), target)
    if as_json:
        print_json({"backup": str(target), **asdict(made), "bytes": made.size})
    else:
        click.echo(f"{made.articles} articles in {made.chunks} chunks: {len(made.files)} files are in {target}.")
