"""A copy of an index has everything, is compared, and goes on where it stopped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import TrigramEncoder, encoded, news_article
from qdrant_client import QdrantClient
from qdrant_memory import in_memory

from indexer.articles import Article
from indexer.encoder.centring import NO_CENTRING
from indexer.errors import BadInput, StoreError, StoreMismatch
from indexer.late import LateInteraction, question_vectors
from indexer.store import Store, copying
from indexer.store.batch import Batch
from indexer.store.copying import copy_store
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest
from indexer.store.server import ServerStore

ENCODER = TrigramEncoder()
MANIFEST = Manifest.of(ENCODER.identity, 40)


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "source", MANIFEST, create=True) as store:
        store.put([encoded(news_article(n), ENCODER) for n in range(5)])
        store.put([(Article("empty", "عنوان", ""), [])])
        yield store


@pytest.fixture
def client() -> Iterator[QdrantClient]:
    memory = QdrantClient(":memory:")
    yield memory
    memory.close()


def found(store: Store, question: str) -> list[tuple[str, int, float]]:
    """Passages by all three signals, best first."""
    encoding = ENCODER.encode([question], "query", tokens=True)[0]
    hits = store.search_dense(encoding.vector, 20)
    late = store.search_late(question_vectors(encoding, NO_CENTRING, "ar"), [hit.chunk for hit in hits])
    return [(hit.chunk.article_id, hit.chunk.position, hit.score) for hit in hits + late]


def test_a_copy_holds_and_finds_what_the_source_does(source: Store, client: QdrantClient) -> None:
    target = in_memory(client, MANIFEST)
    told: list[tuple[int, int]] = []
    report = copy_store(source, target, lambda done, of: told.append((done, of)))
    assert (report.copied, report.kept) == (6, 0)
    assert report.counts == source.counts() == target.counts()
    assert dict(target.versions()) == dict(source.versions())
    assert told == [(0, 6), (6, 6)]
    for ours, theirs in zip(found(target, "أعلنت الحكومة"), found(source, "أعلنت الحكومة"), strict=True):
        assert ours[:2] == theirs[:2]
        assert ours[2] == pytest.approx(theirs[2], abs=0.01)
    assert report.cosines is not None
    assert report.cosines[0] > 0.999, "in memory nothing is rounded anew"


def test_there_and_back_again_loses_nothing(source: Store, client: QdrantClient, tmp_path: Path) -> None:
    copy_store(source, in_memory(client, MANIFEST))
    with open_store(tmp_path / "back", MANIFEST, create=True) as back:
        report = copy_store(in_memory(client, MANIFEST), back)
        chunks = [hit.chunk for hit in source.search_dense(ENCODER.encode(["الحكومة"], "query")[0].vector, 50)]
        for ours, theirs in zip(back.token_vectors(chunks), source.token_vectors(chunks), strict=True):
            # turbo4 gives vectors at unit length the same codes again.
            np.testing.assert_allclose(ours, theirs, atol=1e-4)
    assert report.cosines is not None
    assert report.cosines[0] > 0.99


def test_a_copy_broken_off_goes_on_where_it_stopped(
    source: Store, client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "PAGE", 2)
    target = in_memory(client, MANIFEST)
    put, puts = ServerStore.put, iter(range(2))

    def broken(self: ServerStore, batch: Batch, *stories: Any) -> None:
        if next(puts, None) is None:
            raise KeyboardInterrupt
        put(self, batch, *stories)

    with monkeypatch.context() as patched:
        patched.setattr(ServerStore, "put", broken)
        with pytest.raises(KeyboardInterrupt):
            copy_store(source, target)
    report = copy_store(source, target)
    assert (report.copied, report.kept) == (2, 4)
    again = copy_store(source, target)
    assert (again.copied, again.kept, again.cosines) == (0, 6, None)
    assert again.digest == report.digest


def test_an_article_that_changed_in_the_source_is_copied_again(source: Store, client: QdrantClient) -> None:
    target = in_memory(client, MANIFEST)
    copy_store(source, target)
    source.put([encoded(news_article(1, edition=1), ENCODER)])
    report = copy_store(source, target)
    assert (report.copied, report.kept) == (1, 5)
    assert target.articles(["news-1"]) == source.articles(["news-1"])


def test_an_index_without_token_vectors_is_copied_without(tmp_path: Path, client: QdrantClient) -> None:
    plain = Manifest.of(ENCODER.identity, 40, LateInteraction(on=False))
    with open_store(tmp_path / "plain", plain, create=True) as store:
        store.put([encoded(news_article(1), ENCODER, late=plain.late)])
        report = copy_store(store, in_memory(client, plain))
    assert (report.copied, report.cosines) == (1, None)


def test_an_index_made_otherwise_is_no_target(source: Store, client: QdrantClient) -> None:
    other = in_memory(client, replace(MANIFEST, late=LateInteraction(datatype="float32")))
    with pytest.raises(StoreMismatch, match=r"float32.*copy into a new index"):
        copy_store(source, other)


def test_a_target_with_articles_of_its_own_is_left_alone(source: Store, client: QdrantClient) -> None:
    target = in_memory(client, MANIFEST)
    target.put([encoded(news_article(77), ENCODER)])
    with pytest.raises(BadInput, match=r"1 articles that the source has not, 'news-77'"):
        copy_store(source, target)
    assert target.counts().articles == 1


def _other_text(batch: Batch) -> Batch:
    return [(replace(article, author="غيره"), chunks) for article, chunks in batch]


def _lost_chunk(batch: Batch) -> Batch:
    return [(article, chunks[:-1]) for article, chunks in batch]


def _turned(batch: Batch) -> Batch:
    return [(article, [replace(one, dense=one.dense[::-1]) for one in chunks]) for article, chunks in batch]


def _lost_word(batch: Batch) -> Batch:
    def less(weights: object) -> object:
        return type(weights)(weights.indices[1:], weights.values[1:])  # type: ignore[attr-defined, call-arg]

    return [
        (article, [replace(one, lexical=less(one.lexical)) for one in chunks])  # type: ignore[arg-type]
        for article, chunks in batch
    ]


def _lost_tokens(batch: Batch) -> Batch:
    return [(article, [replace(one, late=None) for one in chunks]) for article, chunks in batch]


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (_other_text, "its text, its fields or its chunks"),
        (_lost_chunk, "its text, its fields or its chunks"),
        (_turned, "a sentence vector"),
        (_lost_word, "weights of words"),
        (_lost_tokens, "the number of token vectors"),
    ],
)
def test_a_target_that_gives_back_something_else_is_told(
    source: Store, client: QdrantClient, monkeypatch: pytest.MonkeyPatch, damage: object, what: str
) -> None:
    target, content = in_memory(client, MANIFEST), ServerStore.content
    monkeypatch.setattr(ServerStore, "content", lambda self, ids: damage(content(self, ids)))  # type: ignore[operator]
    with pytest.raises(StoreError, match=f"the target gave back {what}"):
        copy_store(source, target)


def test_a_source_that_is_written_to_meanwhile_is_told(source: Store, client: QdrantClient) -> None:
    def write(done: int, of: int) -> None:
        if done == of:
            source.put([encoded(news_article(50), ENCODER)])

    with pytest.raises(StoreError, match="written to meanwhile; run the command again"):
        copy_store(source, in_memory(client, MANIFEST), write)
