"""What the driver of a run on Ray decides by itself, and the lease that its workers share; without Ray."""

from __future__ import annotations

import os
import pickle
import socket
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes import TrigramEncoder, encoded, news_article
from qdrant_client import QdrantClient
from qdrant_memory import PLACE, VERSION, KeptConnection, in_memory

from indexer.distributed import cluster, work
from indexer.distributed.ahead import Ahead
from indexer.distributed.work import Done, Equipment, Work, Worker, packed, restored, unpacked
from indexer.duplicates.stories import StoryTeller
from indexer.errors import BadInput, ClusterError, EncoderError, MissingLibrary, StoreLocked
from indexer.pipeline import default_transformations
from indexer.store import Store, server_lease
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest
from indexer.store.server_index import open_server

ENCODER = TrigramEncoder()
MANIFEST = Manifest.of(ENCODER.identity, 40)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "index", MANIFEST, create=True) as opened:
        yield opened


# Stories


def test_a_copy_of_an_article_on_its_way_tells_its_story_and_so_it_does_once_that_is_written(store: Store) -> None:
    ahead = Ahead(store)
    first = news_article(1)
    told = StoryTeller(ahead).stories([first])
    ahead.add([first], told.stories)
    copy = news_article(1)
    object.__setattr__(copy, "id", "copy")
    on_its_way = StoryTeller(ahead).stories([copy])
    store.put([encoded(first, ENCODER)], told.stories)
    ahead.arrived([first.id])
    written = StoryTeller(ahead).stories([copy])
    assert on_its_way == written == StoryTeller(store).stories([copy])
    assert written.copies == 1
    assert written.stories["copy"].name == told.stories[first.id].name


def test_a_new_version_on_its_way_hides_the_one_in_the_store(store: Store) -> None:
    old, new = news_article(1), news_article(1, edition=1)
    told = StoryTeller(store).stories([old])
    store.put([encoded(old, ENCODER)], told.stories)
    ahead = Ahead(store)
    ahead.add([new], StoryTeller(ahead).stories([new]).stories)
    assert ahead.articles([old.id, "nobody"]) == {new.id: new}
    keys = told.stories[old.id].keys
    assert [one.article_id for one in store.alike(keys, 10)] == [old.id]
    assert all(one.story != told.stories[old.id].name for one in ahead.alike(keys, 10))


# Work


def test_what_comes_back_from_a_worker_is_what_one_machine_would_write() -> None:
    articles = [news_article(n) for n in range(3)]
    worker = Worker(Equipment(lambda: default_transformations(ENCODER, 40)))
    done: Done = unpacked(worker(packed(Work(7, articles, {}))))
    here = work.encoded_articles(articles, default_transformations(ENCODER, 40))
    back = restored(done, articles)
    assert done.number == 7
    assert list(done.sizes) == [len(chunks) for _, chunks in here]
    for (article, chunks), (same, others) in zip(back, here, strict=True):
        assert article == same
        for got, made in zip(chunks, others, strict=True):
            assert (got.chunk, got.lexical) == (made.chunk, made.lexical)
            assert got.late is not None
            assert made.late is not None
            assert got.late.dtype == np.float32
            assert np.array_equal(got.dense, made.dense)
            assert np.array_equal(got.late, made.late)


def test_a_failure_comes_back_as_it_was_raised() -> None:
    def failing() -> list[object]:
        raise EncoderError("the model is gone; install it again")

    done: Done = unpacked(Worker(Equipment(failing))(packed(Work(1, [news_article(1)], {}))))  # type: ignore[arg-type]
    assert isinstance(done.failure, EncoderError)
    assert str(done.failure) == "the model is gone; install it again"


def test_a_failure_that_cannot_be_sent_is_told_in_words() -> None:
    class Local(Exception):
        def __reduce__(self) -> str:
            raise pickle.PicklingError("no")

    def failing() -> list[object]:
        raise Local("out of order")

    done: Done = unpacked(Worker(Equipment(failing))(packed(Work(1, [news_article(1)], {}))))  # type: ignore[arg-type]
    assert str(done.failure) == "Local: out of order"


# The cluster


@pytest.fixture
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))


@pytest.mark.usefixtures("own_environment")
def test_without_ray_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(MissingLibrary, match=r"masdar\[ray\]"), cluster.connected(None):
        pass


@pytest.mark.usefixtures("own_environment")
def test_a_cluster_that_does_not_answer_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ClusterError, match=f"127.0.0.1:{port}"), cluster.connected(f"127.0.0.1:{port}"):
        pass


@pytest.mark.parametrize("address", ["", "head", "head:", ":6379", "ray://head", "head:port"])
@pytest.mark.usefixtures("own_environment")
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(BadInput, match="HOST:PORT"), cluster.connected(address):
        pass


# The lease that workers share


def test_workers_write_under_the_lease_that_they_were_lent_and_others_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_lease, "POLL_SECONDS", 0.001)
    client = QdrantClient(":memory:")
    with in_memory(client, MANIFEST) as driver, in_memory(client, MANIFEST) as stranger:
        with driver.lending() as name:
            for number in (1, 2):
                own = KeptConnection(client, PLACE, VERSION)
                with open_server(PLACE, MANIFEST, connection=own, lent=name) as worker:
                    worker.put([encoded(news_article(number), ENCODER)])
            monkeypatch.setattr(server_lease, "LEASE_SECONDS", 0.0)  # how long the stranger waits
            with pytest.raises(StoreLocked):
                stranger.put([encoded(news_article(3), ENCODER)])
            monkeypatch.undo()
            driver.delete(["news-2"])
        stranger.put([encoded(news_article(3), ENCODER)])
        assert sorted(dict(driver.versions())) == ["news-1", "news-3"]


def test_a_broken_off_run_leaves_its_lease_to_be_cleared_up_after() -> None:
    client = QdrantClient(":memory:")
    with in_memory(client, MANIFEST) as driver:
        with pytest.raises(EncoderError), driver.lending():
            raise EncoderError("the run ends here")
        assert driver._lease.broken_off()
        driver.settle()
        assert not driver._lease.broken_off()
