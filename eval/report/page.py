"""The report as one HTML file: styles and charts within it, no script, no address of anything outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from eval.asking import Found
from eval.report.tables import Sheet, Table, settings_table, summary, tables
from eval.report.worst import WORST, Failure, failures, place, score_words, shortened
from eval.retrieval import Evaluation

_ALT = {
    "metrics.svg": "Measures with 95 % intervals",
    "ablation.svg": "Measures by combination of signals",
    "changes.svg": "Change of each variant with its 95 % interval",
    "curve.svg": "Risk over coverage, and hallucinations over errors, by confidence",
    "tradeoff.svg": "Quality against bytes a chunk and milliseconds a question",
}


def page(measured: Evaluation, charts: Mapping[str, str]) -> str:
    """The whole report; ``charts`` are SVG elements by name."""
    name = escape(measured.dataset.name)
    found = failures(measured.dataset, measured.asked)
    body = [
        f'<h1>Retrieval on <bdi>{name}</bdi></h1>\n<p class="summary">{escape(summary(measured))}</p>',
        *figures(charts),
        *(table_element(table) for table in tables(measured)),
        _worst(measured, found),
        f"<details>\n<summary>Configuration</summary>\n{table_element(settings_table(measured.config))}\n</details>",
    ]
    return document(f"Retrieval on {measured.dataset.name}", body)


def sheet_page(sheet: Sheet) -> str:
    """A sheet as a page; its charts are SVG elements."""
    body = [
        f'<h1>{escape(sheet.heading)}</h1>\n<p class="summary">{escape(sheet.summary)}</p>',
        *figures(sheet.charts),
        *(table_element(table) for table in sheet.tables),
    ]
    return document(sheet.heading, body)


def document(title: str, body: Sequence[str]) -> str:
    """A page around elements, with the styles in it."""
    style = Path(__file__).with_name("page.css").read_text("utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def figures(charts: Mapping[str, str]) -> list[str]:
    """Charts by name, each with words for those who do not see it."""
    return [f'<figure role="img" aria-label="{escape(_ALT[chart])}">{svg}</figure>' for chart, svg in charts.items()]


def table_element(table: Table) -> str:
    """A table under its heading; words of each cell set their own direction."""
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    rows = "\n".join(_row(row) for row in table.rows)
    return (
        f'<h2>{escape(table.heading)}</h2>\n<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table></div>"
    )


def _row(cells: Sequence[str]) -> str:
    values = "".join(f"<td><bdi>{escape(cell)}</bdi></td>" for cell in cells[1:])
    return f'<tr><th scope="row"><bdi>{escape(cells[0])}</bdi></th>{values}</tr>'


def _worst(measured: Evaluation, found: Sequence[Failure]) -> str:
    if not found:
        return "<h2>Worst questions</h2>\n<p>Every question has a right article in the first place.</p>"
    shown = f" The worst {WORST} of them:" if len(found) > WORST else ""
    count = f"{len(found):,} of {len(measured.rows):,} questions have no right article in the first place.{shown}"
    return "\n".join([f"<h2>Worst questions</h2>\n<p>{count}</p>", *map(_failure, found[:WORST])])


def _failure(failure: Failure) -> str:
    names = ", ".join(f"<code>{escape(name)}</code> <bdi>{escape(title)}</bdi>" for name, title in failure.titles)
    language = f" · {escape(failure.lang)}" if failure.lang else ""
    shown = [*failure.beaten_by, *([failure.right] if failure.right else [])]
    return (
        f'<section class="failure">\n<h3 dir="auto">{escape(failure.text)}</h3>\n'
        f"<p><code>{escape(failure.query)}</code>{language} · {place(failure)} · right: {names}</p>\n<ol>\n"
        + "\n".join(_found(found, right=found is failure.right) for found in shown)
        + "\n</ol>\n</section>"
    )


def _found(found: Found, *, right: bool) -> str:
    title = f'<strong dir="auto">{escape(found.title)}</strong>\n' if found.title else ""
    return (
        f'<li value="{found.rank}"{" class=right" if right else ""}>{title}'
        f'<p dir="auto">{escape(shortened(found.text))}</p>\n'
        f"<small><code>{escape(found.article_id)}</code> · {escape(score_words(found))}</small></li>"
    )
