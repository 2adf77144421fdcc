"""Segments of the embedded store: closed as they fill, merged, given a graph; the same found in all of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import qdrant_edge as edge
from fakes import TrigramEncoder, encoded, news_article

from indexer.lexical import query_vector
from indexer.pipeline import Indexer, default_transformations
from indexer.sources.items import SourceRecord
from indexer.store import Filters, Recency, Story, embedded, shards
from indexer.store.copying import copy_store
from indexer.store.embedded import EmbeddedStore, open_store
from indexer.store.manifest import Manifest

ENCODER = TrigramEncoder()
MANIFEST = Manifest.of(ENCODER.identity, 40)
ARTICLES = 60


@pytest.fixture(autouse=True)
def _small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SEGMENT_ITEMS", 4)
    monkeypatch.setattr(shards, "SEGMENTS", 4)
    monkeypatch.setattr(shards, "MERGED_ITEMS", 60)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with open_store(tmp_path / "index", MANIFEST, create=True) as opened:
        yield opened


def segments(store: EmbeddedStore) -> int:
    return int(store._chunks._shard.info().segments_count)


def graphs(folder: Path) -> dict[str, int]:
    """Edges a node of the graph of each closed segment, by the segment's name."""
    files = folder.glob("chunks/segments/*/vector_index-dense/hnsw_config.json")
    return {path.parts[-3]: json.loads(path.read_text())["m"] for path in files}


