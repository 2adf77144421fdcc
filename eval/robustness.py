"""What is lost when questions are typed otherwise: variants of a set's questions against the originals.

A variant is compared on the questions that it changes; those that it leaves as they are would hide what it does.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from eval.asking import Asked, Asking, ask_all
from eval.collection import Making, open_collection
from eval.datasets import Dataset
from eval.measures import CUT
from eval.retrieval import DECIMALS, evaluate
from eval.runs import Row
from eval.session import DEPTH, configuration
from eval.significance import bootstrap_interval, randomisation_test
from eval.variants import RATE, SEED, derive
from indexer.encoder import Encoder
from service import wiring
from service.settings import Settings

#: The measures that are compared.
COMPARED = ("mrr@10", "recall@5")


@dataclass(frozen=True, slots=True)
class Trial:
    """Which variants to try, how they are made, and how to ask.

    Attributes:
        variants: names in ``eval.variants.VARIANTS``.
        seed, rate: see ``eval.variants.derive``.
        depth: passages looked at for each question.
        begun: called with the number of questions before the first is asked.
        asked: called after each question.
    """

    variants: Sequence[str]
    seed: int = SEED
    rate: float = RATE
    depth: int = DEPTH
    begun: Callable[[int], None] = lambda count: None
    asked: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Change:
    """A measure on the questions that a variant changes.

    Attributes:
        original, variant: averages.
        low, high: 95 % bootstrap interval of the mean difference, variant less original, question by question.
        p_value: of a paired randomisation test.
    """

    original: float
    variant: float
    low: float
    high: float
    p_value: float

    @property
    def difference(self) -> float:
        """Variant less original."""
        return self.variant - self.original

    def as_json(self) -> dict[str, Any]:
        """The change as ``--json`` prints it."""
        figures = {name: round(getattr(self, name), DECIMALS) for name in ("original", "variant", "difference")}
        ends = [round(self.low, DECIMALS), round(self.high, DECIMALS)]
        return {**figures, "ci95": ends, "p_value": round(self.p_value, DECIMALS)}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a variant did.

    Attributes:
        texts: the questions that it changed, by id, as they were asked.
        unchanged: how many judged questions it left as they are.
        before, after: what the changed questions scored, in the same order.
        changes: by measure; empty where it changed no question.
        by_language: the same for the questions of each language, where the set says.
    """

    name: str
    texts: Mapping[str, str]
    unchanged: int
    before: Sequence[Row]
    after: Sequence[Row]
    changes: Mapping[str, Change] = field(default_factory=dict)
    by_language: Mapping[str, Mapping[str, Change]] = field(default_factory=dict)

    @property
    def same_places(self) -> int:
        """How many changed questions found the same articles in the first ten places as before."""
        return sum(old.ranking[:CUT] == new.ranking[:CUT] for old, new in zip(self.before, self.after, strict=True))

    def as_json(self) -> dict[str, Any]:
        """The outcome as ``--json`` prints it."""
        shown: dict[str, Any] = {
            "changed": len(self.texts),
            "unchanged": self.unchanged,
            "same_places": self.same_places,
        }
        shown |= {name: change.as_json() for name, change in self.changes.items()}
        if self.by_language:
            shown["by_lang"] = {
                language: {name: change.as_json() for name, change in changes.items()}
                for language, changes in self.by_language.items()
            }
        return shown


@dataclass(frozen=True, slots=True)
class Robustness:
    """Original questions and their variants, measured."""

    dataset: Dataset
    metrics: Mapping[str, float]
    outcomes: Sequence[Outcome]
    config: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The result as ``--json`` prints it."""
        return {
            "dataset": self.dataset.name,
            "queries": len(self.dataset.qrels),
            "metrics": {name: round(self.metrics[name], DECIMALS) for name in COMPARED},
            "variants": {outcome.name: outcome.as_json() for outcome in self.outcomes},
            "config": dict(self.config),
        }


def try_variants(
    dataset: Dataset, encoder: Encoder, settings: Settings, cache: Path, making: Making, trial: Trial
) -> Robustness:
    """Ask the judged questions as they are and in each variant, and compare.

    Args:
        dataset: the question set.
        encoder: for documents and questions.
        settings: those of the service.
        cache: folder where indexes are kept.
        making: how to index.
        trial: what to try.

    Raises:
        MasdarError: a library for a variant is missing, the index cannot be made or used, or a question failed.
    """
    derived = derive(dataset, trial.variants, trial.seed, trial.rate)
    with open_collection(dataset, encoder, cache, making) as collection:
        retriever = wiring.build_service(settings, collection.store, encoder).retriever
        asking = Asking(retriever, {}, trial.depth, trial.asked)
        trial.begun(len(dataset.qrels) + sum(map(len, derived.values())))
        original = _rows(dataset, list(ask_all(dataset, asking)))
        outcomes = [
            _outcome(dataset, name, texts, original, list(ask_all(_varied(dataset, texts), asking)))
            for name, texts in derived.items()
        ]
        config = configuration(dataset, encoder, settings, collection, trial.depth)
    means = {name: _mean([row.metrics[name] for row in original.values()]) for name in COMPARED}
    return Robustness(dataset, means, outcomes, config | {"seed": trial.seed, "rate": trial.rate})


def _varied(dataset: Dataset, texts: Mapping[str, str]) -> Dataset:
    return replace(dataset, queries=texts, qrels={query: dataset.qrels[query] for query in texts})


def _rows(dataset: Dataset, asked: list[Asked]) -> dict[str, Row]:
    return {row.query: row for row in evaluate(dataset, asked, {}, None).rows} if asked else {}


def _outcome(
    dataset: Dataset, name: str, texts: Mapping[str, str], original: Mapping[str, Row], asked: list[Asked]
) -> Outcome:
    after = list(_rows(_varied(dataset, texts), asked).values())
    before = [original[row.query] for row in after]
    languages = sorted({row.lang for row in after if row.lang})
    by_language = {
        language: changes_of(
            [row for row in before if row.lang == language], [row for row in after if row.lang == language]
        )
        for language in languages
    }
    unchanged = len(dataset.qrels) - len(texts)
    return Outcome(name, texts, unchanged, before, after, changes_of(before, after), by_language)


def changes_of(before: Sequence[Row], after: Sequence[Row]) -> dict[str, Change]:
    """The compared measures of the same questions, asked in two ways and in the same order; empty for no questions."""
    if not after:
        return {}
    return {
        name: _change([row.metrics[name] for row in before], [row.metrics[name] for row in after]) for name in COMPARED
    }


def _change(before: list[float], after: list[float]) -> Change:
    low, high = bootstrap_interval([new - old for new, old in zip(after, before, strict=True)])
    return Change(_mean(before), _mean(after), low, high, randomisation_test(after, before)[1])


def _mean(values: list[float]) -> float:
    return statistics.fmean(values)
