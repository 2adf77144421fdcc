"""``masdar duplicates``."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import click

from indexer.store import Publication
from service.cli.display import Page
from service.cli.options import json_option, print_json, store_option
from service.publications import published
from service.settings import load_settings
from service.stores import open_place, place_of


@click.command()
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Stories to list at most.")
@click.option("--rebuild", is_flag=True, help="Find the stories of all articles anew first.")
@store_option
@json_option
def duplicates(limit: int, rebuild: bool, store: Path | None, as_json: bool) -> None:
    """List stories that several articles tell in the same words, those of most articles first.

    Copies are found when articles are indexed. An index that was made before Masdar did that needs --rebuild once.
    """
    with open_place(place_of(load_settings().at(store))) as opened:
        if rebuild:
            from indexer.duplicates.stories import tell_again

            click.echo(f"{tell_again(opened)} articles copy another one.", err=True)
        counts = opened.stories()
        told = [opened.tellers(name) for name in islice(counts, limit)]
    if as_json:
        print_json({"stories": len(counts), "listed": [[published(one) for one in story] for story in told]})
        return
    page = Page()
    page.line(f"{len(counts)} stories are told by several articles, {sum(counts.values())} in all", style="bold")
    for story in told:
        page.blank()
        for one in story:
            page.line(_shown(one), label="  ")


def _shown(one: Publication) -> str:
    date = one.published_at.date().isoformat() if one.published_at else ""
    return " · ".join(part for part in (one.article_id, one.source, date, one.url) if part)
