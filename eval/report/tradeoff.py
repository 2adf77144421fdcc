"""The report of saved runs side by side: ``compare.md``, ``compare.html`` and the chart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from eval.measures import MEASURES
from eval.report.charts import tradeoff_chart
from eval.report.files import write_sheet
from eval.report.tables import TITLES, Sheet, Table
from eval.tradeoff import QUALITY, Point


def write_tradeoff(dataset: str, points: Sequence[Point], folder: Path) -> None:
    """Write the report into ``folder``, over what an earlier one left.

    Raises:
        BadInput: matplotlib is not installed, or the folder cannot be written to.
    """
    sheet = Sheet(
        f"Runs on {dataset}",
        f"{len(points)} runs on the same questions: quality against bytes a chunk on disk (without the engine's "
        "journal, which does not grow) and milliseconds a question.",
        {"tradeoff.svg": tradeoff_chart(points)},
        list(_tables(points)),
    )
    write_sheet(folder, "compare", sheet, {})


def _tables(points: Sequence[Point]) -> Iterator[Table]:
    columns = ("run", *TITLES.values(), f"95 % of {TITLES[QUALITY]}", "index MB", "bytes a chunk", "p50 ms", "p95 ms")
    yield Table("Runs", columns, [_row(point) for point in points])
    compared = [
        (point.name, *(f"{row.difference:+.4f} (p {row.p_value:.4f})" for row in point.versus_first.values()))
        for point in points
        if point.versus_first
    ]
    if compared:
        yield Table(f"Less {points[0].name}", ("run", *TITLES.values()), compared)
    names = list(points[0].differing)
    if names:
        rows = [(name, *(point.differing[name] for point in points)) for name in names]
        yield Table("What differs", ("configuration", *(point.name for point in points)), rows)


def _row(point: Point) -> list[str]:
    low, high = point.interval
    return [
        point.name,
        *(f"{point.metrics[name]:.4f}" for name in MEASURES),
        f"{low:.4f} to {high:.4f}",
        f"{point.index_bytes / 1e6:.1f}",
        f"{point.bytes_per_chunk:,}",
        *(f"{point.milliseconds[name]:.1f}" for name in ("p50", "p95")),
    ]
