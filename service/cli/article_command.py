"""``masdar article``."""

from __future__ import annotations

from pathlib import Path

import click

from indexer.articles import to_payload
from indexer.errors import BadInput
from service.cli.display import Page, printable
from service.cli.options import json_option, print_json, store_option, text
from service.settings import load_settings
from service.stores import open_place, place_of


@click.command()
@click.argument("article_id", metavar="ID", type=text)
@store_option
@json_option
def article(article_id: str, store: Path | None, as_json: bool) -> None:
    """Show the article ID, its text as it was indexed."""
    place = place_of(load_settings().at(store))
    with open_place(place) as opened:
        found = opened.articles([article_id]).get(article_id)
    if found is None:
        raise BadInput(f"the index {place} has no article {article_id!r}; masdar search QUESTION shows ids")
    if as_json:
        print_json(to_payload(found))
        return
    page = Page()
    page.line(found.title or found.id, style="bold")
    date = found.published_at.isoformat() if found.published_at else ""
    page.line(" · ".join(part for part in (found.source, date, found.url) if part), style="dim")
    page.blank()
    for paragraph in printable(found.text).split("\n"):
        page.line(paragraph)
