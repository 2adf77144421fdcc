"""Retrieval: which signal takes part, how scores are fused, which questions are refused."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from fakes import TrigramEncoder, encoded
from hypothesis import given
from hypothesis import strategies as st

from indexer.articles import Article
from indexer.chunks import Chunk
from indexer.encoder import Float32
from indexer.encoder.centring import NO_CENTRING
from indexer.errors import BadInput
from indexer.late import LateInteraction, question_vectors
from indexer.store import NO_FILTERS, Filters, Hit, Publication, Recency, Store
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest
from service.fusion import LENGTH_PENALTY, LEXICAL_BONUS, LEXICAL_WEIGHT, fuse, lexical_floor
from service.retrieval import MAX_QUESTION_CHARS, SENTENCE_DEPTH, Retriever, checked_question
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

    manifest = Manifest.of(TrigramEncoder().identity, 40)

    def token_vectors(self, chunks: Sequence[Chunk]) -> list[Float32]:
        return [np.zeros((0, 96), np.float32) for _ in chunks]

    def languages(self) -> Mapping[str, int]:
        return {"und": len(self.held)}

    def freshness(self, chunks: Iterable[Chunk], recency: Recency) -> dict[Chunk, float]:
        return {chunk: float(chunk.article_id == "far") for chunk in chunks}

    def articles(self, article_ids: Iterable[str]) -> dict[str, Article]:
        names = list(article_ids)
        self.fetched += names
        return {name: self.held[name] for name in names if name in self.held}

    def copies(self, article_ids: Iterable[str]) -> dict[str, tuple[Publication, ...]]:
        return {name: (Publication("copied", "صحيفة", "", None),) for name in article_ids if name == "copied from"}


def retriever(store: RecordingStore) -> Retriever:
    return Retriever(cast(Store, store), TrigramEncoder())


@contextmanager
def filled(folder: Path, texts: Mapping[str, str]) -> Iterator[Store]:
    """A real index of Arabic articles with these texts."""
    encoder = TrigramEncoder()
    with open_store(folder / "index", Manifest.of(encoder.identity, 40), create=True) as store:
        store.put([encoded(Article(name, "", text, language="ar"), encoder, 80) for name, text in texts.items()])
        yield store


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


def test_both_searches_get_the_filters_whatever_language_the_question_is_in() -> None:
    filters = Filters(sources=("وكالة",), languages=("ar",), published_from=datetime(2025, 1, 1, tzinfo=UTC))
    store = RecordingStore([], [], [])
    found(store, "What is in the agreement?", filters=filters)
    assert store.asked == {"dense": filters, "lexical": filters}


def test_an_english_question_finds_arabic_articles_by_translated_words_and_by_how_names_sound(tmp_path: Path) -> None:
    texts = {
        "deal": "وقّع زيلينسكي اتفاق المعادن في واشنطن",
        "bread": "ارتفع سعر الخبز في المدينة بعد موسم ضعيف",
        "match": "فاز الفريق بالمباراة النهائية",
    }
    with filled(tmp_path, texts) as store:
        searching = Retriever(store, TrigramEncoder())
        for question, name in (("the minerals deal", "deal"), ("Zelenski", "deal"), ("price of bread", "bread")):
            asked = searching.question(question)
            (first, *_) = searching.by_words(asked, 3, NO_FILTERS)
            assert first.chunk.article_id == name, question
            said = {one.article.id: one.lexical for one in searching.search(asked, SearchOptions(3))}
            assert max(said, key=lambda found: said[found]) == name, question


def test_vowel_signs_in_a_question_change_nothing() -> None:
    searching = retriever(BOTH)
    plain, signed = (searching.question(text).encoding for text in ("متى وقع الاتفاق؟", "متى وُقِّعَ الاتّفـــاقُ؟"))
    assert (plain.vector == signed.vector).all()
    assert searching.question("ـ").text == "ـ"


def test_the_first_passages_are_compared_sentence_by_sentence(tmp_path: Path) -> None:
    """Both have the question's words; in one they stand in one sentence."""
    texts = {
        "apart": "رفعت الشركة الرسوم في العام الماضي. وأعلن البنك أرباحه أمس. ثم زادت القناة عدد الموظفين.",
        "together": "رفعت القناة رسوم عبور السفن أمس. وأعلن البنك أرباحه في العام الماضي. ثم زادت الشركة الموظفين.",
    }
    with filled(tmp_path, texts) as store:
        searching = Retriever(store, TrigramEncoder())
        question = searching.question("رفعت القناة رسوم عبور السفن")
        passages = searching.search(question, SearchOptions(2))
        (vectors,) = store.token_vectors([passages[0].chunk])
    assert [passage.article.id for passage in passages] == ["together", "apart"]
    assert len(passages[0].sentences) == len(passages[0].chunk.sentences) == 3
    assert passages[0].sentences.index(max(passages[0].sentences)) == 0
    asked = question_vectors(question.encoding, NO_CENTRING, "ar")
    first = vectors[: len(["رفعت", "القناة", "رسوم", "عبور", "السفن", "أمس."])]
    assert passages[0].sentences[0] == pytest.approx(float((asked @ first.T).max(axis=1).mean()))
    # Half a byte a dimension, and the words of the whole first sentence: nearly a perfect match.
    assert passages[0].sentences[0] > 0.9


