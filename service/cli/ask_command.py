"""``masdar ask``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from service.answering import Answer
from service.cli.display import Page
from service.cli.options import filter_options, filters_of, json_option, print_json, store_option, text
from service.retrieval import checked_question
from service.settings import load_settings
from service.wiring import open_service


@click.command()
@click.argument("question", type=text)
@store_option
@filter_options
@json_option
def ask(
    question: str,
    store: Path | None,
    source: tuple[str, ...],
    language: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    as_json: bool,
) -> None:
    """Answer QUESTION, in Arabic or English, with quotes from the articles."""
    settings = load_settings()
    asked, filters = checked_question(question), filters_of(source, language, since, until)
    with open_service(settings, store or settings.store) as service:
        answer, timings = service.ask(asked, filters)
    if as_json:
        print_json(asdict(answer) | {"timings_ms": timings})
    else:
        show_answer(Page(), answer)


def show_answer(page: Page, answer: Answer) -> None:
    """Print an answer for a person."""
    page.line(answer.question, style="bold")
    page.blank()
    if not answer.citations:
        page.line(answer.answer, style="yellow")
        return
    for citation in answer.citations:
        page.line(f"«{citation.quote}»", style="green", label=f"[{citation.marker}]")
        date = (citation.published_at or "")[:10]
        about = " · ".join(part for part in (citation.title, citation.source, date) if part)
        page.line(about, style="dim", label="   ")
        page.line(f"{citation.article_id} {citation.start}:{citation.end}  {citation.url}", style="dim", label="   ")
        page.blank()
