"""The charts of the reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eval.answers.abstention import Abstention
from eval.measures import MEASURES
from eval.report.svg import PALE, STRONG, bare, svg_of
from eval.report.tables import TITLES
from eval.retrieval import Evaluation
from eval.robustness import COMPARED, Robustness
from eval.signals import ALL
from eval.tradeoff import Point


def interval_chart(measured: Evaluation) -> str:
    """Each measure as a dot with its 95 % interval."""
    names = list(MEASURES)[::-1]

    def draw(figure: Any) -> None:
        axes = figure.subplots()
        for at, name in enumerate(names):
            low, high = measured.intervals[name]
            mean = measured.metrics[name]
            axes.plot([low, high], [at, at], color=PALE, linewidth=6, solid_capstyle="butt")
            axes.plot([mean], [at], "o", color=STRONG, markersize=7, clip_on=False)
            axes.annotate(f"{mean:.3f}", (mean, at), (0, 9), textcoords="offset points", ha="center", fontsize=9)
        axes.set_yticks(range(len(names)), [TITLES[name] for name in names])
        axes.set_ylim(-0.5, len(names) - 0.2)
        _plain(axes, grid=True)

    return svg_of("metrics", draw, 7.2, 0.45 * len(names) + 0.6)


def ablation_chart(measured: Evaluation) -> str:
    """A panel of bars for each measure, a bar for each combination of signals, the retriever itself in full colour."""
    groups = list(measured.ablation)[::-1]
    colours = [STRONG if group == ALL else PALE for group in groups]

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

    return svg_of("ablation", draw, 9.0, 0.42 * len(groups) + 0.9)


def changes_chart(measured: Robustness) -> str:
    """A panel for each compared measure: the mean change of each variant as a dot with its 95 % interval."""
    shown = [outcome for outcome in measured.outcomes if outcome.changes][::-1]

    def draw(figure: Any) -> None:
        panels = figure.subplots(1, len(COMPARED), sharey=True, squeeze=False)[0]
        for axes, measure in zip(panels, COMPARED, strict=True):
            axes.axvline(0, color="#8c959f", linewidth=0.8)
            for at, outcome in enumerate(shown):
                change = outcome.changes[measure]
                axes.plot([change.low, change.high], [at, at], color=PALE, linewidth=6, solid_capstyle="butt")
                axes.plot([change.difference], [at], "o", color=STRONG, markersize=6)
            axes.set_yticks(range(len(shown)), [outcome.name for outcome in shown])
            axes.set_title(f"Change of {TITLES[measure]}", fontsize=10)
            bare(axes, grid=True)

    return svg_of("changes", draw, 9.0, 0.3 * len(shown) + 1.0)


def tradeoff_chart(points: Sequence[Point]) -> str:
    """MRR@10 of each run with its 95 % interval, against bytes a chunk and against milliseconds a question.

    A line to the right goes from the median to the 95th percentile of milliseconds.
    """

    def draw(figure: Any) -> None:
        by_size, by_time = figure.subplots(1, 2, sharey=True)
        for number, point in enumerate(points):
            low, high = point.interval
            size, time = point.bytes_per_chunk / 1000, point.milliseconds["p50"]
            by_time.plot([time, point.milliseconds["p95"]], [point.quality] * 2, color=STRONG, linewidth=0.8)
            for axes, value in ((by_size, size), (by_time, time)):
                axes.plot([value, value], [low, high], color=PALE, linewidth=4, solid_capstyle="butt")
                axes.plot([value], [point.quality], "o", color=STRONG, markersize=7)
                # Left and above, right and below by turns: neighbours do not write over each other.
                offset, side = ((7, -12), "left") if number % 2 else ((-7, 6), "right")
                place = (value, point.quality)
                axes.annotate(point.name, place, offset, textcoords="offset points", ha=side, fontsize=9)
        by_size.set(xlabel="KB a chunk on disk", ylabel=TITLES["mrr@10"])
        by_time.set(xlabel="ms a question, median to 95th percentile")
        for axes in (by_size, by_time):
            axes.set_xlim(0, 1.25 * axes.dataLim.xmax)  # room for the names
            bare(axes, grid=True)

    return svg_of("tradeoff", draw, 9.0, 4.0)


def curve_chart(measured: Abstention) -> str:
    """Risk over coverage, and hallucinations over errors, as the confidence asked for falls.

    The dot is where the verdicts are: the rates of what was answered in this run.
    """
    points, chosen = measured.curve, measured.overall or measured.off_topic_rates

    def draw(figure: Any) -> None:
        risk, trade = figure.subplots(1, 2)
        risk.step([point.coverage for point in points], [point.risk for point in points], color=STRONG, where="pre")
        risk.set(xlabel="share of questions answered", ylabel="share of the answered that is wrong")
        errors = [point.error_rate for point in points]
        trade.plot(errors, [point.hallucination_rate for point in points], color=STRONG)
        trade.plot([0, 1], [1, 0], color=PALE, linewidth=0.8, linestyle="--")  # chance
        trade.plot([chosen.error_rate], [chosen.hallucination_rate], "o", color=STRONG, markersize=7, clip_on=False)
        trade.set(xlabel="error rate", ylabel="hallucination rate")
        for axes in (risk, trade):
            _plain(axes, grid=True)
            axes.set_ylim(0, 1)

    return svg_of("curve", draw, 9.0, 3.8)


def _plain(axes: Any, *, grid: bool) -> None:
    axes.set_xlim(0, 1)
    # Short names at the ends: the panels stand close to each other.
    axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    bare(axes, grid=grid)