def test_passages_behind_the_first_stay_behind_them(tmp_path: Path) -> None:
    texts = {f"n{at:02}": f"رفعت القناة رسوم عبور السفن. {'كلام آخر عن الطقس والخبز. ' * at}" for at in range(14)}
    with filled(tmp_path, texts) as store:
        searching = Retriever(store, TrigramEncoder())
        passages = searching.search(
            searching.question("متى رفعت القناة رسوم العبور؟"), SearchOptions(20, diverse=False)
        )
    read = [bool(passage.sentences) for passage in passages]
    assert 1 <= sum(read) <= SENTENCE_DEPTH
    assert read == sorted(read, reverse=True)
    scores = [passage.score for passage in passages]
    assert scores == sorted(scores, reverse=True)


def test_late_interaction_decides_the_order_and_words_add_to_it() -> None:
    late = [Hit(chunk("far"), 0.62), Hit(chunk("both"), 0.60), Hit(chunk("meaning"), 0.50)]
    store = RecordingStore(BOTH.hits["dense"], BOTH.hits["lexical"], BOTH.held, late)
    passages = found(store, "ما نص الاتفاق؟")
    # "word" has no token vectors among the hits.
    assert [passage.article.id for passage in passages] == ["both", "far", "meaning"]
    length = LENGTH_PENALTY * math.log(3)  # characters of the chunk
    assert passages[0].score == pytest.approx(0.60 + LEXICAL_BONUS - length)
    assert (passages[1].late, passages[1].lexical) == (0.62, 0.0)
    assert passages[1].score == pytest.approx(0.62 - length)


def test_among_equal_matches_the_shorter_chunk_comes_first() -> None:
    short, long = chunk("short"), replace(chunk("long"), end=900)
    fused = fuse([Hit(short, 0.5), Hit(long, 0.5)], [], [Hit(long, 0.6), Hit(short, 0.6)])
    assert [one.chunk for one in fused] == [short, long]


def test_one_common_word_is_no_full_match() -> None:
    floor = lexical_floor(20_000)
    weak = fuse([], [Hit(chunk("a"), 3.0)], floor=floor)
    strong = fuse([], [Hit(chunk("a"), 2 * floor), Hit(chunk("b"), floor)], floor=floor)
    assert (weak[0].lexical, [one.lexical for one in strong]) == (3.0 / floor, [1.0, 0.5])
    assert lexical_floor(0) < lexical_floor(10) < 15 < floor < 30


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
    assert passages[0].dense == 1.0
    assert passages[0].lexical == passages[0].score == 1.0
    assert passages[1].score == pytest.approx(LEXICAL_WEIGHT * passages[1].lexical)


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
