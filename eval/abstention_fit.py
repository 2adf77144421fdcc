"""Fit the weights by which the rules tell an answerable question from a near miss: ``python -m eval.abstention_fit``.

Logistic regression with a quadratic penalty, by Newton's method. It is fitted on the project's own questions
(``samples/``) and, where a folder is given, on the first half of its answerable and of its unanswerable questions; the
curve printed is that of the second half. See docs/decisions/0018-abstention.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt

from eval.word_ranking import WordRanking
from indexer.arabic import question_language
from indexer.articles import Article
from service.answering.asked import rules
from service.answering.asked.features import DEPTH, Features, read

Numbers = npt.NDArray[np.float64]
SAMPLES = Path(__file__).parents[1] / "samples"
PENALTY = 3.0
#: Share of answerable questions that may be turned away at the threshold.
ERROR = 0.1
_STEPS = 30
#: Which way a feature may count: 1 for the answer, -1 against it, 0 either way.
SIGNS: Mapping[str, int] = {
    **dict.fromkeys(("found", "typed", "attached", "around"), 1),
    **dict.fromkeys(("absent", "named_absent", "mistyped", "unattached", "denied", "opposed"), -1),
    **dict.fromkeys(("untold", "english"), 0),
}


@dataclass(frozen=True, slots=True)
class Cases:
    """Questions as features: shape (questions, features), 1 for the answerable, and their languages."""

    features: Numbers
    answerable: Numbers
    languages: tuple[str, ...]

    def part(self, chosen: npt.NDArray[np.bool_]) -> Cases:
        """Some of the questions."""
        languages = tuple(np.array(self.languages)[chosen].tolist())
        return Cases(self.features[chosen], self.answerable[chosen], languages)


def cases_of(folder: Path) -> Cases:
    """The questions of a set, answerable ones first, with the sentences that words find for them.

    Args:
        folder: one in the layout of ``samples/`` or of BEIR, with ``unanswerable.jsonl``.
    """
    own = (folder / "articles.jsonl").is_file()
    documents = _records(folder / ("articles.jsonl" if own else "corpus.jsonl"))
    articles = [Article(one["id" if own else "_id"], one["title"], one["text"], language="ar") for one in documents]
    files = ("questions.jsonl" if own else "queries.jsonl", "unanswerable.jsonl")
    asked = [[one["question" if own else "text"] for one in _records(folder / name)] for name in files]
    ranking = WordRanking(articles)
    questions = [question for part in asked for question in part]
    languages = tuple(question_language(question) for question in questions)
    read_all = [
        read(question, language, ranking.first(question, DEPTH))[0].values()
        for question, language in zip(questions, languages, strict=True)
    ]
    labels = np.repeat([1.0, 0.0], [len(part) for part in asked])
    return Cases(np.array(read_all), labels, languages)


def _records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def first_half(answerable: Numbers) -> npt.NDArray[np.bool_]:
    """Which questions are in the first half of those of their label."""
    halves = np.zeros(len(answerable), bool)
    for label in (0.0, 1.0):
        places = np.flatnonzero(answerable == label)
        halves[places[: len(places) // 2]] = True
    return halves


def fit_signed(cases: Sequence[Cases]) -> tuple[Numbers, float]:
    """Coefficients and intercept as ``fit`` has them, but for features that would count against what they mean.

    Those get no weight: with few questions chance may turn a sign round, and nobody could explain the judgement then.
    """
    signs = np.array([SIGNS[field.name] for field in fields(Features)])
    used = np.ones(len(signs), bool)
    while True:
        coefficients, intercept = fit([replace(one, features=one.features * used) for one in cases])
        wrong = used & (coefficients * signs < 0)
        if not wrong.any():
            return coefficients * used, intercept
        used &= ~wrong


def fit(cases: Sequence[Cases]) -> tuple[Numbers, float]:
    """Coefficients and intercept; every set of questions, and in it each language, weighs the same."""
    features = np.concatenate([one.features for one in cases])
    labels = np.concatenate([one.answerable for one in cases])
    weights = np.concatenate([_weights(one) for one in cases])
    mean, spread = features.mean(0), features.std(0) + 1e-6
    scaled = np.column_stack([(features - mean) / spread, np.ones(len(labels))])
    penalty = np.append(np.full(features.shape[1], PENALTY), 1e-9)
    found = np.zeros(scaled.shape[1])
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-scaled @ found))
        curvature = (scaled * (weights * likely * (1 - likely))[:, None]).T @ scaled + np.diag(penalty)
        found -= np.linalg.solve(curvature, scaled.T @ (weights * (likely - labels)) + penalty * found)
    coefficients = found[:-1] / spread
    return coefficients, float(found[-1] - (coefficients * mean).sum())


def _weights(cases: Cases) -> Numbers:
    """Weights that make the two languages of a set, and in each the two labels, equally heavy; 1 on average of all."""
    groups = [f"{language}{label}" for language, label in zip(cases.languages, cases.answerable, strict=True)]
    names, places, counts = np.unique(groups, return_inverse=True, return_counts=True)
    return 400.0 / len(names) / counts[places]


def auroc(scores: Numbers, answerable: Numbers) -> float:
    """How likely an answerable question scores above an unanswerable one; ties count half."""
    yes, no = scores[answerable == 1.0][:, None], scores[answerable == 0.0][None, :]
    return float((yes > no).mean() + 0.5 * (yes == no).mean())


def risk(scores: Numbers, answerable: Numbers, threshold: float) -> tuple[float, float]:
    """Error (answerable, turned away) and hallucination (unanswerable, answered) at a threshold."""
    turned_away = float((scores[answerable == 1.0] < threshold).mean())
    return turned_away, float((scores[answerable == 0.0] >= threshold).mean())


@click.command()
@click.option(
    "--dataset", type=click.Path(path_type=Path, exists=True), help="A set to fit on half of, beside samples/"
)
@click.option("--test", type=click.Path(path_type=Path, exists=True), help="A set to report on, and not fit on")
@click.option("--save", is_flag=True, help="Write the weights where the judge reads them")
def main(dataset: Path | None, test: Path | None, save: bool) -> None:
    """Fit the weights, print the curve of the questions left out, and write the weights with --save."""
    samples = cases_of(SAMPLES)
    fitted, held = [samples], {"samples (fitted on)": samples}
    if dataset:
        whole = cases_of(dataset)
        first = first_half(whole.answerable)
        fitted.append(whole.part(first))
        held[f"{dataset.name}, second half"] = whole.part(~first)
    if test:
        held[test.name] = cases_of(test)
    coefficients, intercept = fit_signed(fitted)
    own = _scores(samples, coefficients, intercept)
    thresholds = {language: _at(own, samples, language, ERROR) for language in sorted(set(samples.languages))}
    for name, cases in held.items():
        _report(name, cases, _scores(cases, coefficients, intercept), thresholds)
    names = [field.name for field in fields(Features)]
    table = {name: round(float(value), 4) for name, value in zip(names, coefficients, strict=True)}
    written = {"coefficients": table, "intercept": round(intercept, 4), "thresholds": thresholds}
    click.echo(json.dumps(written, indent=2))
    if save:
        Path(rules.__file__).with_name(rules.FILE).write_text(json.dumps(written, indent=2) + "\n", "utf-8")


def _scores(cases: Cases, coefficients: Numbers, intercept: float) -> Numbers:
    scores: Numbers = 1 / (1 + np.exp(-(cases.features @ coefficients + intercept)))
    return scores


def _at(scores: Numbers, cases: Cases, language: str, error: float) -> float:
    """The threshold at which this share of the answerable questions in a language is turned away."""
    chosen = np.array([one == language for one in cases.languages]) & (cases.answerable == 1.0)
    return round(float(np.quantile(scores[chosen], error)), 3)


def _report(name: str, cases: Cases, scores: Numbers, thresholds: Mapping[str, float]) -> None:
    for language in sorted(set(cases.languages)):
        chosen = np.array([one == language for one in cases.languages])
        own, labels, threshold = scores[chosen], cases.answerable[chosen], thresholds[language]
        error, hallucination = risk(own, labels, threshold)
        click.echo(
            f"{name} [{language}] auroc {auroc(own, labels):.3f}, at {threshold:.3f}: {error:.3f} {hallucination:.3f}"
        )
        for share in (0.05, 0.1, 0.15, 0.2, 0.3):
            at = float(np.quantile(own[labels == 1.0], share))
            error, hallucination = risk(own, labels, at)
            click.echo(f"    threshold {at:.3f}: error {error:.3f} hallucination {hallucination:.3f}")


if __name__ == "__main__":
    main()
