"""Ask every judged question of a set: rankings of articles, the passages behind them, and how long each took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields

from eval.datasets import Dataset
from eval.errors import QuestionFailed
from indexer.errors import MasdarError
from service.retrieval import Passage, Retriever
from service.search_options import SearchOptions

#: Places whose passages are kept for the report.
KEPT = 10


@dataclass(frozen=True, slots=True)
class Found:
    """An article that was found, by its best passage.

    Attributes:
        rank: its place among the articles, from 1.
        start, end: offsets of the passage in the article's text.
        scores: the fused score and that of each signal, by name.
    """

    rank: int
    article_id: str
    title: str
    text: str
    start: int
    end: int
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what was found.

    Attributes:
        ranking: ids of the articles found, best first.
        found: the articles of the first ``KEPT`` places, and the first relevant one after them.
        ablated: rankings with some signals only, by their names.
        milliseconds: to encode the question and search, all signals.
    """

    query: str
    text: str
    ranking: tuple[str, ...]
    found: tuple[Found, ...]
    ablated: Mapping[str, tuple[str, ...]]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Asking:
    """How to ask: the retriever, those with fewer signals, passages to look at, who is told after each question."""

    retriever: Retriever
    ablated: Mapping[str, Retriever]
    depth: int
    watcher: Callable[[], None] = lambda: None


def ask_all(dataset: Dataset, asking: Asking) -> Iterator[Asked]:
    """Ask the judged questions, in the order of the judgements.

    Raises:
        QuestionFailed: one could not be asked.
        Exception: what a fault of the program raises, with a note (PEP 678) on the question.
    """
    for query, grades in dataset.qrels.items():
        with naming(query, dataset.name):
            asked = _ask(query, dataset.queries[query], grades, asking)
        asking.watcher()
        yield asked


@contextmanager
def naming(query: str, dataset: str) -> Iterator[None]:
    """Whatever goes wrong inside names the question.

    Raises:
        QuestionFailed: for what is in the tree of errors.
        Exception: what a fault of the program raises, with a note (PEP 678) on the question.
    """
    try:
        yield
    except MasdarError as error:
        raise QuestionFailed(query, error) from error
    except Exception as error:
        error.add_note(f"this happened while asking question {query!r} of {dataset}")
        raise


def _ask(query: str, text: str, grades: Mapping[str, int], asking: Asking) -> Asked:
    # Not diverse: a near copy of another article is judged as an article of its own.
    options = SearchOptions(limit=asking.depth, diverse=False)
    begun = time.perf_counter()
    question = asking.retriever.question(text)
    passages = asking.retriever.search(question, options)
    milliseconds = 1000 * (time.perf_counter() - begun)
    best = by_article(passages)
    ablated = {
        name: tuple(passage.article.id for passage in by_article(retriever.search(question, options)))
        for name, retriever in asking.ablated.items()
    }
    ranking = tuple(passage.article.id for passage in best)
    return Asked(query, text, ranking, _kept(best, grades), ablated, milliseconds)


def by_article(passages: Sequence[Passage]) -> list[Passage]:
    """The best passage of each article; ``passages`` are best first."""
    best: dict[str, Passage] = {}
    for passage in passages:
        best.setdefault(passage.article.id, passage)
    return list(best.values())


def _kept(best: Sequence[Passage], grades: Mapping[str, int]) -> tuple[Found, ...]:
    # Not the passages themselves: each holds its whole article.
    relevant = next((at for at, passage in enumerate(best) if passage.article.id in grades), 0)
    places = sorted({*range(min(KEPT, len(best))), *([relevant] if best else [])})
    return tuple(_found(at + 1, best[at]) for at in places)


def _found(rank: int, passage: Passage) -> Found:
    values = {field.name: getattr(passage, field.name) for field in fields(passage)}
    scores = {name: float(value) for name, value in values.items() if isinstance(value, float)}
    article, chunk = passage.article, passage.chunk
    return Found(rank, article.id, article.title, passage.text, chunk.start, chunk.end, scores)
