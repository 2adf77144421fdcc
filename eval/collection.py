"""The documents of a question set as articles in a real index, made once and kept in the cache folder.

::

    <cache>/<digest>/index/      the embedded store
    <cache>/<digest>/made.json   when and from which commit; written last, so an index cut short is gone on with

The digest is that of the documents and of the index's manifest: another corpus, encoder, text pipeline or chunk size is
another folder. Text handling that changes without a new ``TEXT_PIPELINE`` is not seen: ask for a fresh index then.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from eval.datasets import Dataset, Document
from eval.provenance import commit, now
from indexer.articles import Article, guess_language
from indexer.chunking import CHUNK_TOKENS
from indexer.encoder import Encoder
from indexer.errors import BadInput
from indexer.index_report import Watcher
from indexer.late import DEFAULT_LATE, LateInteraction
from indexer.pipeline import AHEAD, Indexer, default_transformations
from indexer.sources.items import SourceRecord
from indexer.sources.values import id_fault, storable
from indexer.store import Store
from indexer.store.embedded import open_store
from indexer.store.folder import disk_errors
from indexer.store.manifest import Manifest
from indexer.store.size import DiskSize, size_on_disk


@dataclass(frozen=True, slots=True)
class Made:
    """How an index came to be: size, when, and from which commit of Masdar (None outside a checkout)."""

    articles: int
    chunks: int
    date: str
    commit: str | None


@dataclass(frozen=True, slots=True)
class Making:
    """How to index: tokens in a chunk, whether to index again what is there, who is told, which token vectors."""

    chunk_tokens: int = CHUNK_TOKENS
    fresh: bool = False
    watcher: Watcher = lambda report: None
    late: LateInteraction = DEFAULT_LATE


@dataclass(frozen=True, slots=True)
class Collection:
    """An open index of a question set's documents, how it was made and what it takes on disk."""

    store: Store
    made: Made
    size: DiskSize


@contextmanager
def open_collection(dataset: Dataset, encoder: Encoder, cache: Path, making: Making) -> Iterator[Collection]:
    """The index of a question set's documents, made where it is not there; closed when the block ends.

    Raises:
        BadInput: a document cannot be an article.
        StoreError: the index cannot be made or used, or another process has it open.
    """
    manifest = Manifest.of(encoder.identity, making.chunk_tokens, making.late)
    folder = cache / _key(dataset, manifest)
    articles = [as_article(name, document) for name, document in dataset.corpus.items()]
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with open_store(folder / "index", manifest, create=True) as store:
        made = None if making.fresh else _read(folder / "made.json")
        if made is None:
            made = _make(store, articles, encoder, making)
            _write(folder / "made.json", made)
        yield Collection(store, made, size_on_disk(folder / "index"))


def _key(dataset: Dataset, manifest: Manifest) -> str:
    parts = json.dumps([dataset.corpus_digest, asdict(manifest)])
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def _make(store: Store, articles: list[Article], encoder: Encoder, making: Making) -> Made:
    if making.fresh:
        store.delete([name for name, _ in store.versions()])
    transformations = default_transformations(encoder, making.chunk_tokens, making.late)
    records = (SourceRecord(article, "corpus", None) for article in articles)
    Indexer(store, transformations, making.watcher).run(records, ahead=AHEAD)
    counts = store.counts()
    if counts.articles != len(articles):
        raise BadInput(f"the corpus has {len(articles)} documents and its index {counts.articles}; ask for --fresh")
    return Made(counts.articles, counts.chunks, now(), commit())


def as_article(name: str, document: Document) -> Article:
    """The document as the article that is indexed; a title without a text is the text, so that it can be found.

    Raises:
        BadInput: its id or its characters cannot be stored.
    """
    if fault := id_fault(name):
        raise BadInput(f"the id of document {name!r} {fault}; give it another in corpus.jsonl and qrels.tsv")
    texts = Document(storable(f"the title of document {name!r}", document.title), document.text)
    if not texts.text.strip():
        texts = replace(texts, text=texts.title)
    text = storable(f"the text of document {name!r}", texts.text)
    return Article(name, texts.title, text, language=guess_language(text))


def _read(path: Path) -> Made | None:
    """What is noted; None where nothing is, or nothing that can be read."""
    try:
        return Made(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _write(path: Path, made: Made) -> None:
    with disk_errors(path.parent):
        temporary = path.with_suffix(".new")
        temporary.write_text(json.dumps(asdict(made)) + "\n", "utf-8")
        temporary.replace(path)
