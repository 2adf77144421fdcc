"""Evaluate retrieval on a question set: rankings to measures, with intervals, ablation and comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from eval.asking import Asked
from eval.datasets import Dataset
from eval.measures import MEASURES, mean_scores, score_rankings
from eval.runs import R, Row, Run, Seen
from eval.signals import ALL
from eval.significance import bootstrap_interval, randomisation_test
from indexer.errors import BadInput

#: Decimals of figures in JSON.
DECIMALS = 6


def rounded(values: Mapping[str, float]) -> dict[str, float]:
    """Figures as they stand in JSON."""
    return {name: round(value, DECIMALS) for name, value in values.items()}


class Timed(Protocol):
    """Whatever says how long a question took."""

    @property
    def milliseconds(self) -> float:
        """From the question to what came of it."""
        ...


@dataclass(frozen=True, slots=True)
class Comparison:
    """A measure of this run less that of another, and how likely so large a difference is by chance."""

    difference: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that was measured in a run.

    Attributes:
        dataset: the question set.
        asked, rows: what each question found and its measures, in the same order.
        metrics: averages over all judged questions.
        intervals: 95 % bootstrap interval of each.
        by_language: averages by the questions' language; empty where the set does not say.
        ablation: averages by combination of signals; empty where it was not asked for.
        comparison: by measure; empty where there is nothing to compare with.
        config: what the figures were made with.
    """

    dataset: Dataset
    asked: Sequence[Asked]
    rows: Sequence[Row]
    metrics: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    by_language: Mapping[str, Mapping[str, float]]
    ablation: Mapping[str, Mapping[str, float]]
    comparison: Mapping[str, Comparison]
    config: Mapping[str, Any]

    @property
    def latency(self) -> dict[str, float]:
        """Milliseconds of a question, median and 95th percentile: encode it and search."""
        return percentiles(self.rows)

    def as_json(self) -> dict[str, Any]:
        """The result as ``--json`` prints it; parts that do not apply are left out."""
        result: dict[str, Any] = {
            "dataset": self.dataset.name,
            "queries": len(self.rows),
            "metrics": rounded(self.metrics),
            "ci95": {name: [round(end, DECIMALS) for end in ends] for name, ends in self.intervals.items()},
            "latency_ms": self.latency,
            "config": dict(self.config),
        }
        for name, groups in (("by_lang", self.by_language), ("ablation", self.ablation)):
            if groups:
                result[name] = {group: rounded(values) for group, values in groups.items()}
        if self.comparison:
            result["comparison"] = {
                name: rounded({"difference": row.difference, "p_value": row.p_value})
                for name, row in self.comparison.items()
            }
        return result


def evaluate(dataset: Dataset, asked: Sequence[Asked], config: Mapping[str, Any], other: Run[Row] | None) -> Evaluation:
    """Measure what all judged questions found.

    Args:
        dataset: the question set.
        asked: every judged question of it.
        config: what the run was made with, for the record.
        other: a saved run on the same set to compare with.

    Raises:
        BadInput: the saved run is of another question set.
        ValueError: a judged question is missing.
    """
    scores = score_rankings(dataset.qrels, {one.query: one.ranking for one in asked})
    rows = [_row(dataset, one, scores[one.query]) for one in asked]
    return Evaluation(
        dataset=dataset,
        asked=asked,
        rows=rows,
        metrics=mean_scores(scores.values()),
        intervals={name: bootstrap_interval([row.metrics[name] for row in rows]) for name in MEASURES},
        by_language=_by_language(rows),
        ablation=_ablation(dataset, asked, rows),
        comparison=compare(rows, other) if other else {},
        config=config,
    )


def _row(dataset: Dataset, asked: Asked, scores: Mapping[str, float]) -> Row:
    seen = (Seen(one.rank, one.article_id, one.start, one.end, rounded(one.scores)) for one in asked.found)
    language = dataset.languages.get(asked.query, "")
    return Row(asked.query, language, scores, asked.ranking, asked.milliseconds, tuple(seen))


def _by_language(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    languages = sorted({row.lang for row in rows if row.lang})
    return {name: mean_scores(row.metrics for row in rows if row.lang == name) for name in languages}


def _ablation(dataset: Dataset, asked: Sequence[Asked], rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    combinations = list(asked[0].ablated) if asked else []
    found = {
        name: mean_scores(score_rankings(dataset.qrels, {one.query: one.ablated[name] for one in asked}).values())
        for name in combinations
    }
    return found | {ALL: mean_scores(row.metrics for row in rows)} if found else {}


def percentiles(rows: Sequence[Timed]) -> dict[str, float]:
    """Milliseconds of a question, median and 95th percentile."""
    low, high = np.percentile([row.milliseconds for row in rows], [50, 95])
    return {"p50": round(float(low), 2), "p95": round(float(high), 2)}


def check_comparable(dataset: Dataset, other: Run[R]) -> None:
    """Refuse a saved run of another question set: its questions could be paired, and would not be the same.

    Raises:
        BadInput: naming what differs.
    """
    named = other.result["config"].get("dataset_digest")
    if named != dataset.digest or {row.query for row in other.rows} != set(dataset.qrels):
        raise BadInput(
            f"the saved run is of {other.result.get('dataset')!r} with {len(other.rows)} questions and is not of the "
            f"documents, questions and judgements of {dataset.name!r} ({len(dataset.qrels)} questions) as they are "
            "now; run that version again with --save"
        )


def compare(rows: Sequence[Row], other: Run[Row]) -> dict[str, Comparison]:
    """Compare each measure with that of a saved run, question by question."""
    theirs = {row.query: row.metrics for row in other.rows}
    return {
        name: Comparison(
            *randomisation_test([row.metrics[name] for row in rows], [theirs[row.query][name] for row in rows])
        )
        for name in MEASURES
    }
