"""Ask the service questions and keep what it answered, and from what."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from eval.asking import naming
from eval.datasets import Dataset, Gold
from indexer.store import Store
from service.answering import Answer, Answerer, Citation
from service.retrieval import Passage, Question
from service.wiring import Service

#: The types of questions that the corpus answers, and of those of another set.
ANSWERABLE, OFF_TOPIC = "answerable", "off_topic"


@dataclass(frozen=True, slots=True)
class ToAsk:
    """A question to ask.

    Attributes:
        query: its id.
        type: ``ANSWERABLE``, ``OFF_TOPIC``, or what the set says of a question that cannot be answered.
        gold: what answers it; None where the set does not say.
        note: why it cannot be answered.
    """

    query: str
    text: str
    lang: str
    type: str = ANSWERABLE
    gold: Gold | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question, its answer, the passages it was made from, and how many of its citations stand in their articles."""

    asked: ToAsk
    answer: Answer
    passages: tuple[str, ...]
    valid: int
    milliseconds: float

    @property
    def confidence(self) -> float:
        """How sure the answer is, 0..1; where it does not say, the support of its best citation, and 0 without one."""
        own = getattr(self.answer, "confidence", None)  # answers made before there was one have none
        best = max((citation.support for citation in self.answer.citations), default=0.0)
        return best if own is None else float(own)


def judged(dataset: Dataset) -> list[ToAsk]:
    """The questions that the corpus answers, in the order of the judgements."""
    return [
        ToAsk(query, dataset.queries[query], dataset.languages.get(query, ""), gold=dataset.gold.get(query))
        for query in dataset.qrels
    ]


class _Witness:
    """Answers as another answerer does and remembers from what."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer
        self.passages: Sequence[Passage] = ()

    def answer(self, question: Question, passages: list[Passage]) -> Answer:
        self.passages = passages
        return self._answerer.answer(question, passages)


def ask_service(
    questions: Iterable[ToAsk], service: Service, dataset: str, watcher: Callable[[], None]
) -> Iterator[Answered]:
    """Ask the questions as ``masdar ask`` does, one after the other.

    Args:
        questions: to be asked.
        service: over the set's index.
        dataset: the set's name.
        watcher: called after each question.

    Raises:
        QuestionFailed: one could not be asked.
    """
    witness = _Witness(service.answerer)
    watched = replace(service, answerer=witness)
    for asked in questions:
        with naming(asked.query, dataset):
            begun = time.perf_counter()
            answer, _ = watched.ask(asked.text)
            milliseconds = 1000 * (time.perf_counter() - begun)
            texts = tuple(passage.text for passage in witness.passages)
            answered = Answered(asked, answer, texts, _valid(answer.citations, service.store), milliseconds)
        watcher()
        yield answered


def _valid(citations: Sequence[Citation], store: Store) -> int:
    """How many quotes stand, letter by letter, where they say, in the article as it is stored."""
    articles = store.articles(citation.article_id for citation in citations)
    return sum(
        citation.article_id in articles
        and articles[citation.article_id].text[citation.start : citation.end] == citation.quote
        for citation in citations
    )
