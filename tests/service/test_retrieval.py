"""Retrieval: which signal takes part, how scores are fused, which questions are refused."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from fakes import TrigramEncoder, encoded
from hypothesis import given
from hypothesis import strategies as st

from indexer.articles import Article
from indexer.chunks import Chunk
from indexer.errors import BadInput
from indexer.late import LateInteraction
from indexer.store import NO_FILTERS, Filters, Hit, Recency, Store
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest
from service.fusion import fuse
from service.retrieval import MAX_QUESTION_CHARS, Retriever, checked_question
from service.search_options import SearchOptions


def article(name: str, text: str = "نص طويل") -> Article:
    return Article(name, "", text)


def chunk(name: str, position: int = 0) -> Chunk:
    return Chunk(name, article(name).content_hash, position, 0, 3, ((0, 3),))


class RecordingStore:
    """Gives the same hits to every search and remembers the filters that came with it."""

    def __init__(
        self, dense: Sequence[Hit], lexical: Sequence[Hit], articles: Iterable[str], late: Sequence[Hit] = ()
    ) -> None:
        self.hits = {"dense": list(dense), "lexical": list(lexical), "late": list(late)}
        self.held = {name: article(name) for name in articles}
        self.asked: dict[str, Filters] = {}
        self.fetched: list[str] = []

    def search_dense(self, vector: object, limit: int, filters: Filters) -> list[Hit]:
        self.asked["dense"] = filters
        return self.hits["dense"][:limit]

    def search_lexical(self, vector: object, limit: int, filters: Filters) -> list[Hit]:
        self.asked["lexical"] = filters
        return self.hits["lexical"][:limit]

    def search_late(self, question: object, candidates: Collection[Chunk]) -> list[Hit]:
        self.candidates = list(candidates)
        return [hit for hit in self.hits["late"] if hit.chunk in candidates]

    def languages(self) -> Mapping[str, int]:
        return {"und": len(self.held)}

    def freshness(self, chunks: Iterable[Chunk], recency: Recency) -> dict[Chunk, float]:
        return {chunk: float(chunk.article_id == "far") for chunk in chunks}

    def articles(self, article_ids: Iterable[str]) -> dict[str, Article]:
        names = list(article_ids)
        self.fetched += names
        return {name: self.held[name] for name in names if name in self.held}


def retriever(store: RecordingStore) -> Retriever:
    return Retriever(cast(Store, store), TrigramEncoder())


def found(store: RecordingStore, question: str, limit: int = 10, filters: Filters = NO_FILTERS) -> list[Any]:
    searching = retriever(store)
    return searching.search(searching.question(question), SearchOptions(limit, filters, diverse=False))


BOTH = RecordingStore(
    dense=[Hit(chunk("meaning"), 0.9), Hit(chunk("both"), 0.8), Hit(chunk("far"), 0.1)],
    lexical=[Hit(chunk("both"), 12.0), Hit(chunk("word"), 6.0)],
    articles=["meaning", "both", "far", "word"],
)


def test_a_passage_that_both_signals_find_comes_first() -> None:
    passages = found(BOTH, "ما نص الاتفاق؟")
    assert passages[0].article.id == "both"
    assert {passage.article.id for passage in passages} == {"meaning", "both", "far", "word"}
    assert passages[0].lexical == 1.0
    assert next(p for p in passages if p.article.id == "word").dense == 0.0
    assert passages[0].text == "نص "


def test_the_limit_holds_and_a_vanished_article_is_left_out() -> None:
    assert len(found(BOTH, "ما نص الاتفاق؟", limit=2)) == 2
    gone = RecordingStore(BOTH.hits["dense"], [], ["meaning", "far"])
    assert [passage.article.id for passage in found(gone, "ما نص الاتفاق؟")] == ["meaning", "far"]


def test_a_vanished_article_leaves_its_place_to_the_next() -> None:
    gone = RecordingStore(BOTH.hits["dense"], [], ["both", "far"])
    assert [passage.article.id for passage in found(gone, "ما نص الاتفاق؟", limit=1)] == ["both"]


def test_no_more_articles_are_fetched_than_passages_are_wanted() -> None:
    store = RecordingStore(BOTH.hits["dense"], [], BOTH.held)
    assert len(found(store, "ما نص الاتفاق؟", limit=2)) == 2
    assert store.fetched == ["meaning", "both"]


def test_recency_takes_part_only_where_it_is_asked_for() -> None:
    late = [Hit(chunk("meaning"), 0.50), Hit(chunk("far"), 0.49), Hit(chunk("both"), 0.30)]
    searching = retriever(RecordingStore(BOTH.hits["dense"], [], BOTH.held, late))
    question = searching.question("ما نص الاتفاق؟")
    orders = [
        [passage.article.id for passage in searching.search(question, SearchOptions(recency=recency, diverse=False))]
        for recency in (None, Recency(30))
    ]
    assert orders == [["meaning", "far", "both"], ["far", "meaning", "both"]]


def test_an_article_replaced_meanwhile_is_left_out_for_its_offsets_are_others() -> None:
    store = RecordingStore(BOTH.hits["dense"], [], ["meaning", "far"])
    store.held["meaning"] = article("meaning", "طويل نص")
    assert [passage.article.id for passage in found(store, "ما نص الاتفاق؟")] == ["far"]


def test_words_are_looked_for_in_the_language_of_the_question_and_meaning_in_every_one() -> None:
    since = datetime(2025, 1, 1, tzinfo=UTC)
    filters = Filters(sources=("وكالة",), published_from=since)
    store = RecordingStore([], [], [])
    found(store, "What is in the agreement?", filters=filters)
    assert store.asked["dense"] == filters
    assert store.asked["lexical"] == Filters(sources=("وكالة",), languages=("en",), published_from=since)
    found(store, "ما نص الاتفاق؟")
    assert store.asked["lexical"].languages == ("ar",)


def test_words_are_not_looked_for_where_the_filter_leaves_out_their_language() -> None:
    store = RecordingStore([], [], [])
    found(store, "What is in the agreement?", filters=Filters(languages=("ar",)))
    assert "lexical" not in store.asked
    assert store.asked["dense"] == Filters(languages=("ar",))


def test_late_interaction_decides_the_order_and_words_add_to_it() -> None:
    late = [Hit(chunk("far"), 0.62), Hit(chunk("both"), 0.60), Hit(chunk("meaning"), 0.50)]
    store = RecordingStore(BOTH.hits["dense"], BOTH.hits["lexical"], BOTH.held, late)
    passages = found(store, "ما نص الاتفاق؟")
    # .60 and the whole bonus of .1 for the best BM25 score; "word" has no token vectors among the hits.
    assert [passage.article.id for passage in passages] == ["both", "far", "meaning"]
    assert passages[0].score == pytest.approx(0.70)
    assert (passages[1].score, passages[1].late, passages[1].lexical) == (0.62, 0.62, 0.0)


def test_late_interaction_ranks_what_meaning_and_words_found_each_chunk_once() -> None:
    found(BOTH, "ما نص الاتفاق؟")
    assert BOTH.candidates == [chunk(name) for name in ("meaning", "both", "far", "word")]


def test_an_index_without_token_vectors_is_asked_by_meaning_and_words(tmp_path: Path) -> None:
    late, encoder = LateInteraction(on=False), TrigramEncoder()
    with open_store(tmp_path / "index", Manifest.of(encoder.identity, 40, late), create=True) as store:
        store.put(
            [encoded(replace(article(name, text), language="ar"), encoder, late=late) for name, text in TEXTS.items()]
        )
        searching = Retriever(store, encoder)
        passages = searching.search(searching.question("متى تهطل أمطار غزيرة؟"), SearchOptions(2))
    assert [passage.article.id for passage in passages] == ["rain", "bank"]
    assert [passage.late for passage in passages] == [0.0, 0.0]
    assert passages[0].score == passages[0].dense == passages[0].lexical == 1.0


TEXTS = {"bank": "رفع البنك المركزي أسعار الفائدة", "rain": "أمطار غزيرة على الساحل"}
scores = st.lists(st.floats(0, 30, allow_nan=False), max_size=12).map(lambda values: sorted(values, reverse=True))


@given(scores, scores)
def test_fusion_gives_each_chunk_once_with_scores_in_order_between_nought_and_one(
    dense: list[float], lexical: list[float]
) -> None:
    fused = fuse(
        [Hit(chunk(f"d{at}"), score) for at, score in enumerate(dense)],
        [Hit(chunk(f"d{2 * at}"), score) for at, score in enumerate(lexical)],
    )
    names = [one.chunk.article_id for one in fused]
    assert len(names) == len(set(names))
    assert [one.score for one in fused] == sorted((one.score for one in fused), reverse=True)
    assert all(0 <= value <= 1 + 1e-9 for one in fused for value in (one.score, one.dense, one.lexical, one.late))


def test_fusion_does_not_depend_on_the_order_of_equals() -> None:
    equal = [Hit(chunk(name), 0.5) for name in "abc"]
    assert fuse(equal, []) == fuse(list(reversed(equal)), [])


def test_without_words_in_common_meaning_alone_decides() -> None:
    fused = fuse([Hit(chunk("a"), 0.9), Hit(chunk("b"), 0.7)], [])
    assert [(one.chunk.article_id, one.score) for one in fused] == [("a", 1.0), ("b", 0.0)]


@pytest.mark.parametrize("question", ["", " ", "\n\t", "\u3000"])
def test_an_empty_question_is_refused(question: str) -> None:
    with pytest.raises(BadInput, match="the question is empty"):
        checked_question(question)


def test_a_question_has_a_longest_length() -> None:
    assert checked_question(f" {'س' * MAX_QUESTION_CHARS}\n") == "س" * MAX_QUESTION_CHARS
    with pytest.raises(BadInput, match="2001 characters; at most 2000"):
        retriever(BOTH).question("س" * (MAX_QUESTION_CHARS + 1))


@given(st.text(st.characters(categories=("Cc", "Cf", "Cs", "Lo", "Po", "Nd")), min_size=1, max_size=40))
def test_any_other_question_can_be_encoded(question: str) -> None:
    if question.strip():
        asked = retriever(BOTH).question(question)
        assert asked.text == question.strip()
        assert asked.language in {"ar", "en"}
