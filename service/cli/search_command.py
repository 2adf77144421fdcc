"""``masdar search``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from service.answering import Copy
from service.cli.display import Page
from service.cli.options import (
    filter_options,
    filters_of,
    json_option,
    print_json,
    recency_of,
    recency_option,
    store_option,
    text,
)
from service.publications import copies_lines, published
from service.retrieval import SIGNALS, Passage, checked_question
from service.search_options import SearchOptions
from service.settings import load_settings
from service.wiring import open_service


@click.command()
@click.argument("question", type=text)
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="Passages to show.")
@store_option
@filter_options
@recency_option
@click.option("--per-article", type=click.IntRange(1), metavar="N", help="At most N passages of one article.")
@click.option("--copies", is_flag=True, help="Show copies of a story each in its own place.")
@json_option
def search(
    question: str,
    limit: int,
    store: Path | None,
    source: tuple[str, ...],
    language: tuple[str, ...],
    tag: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    recency: float | None,
    per_article: int | None,
    copies: bool,
    as_json: bool,
) -> None:
    """Show the passages that fit QUESTION best."""
    settings = load_settings().at(store)
    asked = checked_question(question)
    options = SearchOptions(
        limit=limit,
        filters=filters_of(source, language, tag, since, until),
        recency=recency_of(recency, settings.recency_days),
        diverse=not copies,
        per_article=per_article,
    )
    with open_service(settings, settings.store) as service:
        passages = service.search(asked, options)
    if as_json:
        results = [_result(passage) for passage in passages]
        print_json({"question": asked, "results": results})
    else:
        _show(passages)


def _result(passage: Passage) -> dict[str, object]:
    article = passage.article
    return {
        "article_id": article.id,
        "title": article.title,
        "source": article.source,
        "url": article.url,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "start": passage.chunk.start,
        "end": passage.chunk.end,
        "text": passage.text,
        "score": round(passage.score, 4),
        "also_published_by": [published(one) for one in passage.also_published_by],
        "signals": {name: round(getattr(passage, name), 4) for name in SIGNALS},
        "reranked": None if passage.reranked is None else round(passage.reranked, 4),
    }


def _show(passages: list[Passage]) -> None:
    page = Page()
    if not passages:
        page.line("No passage found.", style="yellow")
    for number, passage in enumerate(passages, start=1):
        article = passage.article
        date = article.published_at.date().isoformat() if article.published_at else ""
        page.line(article.title or article.id, style="bold", label=f"{number:2}.")
        page.line(" · ".join(part for part in (article.source, date, article.id) if part), style="dim", label="   ")
        page.line(_shortened(passage.text), label="   ")
        for line in copies_lines([Copy.of(one) for one in passage.also_published_by]):
            page.line(line, style="dim", label="   ")
        signals = ", ".join(f"{name} {getattr(passage, name):.3f}" for name in SIGNALS)
        reranked = "" if passage.reranked is None else f", reranked {passage.reranked:.3f}"
        page.line(f"score {passage.score:.3f} from {signals}{reranked}", style="dim", label="   ")
        page.blank()


def _shortened(text: str, most: int = 280) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[:most].rsplit(" ", 1)[0] + " …"
