"""What every store does, whatever keeps the points: this suite runs on each adapter."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from fakes import TrigramEncoder, encoded, news_article
from qdrant_client import QdrantClient
from qdrant_memory import in_memory
from qdrant_server import running

from indexer.articles import Article
from indexer.chunks import EncodedChunk
from indexer.encoder.centring import NO_CENTRING
from indexer.errors import BadInput, StoreError
from indexer.late import Datatype, LateInteraction, passage_vectors, question_vectors
from indexer.lexical import SparseVector, query_vector
from indexer.store import MAX_HALF_LIFE, NO_FILTERS, Counts, Filters, Recency, Store
from indexer.store.embedded import EmbeddedStore, open_store
from indexer.store.manifest import Manifest
from indexer.store.server_calls import connect
from indexer.store.server_index import open_server
from indexer.store.server_place import ServerPlace

ENCODER = TrigramEncoder()
MANIFEST = Manifest.of(ENCODER.identity, 40)
RIYADH = timezone(timedelta(hours=3))


#: A real server to run this suite on, too; each test makes collections of its own there and removes them.
REAL_SERVER = os.environ.get("MASDAR_TEST_QDRANT_URL")
Making = Callable[[Manifest], Store]


def on_embedded_engine(folder: Path) -> Iterator[Making]:
    """Open, or make, the embedded store in a folder."""
    yield lambda manifest: open_store(folder / "index", manifest, create=True)


def on_memory_client(folder: Path) -> Iterator[Making]:
    """Open, or make, an index in one in-memory client: Qdrant's own imitation of a server, in Python.

    It keeps float32 whatever the datatype and builds no index, so that of datatypes, quantisation and the layout for
    scale it shows only that they are asked for in a form that the client takes (test_store_server.py looks at that).
    """
    client = QdrantClient(":memory:")
    yield lambda manifest: in_memory(client, manifest)
    client.close()


def over_http(folder: Path) -> Iterator[Making]:
    """Open, or make, an index in the in-memory client behind a loopback server: requests and answers go as JSON."""
    with running() as server:
        # The imitation takes seconds for thousands of points, and more on a busy machine.
        place = ServerPlace(server.url, "أخبار", grpc_port=0, seconds=120)
        yield lambda manifest: open_server(place, manifest, create=True)


def on_real_server(folder: Path) -> Iterator[Making]:
    """Open, or make, an index on the server that MASDAR_TEST_QDRANT_URL names."""
    assert REAL_SERVER is not None
    place = ServerPlace(REAL_SERVER, f"masdar-test-{uuid.uuid4().hex}", os.environ.get("MASDAR_TEST_QDRANT_KEY"))
    yield lambda manifest: open_server(place, manifest, create=True)
    connection = connect(place)
    for name in (place.collection, place.articles):
        connection.client.delete_collection(name)
    connection.close()


#: Without a server its tests are skipped one by one, so that the summary of the run counts them.
WITHOUT_SERVER = pytest.mark.skipif(not REAL_SERVER, reason="no Qdrant server: set MASDAR_TEST_QDRANT_URL to run it")
PLACES = [
    on_embedded_engine,
    on_memory_client,
    pytest.param(over_http, marks=pytest.mark.slow),
    pytest.param(on_real_server, marks=WITHOUT_SERVER),
]


@pytest.fixture(params=PLACES, ids=["embedded", "memory", "http", "server"])
def making(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Making]:
    yield from request.param(tmp_path)


@pytest.fixture
def opener(making: Making) -> Callable[[], Store]:
    return lambda: making(MANIFEST)


@pytest.fixture
def store(opener: Callable[[], Store]) -> Iterator[Store]:
    with opener() as opened:
        yield opened


def dense(store: Store, text: str, limit: int = 10, filters: Filters = NO_FILTERS) -> list[tuple[str, int]]:
    vector = ENCODER.encode([text], "query")[0].vector
    return [(hit.chunk.article_id, hit.chunk.position) for hit in store.search_dense(vector, limit, filters)]


def lexical(store: Store, text: str, limit: int = 10, filters: Filters = NO_FILTERS) -> list[tuple[str, int]]:
    return [
        (hit.chunk.article_id, hit.chunk.position) for hit in store.search_lexical(query_vector(text), limit, filters)
    ]


def piece(id_: str, text: str, **fields: object) -> tuple[Article, list[EncodedChunk]]:
    return encoded(replace(Article(id_, "عنوان", text, language="ar"), **fields), ENCODER)  # type: ignore[arg-type]  # fields of any type


def test_an_empty_store_finds_nothing(store: Store) -> None:
    assert dense(store, "الحكومة") == lexical(store, "الحكومة") == []
    assert store.counts() == Counts(0, 0)
    assert dict(store.versions()) == store.articles(["x"]) == store.sources() == store.languages() == {}
    assert store.freshness([], Recency(30)) == {}
    assert store.delete(["x"]) == 0


def test_what_is_put_comes_back_as_it_was(store: Store) -> None:
    article = Article(
        "خبر/1",
        "عنوانٌ «مقتبس»",
        "  نصٌّ أوّل.\n\nنص ثانٍ 😀. ",
        source="وكالة",
        url="https://news.example/1",
        published_at=datetime(2025, 3, 1, 10, 30, tzinfo=RIYADH),
        language="ar",
        tags=("سياسة", "عاجل"),
        author="مراسل",
    )
    store.put([encoded(article, ENCODER, budget=2)])
    assert store.articles(["خبر/1", "other"]) == {"خبر/1": article}
    assert dict(store.versions()) == {"خبر/1": article.content_hash}
    hits = store.search_lexical(query_vector("ثانٍ"), 5)
    assert [hit.chunk for hit in hits] == [encoded(article, ENCODER, budget=2)[1][1].chunk]
    assert store.counts() == Counts(1, 3)
    assert store.sources() == {"وكالة": 3}
    assert store.languages() == {"ar": 3}
    assert store.manifest == MANIFEST


def test_dense_search_ranks_by_cosine(store: Store) -> None:
    texts = {
        "bank": "رفع البنك المركزي أسعار الفائدة",
        "rain": "أمطار غزيرة على الساحل الشمالي",
        "both": "رفع البنك أسعار الأمطار",
    }
    store.put([piece(id_, text) for id_, text in texts.items()])
    question = ENCODER.encode(["رفع البنك المركزي أسعار الفائدة"], "query")[0].vector
    hits = store.search_dense(question, 3)
    assert [hit.chunk.article_id for hit in hits] == ["bank", "both", "rain"]
    for hit in hits:
        passage = ENCODER.encode([texts[hit.chunk.article_id]], "passage")[0].vector
        assert hit.score == pytest.approx(float(question @ passage), abs=1e-4)


def test_lexical_search_finds_only_what_shares_a_term_and_prefers_the_rare_one(store: Store) -> None:
    store.put([piece(f"common-{n}", "الحكومة تبحث المشروع") for n in range(8)])
    store.put([piece("rare", "الحكومة تبحث الزعفران"), piece("none", "أمطار على الساحل")])
    found = [article_id for article_id, _ in lexical(store, "هل بحثت الحكومة مسألة الزعفران؟", 20)]
    assert found[0] == "rare"
    assert "none" not in found
    assert len(found) == 9
    assert lexical(store, "من في على") == [], "function words alone find nothing"
    assert store.search_lexical(SparseVector([], []), 5) == []


def test_late_search_ranks_the_candidates_by_the_mean_of_the_best_matches(store: Store) -> None:
    texts = {
        "bank": "رفع البنك المركزي أسعار الفائدة",
        "rain": "أمطار غزيرة على الساحل الشمالي",
        "both": "رفع البنك أسعار الأمطار",
    }
    store.put([piece(id_, text) for id_, text in texts.items()])
    asked = "أسعار الأمطار"
    encoding = ENCODER.encode([asked], "query", tokens=True)[0]
    tokens = question_vectors(encoding, NO_CENTRING, "ar")
    candidates = [hit.chunk for hit in store.search_dense(encoding.vector, 3)]
    hits = store.search_late(tokens, candidates)
    assert hits[0].chunk.article_id == "both"
    assert {hit.chunk for hit in hits} == set(candidates)
    for hit in hits:
        text = texts[hit.chunk.article_id]
        kept = passage_vectors(text, ENCODER.encode([text], "passage", tokens=True)[0], NO_CENTRING)
        # MaxSim as it is defined, over vectors that the engine keeps in one byte a dimension.
        assert hit.score == pytest.approx(float((tokens @ kept.T).max(axis=1).mean()), abs=0.02)
    assert store.search_late(tokens, candidates[1:2]) == [hit for hit in hits if hit.chunk == candidates[1]]
    assert store.search_late(tokens, []) == store.search_late(tokens[:0], candidates) == []
    store.delete(["both"])
    assert store.search_late(tokens, candidates) == hits[1:]


def test_late_search_finds_no_chunk_without_token_vectors(store: Store) -> None:
    article, chunks = piece("plain", "رفع البنك أسعار الأمطار")
    store.put([(article, [replace(chunk, late=None) for chunk in chunks])])
    encoding = ENCODER.encode(["أسعار"], "query", tokens=True)[0]
    tokens = question_vectors(encoding, NO_CENTRING, "ar")
    hits = store.search_dense(encoding.vector, 3)
    assert len(hits) == 1
    assert store.search_late(tokens, [hits[0].chunk]) == []
    assert store.token_vectors([hits[0].chunk])[0].shape == (0, ENCODER.dimensions)


def test_an_index_without_token_vectors_finds_by_the_other_signals_and_refuses_any(
    making: Making,
) -> None:
    article, chunks = piece("plain", "رفع البنك أسعار الأمطار")
    tokens = question_vectors(ENCODER.encode(["أسعار"], "query", tokens=True)[0], NO_CENTRING, "ar")
    with making(Manifest.of(ENCODER.identity, 40, LateInteraction(on=False))) as store:
        with pytest.raises(ValueError, match=r"'plain' has token vectors, and the index keeps none"):
            store.put([(article, chunks)])
        store.put([(article, [replace(chunk, late=None) for chunk in chunks])])
        assert lexical(store, "أسعار") == dense(store, "أسعار") == [("plain", 0)]
        assert store.search_late(tokens, [chunks[0].chunk]) == []
        assert [len(rows) for rows in store.token_vectors([chunks[0].chunk])] == [0]


@pytest.mark.parametrize(("datatype", "off"), [("float32", 1e-6), ("float16", 1e-3), ("turbo8", 0.02), ("turbo4", 0.1)])
def test_token_vectors_come_back_in_the_order_asked_as_near_as_the_datatype_keeps_them(
    making: Making, datatype: Datatype, off: float
) -> None:
    put = [piece("first", "رفع البنك المركزي أسعار الفائدة"), piece("second", "أمطار غزيرة على الساحل الشمالي")]
    with making(Manifest.of(ENCODER.identity, 40, LateInteraction(datatype=datatype))) as store:
        store.put(put)
        unknown = replace(put[0][1][0].chunk, position=7)
        asked = [put[1][1][0].chunk, unknown, put[0][1][0].chunk]
        second, nothing, first = store.token_vectors(asked)
    assert nothing.shape == (0, ENCODER.dimensions)
    for got, (_, chunks) in ((first, put[0]), (second, put[1])):
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, chunks[0].late, atol=off)


def test_late_interaction_of_an_index_is_read_from_it_not_from_what_opens_it(
    making: Making,
) -> None:
    settings = LateInteraction(datatype="turbo4", tokens="words", pooling=2)
    making(Manifest.of(ENCODER.identity, 40, settings)).close()
    with making(MANIFEST) as store:
        assert store.manifest.late == settings


def test_a_replaced_article_is_found_by_its_new_text_only(store: Store) -> None:
    store.put([piece("a", "قديم " * 60 + "زرافة"), piece("b", "زرافة")])
    store.put([piece("a", "جديد")])
    assert dict(lexical(store, "زرافة")) == {"b": 0}
    assert store.counts() == Counts(2, 2)
    assert store.articles(["a"])["a"].text == "جديد"


def test_the_same_article_with_fewer_chunks_keeps_none_of_the_others(store: Store) -> None:
    article = news_article(1)
    store.put([encoded(article, ENCODER, budget=15)])
    store.put([encoded(article, ENCODER, budget=200)])
    assert store.counts() == Counts(1, 1)


def test_the_last_of_several_articles_of_one_id_counts(store: Store) -> None:
    store.put([piece("a", "أول"), piece("a", "ثان")])
    assert store.articles(["a"])["a"].text == "ثان"
    assert store.counts() == Counts(1, 1)
    assert lexical(store, "أول") == []


def test_an_article_without_chunks_is_kept_and_not_found(store: Store) -> None:
    store.put([])
    store.put([(Article("a", "عنوان", "نص"), [])])
    assert store.counts() == Counts(1, 0)
    assert "a" in store.articles(["a"])
    assert dense(store, "نص") == []


def test_deleting_removes_articles_with_their_chunks(store: Store) -> None:
    store.put([encoded(news_article(n), ENCODER) for n in range(6)])
    before = store.counts().chunks
    assert store.delete(["news-1", "news-4", "unknown", "news-1"]) == 2
    assert sorted(dict(store.versions())) == ["news-0", "news-2", "news-3", "news-5"]
    assert {article_id for article_id, _ in dense(store, "الحكومة", 100)} == {"news-0", "news-2", "news-3", "news-5"}
    assert store.counts().chunks < before


def test_limits(store: Store) -> None:
    store.put([piece(f"a{n}", f"الحكومة {n}") for n in range(7)])
    assert [len(dense(store, "الحكومة", limit)) for limit in (-1, 0, 1, 5, 50)] == [0, 0, 1, 5, 7]
    assert [len(lexical(store, "الحكومة", limit)) for limit in (-1, 0, 1, 5, 50)] == [0, 0, 1, 5, 7]


def test_filters_restrict_both_searches(store: Store) -> None:
    def at(day: int, hour: int = 0) -> datetime:
        return datetime(2025, 3, day, hour, tzinfo=UTC)

    store.put(
        [
            piece("first", "الحكومة", source="س", published_at=at(1)),
            piece("second", "الحكومة", source="ص", published_at=at(2).astimezone(RIYADH)),
            piece("third", "الحكومة", source="س", published_at=at(3), language="en"),
            piece("undated", "الحكومة", source="ع"),
        ]
    )
    cases = {
        Filters(): {"first", "second", "third", "undated"},
        Filters(sources=("س",)): {"first", "third"},
        Filters(sources=("س", "ع")): {"first", "third", "undated"},
        Filters(languages=("en",)): {"third"},
        Filters(published_from=at(2)): {"second", "third"},
        Filters(published_before=at(2)): {"first"},
        Filters(published_from=at(2).astimezone(RIYADH), published_before=at(2, 1)): {"second"},
        Filters(sources=("س",), languages=("ar",)): {"first"},
        Filters(sources=("لا أحد",)): set(),
    }
    for filters, expected in cases.items():
        assert {id_ for id_, _ in dense(store, "الحكومة", 10, filters)} == expected, filters
        assert {id_ for id_, _ in lexical(store, "الحكومة", 10, filters)} == expected, filters


def test_a_filter_by_tags_finds_articles_that_have_any_of_them_exactly(store: Store) -> None:
    store.put(
        [
            piece("both", "الحكومة", tags=("سياسة", "عاجل")),
            piece("one", "الحكومة", tags=("عاجل",), source="س"),
            piece("longer", "الحكومة", tags=("عاجل جدا", "Politics")),
            piece("none", "الحكومة"),
        ]
    )
    cases = {
        Filters(tags=("عاجل",)): {"both", "one"},
        Filters(tags=("سياسة", "عاجل جدا")): {"both", "longer"},
        Filters(tags=("politics",)): set(),
        Filters(tags=("عاجل",), sources=("س",)): {"one"},
        Filters(tags=("",)): set(),
    }
    for filters, expected in cases.items():
        assert {id_ for id_, _ in dense(store, "الحكومة", 10, filters)} == expected, filters
        assert {id_ for id_, _ in lexical(store, "الحكومة", 10, filters)} == expected, filters


def test_new_tags_of_an_article_replace_the_old_ones(store: Store) -> None:
    store.put([piece("a", "الحكومة", tags=("مسودة",))])
    store.put([piece("a", "الحكومة", tags=("منشور",))])
    assert dense(store, "الحكومة", 5, Filters(tags=("مسودة",))) == []
    assert dense(store, "الحكومة", 5, Filters(tags=("منشور",))) == [("a", 0)]


def test_freshness_halves_with_each_half_life(store: Store) -> None:
    now = datetime(2025, 6, 30, 12, tzinfo=RIYADH)
    ages = {"today": 0, "half": 30, "two": 60, "old": 3_000, "tomorrow": -1}
    pieces = [piece(name, "الحكومة", published_at=now - timedelta(days=age)) for name, age in ages.items()]
    ends = {"first": datetime(1, 1, 1, tzinfo=UTC), "last": datetime(9999, 12, 31, tzinfo=UTC)}
    pieces += [piece(name, "الحكومة", published_at=date) for name, date in ends.items()]
    store.put([*pieces, piece("undated", "الحكومة")])
    hits = store.search_dense(ENCODER.encode(["الحكومة"], "query")[0].vector, 20)
    fresh = {
        chunk.article_id: value for chunk, value in store.freshness([h.chunk for h in hits], Recency(30, now)).items()
    }
    expected = {"today": 1, "half": 0.5, "two": 0.25, "old": 0, "tomorrow": 1, "first": 0, "last": 1, "undated": 0.5}
    assert fresh == pytest.approx(expected, abs=1e-4)
    for half_life in (0.001, MAX_HALF_LIFE):
        values = store.freshness([hit.chunk for hit in hits], Recency(half_life)).values()
        assert all(0 <= value <= 1 for value in values)


def test_freshness_counts_from_the_moment_of_the_search_and_leaves_out_what_is_gone(store: Store) -> None:
    now = datetime.now(UTC)
    dated, gone = (piece(name, "الحكومة", published_at=now - timedelta(days=10)) for name in ("dated", "gone"))
    store.put([dated])
    fresh = store.freshness([dated[1][0].chunk, gone[1][0].chunk], Recency(10))
    assert fresh == {dated[1][0].chunk: pytest.approx(0.5, abs=0.001)}


@pytest.mark.parametrize("days", [0, -1, float("nan"), float("inf"), MAX_HALF_LIFE + 1])
def test_a_half_life_is_above_nought_and_no_longer_than_a_century(days: float) -> None:
    with pytest.raises(BadInput, match="half-life"):
        Recency(days)
    with pytest.raises(BadInput, match="no time zone"):
        Recency(30, datetime(2025, 3, 1))


def test_languages_are_counted_by_chunks_and_follow_every_write(store: Store) -> None:
    store.put([piece("a", "الحكومة"), piece("b", "الحكومة"), piece("c", "The government", language="en")])
    assert list(store.languages().items()) == [("ar", 2), ("en", 1)]
    assert store.languages() == store.languages()
    store.put([piece("b", "Le gouvernement", language="fr")])
    assert store.languages() == {"ar": 1, "en": 1, "fr": 1}
    store.delete(["a", "c"])
    assert store.languages() == {"fr": 1}


def test_a_filter_by_a_date_without_a_zone_is_refused() -> None:
    with pytest.raises(BadInput, match=r"published_before .* no time zone"):
        Filters(published_before=datetime(2025, 3, 1))


def test_dates_at_the_ends_of_the_calendar(store: Store) -> None:
    ends = [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)]
    store.put([piece(f"a{n}", "الحكومة", published_at=date) for n, date in enumerate(ends)])
    assert {id_ for id_, _ in dense(store, "x", 5, Filters(published_from=ends[0]))} == {"a0", "a1"}
    assert {id_ for id_, _ in dense(store, "x", 5, Filters(published_from=ends[1]))} == {"a1"}


def test_chunks_of_another_article_or_version_are_refused_before_anything_is_written(store: Store) -> None:
    first, chunks = piece("a", "نص")
    other, others = piece("b", "آخر")
    with pytest.raises(ValueError, match="another article"):
        store.put([(other, others), (first, others)])
    with pytest.raises(ValueError, match="version"):
        store.put([(other, others), (replace(first, title="جديد"), chunks)])
    assert store.counts() == Counts(0, 0)


@pytest.mark.parametrize("vector", [np.ones(3, np.float32), np.full(ENCODER.dimensions, np.nan, np.float32)])
def test_vectors_that_do_not_fit_are_refused_before_anything_is_written(store: Store, vector: np.ndarray) -> None:
    good, bad = piece("a", "نص"), piece("b", "آخر")
    with pytest.raises(ValueError, match=f"'b' has a vector .* {ENCODER.dimensions} finite"):
        store.put([good, (bad[0], [replace(bad[1][0], dense=vector)])])
    with pytest.raises(ValueError, match=f"'b' has token vectors .* {ENCODER.dimensions} finite"):
        store.put([good, (bad[0], [replace(bad[1][0], late=vector[None])])])
    assert store.counts() == Counts(0, 0)


def test_a_closed_store_keeps_everything_and_says_that_it_is_closed(opener: Callable[[], Store]) -> None:
    store = opener()
    store.put([encoded(news_article(n), ENCODER) for n in range(5)])
    chunks = [hit.chunk for hit in store.search_dense(ENCODER.encode(["الحكومة"], "query")[0].vector, 3)]
    counts, versions, found = store.counts(), dict(store.versions()), dense(store, "الحكومة", 50)
    store.close()
    store.close()
    uses: list[Callable[[], object]] = [
        lambda: store.put([piece("x", "نص")]),
        lambda: store.delete(["news-1"]),
        lambda: store.articles(["news-1"]),
        lambda: dict(store.versions()),
        lambda: dense(store, "الحكومة"),
        lambda: lexical(store, "الحكومة"),
        store.counts,
        store.sources,
        store.languages,
        lambda: store.freshness(chunks, Recency(30)),
        store.optimise,
    ]
    for use in uses:
        with pytest.raises(StoreError, match="closed"):
            use()
    with opener() as again:
        assert (again.counts(), dict(again.versions())) == (counts, versions)
        assert sorted(dense(again, "الحكومة", 50)) == sorted(found)


def test_optimising_changes_no_answer(store: Store) -> None:
    store.put([encoded(news_article(n), ENCODER) for n in range(20)])
    store.delete([f"news-{n}" for n in range(10)])
    before = dense(store, "أعلنت الحكومة", 20)
    store.optimise()
    assert dense(store, "أعلنت الحكومة", 20) == before
    assert store.counts().articles == 10


@pytest.mark.slow
def test_thousands_of_articles_are_deleted_at_once(store: Store) -> None:
    # A server's stand-in in Python takes a minute for ten thousand; three are more than a page of every call.
    many = 10_000 if isinstance(store, EmbeddedStore) else 3_000
    for at in range(0, many, 1_000):
        store.put([piece(f"a{n}", "خبر") for n in range(at, at + 1_000)])
    store.put([piece("kept", "خبر")])
    assert len(dict(store.versions())) == many + 1
    assert len(store.articles(f"a{n}" for n in range(many))) == many
    assert store.delete(f"a{n}" for n in range(many)) == many
    assert store.counts() == Counts(1, 1)


def test_the_content_of_articles_is_what_was_put(store: Store) -> None:
    put = [encoded(news_article(n), ENCODER, budget=15) for n in range(3)]
    store.put(put)
    got = {article.id: (article, chunks) for article, chunks in store.content(["news-2", "news-0", "unknown"])}
    assert sorted(got) == ["news-0", "news-2"]
    for article, chunks in (put[0], put[2]):
        assert got[article.id][0] == article
        assert [chunk.chunk for chunk in got[article.id][1]] == [chunk.chunk for chunk in chunks]
        for mine, theirs in zip(got[article.id][1], chunks, strict=True):
            np.testing.assert_allclose(mine.dense, theirs.dense, atol=1e-6)
            assert mine.lexical.indices == theirs.lexical.indices
            assert mine.lexical.values == pytest.approx(theirs.lexical.values, abs=1e-6)
            np.testing.assert_allclose(mine.late, theirs.late, atol=0.1)
    assert list(store.content([])) == []


def test_content_put_again_is_found_as_before(store: Store) -> None:
    store.put([encoded(news_article(n), ENCODER) for n in range(4)])
    before = dense(store, "أعلنت الحكومة", 50)
    content = store.content([f"news-{n}" for n in range(4)])
    store.delete([f"news-{n}" for n in range(4)])
    store.put(content)
    assert dense(store, "أعلنت الحكومة", 50) == before
