"""The result of an evaluation as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from eval.measures import MEASURES
from eval.retrieval import Evaluation

_FIRST = 22
_COLUMN = 12


def as_table(measured: Evaluation) -> str:
    """Averages with intervals, then by language, by signals and against a saved run where there are such."""
    return "\n".join(_lines(measured))


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
