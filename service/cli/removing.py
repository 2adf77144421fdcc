"""Removing articles by hand: what is shown, and the question before."""

from __future__ import annotations

from collections.abc import Sequence

import click

from indexer.articles import Article
from indexer.errors import BadInput
from service.cli.display import printable

#: Articles that are listed.
MOST_SHOWN = 20


def show_articles(articles: Sequence[Article], total: int, *, err: bool = False) -> None:
    """List the first of so many articles, one a line."""
    for article in articles[:MOST_SHOWN]:
        date = f"{article.published_at:%Y-%m-%d}" if article.published_at else "no date"
        click.echo(printable(f"{article.id}  {date}  {article.source}  {article.title}"), err=err)
    if total > MOST_SHOWN:
        click.echo(f"and {total - MOST_SHOWN} more", err=err)


def confirm(question: str) -> None:
    """Ask on standard error.

    Raises:
        BadInput: the answer is not yes, or nobody can answer.
    """
    try:
        agreed = click.confirm(question, err=True)
    except click.Abort as abort:
        raise BadInput("nothing was removed: nobody answered; pass --yes to remove without asking") from abort
    if not agreed:
        raise BadInput("nothing was removed, as you answered")
