"""``masdar history``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from indexer.syncing.history import Event
from service.cli.display import printable
from service.cli.options import store_option, text
from service.settings import load_settings
from service.sync_state import history_of


@click.command()
@click.argument("article_id", metavar="[ARTICLE_ID]", required=False, type=text)
@store_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one line an event, as it is stored.")
def history(article_id: str | None, store: Path | None, as_json: bool) -> None:
    """Show what happened to the articles of the index, oldest first; with ARTICLE_ID to this one.

    Each line has the time, what happened, the source, the article, and the first characters of its content hash before
    and after.
    """
    for event in history_of(load_settings().at(store)).events():
        if article_id is None or event.article == article_id:
            click.echo(json.dumps(asdict(event), ensure_ascii=False) if as_json else printable(_line(event)))


def _line(event: Event) -> str:
    versions = f"{(event.old or '–')[:8]} → {(event.new or '–')[:8]}"
    return f"{event.at[:19]}Z  {event.what:<10}  {event.source or '(by hand)'}  {event.article}  {versions}"
