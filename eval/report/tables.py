"""The tables of a report, as cells: what Markdown and HTML both show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.measures import MEASURES
from eval.provenance import flat
from eval.retrieval import Evaluation

#: Measures as they are written in text.
TITLES = {name: name.replace("recall", "Recall").replace("mrr", "MRR").replace("ndcg", "nDCG") for name in MEASURES}


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, the names of the columns and the rows; the first column is names."""

    heading: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A report of charts and tables: heading, one sentence, charts as SVG by file name, tables."""

    heading: str
    summary: str
    charts: Mapping[str, str]
    tables: Sequence[Table]


def tables(measured: Evaluation) -> Iterator[Table]:
    """The tables that apply: measures, by language, by signals, against a saved run."""
    rows = [
        (TITLES[name], f"{measured.metrics[name]:.4f}", f"{low:.4f} to {high:.4f}")
        for name, (low, high) in measured.intervals.items()
    ]
    yield Table("Measures", ("measure", "mean", "95 % interval"), rows)
    if measured.by_language:
        yield _grouped("By language of the question", "language", measured.by_language)
    if measured.ablation:
        yield _grouped("By signals", "signals", measured.ablation)
    if measured.comparison:
        compared = [
            (TITLES[name], f"{row.difference:+.4f}", f"{row.p_value:.4f}") for name, row in measured.comparison.items()
        ]
        yield Table("Against the saved run", ("measure", "difference", "p"), compared)


def settings_table(config: Mapping[str, Any]) -> Table:
    """A configuration, nested names joined by dots."""
    return Table("Configuration", ("name", "value"), list(flat(config)))


def summary(measured: Evaluation) -> str:
    """One sentence on what was measured."""
    latency = measured.latency
    return (
        f"{len(measured.rows):,} questions over {len(measured.dataset.corpus):,} documents; a question takes "
        f"{latency['p50']:.0f} ms (median), {latency['p95']:.0f} ms (95th percentile)."
    )


def _grouped(heading: str, first: str, groups: Mapping[str, Mapping[str, float]]) -> Table:
    rows = [(name, *(f"{values[measure]:.4f}" for measure in MEASURES)) for name, values in groups.items()]
    return Table(heading, (first, *TITLES.values()), rows)
