"""A whole run over answers: question set, index, service, figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.answers.abstention import UNTYPED, Abstention
from eval.answers.asking import OFF_TOPIC, ToAsk, ask_service, judged
from eval.answers.evaluation import AnswersEvaluation, check_comparable_answers, check_gold, evaluate_answers
from eval.answers.rows import AnswerRow, measure
from eval.answers.support import Supporter, VerbatimSupporter
from eval.collection import Making, open_collection
from eval.datasets import Dataset
from eval.runs import Run
from eval.session import configuration
from indexer.encoder import Encoder
from service import wiring
from service.settings import Settings
from service.wiring import Service


@dataclass(frozen=True, slots=True)
class Setup:
    """What questions are asked with: encoder, settings of the service, folder of indexes, how to index."""

    encoder: Encoder
    settings: Settings
    cache: Path
    making: Making


@dataclass(frozen=True, slots=True)
class AnswersPlan:
    """What to do with the judged questions: a run to compare with, who is told of each, what decides on support."""

    other: Run[AnswerRow] | None = None
    asked: Callable[[], None] = lambda: None
    supporter: Supporter = field(default_factory=VerbatimSupporter)


def run_answers(dataset: Dataset, setup: Setup, plan: AnswersPlan) -> AnswersEvaluation:
    """Index the documents where that was not done yet, ask every judged question, and measure the answers.

    Raises:
        MasdarError: the set has no gold answers, the index cannot be made or used, a question failed, or the run to
            compare with is of another set.
    """
    check_gold(dataset)
    if plan.other:
        check_comparable_answers(dataset, plan.other)
    with open_service(dataset, setup) as (service, config):
        answered = list(ask_service(judged(dataset), service, dataset.name, plan.asked))
    config |= {"gold_digest": dataset.gold_digest, "supporter": type(plan.supporter).__name__}
    return evaluate_answers(dataset, answered, plan.supporter, config, plan.other)


@dataclass(frozen=True, slots=True)
class OffTopic:
    """Questions about something else, and the name of the set that they are from."""

    name: str
    questions: Sequence[ToAsk]


def questions_of(dataset: Dataset) -> list[ToAsk]:
    """The questions of a set, the judged ones first, then those that its corpus does not answer."""
    unable = [ToAsk(one.query, one.text, one.lang, one.type or UNTYPED, note=one.note) for one in dataset.unanswerable]
    return [*judged(dataset), *unable]


def off_topic_of(other: Dataset) -> OffTopic:
    """The judged questions of another set, as questions that this one does not answer."""
    return OffTopic(other.name, [ToAsk(one.query, one.text, one.lang, OFF_TOPIC) for one in judged(other)])


def run_abstention(
    dataset: Dataset, setup: Setup, off_topic: OffTopic, watcher: Callable[[], None] = lambda: None
) -> Abstention:
    """Ask all questions of a set, and those off its topics, and measure which were answered.

    Raises:
        MasdarError: the index cannot be made or used, or a question failed.
    """
    questions = [*questions_of(dataset), *off_topic.questions]
    with open_service(dataset, setup) as (service, config):
        answered = list(ask_service(questions, service, dataset.name, watcher))
    rows = [measure(one, VerbatimSupporter()) for one in answered]
    return Abstention(dataset, answered, rows, off_topic.name, config)


@contextmanager
def open_service(dataset: Dataset, setup: Setup) -> Iterator[tuple[Service, dict[str, Any]]]:
    """The service over the set's index, and the configuration of a run."""
    reranker, judge = wiring.build_reranker(setup.settings), wiring.build_judge(setup.settings, strict=True)
    with open_collection(dataset, setup.encoder, setup.cache, setup.making) as collection:
        service = wiring.build_service(setup.settings, collection.store, setup.encoder, reranker, judge, strict=True)
        yield (
            service,
            configuration(dataset, setup.encoder, setup.settings, collection, service.options.limit),
        )
