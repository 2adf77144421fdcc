"""``masdar key``: make, list and revoke the keys of the service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import click

from service.api.security.keys import ApiKey, KeyFile, Scope
from service.cli.display import Page
from service.cli.options import json_option, print_json
from service.settings import load_settings

_file_option = click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The key file.  [default: MASDAR_KEYS or .masdar/keys.json]",
)


@click.group()
def key() -> None:
    """Make, list and revoke the keys of the service."""


@key.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(get_args(Scope)),
    multiple=True,
    default=("read",),
    show_default=True,
    help="What it may do; may be repeated. None of them includes another.",
)
@click.option("--days", type=click.IntRange(1, 3650), help="Days after which it expires.  [default: never]")
@_file_option
def create(name: str, scopes: tuple[Scope, ...], days: int | None, path: Path | None) -> None:
    """Make a key called NAME and print it: it is shown this once."""
    file = _file(path)
    expires = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days) if days else None
    # Alone on standard output: KEY=$(masdar key create NAME).
    click.echo(file.add(name, scopes, expires))
    click.echo(f"masdar: {file.path} keeps its digest alone; note the key now, it is not shown again", err=True)


@key.command("list")
@_file_option
@json_option
def list_keys(path: Path | None, as_json: bool) -> None:
    """Show names, scopes and dates of the keys; the keys themselves are kept nowhere."""
    file = _file(path)
    keys = file.read()
    if as_json:
        print_json([one.model_dump(mode="json", exclude={"digest"}) | {"scopes": sorted(one.scopes)} for one in keys])
        return
    page = Page()
    page.line(f"{len(keys)} keys in {file.path}" if keys else f"no keys in {file.path}", style="bold")
    for one in keys:
        page.line(_described(one), label="  ")


@key.command()
@click.argument("name")
@_file_option
def revoke(name: str, path: Path | None) -> None:
    """Revoke the key NAME; a running service refuses it from the next request on."""
    file = _file(path)
    file.remove(name)
    click.echo(f"masdar: {name} is revoked", err=True)


def _file(path: Path | None) -> KeyFile:
    return KeyFile(path or load_settings().keys)


def _described(one: ApiKey) -> str:
    end = ""
    if one.expires:
        end = f", {'expired' if one.expired(datetime.now(UTC)) else 'expires'} {one.expires:%Y-%m-%d %H:%M} UTC"
    return f"{one.name}: {', '.join(sorted(one.scopes))}, made {one.created:%Y-%m-%d}{end}"
