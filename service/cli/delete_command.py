"""``masdar delete``."""

from __future__ import annotations

from pathlib import Path

import click

from indexer.errors import BadInput
from indexer.syncing.ledger import Happened
from service.cli.options import json_option, print_json, store_option, text
from service.cli.removing import confirm, show_articles
from service.settings import load_settings
from service.stores import check_place, open_place, place_of
from service.sync_state import open_ledger


@click.command()
@click.argument("article_ids", metavar="ID...", nargs=-1, required=True, type=text)
@store_option
@click.option("--again", is_flag=True, help="Instead let sources bring these articles again.")
@click.option("--dry-run", is_flag=True, help="Show what would be deleted.")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@json_option
def delete(
    article_ids: tuple[str, ...], store: Path | None, again: bool, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Remove the articles ID... from the index, and keep them out.

    No sync or watch brings them back, until --again allows it. An ID need not be in the index to be kept out.
    """
    settings = load_settings().at(store)
    place, ids = place_of(settings), list(dict.fromkeys(article_ids))
    check_place(place)
    with open_ledger(settings) as (_, ledger):
        if again:
            admitted = sorted(ledger.kept_out() & set(ids))
            ledger.readmit(admitted, [Happened("", one, "readmitted") for one in admitted])
            _tell(as_json, {"readmitted": admitted}, f"{len(admitted)} articles may come again with the next sync.")
            return
        with open_place(place) as opened:
            there = opened.articles(ids)
            if dry_run or not yes:
                show_articles([there[one] for one in ids if one in there], len(there), err=as_json)
            if dry_run:
                _tell(as_json, {"deleted": [], "would_delete": sorted(there)}, f"{len(there)} would be deleted.")
                return
            if not yes:
                confirm(f"Delete {len(there)} articles and keep {len(ids)} out?")
            # Kept out first: after a crash between, the next sync does not bring them back, and this can be repeated.
            happened = [Happened("", one, "deleted", there[one].content_hash if one in there else None) for one in ids]
            ledger.keep_out(ids, happened)
            opened.delete(there)
    if not there:
        raise BadInput(f"the index {place} has none of these articles; they are kept out from now on")
    _tell(as_json, {"deleted": sorted(there)}, f"{len(there)} articles deleted; no source brings them back.")


def _tell(as_json: bool, values: dict[str, object], line: str) -> None:
    if as_json:
        print_json(values)
    else:
        click.echo(line)
