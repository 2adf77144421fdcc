"""The report of variants: ``robustness.md``, ``robustness.html``, the chart and ``robustness.json``.

It shows questions of the set, as they are and as they were varied; no text of an article.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from eval.measures import CUT
from eval.report.charts import changes_chart
from eval.report.files import write_sheet
from eval.report.tables import TITLES, Sheet, Table, settings_table
from eval.robustness import COMPARED, Change, Outcome, Robustness
from eval.runs import Row

#: Questions shown that a variant cost most.
COSTLIEST = 8


def write_robustness(measured: Robustness, folder: Path) -> None:
    """Write the report into ``folder``, over what an earlier one left.

    Raises:
        BadInput: matplotlib is not installed, or the folder cannot be written to.
    """
    averages = ", ".join(f"{TITLES[name]} {value:.4f}" for name, value in measured.metrics.items())
    sheet = Sheet(
        f"Robustness on {measured.dataset.name}",
        f"{len(measured.dataset.qrels):,} questions; as they are: {averages}. A variant is compared with the originals "
        "of the questions that it changes.",
        {"changes.svg": changes_chart(measured)},
        list(_tables(measured)),
    )
    result = json.dumps(measured.as_json(), ensure_ascii=False, indent=2) + "\n"
    write_sheet(folder, "robustness", sheet, {"robustness.json": result})


def _tables(measured: Robustness) -> Iterator[Table]:
    columns = ["variant", "changed", "unchanged", "same ten places"]
    for name in COMPARED:
        columns += [TITLES[name], "original", "change", "95 % interval", "p"]
    yield Table("Variants", columns, [_row(outcome) for outcome in measured.outcomes])
    by_language = [row for outcome in measured.outcomes for row in _language_rows(outcome)]
    if by_language:
        yield Table("By language of the question", ["variant", "language", *columns[4:]], by_language)
    for outcome in measured.outcomes:
        costly = list(_costliest(measured, outcome))
        if costly:
            yield Table(f"Costliest: {outcome.name}", ("question", "as it is", "varied", "place", "then"), costly)
    yield settings_table(measured.config)


def _row(outcome: Outcome) -> list[str]:
    counts = (len(outcome.texts), outcome.unchanged, outcome.same_places)
    return [outcome.name, *(f"{count:,}" for count in counts), *_cells(outcome.changes)]


def _language_rows(outcome: Outcome) -> Iterator[list[str]]:
    for language, changes in outcome.by_language.items():
        yield [outcome.name, language, *_cells(changes)]


def _cells(changes: Mapping[str, Change]) -> Iterator[str]:
    for change in changes.values():
        yield f"{change.variant:.4f}"
        yield f"{change.original:.4f}"
        yield f"{change.difference:+.4f}"
        yield f"{change.low:+.4f} to {change.high:+.4f}"
        yield f"{change.p_value:.4f}"


def _costliest(measured: Robustness, outcome: Outcome) -> Iterator[tuple[str, ...]]:
    """Questions that lost most by reciprocal rank, with the place of the right article before and after."""
    pairs = list(zip(outcome.before, outcome.after, strict=True))
    pairs.sort(key=lambda pair: pair[1].metrics["mrr@10"] - pair[0].metrics["mrr@10"])
    for before, after in pairs[:COSTLIEST]:
        if after.metrics["mrr@10"] < before.metrics["mrr@10"]:
            texts = measured.dataset.queries[before.query], outcome.texts[before.query]
            yield (before.query, *texts, _place(measured, before), _place(measured, after))


def _place(measured: Robustness, row: Row) -> str:
    grades = measured.dataset.qrels[row.query]
    return next((str(at) for at, name in enumerate(row.ranking[:CUT], 1) if name in grades), f"above {CUT}")
