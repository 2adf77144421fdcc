"""``masdar ask``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TextIO

import click

from indexer.errors import BadInput
from service.answering import Answer, Citation
from service.answering.explain import Explanation, WordMatch
from service.answering.source_names import english_source
from service.answering.wording import english_date, leads_text
from service.asking.conversation import Turn, turns_of
from service.cli.display import Page
from service.cli.options import (
    filter_options,
    filters_of,
    json_option,
    print_json,
    recency_of,
    recency_option,
    reference_date_option,
    reference_of,
    store_option,
    text,
)
from service.publications import copies_lines
from service.retrieval import checked_question
from service.settings import load_settings
from service.wiring import open_service, search_options


@click.command()
@click.argument("question", type=text)
@store_option
@filter_options
@recency_option
@click.option("--extractive", is_flag=True, help="Answer with quotes alone, also where MASDAR_LLM names a model.")
@reference_date_option
@click.option(
    "--history",
    type=click.File(encoding="utf-8"),
    metavar="FILE.json",
    help='What was said before, as a JSON list of {"role": "user" or "assistant", "content": TEXT}.',
)
@click.option("--explain", is_flag=True, help="Show which words of each quote matched which words of the question.")
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
    extractive: bool,
    reference_date: datetime | None,
    history: TextIO | None,
    explain: bool,
    as_json: bool,
) -> None:
    """Answer QUESTION, in Arabic or English, with quotes from the articles.

    Where MASDAR_LLM names a language model, it writes the answer; every sentence is checked against the quotes.
    """
    settings = load_settings().at(store)
    if extractive:
        settings = settings.extractive()
    asked = checked_question(question)
    turns = history_of(history) if history else []
    options = replace(
        search_options(settings),
        filters=filters_of(source, language, tag, since, until),
        recency=recency_of(recency, settings.recency_days),
    )
    with open_service(settings, settings.store) as service:
        now = reference_of(reference_date)
        if explain:
            answer, explanations, timings = service.explained(asked, options, now=now, history=turns)
        else:
            (answer, timings), explanations = service.ask(asked, options, now=now, history=turns), ()
    if as_json:
        why = {"explanations": [asdict(one) for one in explanations]} if explain else {}
        print_json(asdict(answer) | why | {"timings_ms": timings})
    else:
        show_answer(Page(), answer, explanations)


def history_of(file: TextIO) -> list[Turn]:
    """The turns of a file.

    Raises:
        BadInput: it is not JSON in UTF-8, or something else than turns.
    """
    try:
        return turns_of(json.load(file))
    except ValueError as error:
        raise BadInput(f"the history {file.name} is not JSON in UTF-8: {error}") from error


def preface(answer: Answer) -> str:
    """What an answer that does not answer says before its quotes."""
    return answer.answer.partition("\n")[0]


def show_answer(page: Page, answer: Answer, explanations: Sequence[Explanation] = ()) -> None:
    """Print an answer for a person, with the words that matched where they are given."""
    matches = {one.marker: one.matches for one in explanations}
    page.line(answer.question, style="bold")
    for note in answer.notes:
        page.line(note.text, style="dim")
    page.blank()
    if answer.degraded_reason:
        page.line(f"The language model did not answer ({answer.degraded_reason}). These are quotes.", style="yellow")
        page.blank()
    if answer.verdict != "answered":
        page.line(preface(answer), style="yellow")
        page.blank()
    elif answer.mode == "generative":
        for line in answer.answer.splitlines():
            page.line(line)
        page.blank()
    if answer.leads:
        page.line(leads_text(answer.language), style="dim")
    for lead in answer.leads:
        known = filter(None, (lead.title, lead.source, (lead.published_at or "")[:10], lead.url))
        page.line(" · ".join(known), style="dim", label="   ")
    for citation in answer.citations:
        _show_citation(page, answer.language, citation)
        for match in matches.get(citation.marker, ()):
            page.line(_shown(match), style="cyan", label="   ")
        page.blank()


def _show_citation(page: Page, language: str, citation: Citation) -> None:
    page.line(f"«{citation.quote}»", style="green", label=f"[{citation.marker}]")
    about = " · ".join(part for part in (citation.title, *_origin(language, citation)) if part)
    place = f"{citation.article_id} {citation.start}:{citation.end}  {citation.url}"
    for line in (about, place, *copies_lines(citation.also_published_by)):
        page.line(line, style="dim", label="   ")


def _origin(language: str, citation: Citation) -> tuple[str, str]:
    """Who published it and when, as the reader calls them."""
    if language == "ar":
        return citation.source, (citation.published_at or "")[:10]
    return english_source(citation.source), english_date(citation.published_at)


def _shown(match: WordMatch) -> str:
    """One match: "=" for the same word or a translation, "~" for a word near in meaning."""
    sign = "~" if match.reason == "meaning" else "="
    return f"{match.found} {sign} {match.asked}  {match.score:.2f}  {match.start}:{match.end}"
