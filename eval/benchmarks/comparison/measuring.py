"""Ask every judged question of every system and score what was found, with the measures of ``masdar eval``."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from eval.benchmarks.comparison.systems import Family, Indexed
from eval.datasets import Dataset
from eval.measures import mean_scores, score_rankings
from eval.significance import bootstrap_interval

#: Of the measures of ``masdar eval``, those that are reported here.
MEASURES = ("recall@1", "recall@5", "mrr@10")


@dataclass(frozen=True, slots=True)
class Row:
    """One system on one question set.

    Attributes:
        metrics: averages over all judged questions, each between 0 and 1.
        ci95: bootstrap interval of each.
        ms_p50: median of the milliseconds of a question: encode it and search.
        index_seconds: to index the documents, encoding included.
    """

    system: str
    metrics: Mapping[str, float]
    ci95: Mapping[str, tuple[float, float]]
    ms_p50: float
    index_seconds: float


def measure_set(
    dataset: Dataset, families: Sequence[Family], watcher: Callable[[str], None] = lambda line: None
) -> Iterator[Row]:
    """A row for each system; ``watcher`` is told what is done next."""
    for family in families:
        watcher(f"{dataset.name}: indexing {len(dataset.corpus):,} documents for {', '.join(family.systems)}")
        with family.open(dataset) as systems:
            for system in systems:
                watcher(f"{dataset.name}: asking {len(dataset.qrels):,} questions of {system.name}")
                yield measure(dataset, system)


def measure(dataset: Dataset, system: Indexed) -> Row:
    """Ask one system; what it raises passes with a note (PEP 678) on the question, since a failure is no figure."""
    rankings: dict[str, list[str]] = {}
    times = []
    for query in dataset.qrels:
        begun = time.perf_counter()
        try:
            rankings[query] = system.ask(dataset.queries[query])
        except Exception as error:
            error.add_note(f"this happened while asking {system.name} question {query!r} of {dataset.name}")
            raise
        times.append(1000 * (time.perf_counter() - begun))
    scores = score_rankings(dataset.qrels, rankings)
    means = mean_scores(scores.values())
    return Row(
        system.name,
        {name: round(means[name], 6) for name in MEASURES},
        {name: _rounded(bootstrap_interval([row[name] for row in scores.values()])) for name in MEASURES},
        round(statistics.median(times), 2),
        round(system.seconds, 2),
    )


def _rounded(interval: tuple[float, float]) -> tuple[float, float]:
    low, high = interval
    return round(low, 6), round(high, 6)
