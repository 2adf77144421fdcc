"""Indexing: what is skipped, replaced, removed and reported, and what a broken-off run leaves."""

from __future__ import annotations

import gc
import threading
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from fakes import TrigramEncoder, news_article
from llama_index.core.ingestion import IngestionCache, run_transformations
from llama_index.core.schema import BaseNode, MetadataMode, TextNode, TransformComponent
from pydantic import PrivateAttr

from indexer import pipeline
from indexer.articles import Article
from indexer.encoder import Float32
from indexer.errors import EncoderError, StoreError
from indexer.index_report import IndexReport
from indexer.intake import IntakeRules
from indexer.late import LateInteraction
from indexer.lexical import query_vector
from indexer.pipeline import Indexer, default_transformations
from indexer.sources.items import Loss, Problem, SourceItem, SourceRecord
from indexer.stages import StageClock, TimedEncoder
from indexer.store import Store
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest
from indexer.transformations import article_document, encoded_chunks

ENCODER = TrigramEncoder()
MANIFEST = Manifest.of(ENCODER.identity, 40)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "index", MANIFEST, create=True) as opened:
        yield opened


def record(number: int, edition: int = 0, line: int | None = None) -> SourceRecord:
    return SourceRecord(news_article(number, edition), "news.jsonl", number + 1 if line is None else line)


def run(store: Store, *items: SourceItem, prune: bool = False) -> IndexReport:
    return Indexer(store, default_transformations(ENCODER, 40)).run(items, prune=prune)


def summary(report: IndexReport) -> tuple[int, int, int, int]:
    return report.added, report.replaced, report.unchanged, report.removed


def test_new_changed_and_unchanged_articles(store: Store) -> None:
    first = run(store, record(1), record(2), record(3))
    assert summary(first) == (3, 0, 0, 0)
    assert first.chunks == store.counts().chunks > 3
    second = run(store, record(1), record(2, edition=1), record(4))
    assert summary(second) == (1, 1, 1, 0)
    assert second.seen == 3
    assert store.articles(["news-2"])["news-2"] == news_article(2, edition=1)
    assert summary(run(store, record(1), record(2, edition=1), record(3), record(4))) == (0, 0, 4, 0)


def test_unchanged_articles_are_not_encoded(store: Store) -> None:
    run(store, record(1))

    class Refusing(TrigramEncoder):
        def encode(self, *_: Any, **__: Any) -> Any:
            raise AssertionError("encoded again")

    Indexer(store, default_transformations(Refusing(), 40)).run([record(1)])


def test_what_is_found_is_what_was_read(store: Store) -> None:
    run(store, *(record(n) for n in range(8)))
    article = news_article(5)
    hits = store.search_lexical(query_vector(article.text[:80]), 3)
    assert hits[0].chunk.article_id == "news-5"
    assert article.text[hits[0].chunk.start : hits[0].chunk.end].startswith(article.text[:80])


def test_the_title_helps_to_find_an_article(store: Store) -> None:
    article = Article("a", "زرافة في الحديقة", "نص عن شيء آخر.", language="ar")
    run(store, SourceRecord(article, "a.txt", None), record(1))
    assert [hit.chunk.article_id for hit in store.search_lexical(query_vector("زرافة"), 5)] == ["a"]


# Pruning


def test_prune_removes_what_the_source_no_longer_has(store: Store) -> None:
    run(store, record(1), record(2), record(3))
    report = run(store, record(2), record(4), prune=True)
    assert summary(report) == (1, 0, 1, 2)
    assert report.pruned
    assert sorted(dict(store.versions())) == ["news-2", "news-4"]


def test_nothing_is_removed_unless_asked(store: Store) -> None:
    run(store, record(1))
    report = run(store, record(2))
    assert not report.pruned
    assert sorted(dict(store.versions())) == ["news-1", "news-2"]


