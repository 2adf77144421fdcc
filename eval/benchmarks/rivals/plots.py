"""How each system grows, as charts: ``docs/benchmarks/*.svg``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from eval.benchmarks.rivals.growing import SYSTEMS, Grown
from eval.report.svg import PALE, STRONG, bare, svg_of

_LINES = {
    "masdar": {"color": STRONG, "marker": "o"},
    "masdar-light": {"color": PALE, "marker": "o"},
    "llamaindex": {"color": "#57606a", "marker": "s", "linestyle": "--"},
}


def _step(name: str) -> Callable[[Grown], float | None]:
    def value(row: Grown) -> float | None:
        timing = row.measured.steps.get(name)
        return timing.cpu_p50 if timing else None

    return value


#: File -> panels: title, unit, and the figure of a row.
CHARTS: dict[str, list[tuple[str, str, Callable[[Grown], float | None]]]] = {
    "asking": [
        ("a whole answer", "ms of processor", _step("ask")),
        ("passages for a question", "ms of processor", _step("search")),
    ],
    "searching": [
        ("nearest sentence vectors", "ms of processor", _step("dense")),
        ("passages that share words", "ms of processor", _step("lexical")),
    ],
    "living": [
        ("process start to first answer", "s of processor", lambda row: row.measured.start_processor),
        ("memory that no file backs", "MB", lambda row: row.measured.anonymous_mb),
        ("on the disk", "MB", lambda row: row.disk_mb),
    ],
}


def write_charts(rows: Sequence[Grown], folder: Path) -> list[Path]:
    """One SVG for each of ``CHARTS``; chunks count in powers of ten, and figures that differ tenfold.

    Raises:
        BadInput: matplotlib is not installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, panels in CHARTS.items():
        path = folder / f"{name}.svg"
        path.write_text(_with_namespace(svg_of(name, _drawing(rows, panels), 4.4 * len(panels), 3.2)), "utf-8")
        written.append(path)
    return written


def _with_namespace(svg: str) -> str:
    return svg if 'xmlns="' in svg[:600] else svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)


def _drawing(
    rows: Sequence[Grown], panels: Sequence[tuple[str, str, Callable[[Grown], float | None]]]
) -> Callable[[Any], None]:
    def draw(figure: Any) -> None:
        figure.patch.set_facecolor("white")  # readable on a dark page, too
        for axes, (title, unit, value) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
            for system in SYSTEMS:
                points = [(row.measured.chunks, value(row)) for row in rows if row.system == system]
                known = [(chunks, figure_) for chunks, figure_ in points if figure_ is not None]
                if known:
                    axes.plot(*zip(*known, strict=True), label=system, markersize=5, **_LINES[system])
            shown = [figure_ for line in axes.lines for figure_ in line.get_ydata()]
            wide = bool(shown) and max(shown) > 10 * min(shown)
            axes.set(xscale="log", yscale="log" if wide else "linear", xlabel="chunks", ylabel=unit, title=title)
            if not wide:
                axes.set_ylim(bottom=0)
            bare(axes, grid=True)
            axes.grid(axis="y", color="#d0d7de", linewidth=0.6)
        figure.axes[0].legend(frameon=False, fontsize=8)

    return draw
