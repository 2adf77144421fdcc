"""The report of abstention: ``abstention.md``, ``abstention.html``, the curve and ``abstention.json``.

It shows questions with the answers they got, which quote articles.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from eval.answers.abstention import LIMITS, Abstention
from eval.answers.asking import ANSWERABLE, OFF_TOPIC, Answered
from eval.answers.separation import best_within
from eval.answers.tables import groups, judge_line
from eval.report.charts import curve_chart
from eval.report.files import write_sheet
from eval.report.tables import Sheet, Table, settings_table
from eval.report.worst import shortened

#: Questions shown of each type.
SHOWN = 10


def write_abstention(measured: Abstention, folder: Path) -> None:
    """Write the report into ``folder``, over what an earlier one left.

    Raises:
        BadInput: matplotlib is not installed, or the folder cannot be written to.
    """
    counts = (len(rows) for rows in (measured.answerable, measured.unanswerable, measured.off_topic))
    able, unable, off = counts
    sheet = Sheet(
        f"Abstention on {measured.dataset.name}",
        f"{able:,} questions that the documents answer, {unable:,} that they do not, {off:,} about something else "
        f"({measured.off_topic_set}). A hallucination is a question that cannot be answered and was; an error one that "
        f"can be answered and was not; {judge_line(measured)}.",
        {"curve.svg": curve_chart(measured)},
        list(_tables(measured)),
    )
    result = json.dumps(measured.as_json(), ensure_ascii=False, indent=2) + "\n"
    write_sheet(folder, "abstention", sheet, {"abstention.json": result})


def _tables(measured: Abstention) -> Iterator[Table]:
    columns = ("questions", "answerable", "not", "AUROC", "95 %", "hallucination", "95 %", "error", "95 %")
    yield Table("Rates", columns, list(_rate_rows(measured)))
    points = [
        (limit, *(f"{value:.4f}" for value in (point.hallucination_rate, point.error_rate, point.threshold)))
        for limit, point in best_within(measured.curve, LIMITS).items()
    ]
    names = ("error at most", "hallucination", "error", "from confidence")
    yield Table("Fewest hallucinations on the curve", names, points)
    verdicts = list(dict.fromkeys(name for counts in measured.verdicts.values() for name in counts))
    rows = [(kind, *(f"{counts.get(name, 0):,}" for name in verdicts)) for kind, counts in measured.verdicts.items()]
    yield Table("Verdicts", ("type of question", *verdicts), rows)
    yield from _shown(measured)
    yield settings_table(measured.config)


def _rate_rows(measured: Abstention) -> Iterator[list[str]]:
    for name, found in groups(measured).items():
        row = [name, f"{found.answerable:,}", f"{found.unanswerable:,}"]
        for rate in ("auroc", "hallucination_rate", "error_rate"):
            low, high = found.intervals[rate]
            row += [f"{getattr(found, rate):.4f}", f"{low:.3f} to {high:.3f}"]
        yield row


def _shown(measured: Abstention) -> Iterator[Table]:
    """Of each type of question some, evenly over the set, with what the answer was; and errors."""
    columns = ("question", "asked", "why not answerable", "verdict", "confidence", "answer")
    types = dict.fromkeys(one.asked.type for one in measured.answered)
    for kind in (name for name in types if name not in (ANSWERABLE, OFF_TOPIC)):
        of_kind = [one for one in measured.answered if one.asked.type == kind]
        yield Table(f"Questions of type {kind}", columns, [_row(one) for one in _evenly(of_kind)])
    off_topic = [one for one in measured.answered if one.asked.type == OFF_TOPIC and one.answer.verdict == "answered"]
    errors = [one for one in measured.answered if one.asked.type == ANSWERABLE and one.answer.verdict != "answered"]
    for heading, found in (("Off-topic questions that were answered", off_topic), ("Errors", errors)):
        if found:
            yield Table(f"{heading}: {len(found):,}", columns, [_row(one) for one in _evenly(found)])


def _evenly(found: Sequence[Answered]) -> list[Answered]:
    """Some of the questions, as far apart as they can be: not chosen for what came out."""
    step = max(1.0, len(found) / SHOWN)
    return [found[int(at * step)] for at in range(min(SHOWN, len(found)))]


def _row(one: Answered) -> tuple[str, ...]:
    answer = one.answer
    return (
        one.asked.query,
        one.asked.text,
        one.asked.note,
        answer.verdict,
        f"{one.confidence:.3f}",
        shortened(answer.answer),
    )
