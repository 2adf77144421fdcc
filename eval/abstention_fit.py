"""Fit the weights by which the judge tells an answerable question from a near miss: ``python -m eval.abstention_fit``.

Logistic regression with a quadratic penalty, for each language, over the features that the service itself finds: the
questions are asked as ``masdar eval abstention`` asks them. It is fitted on the project's own questions (``samples/``,
``samples/fitting/``), on questions off the topic, and, where a set is given, on the first half of its answerable and of
its unanswerable questions; the curve printed is that of the second half. First halves of further sets' answerable
questions have a say in the threshold. See docs/decisions/0018-abstention.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
import numpy.typing as npt

from eval.answers.asking import ANSWERABLE, OFF_TOPIC, ToAsk, ask_service, judged
from eval.answers.off_topic import own_off_topic
from eval.answers.session import Setup, off_topic_of, open_service, questions_of
from eval.collection import Making
from eval.datasets import Dataset
from eval.lookup import find_dataset
from indexer.encoder.cache import default_cache_dir
from service import wiring
from service.answering.asked import Evidence, Judgement, rules
from service.answering.asked.features import Features, read
from service.answering.extractive import ExtractiveAnswerer
from service.settings import load_settings

Numbers = npt.NDArray[np.float64]
NAMES: Final = tuple(field.name for field in fields(Features))
PENALTY: Final = 10.0
#: What questions off the topic weigh beside the other sets.
OFF_TOPIC_WEIGHT: Final = 0.5
#: Share of the answerable questions that may be turned away at the threshold, the sets weighing the same.
ERROR: Final = 0.15
FOLDS: Final = 5
_STEPS: Final = 30
#: Which way a feature may count: 1 for the answer, -1 against it, 0 either way.
SIGNS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("typed", "attached", "around", "near", "apart", "asking", "borne"), 1),
    **dict.fromkeys(("unattached", "denied", "opposed", "beside", "scattered"), -1),
    "untold": 0,
}


@dataclass(frozen=True, slots=True)
class Cases:
    """Questions as features: shape (questions, features), and 1 for the answerable.

    Attributes:
        weight: what they weigh in the fit beside other sets.
    """

    features: Numbers
    answerable: Numbers
    weight: float = 1.0

    def part(self, chosen: npt.NDArray[np.bool_]) -> Cases:
        """Some of the questions."""
        return replace(self, features=self.features[chosen], answerable=self.answerable[chosen])


@dataclass(frozen=True, slots=True)
class Model:
    """Coefficients, one for each feature, and intercept."""

    coefficients: Numbers
    intercept: float

    def scores(self, cases: Cases) -> Numbers:
        """Probabilities of the questions, shape (questions,)."""
        scores: Numbers = 1 / (1 + np.exp(-(cases.features @ self.coefficients + self.intercept)))
        return scores


class Recorder:
    """A judge that keeps the features of the last question; implements ``AnswerJudge``."""

    def __init__(self) -> None:
        self.features: Features | None = None

    def judge(self, question: str, language: str, ranked: list[Evidence]) -> Judgement:
        """Keep the features; None where nothing was near."""
        self.features = read(question, ranked)[0] if ranked else None
        return Judgement("related" if ranked else "insufficient_evidence", 0.0)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A question, its language ("ar" or "en") and its features; None where nothing was near enough to judge."""

    asked: ToAsk
    language: str
    features: Features | None


def record(dataset: Dataset, questions: Sequence[ToAsk], setup: Setup) -> list[Recorded]:
    """Ask the service and keep what its judge would have seen.

    Raises:
        MasdarError: the index cannot be made or used, or a question failed.
    """
    recorder, found = Recorder(), []
    with open_service(dataset, setup) as (service, _):
        if not isinstance(service.answerer, ExtractiveAnswerer):
            raise click.ClickException("fit with the bundled encoder and without a language model")
        service.answerer.judge = recorder
        for one in ask_service(questions, service, dataset.name, lambda: None):
            found.append(Recorded(one.asked, one.answer.language, recorder.features))
    return found


