"""What the index on a Qdrant server does beyond the contract: one writer at a time, crashes, layout, refusals."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fakes import TrigramEncoder, encoded, news_article
from qdrant_client import QdrantClient, models
from qdrant_client.http.models import QueryResponse
from qdrant_memory import PLACE, VERSION, KeptConnection, in_memory

from indexer.errors import BadInput, StoreError, StoreLocked, StoreMismatch, StoreMissing, StoreServerTooOld
from indexer.late import LateInteraction
from indexer.lexical import query_vector
from indexer.store import Counts, Store, server_lease, server_points
from indexer.store.manifest import Manifest
from indexer.store.server import ServerStore
from indexer.store.server_collection import ServerCollection
from indexer.store.server_index import open_server
from indexer.store.server_lease import LEASE
from indexer.store.server_place import Scale, ServerPlace, split_address

ENCODER = TrigramEncoder()
MANIFEST = Manifest.of(ENCODER.identity, 40)


@pytest.fixture
def client() -> Iterator[QdrantClient]:
    memory = QdrantClient(":memory:")
    yield memory
    memory.close()


def filled(client: QdrantClient) -> ServerStore:
    store = in_memory(client, MANIFEST)
    store.put([encoded(news_article(n), ENCODER) for n in range(4)])
    return store


def contents(store: Store) -> set[tuple[str, str, int]]:
    """What a search finds that finds everything."""
    vector = ENCODER.encode(["أعلنت الحكومة"], "query")[0].vector
    chunks = [hit.chunk for hit in store.search_dense(vector, 1_000)]
    return {(chunk.article_id, chunk.version, chunk.position) for chunk in chunks}


def editions(*pairs: tuple[int, int]) -> set[tuple[str, str, int]]:
    """What an index of these articles, given as number and edition, holds."""
    chunks = [chunk.chunk for n, edition in pairs for chunk in encoded(news_article(n, edition), ENCODER)[1]]
    return {(chunk.article_id, chunk.version, chunk.position) for chunk in chunks}


OLD = editions((0, 0), (1, 0), (2, 0), (3, 0))
NEW = editions((0, 0), (1, 1), (2, 1), (3, 1), (4, 1), (5, 1))


def break_writes(patched: pytest.MonkeyPatch, after: int) -> None:
    """Let so many upserts and removals of points through, then have the process end."""
    done = iter(range(after))
    for name in ("upsert", "remove"):
        write = getattr(ServerCollection, name)

        def broken(self: ServerCollection, what: Any, write: Any = write) -> None:
            if next(done, None) is None:
                raise KeyboardInterrupt
            write(self, what)

        patched.setattr(ServerCollection, name, broken)


def broken_put(store: ServerStore, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    with monkeypatch.context() as patched:
        break_writes(patched, after)
        with pytest.raises(KeyboardInterrupt):
            store.put([encoded(news_article(n, edition=1), ENCODER) for n in range(1, 6)])


@pytest.mark.parametrize(("after", "expected"), [(0, OLD), (1, OLD), (2, NEW)])
def test_a_put_broken_off_leaves_every_article_whole(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch, after: int, expected: set[tuple[str, str, int]]
) -> None:
    store = filled(client)
    broken_put(store, monkeypatch, after)
    assert contents(store) == expected
    with in_memory(client, MANIFEST) as other:
        assert contents(other) == expected
        assert other.counts().chunks == len(expected), "what is not found is not kept, either"
        other.put([encoded(news_article(n, edition=1), ENCODER) for n in range(1, 6)])
        assert contents(other) == contents(store) == NEW


def test_searches_beside_an_unfinished_put_find_as_many_as_asked_for(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = filled(client)
    broken_put(store, monkeypatch, after=1)
    wanted = encoded(news_article(1, edition=1), ENCODER)[1][0]
    dense = store.search_dense(wanted.dense, 3)
    lexical = store.search_lexical(query_vector("مفاوضات طويلة"), 3)
    assert len(dense) == len(lexical) == 3
    live = dict(store.versions())
    assert all(live[hit.chunk.article_id] == hit.chunk.version for hit in dense + lexical)


@pytest.mark.parametrize("after", [0, 1])
def test_a_deletion_broken_off(client: QdrantClient, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    store = filled(client)
    expected = OLD if after == 0 else editions((0, 0), (3, 0))
    with monkeypatch.context() as patched:
        break_writes(patched, after)
        with pytest.raises(KeyboardInterrupt):
            store.delete(["news-1", "news-2"])
    assert contents(store) == expected
    with in_memory(client, MANIFEST) as other:
        assert contents(other) == expected
        assert other.counts().chunks == len(expected)


def test_an_article_that_lost_chunks_goes_so_that_it_is_indexed_again(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = filled(client)
    broken_put(store, monkeypatch, after=0)
    client.delete(PLACE.collection, [str(client.scroll(PLACE.collection, _of("news-2"))[0][0].id)])
    with in_memory(client, MANIFEST) as other:
        assert contents(other) == editions((0, 0), (1, 0), (3, 0))
        assert sorted(dict(other.versions())) == ["news-0", "news-1", "news-3"]


def _of(article_id: str) -> models.Filter:
    return server_points.chunks_of([article_id])


def test_what_one_process_writes_another_finds(client: QdrantClient) -> None:
    writer, reader = filled(client), in_memory(client, MANIFEST)
    assert contents(reader) == OLD
    writer.put([encoded(news_article(n, edition=1), ENCODER) for n in range(1, 6)])
    assert contents(reader) == NEW
    writer.delete(["news-0"])
    assert reader.counts() == Counts(5, len(NEW - editions((0, 0))))


def test_languages_that_another_process_wrote_are_counted_after_a_while(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, reader = filled(client), in_memory(client, MANIFEST)
    before = reader.languages()
    writer.put([encoded(replace(news_article(9), language="fa"), ENCODER)])
    assert reader.languages() == before, "remembered: every search asks"
    later = time.monotonic() + 6
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert "fa" in reader.languages()


def test_two_writers_of_one_article_leave_one_of_them_whole(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_lease, "POLL_SECONDS", 0.01)
    stores = [filled(client), in_memory(client, MANIFEST)]
    turn = threading.Lock()  # the in-memory client is for one thread at a time, a server is not
    for store in stores:
        call = store._connection.call
        monkeypatch.setattr(store._connection, "call", lambda *a, call=call, **k: _in_turn(turn, call, a, k))

    def write(store: ServerStore, edition: int) -> None:
        for at in range(5):
            store.put([encoded(news_article(1, edition=edition + at), ENCODER, budget=15)])

    threads = [threading.Thread(target=write, args=(store, 10 * n)) for n, store in enumerate(stores, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    version = dict(stores[0].versions())["news-1"]
    article, chunks = stores[0].content(["news-1"])[0]
    assert article.content_hash == version
    assert len(chunks) == len(encoded(article, ENCODER, budget=15)[1])
    assert not stores[0]._lease.broken_off()


def _in_turn(turn: threading.Lock, call: Any, arguments: Any, named: Any) -> Any:
    with turn:
        return call(*arguments, **named)


def test_a_writer_waits_for_another_and_gives_up_in_the_end(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = filled(client), in_memory(client, MANIFEST)
    with first._lease.held():
        monkeypatch.setattr(server_lease, "LEASE_SECONDS", 0.2)
        monkeypatch.setattr(server_lease, "POLL_SECONDS", 0.05)
        with pytest.raises(StoreLocked, match=r"'memory' at .* is being written to by another process"):
            second.delete(["news-0"])
        assert contents(second) == OLD, "searches go on"
    assert second.delete(["news-0"]) == 1


def test_who_was_silent_for_too_long_notices_that_another_took_over(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = filled(client), in_memory(client, MANIFEST)
    monkeypatch.setattr(server_lease, "LEASE_SECONDS", 0.1)
    monkeypatch.setattr(server_lease, "POLL_SECONDS", 0.02)
    with pytest.raises(StoreLocked, match="took over"), first._lease.held() as renew:
        _renew_late(renew, second)
    assert contents(first) == OLD


def _renew_late(renew: Callable[[], None], other: ServerStore) -> None:
    time.sleep(0.15)
    with other._lease.held():
        renew()


def test_a_lease_is_no_article(client: QdrantClient) -> None:
    store = filled(client)
    assert client.retrieve(PLACE.articles, [LEASE]), "it is there"
    assert store.counts().articles == len(dict(store.versions())) == 4


def test_an_index_of_another_encoder_is_refused(client: QdrantClient) -> None:
    filled(client)
    with pytest.raises(StoreMismatch, match="weights"):
        in_memory(client, replace(MANIFEST, weights="other"))


def test_there_is_no_index_before_one_is_made(client: QdrantClient) -> None:
    with pytest.raises(StoreMissing, match="there is no index 'memory' at"):
        open_server(PLACE, connection=KeptConnection(client, PLACE, VERSION))


def test_a_creation_cut_short_is_done_again(client: QdrantClient, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(client, "update_collection", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            in_memory(client, MANIFEST)
    with pytest.raises(StoreMissing):
        open_server(PLACE, connection=KeptConnection(client, PLACE, VERSION))
    assert contents(filled(client)) == OLD


@pytest.mark.parametrize("name", [PLACE.collection, PLACE.articles])
def test_a_collection_of_another_program_is_left_alone(client: QdrantClient, name: str) -> None:
    client.create_collection(name, vectors_config={})
    with pytest.raises(BadInput, match=f"'{name}' at .* is not an index of Masdar"):
        in_memory(client, MANIFEST)
    assert client.collection_exists(name)


def test_a_manifest_that_cannot_be_read_is_told(client: QdrantClient) -> None:
    filled(client)
    client.update_collection(PLACE.collection, metadata={server_points.MANIFEST: {"layout": "three"}})
    with pytest.raises(StoreError, match=r"the manifest of the index 'memory' at .* cannot be read"):
        in_memory(client, MANIFEST)


def test_the_layout_for_scale_is_what_the_settings_say() -> None:
    scale = Scale(on_disk=True, quantisation="turbo", shards=3, replicas=2, write_consistency=2)
    made = server_points.chunk_collection(MANIFEST, scale)
    dense, late = made["vectors_config"]["dense"], made["vectors_config"]["late"]
    assert (made["shard_number"], made["replication_factor"], made["write_consistency_factor"]) == (3, 2, 2)
    assert dense.memory == late.memory == dense.hnsw_config.memory == models.Memory.COLD
    assert made["sparse_vectors_config"]["lexical"].index.memory is models.Memory.COLD
    assert dense.quantization_config.turbo.bits is models.TurboQuantBitSize.BITS4
    assert dense.quantization_config.turbo.memory is models.Memory.PINNED
    assert (late.datatype, late.hnsw_config.m) == (models.Datatype.TURBO4, 0)
    records = server_points.article_collection(scale)
    assert (records["shard_number"], records["replication_factor"]) == (3, 2)


def test_the_plain_layout_leaves_everything_to_the_server() -> None:
    made = server_points.chunk_collection(MANIFEST, Scale())
    dense = made["vectors_config"]["dense"]
    assert dense.memory is dense.hnsw_config is dense.quantization_config is made["shard_number"] is None


@pytest.mark.parametrize(("quantisation", "rescored"), [("none", False), ("scalar", True), ("turbo", True)])
def test_candidates_from_quantised_vectors_are_scored_again(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch, quantisation: Any, rescored: bool
) -> None:
    place = replace(PLACE, scale=Scale(quantisation=quantisation))
    store = in_memory(client, MANIFEST, place)
    asked: list[models.SearchParams | None] = []

    def query_points(*_: object, search_params: models.SearchParams | None, **__: object) -> QueryResponse:
        asked.append(search_params)
        return QueryResponse(points=[])

    monkeypatch.setattr(client, "query_points", query_points)
    contents(store)
    assert [params is not None and params.quantization.rescore for params in asked] == [rescored]


def test_turbo8_needs_a_newer_server(client: QdrantClient) -> None:
    older = KeptConnection(client, PLACE, (1, 19))
    with pytest.raises(StoreServerTooOld, match=r"Qdrant 1\.19, and token vectors as turbo8 need 1\.20"):
        open_server(
            PLACE, Manifest.of(ENCODER.identity, 40, LateInteraction(datatype="turbo8")), create=True, connection=older
        )
    assert not client.collection_exists(PLACE.collection)


def test_more_copies_than_there_are_cannot_have_a_write() -> None:
    with pytest.raises(BadInput, match=r"3 copies must have a write .* and there are 2"):
        Scale(replicas=2, write_consistency=3)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("localhost:6333", "should be like"),
        ("ftp://host", "should be like"),
        ("http://", "should be like"),
        ("http://host:port", "should be like"),
        ("http://me:secret@host:6333", "MASDAR_QDRANT_KEY"),
    ],
)
def test_an_address_that_is_none_is_refused(url: str, reason: str) -> None:
    with pytest.raises(BadInput, match=reason) as refused:
        ServerPlace(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("name", ["", "a/b", "a:b", "x" * 201])
def test_a_collection_has_a_name_that_qdrant_takes(name: str) -> None:
    with pytest.raises(BadInput, match="the collection is named"):
        ServerPlace("http://host", name)


def test_an_address_may_name_its_collection() -> None:
    assert split_address("http://host:6333/#news", "masdar") == ("http://host:6333", "news")
    assert split_address("https://host/prefix", "masdar") == ("https://host/prefix", "masdar")


def test_requests_are_of_a_size_that_a_server_takes() -> None:
    pairs = [(article, chunk) for article, chunks in [encoded(news_article(0), ENCODER)] for chunk in chunks] * 300
    pages = list(server_points.sized(pairs))
    assert sum(map(len, pages)) == len(pairs)
    assert len(pages) > 1
    numbers = [sum(96 + len(point.vector["late"]) * 96 for point in page) for page in pages]  # type: ignore[index]
    assert max(numbers) <= 2_000_000
