"""Stored token vectors: which text each belongs to, and that the latest are read from the index once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import TrigramEncoder, encoded

from indexer.articles import Article
from indexer.chunks import Chunk, EncodedChunk, passage_text
from indexer.encoder import Float32, Int64
from indexer.late import LateInteraction
from indexer.store import Store
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest
from service.stored_tokens import KEPT, Read, StoredTokens

ENCODER = TrigramEncoder()
BRIDGE = Article("bridge", "جسر جديد", "افتتحت المدينة جسرا فوق النهر. وبلغت كلفته ثلاثين مليونا.")


class _Counting:
    """A store that counts the chunks whose vectors are read from it."""

    def __init__(self, store: Store) -> None:
        self.store, self.manifest, self.read = store, store.manifest, 0

    def token_vectors(self, chunks: Sequence[Chunk]) -> list[Float32]:
        self.read += len(chunks)
        return self.store.token_vectors(chunks)


class _CutsElsewhere(TrigramEncoder):
    """The same encoder with another version of its tokenizer."""

    def spans(self, texts: Sequence[str]) -> list[Int64]:
        return [spans[:-1] for spans in super().spans(texts)]


def _chunks(article: Article) -> list[EncodedChunk]:
    """The article's chunks, each encoded with the title above it."""
    return [
        replace(
            one,
            late=ENCODER.encode([passage_text(article.title, _text(article, one.chunk))], "passage", tokens=True)[
                0
            ].tokens,
        )
        for one in encoded(article, ENCODER)[1]
    ]


def _text(article: Article, chunk: Chunk) -> str:
    return article.text[chunk.start : chunk.end]


def _read(article: Article, store: Store) -> Read:
    (hit,) = store.search_dense(_chunks(article)[0].dense, 1)
    return Read(hit.chunk, article.title, _text(article, hit.chunk))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    manifest = Manifest.of(ENCODER.identity, 60, LateInteraction(datatype="float32"))
    with open_store(tmp_path / "store", manifest, create=True) as opened:
        opened.put([(BRIDGE, _chunks(BRIDGE))])
        yield opened


def test_each_vector_stands_where_its_token_does(store: Store) -> None:
    read = _read(BRIDGE, store)
    (tokens,) = StoredTokens(store, ENCODER).of([read])
    assert tokens is not None
    assert np.allclose(tokens.vectors, ENCODER.encode([read.passage], "passage", tokens=True)[0].tokens)
    assert [read.passage[start:end] for start, end in tokens.spans[:3].tolist()] == ["جسر", "جديد", "افتتحت"]
    assert read.passage[: read.title_end].strip() == BRIDGE.title
    in_title = tokens.spans[:, 1] <= read.title_end
    assert in_title.any()
    assert not in_title.all()


def test_a_passage_is_read_from_the_index_once(store: Store) -> None:
    counting = _Counting(store)
    stored, read = StoredTokens(counting, ENCODER), _read(BRIDGE, store)  # type: ignore[arg-type]  # what it needs
    (first,), (second,) = stored.of([read]), stored.of([read])
    assert second is first
    assert counting.read == 1


def test_only_the_latest_stay(store: Store) -> None:
    counting = _Counting(store)
    stored, read = StoredTokens(counting, ENCODER), _read(BRIDGE, store)  # type: ignore[arg-type]  # what it needs
    others = [replace(read, chunk=replace(read.chunk, position=at)) for at in range(1, KEPT + 1)]
    stored.of([read])
    stored.of(others)
    assert counting.read == KEPT + 1
    stored.of(others)
    assert counting.read == KEPT + 1
    stored.of([read])
    assert counting.read == KEPT + 2


def test_vectors_of_other_tokens_than_the_tokenizer_cuts_are_not_taken(store: Store) -> None:
    assert StoredTokens(store, _CutsElsewhere()).of([_read(BRIDGE, store)]) == [None]


def test_an_index_without_token_vectors_gives_none(tmp_path: Path) -> None:
    manifest = Manifest.of(ENCODER.identity, 60, LateInteraction(on=False))
    with open_store(tmp_path / "store", manifest, create=True) as plain:
        assert StoredTokens(plain, ENCODER).of([Read(Chunk("a", "v", 0, 0, 3, ((0, 3),)), "", "نص")]) == [None]