def cases_of(recorded: Sequence[Recorded], language: str, types: Sequence[str], weight: float = 1.0) -> Cases:
    """The answerable questions and those of some types, in a language, that something is near to."""
    kept = [one for one in recorded if one.language == language and one.features and one.asked.type in types]
    rows = [one.features.values() for one in kept if one.features]
    labels = np.array([float(one.asked.type == ANSWERABLE) for one in kept])
    return Cases(np.array(rows).reshape(len(rows), len(NAMES)), labels, weight)


def first_half(answerable: Numbers) -> npt.NDArray[np.bool_]:
    """Which questions are in the first half of those of their label."""
    halves = np.zeros(len(answerable), bool)
    for label in (0.0, 1.0):
        places = np.flatnonzero(answerable == label)
        halves[places[: len(places) // 2]] = True
    return halves


def fit_signed(cases: Sequence[Cases]) -> Model:
    """A model as ``fit`` has it, but for features that would count against what they mean.

    Those get no weight, the one that is most wrong first: with few questions chance may turn a sign round, and nobody
    could explain the judgement then.
    """
    signs = np.array([SIGNS[name] for name in NAMES])
    spread = np.concatenate([one.features for one in cases]).std(0)
    used = np.ones(len(signs), bool)
    while True:
        model = fit([replace(one, features=one.features * used) for one in cases])
        wrong = model.coefficients * spread * signs * used
        if not (wrong < 0).any():
            return replace(model, coefficients=model.coefficients * used)
        used[int(wrong.argmin())] = False


def fit(cases: Sequence[Cases]) -> Model:
    """Coefficients and intercept by Newton's method; in every set the two labels weigh the same."""
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
    return Model(coefficients, float(found[-1] - (coefficients * mean).sum()))


def _weights(cases: Cases) -> Numbers:
    """200 for each label of a set, shared by its questions."""
    counts = np.array([(cases.answerable == label).sum() for label in (0.0, 1.0)])
    weights: Numbers = cases.weight * 200.0 / counts[cases.answerable.astype(int)]
    return weights


def left_out(own: Cases, others: Sequence[Cases]) -> Numbers:
    """Scores of a set's questions, each by a model that was fitted without its fold of them."""
    folds = np.arange(len(own.answerable)) % FOLDS
    scores = np.zeros(len(own.answerable))
    for fold in range(FOLDS):
        model = fit_signed([own.part(folds != fold), *others])
        scores[folds == fold] = model.scores(own.part(folds == fold))
    return scores


def auroc(scores: Numbers, answerable: Numbers) -> float:
    """How likely an answerable question scores above an unanswerable one; ties count half."""
    yes, no = scores[answerable == 1.0][:, None], scores[answerable == 0.0][None, :]
    return float((yes > no).mean() + 0.5 * (yes == no).mean())


def risk(scores: Numbers, answerable: Numbers, threshold: float) -> tuple[float, float]:
    """Error (answerable, turned away) and hallucination (unanswerable, answered) at a threshold."""
    turned_away = float((scores[answerable == 1.0] < threshold).mean())
    return turned_away, float((scores[answerable == 0.0] >= threshold).mean())


def fitted(language: str, recorded: Mapping[str, Sequence[Recorded]]) -> dict[str, Any]:
    """The model of a language as the judge reads it; prints its curves on the way.

    Args:
        language: "ar" or "en".
        recorded: by ``samples``, ``set`` and ``answerable``.
    """
    samples, other = recorded["samples"], recorded["set"]
    own = cases_of(samples, language, (ANSWERABLE, "near_miss", "false_premise"))
    away = [*samples, *(one for one in other if one.asked.type == OFF_TOPIC)]
    beside = [cases_of(away, language, (ANSWERABLE, OFF_TOPIC), OFF_TOPIC_WEIGHT)]
    whole = cases_of(other, language, (ANSWERABLE, "unanswerable"))
    held = first_half(whole.answerable)
    if held.any():
        beside.append(whole.part(held))
    scores = left_out(own, beside)
    model = fit_signed([own, *beside])
    told = [scores[own.answerable == 1.0], *_first_scores(recorded["answerable"], language, model)]
    threshold = round(shared_quantile(told, ERROR), 3)
    _report(f"samples, left out [{language}]", scores, own.answerable, threshold)
    if held.any():
        rest = whole.part(~held)
        _report(f"second half [{language}]", model.scores(rest), rest.answerable, threshold)
    table = {name: round(float(value), 4) for name, value in zip(NAMES, model.coefficients, strict=True) if value}
    return {"coefficients": table, "intercept": round(model.intercept, 4), "threshold": threshold}


def _first_scores(recorded: Sequence[Recorded], language: str, model: Model) -> list[Numbers]:
    """Scores of the first half of the answerable questions of a language; nothing where there are none."""
    cases = cases_of(recorded, language, (ANSWERABLE,))
    return [model.scores(cases.part(first_half(cases.answerable)))] if len(cases.answerable) else []


def shared_quantile(sets: Sequence[Numbers], share: float) -> float:
    """The number that this share of all lies under, where each set weighs the same."""
    values = np.concatenate(sets)
    weights = np.concatenate([np.full(len(one), 1 / len(one)) for one in sets])
    order = np.argsort(values)
    return float(values[order][np.searchsorted(np.cumsum(weights[order]) / weights.sum(), share)])


def _report(name: str, scores: Numbers, answerable: Numbers, threshold: float) -> None:
    error, hallucination = risk(scores, answerable, threshold)
    click.echo(f"{name} auroc {auroc(scores, answerable):.3f}, at {threshold:.3f}: {error:.3f} {hallucination:.3f}")
    for share in (0.05, 0.1, 0.15, 0.2, 0.3):
        at = float(np.quantile(scores[answerable == 1.0], share))
        error, hallucination = risk(scores, answerable, at)
        click.echo(f"    threshold {at:.3f}: error {error:.3f} hallucination {hallucination:.3f}")


@click.command()
@click.option("--dataset", help="A set to fit on half of, beside samples/: a folder or a name")
@click.option("--off-topic", multiple=True, help="A set whose questions are off the topic of samples/: every tenth")
@click.option("--answerable", multiple=True, help="A set whose answerable questions have a say in the threshold")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of question sets")
@click.option("--every", type=click.IntRange(1), default=1, help="Ask every so many of the sets' questions")
@click.option("--save", is_flag=True, help="Write the weights where the judge reads them")
def main(
    dataset: str | None,
    off_topic: tuple[str, ...],
    answerable: tuple[str, ...],
    data: Path | None,
    every: int,
    save: bool,
) -> None:
    """Fit the weights, print the curves of questions left out, and write the weights with --save."""
    settings = load_settings()
    setup = Setup(wiring.build_encoder(settings), settings, default_cache_dir() / "eval", Making())
    away = [*own_off_topic().questions]
    for name in off_topic:
        away += off_topic_of(find_dataset(name, data)).questions[::10]
    recorded = {"samples": _samples(setup, away), "set": [], "answerable": []}
    if dataset:
        chosen = find_dataset(dataset, data)
        asked = [*questions_of(chosen)[::every], *own_off_topic().questions]
        recorded["set"] = record(chosen, asked, setup)
    for name in answerable:
        further = find_dataset(name, data)
        recorded["answerable"] += record(further, judged(further)[::every], setup)
    written = {language: fitted(language, recorded) for language in ("ar", "en")}
    click.echo(json.dumps(written, indent=2))
    if save:
        Path(rules.__file__).with_name(rules.FILE).write_text(json.dumps(written, indent=2) + "\n", "utf-8")


def _samples(setup: Setup, away: Sequence[ToAsk]) -> list[Recorded]:
    """The project's own questions, and others off its articles' topics."""
    own, more = find_dataset("samples", None), find_dataset("samples/fitting", None)
    return [*record(own, [*questions_of(own), *away], setup), *record(more, judged(more), setup)]


if __name__ == "__main__":
    main()