@pytest.mark.parametrize("loss", [Loss.RECORD, Loss.FILE])
def test_nothing_is_removed_when_something_could_not_be_read(store: Store, loss: Loss) -> None:
    run(store, record(1), record(2))
    report = run(store, record(1), Problem("news.jsonl", 2, "no text", loss), prune=True)
    assert (report.pruned, report.removed, report.lost) == (False, 0, 1)
    assert len(dict(store.versions())) == 2


def test_a_warning_does_not_stop_the_pruning(store: Store) -> None:
    run(store, record(1), record(2))
    report = run(store, record(1), Problem("news.jsonl", 2, "no date", Loss.NOTHING), prune=True)
    assert (report.pruned, report.removed, report.lost) == (True, 1, 0)


def test_a_source_without_any_article_removes_nothing(store: Store) -> None:
    run(store, record(1))
    assert not run(store, prune=True).pruned
    assert not run(store, Problem("news.jsonl", None, "a warning", Loss.NOTHING), prune=True).pruned
    assert len(dict(store.versions())) == 1


# Repetitions and problems


def test_an_article_read_twice_is_a_warning(store: Store) -> None:
    report = run(store, record(1), record(1, line=9))
    assert summary(report) == (1, 0, 0, 0)
    assert [str(problem) for problem in report.problems] == [
        "news.jsonl:9: the article 'news-1' was already read from news.jsonl:2, with the same content"
    ]
    assert report.lost == 0


def test_two_articles_of_one_id_keep_the_first_and_report_the_other_with_both_places(store: Store) -> None:
    other = SourceRecord(news_article(1, edition=1), "folder/other.txt", None)
    report = run(store, other, record(1))
    assert [str(problem) for problem in report.problems] == [
        "news.jsonl:2: the id 'news-1' belongs to another article already read from folder/other.txt; "
        "give each its own id"
    ]
    assert report.lost == 1
    assert store.articles(["news-1"])["news-1"] == news_article(1, edition=1)


def test_the_rule_for_repetitions_holds_between_batches_and_runs(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "BATCH_ARTICLES", 1)
    items = [record(1), record(2), record(1, edition=1, line=7)]
    assert run(store, *items).lost == 1
    again = run(store, *items)
    assert (again.unchanged, again.lost) == (2, 1)
    assert store.articles(["news-1"])["news-1"] == news_article(1)


def test_problems_are_kept_in_order_and_indexing_goes_on(store: Store) -> None:
    problems = [Problem("a", n, "broken") for n in range(3)]
    report = run(store, problems[0], record(1), problems[1], record(2), problems[2])
    assert report.problems == problems
    assert report.added == 2


def test_the_watcher_sees_every_batch_and_problem(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "BATCH_ARTICLES", 2)
    seen: list[tuple[int, int]] = []
    indexer = Indexer(
        store,
        default_transformations(ENCODER, 40),
        watcher=lambda report: seen.append((report.added, len(report.problems))),
    )
    indexer.run([record(1), Problem("a", 1, "broken"), record(2), record(3)])
    assert seen == [(0, 1), (2, 1), (3, 1)]


# Breaking off


def interrupted(*items: SourceItem) -> Iterator[SourceItem]:
    yield from items
    raise KeyboardInterrupt


def test_an_interruption_keeps_the_batches_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "BATCH_ARTICLES", 2)
    with pytest.raises(KeyboardInterrupt), open_store(tmp_path / "index", MANIFEST, create=True) as store:
        Indexer(store, default_transformations(ENCODER, 40)).run(interrupted(*(record(n) for n in range(5))))
    with open_store(tmp_path / "index", MANIFEST) as store:
        assert sorted(dict(store.versions())) == ["news-0", "news-1", "news-2", "news-3"]
        report = run(store, *(record(n) for n in range(5)))
        assert summary(report) == (1, 0, 4, 0)


