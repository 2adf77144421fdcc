"""The embedded store's folder: who may use it, what is refused, what a broken-off write leaves, damage."""

from __future__ import annotations

import json
import multiprocessing
import random
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import TrigramEncoder, encoded, news_article

from indexer.errors import (
    BadInput,
    StoreDamaged,
    StoreError,
    StoreLocked,
    StoreMismatch,
    StoreMissing,
)
from indexer.lexical import query_vector
from indexer.store import Counts, Store, embedded
from indexer.store import folder as folder_module
from indexer.store.embedded import EmbeddedStore, open_store
from indexer.store.engine import Shard
from indexer.store.manifest import LAYOUT, Manifest

ENCODER = TrigramEncoder()
MANIFEST = Manifest.of(ENCODER.identity, 40)


@pytest.fixture(autouse=True)
def _short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "LOCK_SECONDS", 0.1)


def filled(folder: Path, articles: int = 4) -> Path:
    """A closed index of some articles."""
    with open_store(folder, MANIFEST, create=True) as store:
        store.put([encoded(news_article(n), ENCODER) for n in range(articles)])
    return folder


def opens(folder: Path) -> bool:
    """Whether the index can be opened, so that nobody holds its lock."""
    open_store(folder, MANIFEST).close()
    return True


def contents(store: Store) -> set[tuple[str, str, int]]:
    vector = ENCODER.encode(["الحكومة"], "query")[0].vector
    return {(h.chunk.article_id, h.chunk.version, h.chunk.position) for h in store.search_dense(vector, 10_000)}


# Opening


def test_no_index(tmp_path: Path) -> None:
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(StoreMissing, match=f"no index in {folder}; make one with: masdar index"):
            open_store(folder, MANIFEST)
    assert list(tmp_path.iterdir()) == [], "looking for an index leaves nothing behind"


@pytest.mark.parametrize("create", [False, True])
def test_a_file_is_no_folder(tmp_path: Path, create: bool) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInput, match="is a file; an index is a folder"):
        open_store(tmp_path / "file", MANIFEST, create=create)
    with pytest.raises((StoreMissing, StoreError), match="file"):
        open_store(tmp_path / "file" / "below", MANIFEST, create=create)


@pytest.mark.parametrize("name", ["articles", "chunks", "photo.jpg", "settled.json"])
def test_a_folder_with_something_else_in_it_is_not_touched(tmp_path: Path, name: str) -> None:
    mine = tmp_path / name / "mine.jsonl"
    mine.parent.mkdir()
    mine.write_text("{}")
    with pytest.raises(BadInput, match=rf"not an index and not empty .*{name}"):
        open_store(tmp_path, MANIFEST, create=True)
    assert sorted(path.name for path in tmp_path.rglob("*")) == sorted([name, "mine.jsonl"])


def test_an_index_that_lost_its_manifest_is_not_made_anew(tmp_path: Path) -> None:
    (filled(tmp_path / "index") / "manifest.json").unlink()
    with pytest.raises(BadInput, match="not empty"):
        open_store(tmp_path / "index", MANIFEST, create=True)
    assert (tmp_path / "index" / "articles").is_dir()


def test_a_creation_that_was_cut_short_starts_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(folder_module, "write_manifest", cut)
        with pytest.raises(KeyboardInterrupt):
            open_store(tmp_path / "index", MANIFEST, create=True)
    assert (tmp_path / "index" / "articles").is_dir()
    with pytest.raises(StoreMissing):
        open_store(tmp_path / "index", MANIFEST)
    with open_store(tmp_path / "index", MANIFEST, create=True) as store:
        assert store.counts() == Counts(0, 0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"encoder": "other"}, "encoder 'trigrams' instead of 'other'"),
        ({"weights": "w2"}, "weights"),
        ({"dimensions": 5}, "dimensions 96 instead of 5"),
        ({"text_pipeline": 99}, "text pipeline"),
    ],
)
def test_another_encoder_is_refused(tmp_path: Path, change: dict[str, str], says: str) -> None:
    folder = filled(tmp_path / "index")
    with pytest.raises(StoreMismatch, match=says):
        open_store(folder, replace(MANIFEST, **change))  # type: ignore[arg-type]  # values of any type
    assert opens(folder)


