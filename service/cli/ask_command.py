"""``masdar ask``."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

import click

from service.answering import Answer
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
from service.retrieval import checked_question
from service.settings import load_settings
from service.wiring import open_service, search_options


@click.command()
@click.argument("question", type=text)
@store_option
@filter_options
@recency_option
@json_option
def ask(
    question: str,
    store: Path | None,
    source: tuple[str, ...],
    language: tuple[str, ...],
    tag: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    recency: float | None,
    as_json: bool,
) -> None:
    """Answer QUESTION, in Arabic or English, with quotes from the articles."""
    settings = load_settings()
    asked = checked_question(question)
    options = replace(
        search_options(settings),
        filters=filters_of(source, language, tag, since, until),
        recency=recency_of(recency, settings.recency_days),
    )
    with open_service(settings, store or settings.store) as service:
        answer, timings = service.ask(asked, options)
    if as_json:
        print_json(asdict(answer) | {"timings_ms": timings})
    else:
        show_answer(Page(), answer)


def preface(answer: Answer) -> str:
    """What an answer that does not answer says before its quotes."""
    return answer.answer.partition("\n")[0]


def show_answer(page: Page, answer: Answer) -> None:
    """Print an answer for a person."""
    page.line(answer.question, style="bold")
    page.blank()
    if answer.verdict != "answered":
        page.line(preface(answer), style="yellow")
        page.blank()
    for lead in answer.leads:
        known = filter(None, (lead.title, lead.source, (lead.published_at or "")[:10], lead.url))
        page.line(" · ".join(known), style="dim", label="   ")
    for citation in answer.citations:
        page.line(f"«{citation.quote}»", style="green", label=f"[{citation.marker}]")
        date = (citation.published_at or "")[:10]
        about = " · ".join(part for part in (citation.title, citation.source, date) if part)
        page.line(about, style="dim", label="   ")
        page.line(f"{citation.article_id} {citation.start}:{citation.end}  {citation.url}", style="dim", label="   ")
        page.blank()
