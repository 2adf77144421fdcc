"""How well a score tells questions that can be answered from those that cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eval.significance import RESAMPLES, SEED

_Scores = npt.NDArray[np.float64]
#: Points of a curve that are kept: enough to draw it.
POINTS = 200


def auroc(answerable: Sequence[float], unanswerable: Sequence[float]) -> float:
    """The chance that a question that can be answered scores above one that cannot; equals count half.

    Raises:
        ValueError: one of them has no score.
    """
    if not answerable or not unanswerable:
        raise ValueError("both kinds of questions are needed")
    return _auroc(np.asarray(answerable, np.float64), np.sort(np.asarray(unanswerable, np.float64)))


def _auroc(positive: _Scores, negative: _Scores) -> float:
    """``negative`` is in order."""
    below = np.searchsorted(negative, positive, "left")
    not_above = np.searchsorted(negative, positive, "right")
    return float((below + not_above).mean() / (2 * len(negative)))


def auroc_interval(answerable: Sequence[float], unanswerable: Sequence[float]) -> tuple[float, float]:
    """The 95 % percentile interval over resamples of either kind of question."""
    positive, negative = np.sort(np.asarray(answerable, np.float64)), np.sort(np.asarray(unanswerable, np.float64))
    draw = np.random.default_rng(SEED)
    values = [
        _auroc(draw.choice(positive, len(positive)), np.sort(draw.choice(negative, len(negative))))
        for _ in range(RESAMPLES)
    ]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class Point:
    """What would happen if exactly the questions with this confidence and more were answered.

    Attributes:
        threshold: the confidence.
        coverage: share of all questions that are answered.
        risk: share of those that are answered wrongly: they cannot be answered, or the gold answer, where there is
            one, is not in the first two quotes.
        hallucination_rate: share of the questions that cannot be answered that are.
        error_rate: share of the questions that can be answered that are not.
    """

    threshold: float
    coverage: float
    risk: float
    hallucination_rate: float
    error_rate: float

    def as_json(self) -> dict[str, float]:
        """The point as ``--json`` prints it."""
        return {name: round(getattr(self, name), 6) for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True)
class Scored:
    """A question's confidence, whether it can be answered, and whether its answer is right."""

    confidence: float
    answerable: bool
    right: bool


def curve(questions: Sequence[Scored]) -> list[Point]:
    """The risk-coverage curve (El-Yaniv and Wiener 2010), a point for each confidence, the highest first.

    Questions of the same confidence are answered together or not at all.
    """
    ordered = sorted(questions, key=lambda one: -one.confidence)
    confidences = np.array([one.confidence for one in ordered])
    answerable = np.cumsum([one.answerable for one in ordered])
    right = np.cumsum([one.right for one in ordered])
    points = []
    for at in np.flatnonzero(np.append(confidences[1:] != confidences[:-1], True)):
        count, able = int(at) + 1, int(answerable[at])
        unable = len(ordered) - int(answerable[-1])
        points.append(
            Point(
                threshold=float(confidences[at]),
                coverage=count / len(ordered),
                risk=1 - int(right[at]) / count,
                hallucination_rate=(count - able) / max(1, unable),
                error_rate=1 - able / max(1, int(answerable[-1])),
            )
        )
    return points


def thinned(points: Sequence[Point], most: int = POINTS) -> list[Point]:
    """At most that many points, evenly, with the first and the last."""
    if len(points) <= most:
        return list(points)
    return [points[at] for at in np.linspace(0, len(points) - 1, most).round().astype(int)]


def area(points: Sequence[Point]) -> float:
    """The area under risk over coverage: the mean risk over all coverages, each step at the risk of its end."""
    coverages = np.diff([0.0, *(point.coverage for point in points)])
    return float(coverages @ np.array([point.risk for point in points]))


def best_within(points: Sequence[Point], limits: Sequence[float]) -> Mapping[str, Point]:
    """For each limit of the error rate the point with the fewest hallucinations; left out where no point keeps it."""
    found = {}
    for limit in limits:
        within = [point for point in points if point.error_rate <= limit + 1e-12]
        if within:
            found[f"{limit:g}"] = min(within, key=lambda point: (point.hallucination_rate, point.error_rate))
    return found