class Failing(TransformComponent):
    """Fails at the article of one id."""

    article_id: str

    def __call__(self, nodes: Sequence[BaseNode], **_: Any) -> Sequence[BaseNode]:
        if any(node.node_id == self.article_id for node in nodes):
            raise EncoderError("out of memory")
        return nodes


def test_a_failing_transformation_says_where_and_keeps_what_was_done(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "BATCH_ARTICLES", 2)
    steps = [Failing(article_id="news-3"), *default_transformations(ENCODER, 40)]
    with pytest.raises(EncoderError, match="out of memory") as caught:
        Indexer(store, steps).run([record(n) for n in range(6)])
    (note,) = caught.value.__notes__
    assert "2 articles, from 'news-2' (news.jsonl:3) to 'news-3' (news.jsonl:4)" in note
    assert sorted(dict(store.versions())) == ["news-0", "news-1"]


# Transformations


class Dropping(TransformComponent):
    """Drops all nodes but the first of each article, and labels that one."""

    def __call__(self, nodes: Sequence[BaseNode], **_: Any) -> Sequence[BaseNode]:
        kept = [node for node in nodes if node.metadata["position"] == 0]
        for node in kept:
            node.metadata["label"] = "kept"
        return kept


@pytest.mark.parametrize("place", [1, 2])
def test_a_transformation_can_be_slotted_in(store: Store, place: int) -> None:
    steps = default_transformations(ENCODER, 40)
    steps.insert(place, Dropping())
    report = Indexer(store, steps).run([record(1), record(2)])
    assert report.chunks == store.counts().chunks == 2


def test_an_article_whose_nodes_were_all_dropped_is_known_all_the_same(store: Store) -> None:
    class Emptying(TransformComponent):
        def __call__(self, nodes: Sequence[BaseNode], **_: Any) -> Sequence[BaseNode]:
            return []

    Indexer(store, [*default_transformations(ENCODER, 40), Emptying()]).run([record(1)])
    assert summary(run(store, record(1))) == (0, 0, 1, 0)


def test_nodes_come_out_of_a_llama_index_cache_as_they_went_in() -> None:
    documents = [article_document(news_article(1))]
    steps, cache = default_transformations(ENCODER, 40), IngestionCache()
    fresh = encoded_chunks(run_transformations(documents, steps, in_place=False, cache=cache))
    cached = encoded_chunks(run_transformations(documents, steps, in_place=False, cache=cache))
    for made, kept in zip(fresh["news-1"], cached["news-1"], strict=True):
        assert made.chunk == kept.chunk
        assert made.lexical == kept.lexical
        assert made.dense == pytest.approx(kept.dense)


def test_caches_tell_encoders_apart() -> None:
    states = [default_transformations(TrigramEncoder(size))[-1].to_dict() for size in (8, 16)]
    assert states[0] != states[1]


