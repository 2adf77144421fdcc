"""An index of any size from a few articles that were really encoded, for measuring speed.

Beyond the encoded articles come copies of them under other ids. A copy has the terms and token vectors of its model,
and its sentence vector moved a little, so that sentence vectors differ. Sizes, posting lists and the work of a search
are those of real news; what is found means nothing.

::

    <cache>/grown/<digest>/index/    the embedded store
    <cache>/grown/<digest>/whole     written last: an index without it is made anew
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import count, islice
from pathlib import Path
from typing import TypeVar

import numpy as np
from llama_index.core.ingestion import run_transformations

from indexer.articles import Article
from indexer.chunks import EncodedChunk
from indexer.encoder import Encoder, Float32
from indexer.errors import BadInput
from indexer.pipeline import BATCH_ARTICLES, default_transformations
from indexer.sources.items import SourceRecord
from indexer.sources.reader import read_articles
from indexer.store import Store
from indexer.store.embedded import open_store
from indexer.store.folder import disk_errors
from indexer.store.manifest import Manifest
from indexer.transformations import article_document, encoded_chunks

#: Length of what is added to a copy's sentence vector, which has length 1.
MOVED = 0.3
#: Articles written at a time: the engine flushes to the disk after each batch, which takes longer than what it writes.
_WRITTEN = 500

T = TypeVar("T")
EncodedArticle = tuple[Article, list[EncodedChunk]]


@dataclass(frozen=True, slots=True)
class Size:
    """How many chunks an index holds, and how many of them were really encoded; some more, to whole articles."""

    chunks: int
    encoded: int


def encode_news(folder: Path, encoder: Encoder, manifest: Manifest, chunks: int) -> list[EncodedArticle]:
    """The first articles of a folder, in the order of its files, until they have so many chunks.

    Raises:
        BadInput: the folder has no article.
    """
    transformations = default_transformations(encoder, manifest.chunk_tokens, manifest.late)
    encoded: list[EncodedArticle] = []
    held = 0
    articles = (item.article for item in read_articles([folder]) if isinstance(item, SourceRecord))
    for batch in _batches(articles, BATCH_ARTICLES):
        nodes = run_transformations([article_document(article) for article in batch], transformations)
        by_article = encoded_chunks(nodes)
        for article in batch:
            encoded.append((article, by_article.get(article.id, [])))
            held += len(encoded[-1][1])
            if held >= chunks:
                return encoded
    if not held:
        raise BadInput(f"{folder} has no article to index; name a folder that has news/*.jsonl (--data)")
    return encoded


def grow(encoded: Sequence[EncodedArticle], chunks: int) -> Iterator[EncodedArticle]:
    """The encoded articles, then copies of them in the same order, until there are so many chunks."""
    held = 0
    draw = np.random.default_rng(0)
    for round_ in count():
        for article, own in encoded:
            if held >= chunks:
                return
            held += len(own)
            yield (article, own) if round_ == 0 else _copy(article, own, round_, draw)


def _copy(article: Article, chunks: Sequence[EncodedChunk], number: int, draw: np.random.Generator) -> EncodedArticle:
    copy = replace(article, id=f"{article.id}~{number}")
    moved = [
        replace(encoded, chunk=replace(encoded.chunk, article_id=copy.id), dense=_moved(encoded.dense, draw))
        for encoded in chunks
    ]
    return copy, moved


def _moved(vector: Float32, draw: np.random.Generator) -> Float32:
    away = draw.normal(size=len(vector))
    moved = vector + MOVED * away / np.linalg.norm(away)
    return (moved / np.linalg.norm(moved)).astype(np.float32)


@contextmanager
def open_grown(
    cache: Path, manifest: Manifest, size: Size, encoded: Callable[[], Sequence[EncodedArticle]]
) -> Iterator[tuple[Store, Path]]:
    """The index of that size and its folder, made where it is not there; closed when the block ends.

    Args:
        cache: folder where indexes are kept.
        manifest: what makes it.
        size: how large.
        encoded: gives the encoded articles where the index must be made.

    Raises:
        StoreError: the index cannot be made or used, or another process has it open.
    """
    folder = cache / "grown" / _key(manifest, size)
    index, whole = folder / "index", folder / "whole"
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if index.exists() and not whole.exists():
            shutil.rmtree(index)
    with open_store(index, manifest, create=True) as store:
        if not whole.exists():
            for batch in _batches(grow(encoded(), size.chunks), _WRITTEN):
                store.put(batch)
                store.compact()
            with disk_errors(folder):
                whole.touch()
    # Opened again, so that searches meet the files as a new process does.
    with open_store(index, manifest) as store:
        yield store, index


def _key(manifest: Manifest, size: Size) -> str:
    parts = json.dumps([asdict(manifest), asdict(size)])
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def _batches(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while batch := list(islice(items, size)):
        yield batch
