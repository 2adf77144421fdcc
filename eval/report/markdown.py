"""The report as Markdown. Text of questions and articles stands in ``dir="auto"``: Arabic runs from the right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from eval.report.tables import Sheet, Table, settings_table, summary, tables
from eval.report.worst import WORST, Failure, failures, place, score_words, shortened
from eval.retrieval import Evaluation
from indexer.arabic import is_arabic


def markdown(measured: Evaluation, charts: Sequence[str]) -> str:
    """The whole report; ``charts`` are files beside it."""
    parts = [f"# Retrieval on {_safe(measured.dataset.name)}", summary(measured)]
    parts += [f"![{name.removesuffix('.svg')}]({name})" for name in charts]
    parts += [table_part(table) for table in tables(measured)]
    found = failures(measured.dataset, measured.asked)
    parts.append(f"## Worst questions\n\n{_count(measured, found)}")
    parts += [part for failure in found[:WORST] for part in failure_parts(failure)]
    parts.append(table_part(settings_table(measured.config)))
    return "\n\n".join(parts) + "\n"


def _count(measured: Evaluation, found: Sequence[Failure]) -> str:
    if not found:
        return "Every question has a right article in the first place."
    shown = f" The worst {WORST} of them:" if len(found) > WORST else ""
    return f"{len(found):,} of {len(measured.rows):,} questions have no right article in the first place.{shown}"


def failure_parts(failure: Failure) -> Iterator[str]:
    """A question that missed, with the passages before the right one: texts of articles are in it."""
    yield f'### <span dir="auto">{_safe(failure.text)}</span>'
    names = ", ".join(f'`{name}` <span dir="auto">{_safe(title)}</span>' for name, title in failure.titles)
    language = f" ({failure.lang})" if failure.lang else ""
    yield f"Question `{failure.query}`{language}; right: {names}; {place(failure)}."
    shown = [*failure.beaten_by, *([failure.right] if failure.right else [])]
    for found in shown:
        mark = " **right**" if found is failure.right else ""
        yield (
            f'- place {found.rank}{mark}: `{found.article_id}` <span dir="auto">{_safe(found.title)}</span> '
            f'({score_words(found)})\n\n  <div dir="auto">{_safe(shortened(found.text))}</div>'
        )


def sheet_markdown(sheet: Sheet) -> str:
    """A sheet as Markdown; its charts are files beside it."""
    parts = [f"# {_safe(sheet.heading)}", _safe(sheet.summary)]
    parts += [f"![{name.removesuffix('.svg')}]({name})" for name in sheet.charts]
    return "\n\n".join([*parts, *map(table_part, sheet.tables)]) + "\n"


def table_part(table: Table) -> str:
    """A table under its heading."""
    lines = [table.columns, ["---"] + ["---:"] * (len(table.columns) - 1), *table.rows]
    body = "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)
    return f"## {table.heading}\n\n{body}"


def _cell(text: str) -> str:
    return f'<span dir="auto">{_safe(text)}</span>' if any(map(is_arabic, text)) else _safe(text)


def _safe(text: str) -> str:
    """Text that means itself in Markdown and in the HTML within it."""
    flat = escape(" ".join(text.split()), quote=False)
    for mark in ("\\", "`", "*", "_", "[", "]", "|", "~", "#"):
        flat = flat.replace(mark, f"\\{mark}")
    return flat