def test_nodes_get_the_token_vectors_that_the_index_keeps() -> None:
    def late(settings: LateInteraction) -> list[Float32 | None]:
        steps = default_transformations(ENCODER, 40, settings)
        nodes = run_transformations([article_document(news_article(1))], steps)
        return [chunk.late for chunk in encoded_chunks(nodes)["news-1"]]

    every, pooled = late(LateInteraction(tokens="all")), late(LateInteraction(tokens="all", pooling=4))
    assert [-(-len(rows) // 4) for rows in every if rows is not None] == [
        len(rows) for rows in pooled if rows is not None
    ]
    assert late(LateInteraction(on=False)) == [None] * len(every)


def test_caches_tell_settings_of_late_interaction_apart() -> None:
    states = [default_transformations(ENCODER, 40, LateInteraction(pooling=n))[-1].to_dict() for n in (1, 2)]
    assert states[0] != states[1]


def test_weights_stay_out_of_what_a_model_reads() -> None:
    nodes = run_transformations([article_document(news_article(1))], default_transformations(ENCODER, 40))
    for node in nodes:
        assert node.get_content(MetadataMode.EMBED) == node.get_content(MetadataMode.NONE)


def test_nodes_that_were_not_encoded_are_refused() -> None:
    with pytest.raises(ValueError, match="EncodeNodes must be among"):
        encoded_chunks([TextNode(text="نص")])


# Size


def test_batches_are_bounded_in_articles_and_characters(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "BATCH_CHARS", len(news_article(1).text) + 1)
    sizes: list[int] = []

    class Counting(TransformComponent):
        def __call__(self, nodes: Sequence[BaseNode], **_: Any) -> Sequence[BaseNode]:
            sizes.append(len(nodes))
            return nodes

    Indexer(store, [Counting(), *default_transformations(ENCODER, 40)]).run([record(n) for n in range(5)])
    assert sum(sizes) == 5
    assert max(sizes) <= 2


def test_articles_are_let_go_of_once_they_are_written(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "BATCH_ARTICLES", 1)

    class Text(str):
        """A string that can be watched."""

    alive: weakref.WeakSet[Text] = weakref.WeakSet()
    most = 0

    def records() -> Iterator[SourceItem]:
        nonlocal most
        for number in range(6):
            made = news_article(number)
            text = Text(made.text)
            alive.add(text)
            yield SourceRecord(Article(made.id, made.title, text, language="ar"), "news.jsonl", number)
            del text, made
            gc.collect()
            most = max(most, len(alive))

    Indexer(store, default_transformations(ENCODER, 40)).run(records())
    assert most <= 3, "a batch that is written and one that is gathered"


# Ahead


class Holding(TransformComponent):
    """Tells of the articles that reach it, and waits before those of some ids until it may go on."""

    held: tuple[str, ...] = ()
    _reached: dict[str, threading.Event] = PrivateAttr(default_factory=lambda: defaultdict(threading.Event))
    _go_on: threading.Event = PrivateAttr(default_factory=threading.Event)

    def __call__(self, nodes: Sequence[BaseNode], **_: Any) -> Sequence[BaseNode]:
        for node in nodes:
            self._reached[node.node_id].set()
            if node.node_id in self.held:
                assert self._go_on.wait(60)
        return nodes

    def wait_for(self, article_id: str) -> None:
        assert self._reached[article_id].wait(60)

    def release(self) -> None:
        self._go_on.set()


class Watched:
    """A store that tells of what it is given to write, and may refuse it."""

    def __init__(self, store: Store, before: Callable[[list[str]], None]) -> None:
        self._store, self._before = store, before

    def put(self, batch: Any, stories: Any) -> None:
        self._before([article.id for article, _ in batch])
        self._store.put(batch, stories)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Portions of one article, batches of two."""
    monkeypatch.setattr(pipeline, "PORTION_CHARS", 1)
    monkeypatch.setattr(pipeline, "PORTION_CHARS_PER_CORE", 0)
    monkeypatch.setattr(pipeline, "BATCH_ARTICLES", 2)


def everything(store: Store) -> list[tuple[Article, list[Any]]]:
    content = store.content(sorted(dict(store.versions())))
    return [
        (article, [(one.chunk, one.dense.tolist(), one.lexical, np.asarray(one.late).tolist()) for one in chunks])
        for article, chunks in content
    ]


@pytest.mark.usefixtures("one_by_one")
def test_ahead_or_not_the_index_is_the_same(tmp_path: Path) -> None:
    # Two copies of a story among them, in other portions and batches.
    copy = SourceRecord(replace(news_article(3), id="copy", source="أخرى"), "news.jsonl", 99)
    items = [*(record(n) for n in range(7)), copy, record(1, line=50), Problem("news.jsonl", 60, "broken")]
    indexes, reports = [], []
    for ahead in (0, 1, 2):
        with open_store(tmp_path / str(ahead), MANIFEST, create=True) as store:
            reports.append(Indexer(store, default_transformations(ENCODER, 40)).run(items, ahead=ahead))
            indexes.append((everything(store), store.told(dict(store.versions()))))
    assert indexes[1] == indexes[0]
    assert indexes[2] == indexes[0]
    assert reports[1:] == reports[:1] * 2
    assert reports[0].copies == 1


@pytest.mark.usefixtures("one_by_one")
def test_the_next_portion_is_encoded_while_a_batch_is_written(store: Store) -> None:
    holding = Holding()
    written: list[list[str]] = []

    def before(ids: list[str]) -> None:
        if not written:
            holding.wait_for("news-2")
        written.append(ids)

    watched = cast(Store, Watched(store, before))
    Indexer(watched, [holding, *default_transformations(ENCODER, 40)]).run([record(n) for n in range(5)], ahead=1)
    assert written == [["news-0", "news-1"], ["news-2", "news-3"], ["news-4"]]


@pytest.mark.usefixtures("one_by_one")
def test_reading_is_never_far_ahead_of_writing(store: Store) -> None:
    read = 0

    def items() -> Iterator[SourceItem]:
        nonlocal read
        for number in range(12):
            read += 1
            yield record(number)

    def near(report: IndexReport) -> None:
        assert read <= report.added + 2  # those that are encoded

    Indexer(store, default_transformations(ENCODER, 40), near).run(items(), ahead=2)
    assert read == 12


@pytest.mark.usefixtures("one_by_one")
def test_an_error_in_writing_stops_the_run_and_keeps_what_was_acknowledged(store: Store) -> None:
    acknowledged: list[int] = []

    def refuse_the_second(ids: list[str]) -> None:
        if "news-2" in ids:
            raise StoreError("the disk is full")

    watched = cast(Store, Watched(store, refuse_the_second))
    indexer = Indexer(watched, default_transformations(ENCODER, 40), lambda report: acknowledged.append(report.added))
    with pytest.raises(StoreError, match="disk is full"):
        indexer.run([record(n) for n in range(9)], ahead=2)
    assert acknowledged == [2]
    assert sorted(dict(store.versions())) == ["news-0", "news-1"]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("masdar-ahead")]
    assert summary(run(store, *(record(n) for n in range(9)))) == (7, 0, 2, 0)


@pytest.mark.usefixtures("one_by_one")
def test_an_error_ahead_comes_after_the_batches_before_it(store: Store) -> None:
    steps = [Failing(article_id="news-4"), *default_transformations(ENCODER, 40)]
    with pytest.raises(EncoderError, match="out of memory") as caught:
        Indexer(store, steps).run([record(n) for n in range(9)], ahead=2)
    (note,) = caught.value.__notes__
    assert "1 articles, from 'news-4' (news.jsonl:5) to 'news-4' (news.jsonl:5)" in note
    assert sorted(dict(store.versions())) == ["news-0", "news-1", "news-2", "news-3"]


@pytest.mark.usefixtures("one_by_one")
def test_a_source_that_fails_leaves_the_batches_before_it(store: Store) -> None:
    def failing() -> Iterator[SourceItem]:
        yield from (record(n) for n in range(4))
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        Indexer(store, default_transformations(ENCODER, 40)).run(failing(), ahead=2)
    assert sorted(dict(store.versions())) == ["news-0", "news-1", "news-2", "news-3"]


def test_a_run_tells_what_its_time_went_to(store: Store) -> None:
    clock = StageClock()
    steps = default_transformations(TimedEncoder(ENCODER, clock), 40)
    rules = IntakeRules(refuse=True)
    Indexer(store, steps, rules=rules, clock=clock).run([record(n) for n in range(3)], ahead=1)
    timings = clock.timings()
    assert set(timings.stages) == {
        *("reading", "checking", "SentencePacker", "EncodeNodes", "encoding", "unpacking", "stories", "writing")
    }
    assert all(0 < stage.seconds <= timings.seconds for stage in timings.stages.values())
    assert timings.tokens > 100