def test_another_chunk_budget_and_an_unknown_maker_are_fine(tmp_path: Path) -> None:
    folder = filled(tmp_path / "index")
    open_store(folder, replace(MANIFEST, chunk_tokens=7)).close()
    with open_store(folder) as store:
        assert store.manifest == MANIFEST


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"encoder": "trigrams"',
        "null",
        "[1]",
        '{"name": "my extension", "version": 3}',
        "\x00\xff",
        "[" * 100_000,
    ],
)
def test_a_manifest_that_is_none(tmp_path: Path, text: str) -> None:
    folder = filled(tmp_path / "index")
    (folder / "manifest.json").write_text(text, "latin-1")
    with pytest.raises(StoreDamaged, match=r"manifest.* cannot be read"):
        open_store(folder, MANIFEST)


def test_keys_that_a_later_version_added_are_left_aside(tmp_path: Path) -> None:
    path = filled(tmp_path / "index") / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"made_on": "2026-01-01"}))
    assert opens(path.parent)


def test_another_layout_is_refused_even_if_any_index_would_do(tmp_path: Path) -> None:
    path = filled(tmp_path / "index") / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"layout": LAYOUT + 1}))
    with pytest.raises(StoreMismatch, match=f"layout {LAYOUT + 1}, and this version of Masdar reads {LAYOUT}"):
        open_store(path.parent)


# The lock


def test_one_at_a_time(tmp_path: Path) -> None:
    folder = filled(tmp_path / "index")
    with open_store(folder), pytest.raises(StoreLocked, match="is open already"):
        open_store(folder)
    assert opens(folder)


def hold(folder: Path, ready: object, end: object) -> None:
    with open_store(folder):
        ready.set()  # type: ignore[attr-defined]  # multiprocessing's events have no public type
        end.wait(20)  # type: ignore[attr-defined]


def test_another_process_holds_it(tmp_path: Path) -> None:
    folder = filled(tmp_path / "index")
    context = multiprocessing.get_context("fork")
    ready, end = context.Event(), context.Event()
    process = context.Process(target=hold, args=(folder, ready, end))
    process.start()
    try:
        assert ready.wait(20)
        with pytest.raises(StoreLocked):
            open_store(folder)
    finally:
        end.set()
        process.join(20)
    assert opens(folder)


def test_it_can_be_closed_by_another_thread(tmp_path: Path) -> None:
    store = open_store(filled(tmp_path / "index"))
    thread = threading.Thread(target=store.close)
    thread.start()
    thread.join()
    assert opens(tmp_path / "index")


@pytest.mark.parametrize("broken", ["chunks", "articles"])
def test_the_lock_is_given_back_when_opening_fails(tmp_path: Path, broken: str) -> None:
    folder = filled(tmp_path / "index")
    (folder / broken).rename(tmp_path / "away")
    for _ in range(2):
        with pytest.raises(StoreDamaged, match=broken):
            open_store(folder)
    (tmp_path / "away").rename(folder / broken)
    assert opens(folder)


def test_the_lock_is_given_back_when_closing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(tmp_path / "index", MANIFEST, create=True)
    store.put([encoded(news_article(1), ENCODER)])

    def fail(_: Shard) -> None:
        raise StoreError("no space")

    with monkeypatch.context() as patched:
        patched.setattr(Shard, "flush", fail)
        with pytest.raises(StoreError, match="no space"):
            store.close()
    with open_store(tmp_path / "index", MANIFEST) as again:
        assert again.counts().articles == 1


# Writes that are broken off


