"""Indexing on a real Ray of two workers: the same index as on one machine, whoever is killed on the way."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import qdrant_server
from click.testing import CliRunner
from fakes import TrigramEncoder, news_article

from indexer.articles import Article, to_payload
from indexer.distributed.cluster import Cluster, connected
from indexer.distributed.engine import RayIndexer
from indexer.distributed.work import Equipment
from indexer.encoder import Encoding, Kind
from indexer.errors import ClusterError, EncoderError
from indexer.index_report import IndexReport
from indexer.intake import IntakeRules
from indexer.pipeline import Indexer, default_transformations
from indexer.sources.items import SourceItem, SourceRecord
from indexer.store import Counts, Store, Story
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest
from indexer.store.server_index import open_server
from indexer.store.server_place import ServerPlace
from service.cli import cli

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

MANIFEST = Manifest.of(TrigramEncoder().identity, 40)
RULES = IntakeRules(duplicates=True, refuse=True)
BATCH = 4


@dataclass(frozen=True, slots=True)
class Fatal:
    """Kills, with SIGKILL and once only, the worker that meets a word; a file remembers that it did."""

    word: str
    file: Path

    def strike(self, texts: Sequence[str]) -> None:
        if any(self.word in text for text in texts):
            try:
                os.close(os.open(self.file, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                return
            os.kill(os.getpid(), signal.SIGKILL)


class MortalEncoder(TrigramEncoder):
    """Ranks like its parent; dies, or fails, over a word."""

    def __init__(self, fatal: Fatal | None, hated: str) -> None:
        super().__init__()
        self._fatal, self._hated = fatal, hated

    def encode(self, texts: Sequence[str], kind: Kind, *, tokens: bool = False) -> list[Encoding]:
        if self._fatal:
            self._fatal.strike(texts)
        if self._hated and any(self._hated in text for text in texts):
            raise EncoderError(f"the word {self._hated!r} cannot be encoded; leave it out")
        return super().encode(texts, kind, tokens=tokens)


def recipe(fatal: Fatal | None = None, hated: str = "") -> Sequence[Any]:
    return default_transformations(MortalEncoder(fatal, hated), 40)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(connected(None, 2, memory=100_000_000))
        except ClusterError as error:
            # Ray gives its own helper 15 seconds to start, and that cannot be set.
            if os.getloadavg()[0] > 4 * (os.cpu_count() or 1):
                pytest.skip(f"this machine is too busy to start Ray: {error}")
            raise
        import ray

        # Workers cannot import what pytest imported by path.
        for name in (__name__, "fakes"):
            ray.cloudpickle.register_pickle_by_value(sys.modules[name])
        yield opened


def news() -> list[SourceItem]:
    """Articles, copies of some by another source, one that is no article, and one that comes twice."""
    articles = [news_article(n, sentences=6) for n in range(24)]
    articles[9] = replace(articles[9], text=f"{articles[9].text}\nقال الناطق: زلزال.")
    copies = [replace(articles[n], id=f"copy-{n}", source="وكالة أخرى") for n in (2, 3, 21, 9)]
    menu = Article("menu", "قائمة", "الرئيسية\nرياضة\nاقتصاد\nاتصل بنا", language="ar")
    ordered = [*articles[:4], *copies[:2], *articles[4:], *copies[2:], menu, articles[5]]
    return [SourceRecord(article, "news.jsonl", line) for line, article in enumerate(ordered, 1)]


Content = Mapping[str, tuple[Article, Story | None, list[Any]]]


def content(store: Store) -> Content:
    """All that an index holds."""
    ids = [article_id for article_id, _ in store.versions()]
    told = store.told(ids)
    return {
        article.id: (
            article,
            told.get(article.id),
            [(one.chunk, one.dense.tolist(), one.lexical, _late(one.late)) for one in chunks],
        )
        for article, chunks in store.content(ids)
    }


def _late(vectors: Any) -> Any:
    return None if vectors is None else vectors.tolist()


def numbers(report: IndexReport) -> tuple[int, ...]:
    return (report.added, report.replaced, report.unchanged, report.chunks, report.copies, report.refused)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> tuple[Content, tuple[int, ...], list[str]]:
    """What one machine makes of the news: the index, the numbers, the problems."""
    with open_store(tmp_path_factory.mktemp("local") / "index", MANIFEST, create=True) as store:
        report = Indexer(store, recipe(), batch_articles=BATCH, rules=RULES).run(news())
        assert report.copies == 4
        assert report.refused == 1
        return content(store), numbers(report), [str(problem) for problem in report.problems]


def test_a_killed_worker_changes_nothing(
    cluster: Cluster, tmp_path: Path, local: tuple[Content, tuple[int, ...], list[str]]
) -> None:
    fatal = Fatal("زلزال", tmp_path / "killed")
    with open_store(tmp_path / "index", MANIFEST, create=True) as store:
        told: list[int] = []
        indexer = RayIndexer(
            store,
            Equipment(partial(recipe, fatal)),
            cluster,
            lambda report: told.append(report.added),
            batch_articles=BATCH,
            rules=RULES,
        )
        report = indexer.run(news())
        assert fatal.file.exists()
        assert numbers(report) == local[1]
        assert [str(problem) for problem in report.problems] == local[2]
        assert content(store) == local[0]
        assert told == sorted(told)
        assert told[-1] == report.added


def test_workers_that_write_to_a_server_themselves_make_the_same_index(
    cluster: Cluster, tmp_path: Path, local: tuple[Content, tuple[int, ...], list[str]]
) -> None:
    fatal = Fatal("زلزال", tmp_path / "killed")
    with qdrant_server.running() as server:
        place = ServerPlace(server.url, "news", grpc_port=0, seconds=60)
        with open_server(place, MANIFEST, create=True) as store, store.lending() as name:
            opening = partial(open_server, place, MANIFEST, lent=name)
            equipment = Equipment(partial(recipe, fatal), opening)
            indexer = RayIndexer(store, equipment, cluster, batch_articles=BATCH, rules=RULES)
            report = indexer.run(news())
            assert fatal.file.exists()
            assert numbers(report) == local[1]
            assert _coarse(content(store)) == _coarse(local[0])
            assert store.counts() == Counts(len(local[0]), report.chunks)


def _coarse(found: Content) -> Mapping[str, Any]:
    """Without vectors, which the stand-in for a server keeps in another datatype."""
    return {
        article_id: (article, story, [chunk for chunk, *_ in chunks])
        for article_id, (article, story, chunks) in found.items()
    }


def test_the_command_line_indexes_on_ray_with_the_real_model(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings reach the workers, and they load the model that the index is made with."""
    monkeypatch.delenv("MASDAR_QDRANT_URL", raising=False)
    monkeypatch.setenv("MASDAR_DUPLICATES", "off")
    files = tmp_path / "news.jsonl"
    files.write_text("".join(json.dumps(to_payload(news_article(n)), default=str) + "\n" for n in range(3)), "utf-8")
    options = ["--store", str(tmp_path / "index"), "--engine", "ray", "--workers", "1", "--json"]
    result = CliRunner().invoke(cli, ["index", str(files), *options], catch_exceptions=False)
    told = json.loads(result.stdout)
    assert (result.exit_code, told["added"], told["problems"]) == (0, 3, [])
    with open_store(tmp_path / "index") as store:
        assert dict(store.versions()) == {news_article(n).id: news_article(n).content_hash for n in range(3)}
        assert store.counts().chunks == told["chunks_written"] > 0


def test_what_a_transformation_raises_is_told_as_on_one_machine_and_what_was_finished_stays(
    cluster: Cluster,
    tmp_path: Path,
    local: tuple[Content, tuple[int, ...], list[str]],
) -> None:
    with open_store(tmp_path / "index", MANIFEST, create=True) as store:
        one = replace(cluster, workers=1, first_round=2)  # the word comes in the second round
        equipment = Equipment(partial(recipe, None, "زلزال"))
        indexer = RayIndexer(store, equipment, one, batch_articles=BATCH, rules=RULES)
        with pytest.raises(EncoderError, match="زلزال") as raised:
            indexer.run(news())
        assert "'news-9' (news.jsonl:12)" in "".join(raised.value.__notes__)
        kept = store.counts().articles
        assert 2 * BATCH <= kept < len(local[0])
        report = Indexer(store, recipe(), batch_articles=BATCH, rules=RULES).run(news())
        assert report.unchanged == kept
        assert content(store) == local[0]
