"""Stories in a store: what every adapter keeps of them, and finds by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes import TrigramEncoder
from qdrant_client import QdrantClient
from qdrant_memory import in_memory

from indexer.articles import Article
from indexer.store import Alike, Publication, Store, Story, shards
from indexer.store.copying import copy_store
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest

MANIFEST = Manifest.of(TrigramEncoder().identity, 40)
Opening = Callable[[], Store]


def on_embedded_engine(folder: Path) -> Iterator[Opening]:
    yield lambda: open_store(folder / "index", MANIFEST, create=True)


def on_memory_client(folder: Path) -> Iterator[Opening]:
    client = QdrantClient(":memory:")
    yield lambda: in_memory(client, MANIFEST)
    client.close()


@pytest.fixture(params=[on_embedded_engine, on_memory_client])
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opening]:
    yield from request.param(tmp_path)


@pytest.fixture
def store(opening: Opening) -> Iterator[Store]:
    with opening() as opened:
        yield opened


def put(store: Store, **stories: Story) -> None:
    store.put([(article(id_), []) for id_ in stories], stories)


def article(id_: str, text: str = "نص الخبر") -> Article:
    day = {"a": 3, "b": 1, "c": 2}.get(id_)
    date = datetime(2025, 3, day, tzinfo=UTC) if day else None
    return Article(id_, "عنوان", text, f"صحيفة {id_}", f"https://{id_}.example", date)


def test_articles_are_found_by_any_key_of_their_story(store: Store) -> None:
    put(store, a=Story("س", ("1", "2")), b=Story("ص", ("2", "3")), c=Story("ع", ("4",)))
    found = sorted(store.alike(["2", "9"], 10), key=lambda one: one.article_id)
    assert found == [Alike("a", "س", frozenset("12")), Alike("b", "ص", frozenset("23"))]
    assert len(store.alike(["2"], 1)) == 1
    assert store.alike([], 10) == store.alike(["9"], 10) == []


def test_an_article_that_is_told_again_is_found_by_its_new_keys_alone(store: Store) -> None:
    put(store, a=Story("س", ("1", "2")), b=Story("ص", ("3",)))
    store.retell({"a": Story("ع", ("2", "7"))})
    assert store.alike(["1"], 10) == []
    assert store.alike(["7"], 10) == store.alike(["2"], 10) == [Alike("a", "ع", frozenset("27"))]


def test_an_index_that_was_made_before_there_were_stories_indexes_them_with_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = {name: index for name, index in shards.INDEXED["articles"].items() if not name.startswith("story")}
    with monkeypatch.context() as before:
        before.setitem(shards.INDEXED, "articles", fields)
        with open_store(tmp_path / "index", MANIFEST, create=True) as store:
            put(store)
            assert store.alike(["2"], 10) == []
    with open_store(tmp_path / "index", MANIFEST) as store:
        put(store, a=Story("س", ("1", "2")))
        put(store, b=Story("ص", ("2",)))
        assert sorted(one.article_id for one in store.alike(["2"], 10)) == ["a", "b"]
        store.retell({"b": Story("ص", ("5",))})
        assert [one.article_id for one in store.alike(["2"], 10)] == ["a"]


def test_copies_are_the_other_articles_of_a_story_the_oldest_first_and_undated_ones_last(store: Store) -> None:
    one = Story("س")
    put(store, a=one, b=one, undated=one, c=one, other=Story("ص"))
    store.put([(article("untold"), [])])
    copies = store.copies(["a", "undated", "other", "untold", "missing"])
    assert {id_: [copy.article_id for copy in found] for id_, found in copies.items()} == {
        "a": ["b", "c", "undated"],
        "undated": ["b", "c", "a"],
    }
    assert copies["a"][0] == Publication("b", "صحيفة b", "https://b.example", datetime(2025, 3, 1, tzinfo=UTC))
    assert dict(store.stories()) == {"س": 4}
    assert [teller.article_id for teller in store.tellers("س")] == ["b", "c", "a", "undated"]


def test_the_others_stay_together_when_the_first_of_a_story_is_deleted_or_changed(store: Store) -> None:
    one = Story("س", ("1",))
    put(store, a=one, b=one, c=one)
    store.delete(["b"])
    assert [copy.article_id for copy in store.copies(["a"])["a"]] == ["c"]
    store.put([(replace(article("c"), text="خبر آخر"), [])], {"c": Story("جديد", ("7",))})
    assert store.copies(["a", "c"]) == {}
    assert [found.article_id for found in store.alike(["1", "7"], 10) if found.story == "س"] == ["a"]


def test_stories_are_there_after_the_store_was_closed_and_opened(opening: Opening) -> None:
    with opening() as store:
        put(store, a=Story("س", ("1",)), b=Story("س", ("1",)))
    with opening() as store:
        assert [copy.article_id for copy in store.copies(["b"])["b"]] == ["a"]
        assert store.told(["a", "x"]) == {"a": Story("س", ("1",))}


def test_articles_can_be_given_other_stories_and_stay_as_they_are(store: Store) -> None:
    store.put([(article("a"), []), (article("b"), [])])
    store.retell({"a": Story("س", ("1",)), "b": Story("س", ("2",)), "missing": Story("س")})
    assert [copy.article_id for copy in store.copies(["a"])["a"]] == ["b"]
    assert store.articles(["a"])["a"] == article("a")
    assert store.told(["missing"]) == {}


def test_a_copied_index_keeps_its_stories(store: Store, tmp_path: Path) -> None:
    put(store, a=Story("س", ("1",)), b=Story("س", ("1",)))
    with open_store(tmp_path / "other", MANIFEST, create=True) as target:
        copy_store(store, target)
        assert target.told(["a", "b"]) == store.told(["a", "b"])