def break_update(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Let that many updates of a shard pass and interrupt the next."""
    update, done = Shard.update, iter(range(after))

    def broken(self: Shard, operation: object) -> None:
        if next(done, None) is None:
            raise KeyboardInterrupt
        update(self, operation)  # type: ignore[arg-type]  # passed on as it is

    monkeypatch.setattr(Shard, "update", broken)


def broken_put(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    with monkeypatch.context() as patched:
        break_update(patched, after)
        with pytest.raises(KeyboardInterrupt):
            store.put([encoded(news_article(n, edition=1), ENCODER) for n in range(1, 6)])


def editions(*pairs: tuple[int, int]) -> set[tuple[str, str, int]]:
    """What an index of these articles, given as number and edition, holds."""
    chunks = [chunk.chunk for n, edition in pairs for chunk in encoded(news_article(n, edition), ENCODER)[1]]
    return {(chunk.article_id, chunk.version, chunk.position) for chunk in chunks}


OLD = editions((0, 0), (1, 0), (2, 0), (3, 0))
NEW = editions((0, 0), (1, 1), (2, 1), (3, 1), (4, 1), (5, 1))


@pytest.mark.parametrize(
    ("together", "after", "expected"), [(1000, 0, OLD), (1000, 1, OLD), (1000, 2, NEW), (2, 1, OLD)]
)
def test_a_put_broken_off_leaves_every_article_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, together: int, after: int, expected: set[tuple[str, str, int]]
) -> None:
    monkeypatch.setattr(embedded, "PUT_CHUNKS", together)
    folder = filled(tmp_path / "index")
    with open_store(folder) as store:
        broken_put(store, monkeypatch, after)
        assert contents(store) == expected
    with open_store(folder) as store:
        assert contents(store) == expected
        assert store.counts().chunks == len(expected), "what is not found is not kept, either"
        store.put([encoded(news_article(n, edition=1), ENCODER) for n in range(1, 6)])
        assert contents(store) == NEW


def test_searches_beside_an_unfinished_put_find_as_many_as_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(filled(tmp_path / "index", 5)) as store:
        broken_put(store, monkeypatch, after=1)
        wanted = encoded(news_article(1, edition=1), ENCODER)[1][0]
        dense = store.search_dense(wanted.dense, 3)
        lexical = store.search_lexical(query_vector("مفاوضات طويلة"), 3)
        assert len(dense) == len(lexical) == 3
        live = dict(store.versions())
        assert all(live[hit.chunk.article_id] == hit.chunk.version for hit in dense + lexical)


def test_a_later_put_does_not_hide_that_an_earlier_one_was_broken_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = filled(tmp_path / "index")
    with open_store(folder) as store:
        broken_put(store, monkeypatch, after=1)
        store.put([encoded(news_article(9), ENCODER)])
        assert contents(store) == OLD | editions((9, 0))
    with open_store(folder) as store:
        assert store.counts() == Counts(5, len(OLD | editions((9, 0))))


@pytest.mark.parametrize("after", [0, 1])
def test_a_deletion_broken_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    folder = filled(tmp_path / "index")
    expected = OLD if after == 0 else editions((0, 0), (3, 0))
    with open_store(folder) as store:
        with monkeypatch.context() as patched:
            break_update(patched, after)
            with pytest.raises(KeyboardInterrupt):
                store.delete(["news-1", "news-2"])
        assert contents(store) == expected
    with open_store(folder) as store:
        assert contents(store) == expected
        assert store.counts().chunks == len(expected)


def test_an_article_that_lost_chunks_in_a_crash_goes_so_that_it_is_indexed_again(tmp_path: Path) -> None:
    folder = filled(tmp_path / "index")
    (folder / "settled.json").unlink()  # as after a crash
    shutil.copytree(folder / "articles", tmp_path / "articles")
    with open_store(folder) as store:
        store.delete(["news-2"])
    shutil.rmtree(folder / "articles")
    (tmp_path / "articles").rename(folder / "articles")  # a disk that lost the later write
    (folder / "settled.json").unlink()
    with open_store(folder) as store:
        assert sorted(dict(store.versions())) == ["news-0", "news-1", "news-3"]
        assert contents(store) == editions((0, 0), (1, 0), (3, 0))


def test_reading_alone_writes_no_note(tmp_path: Path) -> None:
    note = filled(tmp_path / "index") / "settled.json"
    before = note.stat().st_mtime_ns
    with open_store(tmp_path / "index") as store:
        contents(store)
        assert note.exists()
    assert note.stat().st_mtime_ns == before


def test_searches_in_other_threads_never_mix_versions_while_one_writes(tmp_path: Path) -> None:
    with open_store(filled(tmp_path / "index", 10)) as store:
        whole = {edition: editions(*((n, edition) for n in range(10))) for edition in (0, 1)}
        seen: list[set[tuple[str, str, int]]] = []
        done = threading.Event()

        def search() -> None:
            while not done.is_set():
                seen.append(contents(store))

        thread = threading.Thread(target=search)
        thread.start()
        for edition in (1, 0, 1):
            store.put([encoded(news_article(n, edition), ENCODER) for n in range(10)])
        done.set()
        thread.join()
        assert contents(store) == whole[1]
        assert seen
        for found in seen:
            assert found <= whole[0] | whole[1]
            versions = {(article_id, version) for article_id, version, _ in found}
            assert len(versions) == len(dict(versions)), "never two versions of one article"


# Disks and damage


def test_a_nearly_full_disk_is_refused_before_the_engine_dies_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = filled(tmp_path / "index")
    with open_store(folder) as store:
        monkeypatch.setattr(folder_module, "MIN_FREE_BYTES", 1 << 60)
        with pytest.raises(StoreError, match="MB free"):
            store.put([encoded(news_article(7), ENCODER)])
        with pytest.raises(StoreError, match="MB free"):
            store.delete(["news-1"])
        assert contents(store) == OLD
    assert opens(folder), "an index on a full disk can still be searched"
    with pytest.raises(StoreError, match="MB free"):
        open_store(tmp_path / "new", MANIFEST, create=True)


def test_a_folder_that_vanishes(tmp_path: Path) -> None:
    store = open_store(filled(tmp_path / "index"))
    shutil.rmtree(tmp_path / "index")
    with pytest.raises(StoreError, match="cannot be used"):
        store.put([encoded(news_article(7), ENCODER)])
    store.close()


def some_files(folder: Path, count: int = 14) -> list[Path]:
    """Files of the shard of chunks, drawn by a fixed seed; what cannot be read in some of them is a panic."""
    files = sorted(path for path in (folder / "chunks").rglob("*") if path.is_file())
    files.sort(key=lambda path: re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", str(path.relative_to(folder))))
    always = [
        path for path in files if path.name in {"segment.json", "edge_config.json"} or "deleted/status" in str(path)
    ]
    return [*always, *random.Random(5).sample(files, count)]


def junk(path: Path) -> None:
    path.write_bytes(b"\xee" * max(64, min(path.stat().st_size, 4096)))


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def complaint(folder: Path) -> str:
    """What using the index says that is wrong with it; empty if nothing."""
    try:
        with open_store(folder, MANIFEST) as store:
            contents(store)
            store.search_lexical(query_vector("مفاوضات"), 5)
            store.articles(["news-1"])
    except StoreError as error:
        return str(error)
    return ""


@pytest.mark.slow
@pytest.mark.parametrize("damage", [Path.unlink, junk, emptied])
def test_damage_to_any_file_is_survived_or_said_in_a_sentence(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    folder = filled(tmp_path / "index")
    said = 0
    for path in some_files(folder):
        copy = tmp_path / "copy"
        shutil.copytree(folder, copy)
        damage(copy / path.relative_to(folder))
        sentence = complaint(copy)
        said += bool(sentence)
        assert not sentence or str(copy) in sentence or "the index holds" in sentence
        assert "\n" not in sentence
        shutil.rmtree(copy)
    assert said > 0


def test_chunks_that_vanished_while_it_was_closed_are_missed(tmp_path: Path) -> None:
    folder = filled(tmp_path / "index")
    (mapping,) = (folder / "chunks").rglob("mutable_id_tracker.mappings")
    mapping.unlink()
    with pytest.raises(StoreDamaged, match=r"was closed with 4 articles and \d+ chunks and now holds"):
        open_store(folder)


def test_a_panic_of_the_engine_is_a_sentence_at_any_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    panic = type("PanicException", (BaseException,), {})

    def panicking(*_: object) -> None:
        raise panic("index out of bounds\nbacktrace")

    store = open_store(filled(tmp_path / "index"))
    monkeypatch.setattr(store._chunks, "_shard", type("E", (), {"query": panicking, "update": panicking})())
    with pytest.raises(StoreDamaged, match=r"cannot be read \(index out of bounds\)"):
        contents(store)
    with pytest.raises(StoreError, match=r"did not take the write \(index out of bounds\)"):
        store.put([encoded(news_article(7), ENCODER)])


def test_the_store_does_not_bring_in_llama_index() -> None:
    code = "import sys, indexer.store.embedded; sys.exit('llama_index.core' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