def fill(store: EmbeddedStore, compact: Callable[[], None]) -> None:
    """Articles of both editions, some deleted again, with stories."""
    for edition, first in ((0, 0), (1, 0), (0, ARTICLES // 2)):
        for at in range(first, first + ARTICLES // 2, 6):
            articles = [news_article(n, edition) for n in range(at, at + 6)]
            stories = {one.id: Story(one.id, (f"k{one.id}", "all")) for one in articles}
            store.put([encoded(one, ENCODER) for one in articles], stories)
            compact()
    store.delete([f"news-{n}" for n in range(0, ARTICLES, 10)])
    compact()


def answers(store: EmbeddedStore) -> dict[str, object]:
    """What every kind of search finds, without what is of no order."""
    question = ENCODER.encode(["أعلنت الحكومة"], "query", tokens=True)[0]
    dense = store.search_dense(question.vector, 1_000)
    chunks = sorted((hit.chunk for hit in dense), key=repr)
    filtered = store.search_dense(question.vector, 50, Filters(languages=("ar",)))
    return {
        "counts": store.counts(),
        "versions": dict(store.versions()),
        "dense": sorted((round(hit.score, 5), repr(hit.chunk)) for hit in dense),
        # Without scores: until its segment is merged, a chunk that is gone counts for how rare a word is.
        "lexical": sorted(repr(hit.chunk) for hit in store.search_lexical(query_vector("الحكومة"), 1_000)),
        "late": sorted((round(hit.score, 4), repr(hit.chunk)) for hit in store.search_late(question.tokens, chunks)),
        "tokens": np.concatenate(store.token_vectors(chunks)).round(4).tolist(),
        "filtered": sorted(round(hit.score, 5) for hit in filtered),
        "languages": dict(store.languages()),
        "sources": dict(store.sources()),
        "freshness": {repr(chunk): round(value, 5) for chunk, value in store.freshness(chunks, Recency(30)).items()},
        "alike": sorted(one.article_id for one in store.alike(["all"], 1_000)),
    }


def test_closed_and_merged_segments_find_the_same_as_one(tmp_path: Path, store: EmbeddedStore) -> None:
    with open_store(tmp_path / "whole", MANIFEST, create=True) as whole:
        fill(whole, lambda: None)
        assert segments(whole) == 1
        expected = answers(whole)
    fill(store, store.compact)
    assert 2 <= segments(store) <= shards.SEGMENTS, "closed as they fill, and the smallest merged"
    found = answers(store)
    assert {name: found[name] for name in expected if found[name] != expected[name]} == {}
    store.close()
    with open_store(tmp_path / "index", MANIFEST) as again:
        assert answers(again) == expected


def test_token_vectors_of_closed_segments_are_left_to_the_disk(store: EmbeddedStore) -> None:
    fill(store, store.compact)
    kept = [
        json.loads(path.read_text())["config"]["vector_data"]
        for path in store.folder.glob("chunks/segments/*/segment.json")
    ]
    # "InRam" is what is read whole on opening, as sentence vectors are: every search goes through all of them.
    assert [one["late"]["storage_type"] for one in kept if "InRam" in one["late"]["storage_type"]] == []
    assert any("InRam" in one["dense"]["storage_type"] for one in kept)


def test_a_copy_closes_its_segments_too(tmp_path: Path, store: EmbeddedStore) -> None:
    fill(store, lambda: None)
    with open_store(tmp_path / "copy", MANIFEST, create=True) as copy:
        copy_store(store, copy)
        assert segments(store) == 1 < segments(copy)
        copied, own = answers(copy), answers(store)
    # Token vectors are rounded anew, which moves their last digits.
    assert {name for name in own if copied[name] != own[name]} <= {"tokens"}


def test_words_are_as_rare_in_all_segments_as_in_one(store: EmbeddedStore) -> None:
    store.put([encoded(news_article(n), ENCODER) for n in range(30)])
    query = query_vector("الحكومة رقم 7")
    before = {hit.chunk: hit.score for hit in store.search_lexical(query, 1_000)}
    for at in range(0, 30, 6):
        store.compact()
        store.put([encoded(news_article(n), ENCODER) for n in range(30 + at, 36 + at)])
    assert segments(store) > 1
    store.delete(f"news-{n}" for n in range(30, 60))
    store.optimise()
    after = {hit.chunk: hit.score for hit in store.search_lexical(query, 1_000)}
    assert after == pytest.approx(before, rel=1e-5)


def test_a_graph_is_built_when_it_is_asked_for_and_kept(tmp_path: Path) -> None:
    index = tmp_path / "index"
    with open_store(index, MANIFEST, create=True) as store:
        fill(store, store.compact)
        expected = answers(store)
    assert set(graphs(index).values()) == {0}
    with open_store(index, MANIFEST) as store:
        store.optimise()
        assert answers(store) == expected
    built = graphs(index)
    assert set(built.values()) == {16}
    with open_store(index, MANIFEST) as store:
        store.optimise()
        store.compact()
        assert answers(store) == expected
        store.put([encoded(news_article(n), ENCODER) for n in range(1_000, 1_006)])
        store.compact()
    assert set(graphs(index).values()) == {16}
    assert len(built.keys() - graphs(index).keys()) <= 2, "a graph that is there is built again only to be merged"


def test_an_index_made_before_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain: dict[str, object] = dict.fromkeys(shards.INDEXED["chunks"], edge.PayloadSchemaType.Keyword)
    with monkeypatch.context() as before:
        before.setitem(shards.INDEXED, "chunks", plain)
        open_store(tmp_path / "old", MANIFEST, create=True).close()
    with open_store(tmp_path / "old", MANIFEST) as old:
        fill(old, old.compact)
        assert segments(old) == 1


def test_a_disk_without_room_for_the_copy_is_left_alone(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "COMPACTION_BYTES", 1 << 60)
    fill(store, store.compact)
    assert segments(store) == 1
    monkeypatch.undo()
    store.compact()
    assert segments(store) > 1


@pytest.mark.parametrize("optimise", [True, False])
def test_the_indexer_closes_segments_as_it_writes_unless_its_process_serves(
    store: EmbeddedStore, optimise: bool
) -> None:
    records = (SourceRecord(news_article(n), "made up", n) for n in range(ARTICLES))
    indexer = Indexer(store, default_transformations(ENCODER, 40), batch_articles=6, optimise=optimise)
    assert indexer.run(records).added == ARTICLES
    assert (segments(store) > 1) is optimise
