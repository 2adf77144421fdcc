"""Charts as SVG with nothing outside it: no font, no style sheet, no address.

Words stay words (``svg.fonttype: none``): they can be searched and read aloud.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from typing import Any

from eval.answers.abstention import Abstention
from eval.extras import library
from eval.measures import MEASURES
from eval.report.tables import TITLES
from eval.retrieval import Evaluation
from eval.robustness import COMPARED, Robustness
from eval.signals import ALL
from eval.tradeoff import Point

_ID = re.compile(r'(\bid="|url\(#|href="#)')
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "masdar",  # the same chart gives the same file
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": "#24292f",
    "axes.edgecolor": "#8c959f",
    "axes.labelcolor": "#24292f",
    "xtick.color": "#57606a",
    "ytick.color": "#24292f",
}
_STRONG, _PALE = "#0b6e4f", "#9cc5b4"
#: Metadata that matplotlib writes by default: addresses, the date, its own name.
_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def interval_chart(measured: Evaluation) -> str:
    """Each measure as a dot with its 95 % interval."""
    names = list(MEASURES)[::-1]

    def draw(figure: Any) -> None:
        axes = figure.subplots()
        for at, name in enumerate(names):
            low, high = measured.intervals[name]
            mean = measured.metrics[name]
            axes.plot([low, high], [at, at], color=_PALE, linewidth=6, solid_capstyle="butt")
            axes.plot([mean], [at], "o", color=_STRONG, markersize=7, clip_on=False)
            axes.annotate(f"{mean:.3f}", (mean, at), (0, 9), textcoords="offset points", ha="center", fontsize=9)
        axes.set_yticks(range(len(names)), [TITLES[name] for name in names])
        axes.set_ylim(-0.5, len(names) - 0.2)
        _plain(axes, grid=True)

    return _svg("metrics", draw, 7.2, 0.45 * len(names) + 0.6)


def ablation_chart(measured: Evaluation) -> str:
    """A panel of bars for each measure, a bar for each combination of signals, the retriever itself in full colour."""
    groups = list(measured.ablation)[::-1]
    colours = [_STRONG if group == ALL else _PALE for group in groups]

    def draw(figure: Any) -> None:
        panels = figure.subplots(1, len(MEASURES), sharey=True)
        for axes, measure in zip(panels, MEASURES, strict=True):
            values = [measured.ablation[group][measure] for group in groups]
            axes.barh(groups, values, color=colours, height=0.62)
            for at, value in enumerate(values):
                inside = value > 0.5
                axes.text(
                    value + (-0.03 if inside else 0.03),
                    at,
                    f"{value:.3f}",
                    va="center",
                    ha="right" if inside else "left",
                    color="white" if inside and groups[at] == ALL else "#24292f",
                    fontsize=9,
                )
            axes.set_title(TITLES[measure], fontsize=10)
            _plain(axes, grid=False)

    return _svg("ablation", draw, 9.0, 0.42 * len(groups) + 0.9)


def changes_chart(measured: Robustness) -> str:
    """A panel for each compared measure: the mean change of each variant as a dot with its 95 % interval."""
    shown = [outcome for outcome in measured.outcomes if outcome.changes][::-1]

    def draw(figure: Any) -> None:
        panels = figure.subplots(1, len(COMPARED), sharey=True, squeeze=False)[0]
        for axes, measure in zip(panels, COMPARED, strict=True):
            axes.axvline(0, color="#8c959f", linewidth=0.8)
            for at, outcome in enumerate(shown):
                change = outcome.changes[measure]
                axes.plot([change.low, change.high], [at, at], color=_PALE, linewidth=6, solid_capstyle="butt")
                axes.plot([change.difference], [at], "o", color=_STRONG, markersize=6)
            axes.set_yticks(range(len(shown)), [outcome.name for outcome in shown])
            axes.set_title(f"Change of {TITLES[measure]}", fontsize=10)
            _bare(axes, grid=True)

    return _svg("changes", draw, 9.0, 0.3 * len(shown) + 1.0)


def tradeoff_chart(points: Sequence[Point]) -> str:
    """MRR@10 of each run with its 95 % interval, against bytes a chunk and against milliseconds a question.

    A line to the right goes from the median to the 95th percentile of milliseconds.
    """

    def draw(figure: Any) -> None:
        by_size, by_time = figure.subplots(1, 2, sharey=True)
        for number, point in enumerate(points):
            low, high = point.interval
            size, time = point.bytes_per_chunk / 1000, point.milliseconds["p50"]
            by_time.plot([time, point.milliseconds["p95"]], [point.quality] * 2, color=_STRONG, linewidth=0.8)
            for axes, value in ((by_size, size), (by_time, time)):
                axes.plot([value, value], [low, high], color=_PALE, linewidth=4, solid_capstyle="butt")
                axes.plot([value], [point.quality], "o", color=_STRONG, markersize=7)
                # Left and above, right and below by turns: neighbours do not write over each other.
                offset, side = ((7, -12), "left") if number % 2 else ((-7, 6), "right")
                place = (value, point.quality)
                axes.annotate(point.name, place, offset, textcoords="offset points", ha=side, fontsize=9)
        by_size.set(xlabel="KB a chunk on disk", ylabel=TITLES["mrr@10"])
        by_time.set(xlabel="ms a question, median to 95th percentile")
        for axes in (by_size, by_time):
            axes.set_xlim(0, 1.25 * axes.dataLim.xmax)  # room for the names
            _bare(axes, grid=True)

    return _svg("tradeoff", draw, 9.0, 4.0)


def curve_chart(measured: Abstention) -> str:
    """Risk over coverage, and hallucinations over errors, as the confidence asked for falls.

    The dot is where the verdicts are: the rates of what was answered in this run.
    """
    points, chosen = measured.curve, measured.overall or measured.off_topic_rates

    def draw(figure: Any) -> None:
        risk, trade = figure.subplots(1, 2)
        risk.step([point.coverage for point in points], [point.risk for point in points], color=_STRONG, where="pre")
        risk.set(xlabel="share of questions answered", ylabel="share of the answered that is wrong")
        errors = [point.error_rate for point in points]
        trade.plot(errors, [point.hallucination_rate for point in points], color=_STRONG)
        trade.plot([0, 1], [1, 0], color=_PALE, linewidth=0.8, linestyle="--")  # chance
        trade.plot([chosen.error_rate], [chosen.hallucination_rate], "o", color=_STRONG, markersize=7, clip_on=False)
        trade.set(xlabel="error rate", ylabel="hallucination rate")
        for axes in (risk, trade):
            _plain(axes, grid=True)
            axes.set_ylim(0, 1)

    return _svg("curve", draw, 9.0, 3.8)


def _plain(axes: Any, *, grid: bool) -> None:
    axes.set_xlim(0, 1)
    # Short names at the ends: the panels stand close to each other.
    axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    _bare(axes, grid=grid)


def _bare(axes: Any, *, grid: bool) -> None:
    axes.tick_params(length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    if grid:
        axes.grid(axis="x", color="#d0d7de", linewidth=0.6)
        axes.set_axisbelow(True)


def _svg(name: str, draw: Callable[[Any], None], width: float, height: float) -> str:
    """A figure of ``width`` by ``height`` inches as an SVG element, without what stands before it in a file.

    Its ids begin with ``name``: several charts stand in one page, where an id must be there once.
    """
    with library("matplotlib").rc_context(_STYLE):
        figure = library("matplotlib.figure").Figure(figsize=(width, height), layout="constrained")
        draw(figure)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata=_NO_METADATA)
    content = file.getvalue()
    return _ID.sub(rf"\1{name}-", content[content.index("<svg") :])
