"""The default judge: rules and a dozen fitted weights. No model; the same sentences give the same judgement."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

from service.answering.asked import Evidence, Judgement
from service.answering.asked.features import Features, Reading, read
from service.answering.asked.kinds import Kind

FILE: Final = "weights.json"
#: Words of a question that are named as missing, at most.
_MOST_MISSING: Final = 3
#: What is missing where the kind of answer expected stands in no sentence.
_KIND_NAMES: Final[Mapping[Kind, tuple[str, str]]] = {
    "count": ("العدد", "the number"),
    "money": ("المبلغ", "the amount"),
    "percentage": ("النسبة", "the percentage"),
    "date": ("التاريخ", "the date"),
    "duration": ("المدة", "how long"),
    "age": ("العمر", "the age"),
    "measure": ("القياس", "the measure"),
    "person": ("اسم الشخص", "the person"),
    "place": ("المكان", "the place"),
    "organisation": ("الجهة", "the organisation"),
    "reason": ("السبب", "the reason"),
    "quotation": ("القول", "the words said"),
}


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model over ``Features``, for questions in one language.

    Attributes:
        coefficients: by the features' names; one that has none counts nothing.
        threshold: probability from which a question counts as answered.
    """

    coefficients: Mapping[str, float]
    intercept: float
    threshold: float

    def probability(self, features: Features) -> float:
        """How likely the sentences are to answer, 0..1."""
        total = self.intercept + sum(
            weight * float(getattr(features, name)) for name, weight in self.coefficients.items()
        )
        return 1.0 / (1.0 + math.exp(-total))


@lru_cache(maxsize=1)
def bundled_weights() -> Mapping[str, Weights]:
    """Those of the data file, fitted by ``python -m eval.abstention_fit``; see docs/decisions/0018-abstention.md."""
    read_in = json.loads(resources.files(__package__).joinpath(FILE).read_text("utf-8"))
    return {language: Weights(**values) for language, values in read_in.items()}


class RuleJudge:
    """Judges by whether what was asked for stands in the sentences. Implements ``AnswerJudge``.

    Args:
        weights: others than the bundled ones, by language.
    """

    def __init__(self, weights: Mapping[str, Weights] | None = None) -> None:
        self._weights = weights

    def judge(self, question: str, language: str, ranked: list[Evidence]) -> Judgement:
        """Answered where the model says so; related where there are sentences; else nothing to go by."""
        if not ranked:
            return Judgement("insufficient_evidence", 0.0)
        weights = (self._weights or bundled_weights())[language]
        features, reading = read(question, ranked)
        confidence = weights.probability(features)
        if confidence >= weights.threshold:
            return Judgement("answered", confidence)
        instead = reading.best if reading.denied else None
        return Judgement("related", confidence, missing_of(reading, language), instead)


def missing_of(reading: Reading, language: str) -> tuple[str, ...]:
    """The words that the article lacks, and the kind of answer where no sentence has it."""
    named = _KIND_NAMES.get(reading.kind)
    kind = () if reading.typed or named is None else (named[language == "en"],)
    return (*kind, *reading.absent[:_MOST_MISSING])
