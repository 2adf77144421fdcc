"""The answers to all judged questions, measured: averages, intervals, by language, against a saved run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.answers.asking import Answered
from eval.answers.rows import MEASURES, AnswerRow, defined, figures, measure
from eval.answers.support import Supporter
from eval.datasets import Dataset
from eval.errors import NoGold
from eval.retrieval import DECIMALS, Comparison, check_comparable, percentiles, rounded
from eval.runs import Run
from eval.significance import bootstrap_interval, randomisation_test
from indexer.errors import BadInput

Figures = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class AnswersEvaluation:
    """All that was measured of the answers to a set's questions.

    Attributes:
        dataset: the question set.
        answered, rows: the answers and what was measured of each, in the same order.
        metrics: see ``eval.answers.rows.figures``.
        intervals: 95 % bootstrap interval of each average.
        by_language: the same figures by the questions' language; empty where the set does not say.
        comparison: by measure; empty where there is nothing to compare with.
        config: what the figures were made with.
    """

    dataset: Dataset
    answered: Sequence[Answered]
    rows: Sequence[AnswerRow]
    metrics: Figures
    intervals: Mapping[str, tuple[float, float]]
    by_language: Mapping[str, Figures]
    comparison: Mapping[str, Comparison]
    config: Mapping[str, Any]

    @property
    def verdicts(self) -> dict[str, int]:
        """How many answers have each verdict, most first."""
        return dict(Counter(row.verdict for row in self.rows).most_common())

    @property
    def latency(self) -> dict[str, float]:
        """Milliseconds from a question to its answer, median and 95th percentile."""
        return percentiles(self.rows)

    def as_json(self) -> dict[str, Any]:
        """The result as ``--json`` prints it; parts that do not apply are left out."""
        result: dict[str, Any] = {
            "dataset": self.dataset.name,
            "queries": len(self.rows),
            "with_gold": len(defined(self.rows, MEASURES[0])),
            "citations": sum(len(row.citations) for row in self.rows),
            "metrics": shown(self.metrics),
            "ci95": {name: [round(end, DECIMALS) for end in ends] for name, ends in self.intervals.items()},
            "verdicts": self.verdicts,
            "latency_ms": self.latency,
            "config": dict(self.config),
        }
        if self.by_language:
            result["by_lang"] = {name: shown(values) for name, values in self.by_language.items()}
        if self.comparison:
            result["comparison"] = {
                name: rounded({"difference": row.difference, "p_value": row.p_value})
                for name, row in self.comparison.items()
            }
        return result


def shown(values: Figures) -> dict[str, float | None]:
    """Figures as they stand in JSON."""
    return {name: None if value is None else round(value, DECIMALS) for name, value in values.items()}


def check_gold(dataset: Dataset) -> None:
    """Refuse a set without gold answers: citations would be scored with no word on whether the answers are right.

    Raises:
        NoGold: no judged question has one.
    """
    if not any(query in dataset.gold for query in dataset.qrels):
        raise NoGold(dataset.name)


def check_comparable_answers(dataset: Dataset, other: Run[AnswerRow]) -> None:
    """Refuse a saved run of another question set, or of other gold answers.

    Raises:
        BadInput: naming what differs.
    """
    check_comparable(dataset, other)
    if other.result["config"].get("gold_digest") != dataset.gold_digest:
        raise BadInput(f"the saved run was measured against other answers than {dataset.name!r} has now; run it again")


def evaluate_answers(
    dataset: Dataset,
    answered: Sequence[Answered],
    supporter: Supporter,
    config: Mapping[str, Any],
    other: Run[AnswerRow] | None = None,
) -> AnswersEvaluation:
    """Measure the answers to all judged questions.

    Args:
        dataset: the question set.
        answered: every judged question of it.
        supporter: decides what quotes support.
        config: what the run was made with, for the record.
        other: a saved run on the same set to compare with.
    """
    rows = [measure(one, supporter) for one in answered]
    values = {name: defined(rows, name) for name in MEASURES}
    languages = sorted({row.lang for row in rows if row.lang})
    return AnswersEvaluation(
        dataset=dataset,
        answered=answered,
        rows=rows,
        metrics=figures(rows),
        intervals={name: bootstrap_interval(known) for name, known in values.items() if known},
        by_language={name: figures([row for row in rows if row.lang == name]) for name in languages},
        comparison=_compared(rows, other.rows) if other else {},
        config=config,
    )


def _compared(rows: Sequence[AnswerRow], others: Sequence[AnswerRow]) -> dict[str, Comparison]:
    """Each measure against that of the other run, over the questions that it applies to in both."""
    theirs = {row.query: row.metrics for row in others}
    found = {}
    for name in MEASURES:
        pairs = [(row.metrics[name], theirs[row.query][name]) for row in rows]
        kept = [(mine, other) for mine, other in pairs if mine is not None and other is not None]
        if kept:
            found[name] = Comparison(*randomisation_test([pair[0] for pair in kept], [pair[1] for pair in kept]))
    return found
