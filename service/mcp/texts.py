"""Answers, passages and articles as a language model reads them: the text, and where each part of it is from.

What an article's writer chose cannot pass for what this says of it: labels are one line, addresses are of the web, and
characters that no person sees (tags, marks of direction) are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol

from service.answering.labels import label, visible, web_address
from service.answering.wording import leads_text
from service.api import schemas


class _Published(Protocol):
    """What has a headline, a publisher and a date."""

    title: str
    source: str
    url: str
    published_at: datetime | None


def answer_text(answer: schemas.Answer) -> str:
    """The answer, what is to be known about it, and its sources by their markers."""
    return _seen("\n".join(_answer_lines(answer)))


def _answer_lines(answer: schemas.Answer) -> Iterator[str]:
    yield answer.answer
    yield from (note.text for note in answer.notes)
    if answer.citations:
        yield ""
    for one in answer.citations:
        yield f"[{one.marker}] {_about(one)} ({_place(one.article_id, one.start, one.end)})"
    if answer.leads:
        yield f"\n{leads_text(answer.language)}"
    yield from (f"- {_about(lead)} (article_id {lead.article_id!r})" for lead in answer.leads)
    if answer.degraded_reason:
        yield f"\nThe language model did not answer ({answer.degraded_reason}); these are quotes."


def passages_text(found: schemas.SearchResults) -> str:
    """The passages, each under its article."""
    parts = [
        f"{number}. {_about(one)} ({_place(one.article_id, one.start, one.end)})\n{_within(one.text)}"
        for number, one in enumerate(found.passages, start=1)
    ]
    return _seen("\n\n".join(parts)) or "No passage found."


def article_text(article: schemas.Article) -> str:
    """The article under its headline; before it the parts that were asked for."""
    spans = "".join(f"{_place(article.id, span.start, span.end)}: «{span.quote}»\n" for span in article.spans)
    return _seen(f"{_about(article)}\n{spans}\n{article.text}")


def _seen(text: str) -> str:
    """The text without what a person would not see and a model would read; the structured content has every sign."""
    return visible(text)


def _within(text: str) -> str:
    """A passage of several lines, set in: none of them passes for the headline of another passage."""
    return text.replace("\n", "\n   ")


def _about(one: _Published) -> str:
    date = one.published_at.date().isoformat() if one.published_at else ""
    return _joined((label(one.title), label(one.source), date, web_address(one.url)))


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)


def _place(article_id: str, start: int, end: int) -> str:
    return f"article_id {article_id!r}, {start}-{end}"
