"""``masdar prune``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from indexer.articles import Article
from indexer.errors import BadInput
from indexer.store import Store
from indexer.syncing.ledger import Happened, Ledger
from indexer.syncing.listing import read_listing
from service.cli.options import json_option, print_json, store_option
from service.cli.removing import MOST_SHOWN, confirm, show_articles
from service.settings import load_settings
from service.stores import check_place, open_place, place_of
from service.sync_state import open_ledger

_BATCH = 256


@click.command()
@click.argument("sources", type=click.Path(path_type=Path), metavar="[SOURCES.TOML]", required=False)
@store_option
@click.option("--unclaimed", is_flag=True, help="Also what no source brought, such as by masdar index.")
@click.option(
    "--before",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Articles published before this day (UTC); no source brings them back.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be removed.")
@click.option("--yes", is_flag=True, help="Remove without asking.")
@json_option
def prune(
    sources: Path | None,
    store: Path | None,
    unclaimed: bool,
    before: datetime | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Remove articles of sources that the file SOURCES.TOML no longer lists, or old ones (--before)."""
    if sources is None and (before is None or unclaimed):
        raise BadInput("name the file that lists the sources, or a day with --before; --unclaimed needs the file")
    settings = load_settings().at(store)
    place = place_of(settings)
    check_place(place)
    listed = [source.name for source in read_listing(sources)] if sources else None
    with open_ledger(settings) as (_, ledger), open_place(place) as opened:
        former = _former(ledger, opened, listed, unclaimed) if listed is not None else set()
        old = _older(opened, before.replace(tzinfo=UTC)) if before else set()
        chosen = sorted(former | old)
        if dry_run or not yes:
            show_articles(list(_articles(opened, chosen[:MOST_SHOWN])), len(chosen), err=as_json)
        if chosen and not dry_run:
            if not yes:
                confirm(f"Remove {len(chosen)} articles from {place}?")
            _remove(ledger, opened, chosen, old, listed)
    result = {"would_remove": len(chosen), "removed": 0} if dry_run else {"removed": len(chosen)}
    if as_json:
        print_json({**result, "articles": chosen})
    else:
        click.echo(f"{len(chosen)} articles {'would be removed' if dry_run else 'removed'}.")


def _former(ledger: Ledger, store: Store, listed: Sequence[str], unclaimed: bool) -> set[str]:
    """What only sources have that are not listed; with ``unclaimed`` also what none has."""
    others = [name for name in ledger.sources() if name not in listed]
    here = {article_id for article_id, _ in store.versions()}
    claimed = ledger.ids(listed)
    return here - claimed if unclaimed else here & ledger.ids(others) - claimed


def _older(store: Store, before: datetime) -> set[str]:
    found = _articles(store, [article_id for article_id, _ in store.versions()])
    return {one.id for one in found if one.published_at is not None and one.published_at < before}


def _remove(ledger: Ledger, store: Store, chosen: Sequence[str], old: set[str], listed: Sequence[str] | None) -> None:
    versions = dict(store.versions())
    aged, former = sorted(old), [one for one in chosen if one not in old]
    # Kept out first: a sync after a crash must not bring them back.
    ledger.keep_out(aged, [Happened("", one, "deleted", versions.get(one)) for one in aged])
    store.delete(chosen)
    holders = ledger.holders(former)
    for name in [name for name in ledger.sources() if listed is not None and name not in listed]:
        ids = [one for one in former if name in holders[one]]
        ledger.drop(name, ids, [Happened(name, one, "pruned", versions.get(one)) for one in ids])
    unclaimed = [one for one in former if not holders[one]]
    ledger.drop("", unclaimed, [Happened("", one, "pruned", versions.get(one)) for one in unclaimed])


def _articles(store: Store, ids: Sequence[str]) -> Iterator[Article]:
    for first in range(0, len(ids), _BATCH):
        yield from store.articles(ids[first : first + _BATCH]).values()
