"""``masdar store``."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from pathlib import Path

import click

from indexer.errors import BadInput
from indexer.store.copying import CopyReport, copy_store
from indexer.store.server_place import split_address
from service.cli.options import json_option, print_json, text
from service.settings import Settings, load_settings
from service.stores import Place, check_place, has_index, open_place, prepare

#: How often a copy tells how far it is, in seconds.
_TOLD_SECONDS = 5.0


@click.group()
def store() -> None:
    """Copy an index between folders and Qdrant servers."""


@store.command()
@click.argument("source", metavar="FROM", type=text)
@click.argument("target", metavar="TO", type=text)
@json_option
def copy(source: str, target: str, as_json: bool) -> None:
    """Copy the index FROM into TO, a new index or a part of a copy, without encoding anything again.

    Each is a folder or the address of a Qdrant server, with the name of the index after '#':
    http://127.0.0.1:6333#news (without it MASDAR_QDRANT_COLLECTION). A copy that was broken off goes on where it
    stopped. What TO has is compared with what it was given.
    """
    settings = load_settings()
    places = named_place(settings, source), named_place(settings, target)
    if str(places[0]) == str(places[1]):
        raise BadInput(f"FROM and TO are the same index, {source!r}; name two")
    check_place(places[0])
    new = not has_index(places[1])
    if new:
        prepare(places[1])
    with open_place(places[0]) as from_store:
        wanted = from_store.manifest if new else None
        with open_place(places[1], wanted, create=new) as to_store:
            report = copy_store(from_store, to_store, _Told(quiet=as_json))
    if as_json:
        print_json(asdict(report))
    else:
        _show(report)


def named_place(settings: Settings, name: str) -> Place:
    """The folder or the server that a person named, a server with everything else as the settings say.

    Raises:
        BadInput: the server's address or settings are not allowed.
    """
    if "://" not in name:
        return Path(name)
    url, collection = split_address(name, settings.qdrant_collection)
    known = settings.qdrant_place
    base = settings.on_server(url)
    # The key is for the server that is set: no other one gets to see it.
    own = known is None or known.url == base.url
    return replace(base, collection=collection, key=base.key if own else None)


class _Told:
    """Tells how far a copy is, on standard error, now and then."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._last = 0.0

    def __call__(self, done: int, of: int) -> None:
        due = time.monotonic() - self._last > _TOLD_SECONDS
        if not self._quiet and (due or done == of):
            self._last = time.monotonic()
            click.echo(f"{done} of {of} articles are there", err=True)


def _show(report: CopyReport) -> None:
    click.echo(
        f"{report.copied} articles copied, {report.kept} were there already; both hold {report.counts.articles} "
        f"articles in {report.counts.chunks} chunks, digest {report.digest[:12]}."
    )
    if report.cosines:
        least, mean = report.cosines
        click.echo(f"Token vectors in the copy and in the source: cosine {mean:.5f} on average, {least:.5f} at least.")
