"""A disk that is full, a store that goes away in the middle of a sync: the next run completes it, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import qdrant_server
from fakes import TrigramEncoder

import service.wiring
from eval.errors import NotInjectable
from eval.faults.disk import SmallDisk, small_disk
from eval.faults.processes import Nursery, nursery, until
from eval.faults.proxy import Proxy, proxied
from eval.faults.world import losses, write_articles, write_listing
from indexer.errors import StoreError, StoreLocked, StoreUnreachable
from indexer.store import Store
from indexer.store import folder as folder_module
from indexer.store.embedded import EmbeddedStore, open_store
from indexer.store.folder import MIN_FREE_BYTES
from indexer.syncing.listing import read_listing
from indexer.syncing.outcome import Outcome
from service import upkeep
from service.settings import Settings
from service.stores import open_place, place_of
from service.syncing import Syncing

MEGABYTE = 1 << 20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    try:
        with small_disk(tmp_path / "disk", 520) as made:
            yield made
    except NotInjectable as reason:
        pytest.skip(f"NOT CHECKED: a full disk; {reason}")


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with nursery(tmp_path_factory.mktemp("processes")) as started:
        yield started


@pytest.mark.slow
def test_a_disk_that_fills_up_under_index_and_sync_loses_nothing(disk: SmallDisk, processes: Nursery) -> None:
    news, listing, index = disk.root / "news.jsonl", disk.root / "sources.toml", disk.root / "index"
    first = write_articles(news, range(30))
    write_listing(listing, news)
    for command in (("index", news), ("sync", listing)):
        processes.done(*command, "--store", index)
    # Room for a batch or two: told in a sentence, before the engine's process dies of it.
    disk.fill(MIN_FREE_BYTES + MEGABYTE // 2)
    for command, count in ((("index", news), 100), (("sync", listing), 200)):
        both = write_articles(news, range(count))
        run = processes.start(*command, "--store", index)
        assert run.wait() == 4, run.said()
        assert "make room, then run the command again: it goes on where it stopped" in run.said()
        assert losses(index, first, both) == []
    # To the last byte, while it writes: whatever becomes of the process.
    disk.release()
    both = write_articles(news, range(300))
    history = disk.root / "index.sync" / "history.jsonl"
    before = history.stat().st_size
    run = processes.start("sync", listing, "--store", index)
    until(lambda: history.stat().st_size > before or run.is_over, "the first batch")
    while not run.is_over:
        disk.fill()
    assert run.wait() != 0
    disk.release()
    processes.done("sync", listing, "--store", index)
    assert losses(index, both) == []
    told = [line for line in processes.done("history", "--store", index).splitlines() if "وكالة" in line]
    assert len(told) == len(both), "each article is told once"


class Office:
    """A file of articles that a sync brings into an index, in this process."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder, self.settings, self.listing = folder, settings, folder / "sources.toml"
        write_listing(self.listing, folder / "news.jsonl")

    def write(self, count: int) -> dict[str, str]:
        return write_articles(self.folder / "news.jsonl", range(count))

    def sync(self) -> Outcome:
        outcomes: list[Outcome] = []
        Syncing(self.settings, outcomes.append).round(read_listing(self.listing), read_listing(self.listing))
        return outcomes[0]

    def articles(self) -> Mapping[str, str]:
        with open_place(place_of(self.settings)) as store:
            return {one: article.text for one, article in store.articles(dict(store.versions())).items()}


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(service.wiring, "build_encoder", lambda settings: TrigramEncoder())
    return Office(tmp_path, Settings(store=tmp_path / "index", quality="off"))


def before_put(monkeypatch: pytest.MonkeyPatch, kind: type[Store], number: int, do: Callable[[], object]) -> None:
    """Do something before that write of a store."""
    put, count = kind.put, iter(range(number + 1))

    def watched(self: Store, *arguments: object) -> None:
        if next(count, None) == number:
            do()
        put(self, *arguments)  # type: ignore[arg-type]  # passed on as they are

    monkeypatch.setattr(kind, "put", watched)


def test_an_index_whose_folder_is_moved_away_in_a_sync_is_completed_when_it_is_back(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.write(10)
    office.sync()
    texts, away = office.write(70), tmp_path / "away"
    with monkeypatch.context() as patched:
        before_put(patched, EmbeddedStore, 1, lambda: (tmp_path / "index").rename(away))
        with pytest.raises(StoreError, match="cannot be used"):
            office.sync()
    assert not (tmp_path / "index").exists(), "no second index is begun in its place"
    away.rename(tmp_path / "index")
    assert office.sync().is_clean
    assert losses(tmp_path / "index", texts) == []


def test_an_index_that_another_process_has_open_is_left_alone(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_module, "LOCK_SECONDS", 0.1)
    office.write(3)
    office.sync()
    texts = office.write(5)
    with open_store(tmp_path / "index"), pytest.raises(StoreLocked, match="wait until that ends or stop it"):
        office.sync()
    assert office.sync().added == 2
    assert office.articles() == texts


def test_a_qdrant_server_that_goes_away_in_a_sync_is_told_and_completed_when_it_is_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indexer.store.server import ServerStore

    with qdrant_server.running() as server, proxied(int(server.url.rpartition(":")[2])) as proxy:
        address = f"http://127.0.0.1:{proxy.port}"
        server_settings = {"qdrant_url": address, "qdrant_grpc_port": 0, "qdrant_tries": 2, "qdrant_seconds": 5}
        office.settings = office.settings.model_copy(update=server_settings)
        office.write(10)
        assert office.sync().added == 10
        texts = office.write(40)
        for gone in (proxy.down, lambda: vanish_after(server, proxy, "PUT", 2)):
            with monkeypatch.context() as patched:
                before_put(patched, ServerStore, 0, gone)
                with pytest.raises(StoreUnreachable, match=address):
                    office.sync()
            server.before = lambda call: None
            proxy.up()
        let_the_lease_run_out(server)
        assert office.sync().is_clean
        assert office.articles() == texts
        assert upkeep.check(place_of(office.settings)).faults == []


def vanish_after(server: qdrant_server.QdrantServer, proxy: Proxy, method: str, count: int) -> None:
    """Have the proxy go down in the middle of a write: at that many further requests of a method."""
    left = iter(range(count - 1))

    def watch(call: str) -> None:
        if call.startswith(method) and next(left, None) is None:
            proxy.down()

    server.before = watch


def let_the_lease_run_out(server: qdrant_server.QdrantServer) -> None:
    """As a minute does: the writer that was cut off could not give its lease back."""
    from indexer.store.server_lease import LEASE

    server.client.set_payload("masdar_articles", {"lease_until": 1.0}, [LEASE])


def test_the_small_disk_is_of_its_size(disk: SmallDisk) -> None:
    disk.fill(MEGABYTE)
    assert disk.free <= MEGABYTE
    disk.fill()
    with pytest.raises(OSError, match="No space"):
        (disk.root / "more").write_bytes(bytes(MEGABYTE))
    disk.release()
    assert disk.free > 500 * MEGABYTE
