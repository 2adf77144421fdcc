"""Asking the questions of a set: rankings of articles, signals switched off, and faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from eval.asking import KEPT, Asked, Asking, ask_all, by_article
from eval.collection import Making, open_collection
from eval.datasets import Dataset, Document, load_beir
from eval.errors import QuestionFailed
from eval.signals import ablated
from indexer.articles import Article
from indexer.chunks import Chunk
from indexer.errors import StoreDamaged
from indexer.store import Store
from service.retrieval import Passage, Retriever


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory, set_writer: Callable[..., Path]) -> Dataset:
    return load_beir(set_writer(tmp_path_factory.mktemp("sets") / "tiny"))


@pytest.fixture(scope="module")
def store(dataset: Dataset, trigrams: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_collection(dataset, trigrams, tmp_path_factory.mktemp("cache"), Making()) as collection:
        yield collection.store


def asked(dataset: Dataset, asking: Asking) -> dict[str, Asked]:
    return {one.query: one for one in ask_all(dataset, asking)}


def passage(article: str, position: int, score: float) -> Passage:
    text = "جملة أولى. جملة ثانية."
    return Passage(
        Article(article, "", text), Chunk(article, "", position, 11 * position, 11 * position + 10, ()), score, score, 0
    )


def test_the_best_passage_of_an_article_stands_for_it() -> None:
    passages = [passage("a", 1, 0.9), passage("b", 0, 0.8), passage("a", 0, 0.7), passage("c", 0, 0.1)]
    assert [(one.article.id, one.chunk.position) for one in by_article(passages)] == [("a", 1), ("b", 0), ("c", 0)]


def test_judged_questions_are_asked_and_no_others(dataset: Dataset, store: Store, trigrams: Any) -> None:
    told: list[None] = []
    found = asked(dataset, Asking(Retriever(store, trigrams), {}, 100, lambda: told.append(None)))
    assert list(found) == ["q-canal", "q-minerals", "q-strike", "q-blank"]
    assert len(told) == 4
    assert {name: one.ranking[0] for name, one in found.items() if name != "q-blank"} == {
        "q-canal": "canal",
        "q-minerals": "minerals",
        "q-strike": "strike",
    }
    assert all(one.milliseconds > 0 for one in found.values())


def test_an_article_without_text_is_in_no_place(dataset: Dataset, store: Store, trigrams: Any) -> None:
    ranking = asked(dataset, Asking(Retriever(store, trigrams), {}, 100))["q-blank"].ranking
    assert sorted(ranking) == ["bread", "canal", "match", "minerals", "strike"]


def test_what_was_found_is_kept_with_its_text_and_scores(dataset: Dataset, store: Store, trigrams: Any) -> None:
    first = asked(dataset, Asking(Retriever(store, trigrams), {}, 100))["q-canal"].found[0]
    assert (first.rank, first.article_id, first.title) == (1, "canal", "رسوم العبور")
    assert dataset.corpus["canal"].text[first.start : first.end] == first.text
    assert set(first.scores) == {"score", "dense", "lexical", "late"}


def test_the_right_article_is_kept_however_late_it_comes(trigrams: Any, tmp_path: Path) -> None:
    words = ["قمر", "شمس", "نجم", "بحر", "نهر", "جبل", "سهل", "واد", "غيم", "مطر", "ثلج", "ريح"]
    corpus = {word: Document("", f"سؤال عن {word}") for word in words} | {"late": Document("", "zzz")}
    dataset = Dataset("late", corpus, {"q": "سؤال عن"}, {"q": {"late": 1}})
    with open_collection(dataset, trigrams, tmp_path, Making()) as collection:
        one = asked(dataset, Asking(Retriever(collection.store, trigrams), {}, 100))["q"]
    assert one.ranking[-1] == "late"
    assert [found.rank for found in one.found] == [*range(1, KEPT + 1), 13]


def test_depth_limits_what_is_looked_at(dataset: Dataset, store: Store, trigrams: Any) -> None:
    assert len(asked(dataset, Asking(Retriever(store, trigrams), {}, 2))["q-canal"].ranking) == 2


def test_signals_are_switched_off_one_by_one(dataset: Dataset, store: Store, trigrams: Any) -> None:
    fewer = dict(ablated(store, lambda some: Retriever(some, trigrams)))
    found = asked(dataset, Asking(Retriever(store, trigrams), fewer, 100))
    assert list(found["q-canal"].ablated) == ["dense", "lexical", "late", "dense+lexical", "dense+late", "lexical+late"]
    # Only articles that share a word with the question, or a sound: the lexical signal alone.
    assert found["q-strike"].ablated["lexical"][0] == "strike"
    assert len(found["q-strike"].ablated["lexical"]) < 5
    assert found["q-blank"].ablated["lexical"] == ()
    # Meaning has something to say on every article.
    assert len(found["q-strike"].ablated["dense"]) == 5
    assert store.search_lexical is not None, "the store itself is as it was"
    assert found["q-canal"].ranking == asked(dataset, Asking(Retriever(store, trigrams), {}, 100))["q-canal"].ranking


class Breaking(Retriever):
    """Fails at the second question."""

    def __init__(self, store: Store, encoder: Any, error: Exception) -> None:
        super().__init__(store, encoder)
        self._error, self._calls = error, 0

    def search(self, *arguments: Any, **options: Any) -> list[Passage]:
        self._calls += 1
        if self._calls == 2:
            raise self._error
        return super().search(*arguments, **options)


def test_a_question_that_fails_ends_the_run(dataset: Dataset, store: Store, trigrams: Any) -> None:
    broken = Breaking(store, trigrams, StoreDamaged("the file is gone"))
    with pytest.raises(QuestionFailed, match=r"'q-minerals' could not be asked.*the file is gone") as caught:
        asked(dataset, Asking(broken, {}, 100))
    assert caught.value.exit_code == StoreDamaged.exit_code


def test_a_fault_of_the_program_names_its_question(dataset: Dataset, store: Store, trigrams: Any) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        asked(dataset, Asking(Breaking(store, trigrams, ZeroDivisionError()), {}, 100))
    assert caught.value.__notes__ == ["this happened while asking question 'q-minerals' of tiny"]
