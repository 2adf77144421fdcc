"""Does the service answer what the corpus answers, and nothing else?

A question that cannot be answered and whose answer has the verdict "answered" is a hallucination; one that can be
answered, without it, is an error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.answers.asking import ANSWERABLE, OFF_TOPIC, Answered
from eval.answers.rows import AnswerRow
from eval.answers.separation import Point, Scored, area, auroc, auroc_interval, best_within, curve, thinned
from eval.datasets import Dataset
from eval.retrieval import DECIMALS, percentiles
from eval.significance import bootstrap_interval

#: Error rates at which the fewest hallucinations are looked up on the curve.
LIMITS = (0.02, 0.15)


@dataclass(frozen=True, slots=True)
class Rates:
    """Questions that can be answered against some that cannot.

    Attributes:
        answerable, unanswerable: how many there are.
        auroc: of the confidence.
        hallucination_rate: share of those that cannot be answered and were.
        error_rate: share of those that can be answered and were not.
        intervals: 95 % of the three, by name.
    """

    answerable: int
    unanswerable: int
    auroc: float
    hallucination_rate: float
    error_rate: float
    intervals: Mapping[str, tuple[float, float]]

    def as_json(self) -> dict[str, Any]:
        """The rates as ``--json`` prints them."""
        counts = {"answerable": self.answerable, "unanswerable": self.unanswerable}
        values = {name: round(getattr(self, name), DECIMALS) for name in ("auroc", "hallucination_rate", "error_rate")}
        ends = {name: [round(end, DECIMALS) for end in pair] for name, pair in self.intervals.items()}
        return {**counts, **values, "ci95": ends}


def rates(answerable: Sequence[AnswerRow], unanswerable: Sequence[AnswerRow]) -> Rates:
    """Measure questions of either kind, of which there must be one at least."""
    able, unable = ([row.confidence for row in rows] for rows in (answerable, unanswerable))
    wrongly = [float(row.verdict == "answered") for row in unanswerable]
    missed = [float(row.verdict != "answered") for row in answerable]
    return Rates(
        answerable=len(answerable),
        unanswerable=len(unanswerable),
        auroc=auroc(able, unable),
        hallucination_rate=sum(wrongly) / len(wrongly),
        error_rate=sum(missed) / len(missed),
        intervals={
            "auroc": auroc_interval(able, unable),
            "hallucination_rate": bootstrap_interval(wrongly),
            "error_rate": bootstrap_interval(missed),
        },
    )


@dataclass(frozen=True, slots=True)
class Abstention:
    """All that was measured of answering and abstaining.

    Attributes:
        dataset: the question set.
        answered, rows: what was asked and what was measured of it, in the same order; all kinds of questions.
        off_topic_set: where the off-topic questions are from.
        config: what the figures were made with.
    """

    dataset: Dataset
    answered: Sequence[Answered]
    rows: Sequence[AnswerRow]
    off_topic_set: str
    config: Mapping[str, Any]

    @property
    def judge(self) -> str:
        """What judged whether quotes answer, as ``MASDAR_JUDGE`` names it."""
        return str(self.config.get("settings", {}).get("judge", "rules"))

    @property
    def unheard(self) -> int:
        """Answers that the rules judged alone, since what the model beside them said could not be used."""
        return sum(note.kind == "judge" for one in self.answered for note in one.answer.notes)

    @property
    def answerable(self) -> list[AnswerRow]:
        """Questions that the corpus answers."""
        return [row for row in self.rows if row.type == ANSWERABLE]

    @property
    def unanswerable(self) -> list[AnswerRow]:
        """The set's own questions that it does not."""
        return [row for row in self.rows if row.type not in (ANSWERABLE, OFF_TOPIC)]

    @property
    def off_topic(self) -> list[AnswerRow]:
        """Questions about something else."""
        return [row for row in self.rows if row.type == OFF_TOPIC]

    @property
    def overall(self) -> Rates | None:
        """The set's own questions; None where all of them can be answered."""
        return rates(self.answerable, self.unanswerable) if self.unanswerable else None

    @property
    def off_topic_rates(self) -> Rates:
        """Its answerable questions against the off-topic ones."""
        return rates(self.answerable, self.off_topic)

    @property
    def by_language(self) -> dict[str, Rates]:
        """By the questions' language, where there are both kinds in it."""
        languages = sorted({row.lang for row in self.unanswerable if row.lang})
        groups = {
            name: [[row for row in rows if row.lang == name] for rows in (self.answerable, self.unanswerable)]
            for name in languages
        }
        return {name: rates(able, unable) for name, (able, unable) in groups.items() if able}

    @property
    def by_type(self) -> dict[str, Rates]:
        """Each type of question that cannot be answered against all that can, where the set has types."""
        types = sorted({row.type for row in self.unanswerable} - {UNTYPED})
        return {name: rates(self.answerable, [row for row in self.unanswerable if row.type == name]) for name in types}

    @property
    def threshold(self) -> float | None:
        """The lowest confidence with which something was answered; None where nothing was."""
        return min((row.confidence for row in self.rows if row.verdict == "answered"), default=None)

    @property
    def curve(self) -> list[Point]:
        """The risk-coverage curve over the set's own questions; over the off-topic ones where it has no other."""
        return curve([_scored(row) for row in (*self.answerable, *(self.unanswerable or self.off_topic))])

    def as_json(self) -> dict[str, Any]:
        """The result as ``--json`` prints it; parts that do not apply are left out."""
        points, overall, threshold = self.curve, self.overall, self.threshold
        by_language, by_type = self.by_language, self.by_type
        result: dict[str, Any] = {"dataset": self.dataset.name, **(overall.as_json() if overall else {})}
        result["threshold"] = None if threshold is None else round(threshold, DECIMALS)
        result["judge"] = {"name": self.judge, "unheard": self.unheard}
        result["verdicts"] = self.verdicts
        result["off_topic"] = {"dataset": self.off_topic_set, **self.off_topic_rates.as_json()}
        for name, groups in (("by_lang", by_language), ("by_type", by_type)):
            if groups:
                result[name] = {group: found.as_json() for group, found in groups.items()}
        result["aurc"] = round(area(points), DECIMALS)
        result["at_error"] = {name: point.as_json() for name, point in best_within(points, LIMITS).items()}
        result["curve"] = [point.as_json() for point in thinned(points)]
        result["latency_ms"] = percentiles(self.rows)
        return result | {"config": dict(self.config)}

    @property
    def verdicts(self) -> dict[str, dict[str, int]]:
        """How many answers have each verdict, by type of question."""
        types = dict.fromkeys(row.type for row in self.rows)
        return {
            name: dict(Counter(row.verdict for row in self.rows if row.type == name).most_common()) for name in types
        }


#: The type of questions that cannot be answered where the set does not say why.
UNTYPED = "unanswerable"


def _scored(row: AnswerRow) -> Scored:
    able = row.type == ANSWERABLE
    # Without a gold answer, that it can be answered is all that is known.
    return Scored(row.confidence, able, able and row.metrics["answer_in_two_quotes"] != 0.0)
