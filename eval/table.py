"""The result of an evaluation as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from eval.measures import MEASURES
from eval.retrieval import Evaluation
from eval.robustness import COMPARED, Change, Robustness
from eval.tradeoff import QUALITY, Point

_FIRST = 22
_COLUMN = 12


def as_table(measured: Evaluation) -> str:
    """Averages with intervals, then by language, by signals and against a saved run where there are such."""
    return "\n".join(_lines(measured))


def points_table(dataset: str, points: Sequence[Point]) -> str:
    """Saved runs side by side: measures, bytes a chunk, milliseconds, and MRR@10 less that of the first."""
    width = max(_FIRST, *(len(point.name) + 2 for point in points))
    head = f"{'':<{width}}" + "".join(f"{name:>{_COLUMN}}" for name in (*MEASURES, "B a chunk", "p50 ms", "p95 ms"))
    rows = [_point_line(point, width) for point in points]
    less = [
        f"{point.name} less {points[0].name}: {QUALITY} {row.difference:+.4f}, p {row.p_value:.4f}"
        for point in points
        for name, row in point.versus_first.items()
        if name == QUALITY
    ]
    return "\n".join([f"{dataset}: {len(points)} runs", "", head, *rows, *([""] if less else []), *less])


def _point_line(point: Point, width: int) -> str:
    figures = [f"{point.metrics[name]:.4f}" for name in MEASURES]
    figures += [f"{point.bytes_per_chunk:,}", *(f"{point.milliseconds[name]:.1f}" for name in ("p50", "p95"))]
    return f"{point.name:<{width}}" + "".join(f"{figure:>{_COLUMN}}" for figure in figures)


def changes_table(measured: Robustness) -> str:
    """What each variant costs, by measure: original, variant, difference with its 95 % interval."""
    return "\n".join(_change_lines(measured))


def _change_lines(measured: Robustness) -> Iterator[str]:
    averages = ", ".join(f"{name} {value:.4f}" for name, value in measured.metrics.items())
    yield f"{measured.dataset.name}: {len(measured.dataset.qrels):,} questions as they are: {averages}"
    yield ""
    yield f"{'variant':<16}{'changed':>9}" + "".join(f"{name:>10}{'change':>9}  {'95 %':<18}" for name in COMPARED)
    for outcome in measured.outcomes:
        yield _change_line(outcome.name, len(outcome.texts), outcome.changes)
        if len(outcome.by_language) > 1:
            for language, changes in outcome.by_language.items():
                count = sum(row.lang == language for row in outcome.after)
                yield _change_line(f"  {language}", count, changes)


def _change_line(name: str, count: int, changes: Mapping[str, Change]) -> str:
    cells = (
        f"{change.variant:>10.4f}{change.difference:>+9.4f}  {f'{change.low:+.3f} to {change.high:+.3f}':<18}"
        for change in changes.values()
    )
    return f"{name:<16}{count:>9,}{''.join(cells)}".rstrip()


def _lines(measured: Evaluation) -> Iterator[str]:
    latency = measured.latency
    yield f"{measured.dataset.name}: {len(measured.rows):,} questions, {len(measured.dataset.corpus):,} documents"
    yield ""
    yield _line("", list(MEASURES))
    yield _figures("all", measured.metrics)
    yield _line("  95 % from", [f"{measured.intervals[name][0]:.4f}" for name in MEASURES])
    yield _line("  to", [f"{measured.intervals[name][1]:.4f}" for name in MEASURES])
    for groups in (measured.by_language, measured.ablation):
        if groups:
            yield ""
            yield from (_figures(name, values) for name, values in groups.items())
    if measured.comparison:
        yield ""
        yield _line("less the saved run", [f"{measured.comparison[name].difference:+.4f}" for name in MEASURES])
        yield _line("  p", [f"{measured.comparison[name].p_value:.4f}" for name in MEASURES])
    yield ""
    yield f"a question takes {latency['p50']:.0f} ms (median), {latency['p95']:.0f} ms (95th percentile)"


def _figures(name: str, values: Mapping[str, float]) -> str:
    return _line(name, [f"{values[measure]:.4f}" for measure in MEASURES])


def _line(name: str, cells: list[str]) -> str:
    return f"{name:<{_FIRST}}" + "".join(f"{cell:>{_COLUMN}}" for cell in cells)
