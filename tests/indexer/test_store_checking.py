"""Whatever is wrong with an index is found; what the index itself can make good is repaired."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import qdrant_edge as edge
from fakes import TrigramEncoder, news_article
from qdrant_client import QdrantClient
from qdrant_memory import in_memory

from indexer.errors import StoreLocked
from indexer.lexical import SparseVector
from indexer.pipeline import Indexer, default_transformations, rewrite
from indexer.sources.items import SourceRecord
from indexer.store import Store, points
from indexer.store.checking import Check, CheckReport, dense_fault, same_words
from indexer.store.embedded import open_store
from indexer.store.engine import Shard
from indexer.store.folder import lock_folder
from indexer.store.inspection import check_folder, inspect
from indexer.store.manifest import Manifest

ENCODER = TrigramEncoder()
MANIFEST = Manifest.of(ENCODER.identity, 40)
STEPS = default_transformations(ENCODER, 40)


def fill(store: Store, count: int = 3) -> None:
    records = (SourceRecord(news_article(number), "made up", number) for number in range(count))
    Indexer(store, STEPS).run(records)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_store(tmp_path / "index", MANIFEST, create=True) as store:
        fill(store)
    return tmp_path / "index"


@dataclass
class Raw:
    """The shards of an index, and the second chunk of each article: id, payload, vectors."""

    articles: Shard
    chunks: Shard
    second: dict[str, tuple[str, dict[str, object], dict[str, object]]]

    def set_record(self, article: str, **fields: object) -> None:
        self.articles.update(edge.UpdateOperation.set_payload([points.article_key(article)], fields))

    def set_chunk(self, article: str, **fields: object) -> None:
        self.chunks.update(edge.UpdateOperation.set_payload([self.second[article][0]], fields))

    def set_vectors(self, article: str, **changed: object) -> None:
        key, payload, vectors = self.second[article]
        kept = {name: value for name, value in (vectors | changed).items() if value is not None}
        self.drop_chunk(article)
        self.chunks.update(points.upsert([edge.Point(key, kept, payload)]))  # type: ignore[arg-type]  # as they were

    def drop_chunk(self, article: str) -> None:
        self.chunks.update(edge.UpdateOperation.delete_points([self.second[article][0]]))

    def drop_chunks(self, article: str) -> None:
        self.chunks.update(edge.UpdateOperation.delete_points_by_filter(points.chunks_of([article])))

    def drop_record(self, article: str) -> None:
        self.articles.update(edge.UpdateOperation.delete_points([points.article_key(article)]))


@contextmanager
def raw(folder: Path) -> Iterator[Raw]:
    with closing(Shard(folder / "articles")) as articles, closing(Shard(folder / "chunks")) as chunks:
        found = [one for page in chunks.pages() for one in page]
        second = {
            str(payload["article_id"]): (key, dict(payload), dict(vectors))
            for key, payload, vectors in found
            if payload["position"] == 1
        }
        yield Raw(articles, chunks, second)
        articles.flush()
        chunks.flush()


#: What is done to an article, the faults that are found in it, and whether its source is needed.
Damage = tuple[Callable[[Raw, str], None], set[str], bool]
DAMAGE: dict[str, Damage] = {
    "another text": (lambda raw, one: raw.set_record(one, text="نص آخر لا يعرفه أحد."), {"text"}, True),
    "no title": (lambda raw, one: raw.set_record(one, title=7), {"record"}, True),
    "another id": (lambda raw, one: raw.set_record(one, id="غيره"), {"orphan"}, True),
    "offsets outside the text": (lambda raw, one: raw.set_chunk(one, end=10_000), {"offsets"}, False),
    "sentences outside it": (lambda raw, one: raw.set_chunk(one, sentences=[0, 5, 9, 12]), {"offsets"}, False),
    "unreadable sentences": (lambda raw, one: raw.set_chunk(one, sentences="x"), {"offsets"}, False),
    "another number": (lambda raw, one: raw.set_chunk(one, position=7), {"offsets"}, False),
    "other words": (lambda raw, one: raw.set_chunk(one, start=0, end=30, sentences=[0, 30]), {"words"}, False),
    "another source": (lambda raw, one: raw.set_chunk(one, source="غيره"), {"fields"}, False),
    "no sentence vector": (lambda raw, one: raw.set_vectors(one, dense=None), {"vector"}, False),
    "a vector of zeros": (lambda raw, one: raw.set_vectors(one, dense=[0.0] * 96), {"vector"}, False),
    "no token vectors": (lambda raw, one: raw.set_vectors(one, late=None), {"vector"}, False),
    "no words": (lambda raw, one: raw.set_vectors(one, lexical=None), {"words"}, False),
    "a missing chunk": (lambda raw, one: raw.drop_chunk(one), {"incomplete"}, False),
    "no chunks": (lambda raw, one: raw.drop_chunks(one), {"incomplete"}, False),
    "no chunks by its record": (lambda raw, one: raw.set_record(one, chunks=0), {"incomplete", "offsets"}, False),
    "no record": (lambda raw, one: raw.drop_record(one), {"orphan"}, True),
}
IDS = {name: f"news-{number}" for number, name in enumerate(DAMAGE)}


@dataclass
class Course:
    """What was found in a harmed index, and what was left after each step of making it good."""

    found: CheckReport
    rewritten: int
    kept: list[str]
    after: CheckReport
    whole: CheckReport


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    folder = tmp_path_factory.mktemp("harmed") / "index"
    with open_store(folder, MANIFEST, create=True) as store:
        fill(store, len(DAMAGE))
    with raw(folder) as shards:
        for name, (harm, _, _) in DAMAGE.items():
            harm(shards, IDS[name])
    report = inspect(folder, repair=True)
    with open_store(folder) as store:
        rewritten = rewrite(store, STEPS, report.ids("rewrite"))
        kept = sorted(dict(store.versions()))
    after = inspect(folder)
    with open_store(folder) as store:
        fill(store, len(DAMAGE))
    course = Course(report, rewritten, kept, after, inspect(folder))
    shutil.rmtree(folder)
    return course


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_to_an_article_is_found_in_it(course: Course, damage: str) -> None:
    found = {fault.kind for fault in course.found.faults if fault.article == IDS[damage]}
    assert found == DAMAGE[damage][1]
    assert (IDS[damage] in course.kept) != DAMAGE[damage][2]


def test_what_is_found_is_made_good(course: Course) -> None:
    others = {fault.kind for fault in course.found.faults if fault.article not in IDS.values()}
    assert others == {"record", "count"}, "the record under another's id, and that points are missing"
    assert course.rewritten == sum(not needs_source for _, _, needs_source in DAMAGE.values())
    assert (course.after.faults, course.whole.faults) == ([], [])
    assert course.whole.articles == len(DAMAGE)


def test_an_index_as_it_was_made_has_no_faults_and_a_half_written_article_is_cleared_up(folder: Path) -> None:
    report = inspect(folder)
    assert (report.faults, report.articles, report.closed) == ([], 3, True)
    with raw(folder) as shards:
        shards.drop_record("news-1")
    (folder / "settled.json").unlink()  # as kill -9 leaves it
    report = inspect(folder)
    assert ({fault.kind for fault in report.faults}, report.closed) == ({"orphan"}, False)
    open_store(folder).close()
    assert inspect(folder).faults == []


def kinds(report: CheckReport) -> set[str]:
    return {fault.kind for fault in report.faults}


@pytest.mark.parametrize(
    ("vector", "said"),
    [([0.6, 0.8], ""), ([math.nan, 1.0], "no number"), ([0.0, 0.0], "length 0"), ([1.0], "1 numbers")],
)
def test_a_vector_is_of_its_length_and_of_numbers(vector: list[float], said: str) -> None:
    found = dense_fault(vector, 2)
    assert said in found
    assert bool(said) == bool(found)


def test_words_that_are_not_there_are_no_words() -> None:
    assert same_words(None, SparseVector([], []))
    assert not same_words(None, SparseVector([1], [1.0]))


def test_the_manifest_is_checked_as_well(folder: Path) -> None:
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text("utf-8")) | {"dimensions": 97}), "utf-8")
    report = inspect(folder)
    assert kinds(report) == {"vector"}
    assert "96 numbers, and the manifest says 97" in report.faults[0].reason
    for content in ("", "{}", '{"layout": 99}'):
        manifest.write_text(content, "utf-8")
        faults = inspect(folder, repair=True).faults
        assert [(fault.kind, fault.remedy) for fault in faults] == [("manifest", "restore")]


def test_missing_files_are_told_by_what_is_missing(folder: Path) -> None:
    (mapping,) = (folder / "chunks").rglob("mutable_id_tracker.mappings")
    mapping.unlink()
    assert kinds(inspect(folder)) == {"incomplete", "count"}
    shutil.rmtree(folder / "articles")
    report = inspect(folder)
    assert [(fault.kind, fault.remedy) for fault in report.faults] == [("files", "restore")]


@pytest.mark.slow
def test_files_that_kill_whoever_reads_them_kill_a_process_of_their_own(folder: Path) -> None:
    assert check_folder(folder).faults == []
    for path in (folder / "chunks").rglob("*"):
        if path.is_file() and path.stat().st_size > 4096 and "wal" not in path.parts:
            path.write_bytes(path.read_bytes()[:64])
    assert kinds(check_folder(folder)) >= {"files"}
    with lock_folder(folder), pytest.raises(StoreLocked):
        check_folder(folder)


def test_an_index_on_a_server_is_checked_as_well() -> None:
    client = QdrantClient(":memory:")
    with in_memory(client, MANIFEST) as store:
        fill(store)
        assert Check(store.inspected).run().faults == []
        client.set_payload("memory_articles", {"text": "نص آخر."}, [points.article_key("news-1")])
        client.set_payload("memory", {"end": 99_999}, [points.chunk_key(one_chunk(store))])
        report = Check(store.inspected).run()
        assert (kinds(report), report.ids("source"), report.ids("rewrite")) == (
            {"text", "offsets"},
            ["news-1"],
            ["news-0"],
        )
        client.delete("memory_articles", [points.article_key("news-2")])
        orphans = Check(store.inspected).run().keys("orphan")
        store.remove_chunks(orphans)
        assert "orphan" not in kinds(Check(store.inspected).run())
    client.close()


def one_chunk(store: Store) -> points.Chunk:
    ((_, chunks),) = store.content(["news-0"])
    return replace(chunks[0].chunk)
