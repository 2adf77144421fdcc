"""Several languages in one index: none crowds out the other, and an index in one is searched as ever."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from fakes import TrigramEncoder, encoded

from indexer.articles import Article
from indexer.chunks import Chunk
from indexer.late import LateInteraction
from indexer.store import NO_FILTERS, Filters, Hit, Store
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest
from service.fusion import Fused
from service.languages import ACROSS, language_groups, raised
from service.retrieval import Retriever
from service.search_options import SearchOptions

HERE = Path(__file__).parent
SAMPLES = HERE.parents[1] / "samples"
ENCODER = TrigramEncoder()


def fused(name: str, score: float, late: float | None = None) -> Fused:
    return Fused(Chunk(name, "", 0, 0, 3, ((0, 3),)), score, 0.0, 0.0, score if late is None else late)


def test_each_language_is_a_search_of_its_own_that_of_the_question_first_and_rare_ones_together() -> None:
    present = {"ar": 900, "fr": 50, "en": 20, "de": 15, "fa": 12}
    assert language_groups(present, NO_FILTERS, "en") == [("en",), ("ar",), ("fr",), ("de", "fa")]
    assert language_groups(present, Filters(languages=("fr", "fa", "xx")), "en") == [("fr",), ("fa",)]
    assert language_groups({"ar": 5}, NO_FILTERS, "en") == [("ar",)]
    assert language_groups({}, NO_FILTERS, "en") == []


def test_a_quotation_here_and_there_costs_no_search_of_its_own() -> None:
    present = {"ar": 9_900, "en": 60, "fa": 40}
    assert language_groups(present, NO_FILTERS, "ar") == [("ar", "en", "fa")]
    assert language_groups(present, NO_FILTERS, "en") == [("en", "fa"), ("ar",)]
    assert language_groups(present, Filters(languages=("en",)), "ar") == [("en",)]


def test_late_interaction_across_languages_is_raised_by_what_the_language_costs() -> None:
    found = [fused("own", 0.50), fused("match", 0.45), fused("off", 0.30), fused("stray", 0.15)]
    ranking = raised(found, {found[1].chunk, found[3].chunk})
    assert [one.chunk.article_id for one in ranking] == ["match", "own", "off", "stray"]
    assert ranking[0].score == pytest.approx(0.45 + ACROSS)
    assert (ranking[0].late, ranking[1].score) == (0.45, 0.50)


def test_scores_without_late_interaction_stay_as_they_are() -> None:
    found = [fused("own", 0.9, 0.0), fused("other", 0.85, 0.0)]
    assert raised(found, {found[1].chunk}) == found


def test_without_token_vectors_one_language_has_no_advantage(tmp_path: Path) -> None:
    """The best passage of each language was the best of its own ranking; only one of them is about the question."""
    late = LateInteraction(on=False)
    texts = {"ar": "أعلنت هيئة القناة زيادة رسوم عبور السفن", "en": "Port workers in Tangier ended their strike"}
    with open_store(tmp_path / "s", Manifest.of(ENCODER.identity, 40, late), create=True) as opened:
        articles = [Article(f"z-{name}", "", text, language=name) for name, text in texts.items()]
        opened.put([encoded(article, ENCODER, late=late) for article in articles])
        assert ids(opened, "كم زادت رسوم عبور السفن؟")[0] == "z-ar"
        assert ids(opened, "When did the port workers end their strike?")[0] == "z-en"


class Counting:
    """A store that remembers which languages were searched, by meaning alone, and may give few candidates."""

    def __init__(self, store: Store, languages: Mapping[str, int] | None = None, most: int = 1_000) -> None:
        self._store = store
        self._languages = languages
        self._most = most
        self.searched: list[tuple[str, ...]] = []

    def languages(self) -> Mapping[str, int]:
        return self._store.languages() if self._languages is None else self._languages

    def search_dense(self, vector: Any, limit: int, filters: Filters) -> list[Hit]:
        self.searched.append(filters.languages)
        return self._store.search_dense(vector, min(limit, self._most), filters)

    def search_lexical(self, vector: Any, limit: int, filters: Filters) -> list[Hit]:
        return []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("languages") / "store"
    with open_store(folder, Manifest.of(ENCODER.identity, 40), create=True) as opened:
        texts = [f"Canal fees and ship canal fees, item {n} of the report." for n in range(12)]
        articles = [Article(f"en-{n}", "", text, language="en") for n, text in enumerate(texts)]
        articles.append(Article("ar", "", "زادت هيئة القناة رسوم العبور canal.", language="ar"))
        opened.put([encoded(article, ENCODER) for article in articles])
        yield opened


def ids(store: Any, question: str, filters: Filters = NO_FILTERS) -> list[str]:
    searching = Retriever(cast(Store, store), ENCODER)
    options = SearchOptions(20, filters, diverse=False)
    return [passage.article.id for passage in searching.search(searching.question(question), options)]


def test_passages_in_the_questions_language_leave_candidates_to_the_other(store: Store) -> None:
    assert "ar" not in ids(Counting(store, {"en": 13}, most=3), "What are canal fees?")
    assert "ar" in ids(Counting(store, most=3), "What are canal fees?")


def test_an_index_or_a_filter_with_one_language_is_searched_once_as_it_is(store: Store) -> None:
    one = Counting(store, {"en": 13})
    ids(one, "What are canal fees?")
    assert one.searched == [()]
    filtered = Counting(store)
    ids(filtered, "What are canal fees?", Filters(languages=("en",)))
    assert filtered.searched == [("en",)]
    both = Counting(store)
    ids(both, "What are canal fees?")
    assert both.searched == [("en",), ("ar",)]


@pytest.mark.slow
def test_a_translated_article_is_found_in_either_language_by_a_question_in_either(tmp_path: Path) -> None:
    """Ten sample articles with their English translations; each question's article once in each language alone."""
    from indexer.chunking import CHUNK_TOKENS
    from indexer.encoder.bundled import BundledEncoder
    from indexer.pipeline import Indexer, default_transformations
    from indexer.sources.reader import read_articles

    encoder = BundledEncoder()
    translations = {json.loads(line)["id"] for line in (HERE / "translated.jsonl").read_text("utf-8").splitlines()}
    asked = [json.loads(line) for line in (SAMPLES / "questions.jsonl").read_text("utf-8").splitlines()]
    first: dict[tuple[str, str], list[bool]] = {(ask, say): [] for ask in ("ar", "en") for say in ("ar", "en")}
    with open_store(tmp_path / "store", Manifest.of(encoder.identity, CHUNK_TOKENS), create=True) as opened:
        paths = [SAMPLES / "articles.jsonl", HERE / "translated.jsonl"]
        Indexer(opened, default_transformations(encoder)).run(read_articles(paths))
        searching = Retriever(opened, encoder)
        for question in asked:
            pair = {"ar": question["article_id"], "en": question["article_id"].replace("sample", "english")}
            if pair["en"] not in translations:
                continue
            found = searching.search(searching.question(question["question"]), SearchOptions(20, per_article=1))
            for say, gold in pair.items():
                twin = pair["en" if say == "ar" else "ar"]
                places = [passage.article.id for passage in found if passage.article.id != twin][:3]
                first[question["lang"], say].append(gold in places)
    shares = {pair: sum(hits) / len(hits) for pair, hits in first.items()}
    assert all(len(hits) == 10 for hits in first.values())
    # Among the first three of 55 articles; without the correction, two in three English ones for Arabic questions fail.
    assert min(shares.values()) >= 0.7, shares
