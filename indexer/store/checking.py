"""Verify an index from end to end: every record, every chunk, every vector, and that they belong together.

Two passes: over the article records, whose texts must have their content hash; and over the chunks, each against its
article. A chunk keeps no text. What stands for it are the weights of its words, which are made again out of the
article's text between the chunk's offsets and compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, cast

import numpy as np

from indexer.articles import Article, from_payload
from indexer.chunks import Chunk, passage_text
from indexer.cross_script import passage_terms
from indexer.encoder import Float32
from indexer.errors import BadInput, StoreDamaged
from indexer.lexical import SparseVector
from indexer.sentences import sentence_spans
from indexer.store import points
from indexer.store.manifest import Manifest

Kind = Literal[
    "manifest", "files", "count", "record", "text", "incomplete", "offsets", "fields", "words", "vector", "orphan"
]
#: What makes a fault good: removing it; making the article's chunks again out of its record; reading the article from
#: its source again; or putting the index back from a backup.
Remedy = Literal["remove", "rewrite", "source", "restore"]
#: How far the length of a vector may be from 1. turbo4 gives token vectors back some 6 % shorter or longer.
_DENSE_OFF, _LATE_OFF = 1e-3, 0.25
_WEIGHT_OFF = 1e-4

Vectors = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong with an index.

    Attributes:
        kind: ``manifest``, ``files`` and ``count`` are of the whole index, the others of an article or a chunk.
        article: id of the article; empty where it is not known or the fault is not of one.
        reason: what was found and what should be there.
        remedy: what makes it good.
        key: id of the point, where there is one.
    """

    kind: Kind
    article: str
    reason: str
    remedy: Remedy
    key: str = ""


@dataclass(slots=True)
class CheckReport:
    """What was looked at and what is wrong.

    Attributes:
        articles, chunks: how many were read.
        closed: whether the index was closed in order; opening it clears up what a crash left.
        faults: in the order in which they were found.
    """

    articles: int = 0
    chunks: int = 0
    closed: bool = True
    faults: list[Fault] = field(default_factory=list)

    def ids(self, remedy: Remedy) -> list[str]:
        """Articles that a remedy is needed for; those whose record is wrong have none but ``source``."""
        lost = {fault.article for fault in self.faults if fault.remedy == "source"}
        wanted = {fault.article for fault in self.faults if fault.remedy == remedy and fault.article}
        return sorted(wanted if remedy == "source" else wanted - lost)

    def keys(self, *kinds: Kind) -> list[str]:
        """Ids of the points with faults of these kinds."""
        return [fault.key for fault in self.faults if fault.kind in kinds and fault.key]


class Inspected(Protocol):
    """An index as it lies there, read without trust."""

    @property
    def manifest(self) -> Manifest:
        """What made it."""
        ...

    def records(self) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Id and payload of every article record."""
        ...

    def records_of(self, article_ids: list[str]) -> Iterator[Mapping[str, object]]:
        """Payloads of the records of these articles."""
        ...

    def chunks(self) -> Iterator[list[tuple[str, Mapping[str, object], Vectors]]]:
        """Id, payload and vectors by name of every chunk, in pages."""
        ...


@dataclass(slots=True)
class _Article:
    """What the second pass has to know of an article: its version, its number of chunks, whether its text is sound."""

    version: str
    chunks: object
    sound: bool


class Check:
    """One check of an index; ``run`` it once."""

    def __init__(self, index: Inspected) -> None:
        self._index, self._late = index, index.manifest.late
        self._known: dict[str, _Article] = {}
        self._found: Counter[str] = Counter()
        self._report = CheckReport()
        #: Chunks without token vectors: a fault only where others have some, since not every encoder makes them.
        self._without: list[tuple[str, str]] = []

    def run(self) -> CheckReport:
        """Read everything.

        Raises:
            StoreError: the index cannot be read.
        """
        for key, payload in self._index.records():
            self._check_record(key, payload)
        for page in self._index.chunks():
            self._check_page(page)
        for article_id, article in self._known.items():
            if article.sound and self._found[article_id] != article.chunks:
                reason = f"{self._found[article_id]} chunks are there, and the record says {article.chunks}"
                self._add("incomplete", article_id, reason, "rewrite")
        if self._late.tokens == "all" and 0 < len(self._without) < self._report.chunks:
            for article_id, key in self._without:
                self._add("vector", article_id, "a chunk has no token vectors", "rewrite", key)
        return self._report

    def _add(self, kind: Kind, article_id: str, reason: str, remedy: Remedy, key: str = "") -> None:
        self._report.faults.append(Fault(kind, article_id, reason, remedy, key))

    def _check_record(self, key: str, payload: Mapping[str, object]) -> None:
        self._report.articles += 1
        named = str(payload.get("id", ""))
        fault = record_fault(key, payload)
        if fault:
            kind, reason = fault
            self._add(kind, named, reason, "source", key)
        elif not payload.get("chunks") and sentence_spans(str(payload["text"])):
            self._add("incomplete", named, "its record says that it has no chunks, and it has a text", "rewrite", key)
        if named:
            self._known[named] = _Article(str(payload.get("content_hash")), payload.get("chunks"), not fault)

    def _check_page(self, page: list[tuple[str, Mapping[str, object], Vectors]]) -> None:
        ids = {str(payload.get("article_id")) for _, payload, _ in page}
        sound = [one for one in ids if one in self._known and self._known[one].sound]
        articles = {article.id: article for article in map(from_payload, self._index.records_of(sound))}
        for key, payload, vectors in page:
            self._report.chunks += 1
            article_id = str(payload.get("article_id", ""))
            known = self._known.get(article_id)
            if known is None or known.version != payload.get("version"):
                self._add("orphan", article_id, "a chunk belongs to no article of its version", "remove", key)
            elif article_id in articles:
                self._found[article_id] += 1
                self._check_chunk(key, payload, vectors, articles[article_id])

    def _check_chunk(self, key: str, payload: Mapping[str, object], vectors: Vectors, article: Article) -> None:
        fault = chunk_fault(key, payload, article, self._known[article.id].chunks)
        if fault is None:
            fault = self._vector_fault(key, points.chunk_of(payload), vectors, article)
        if fault:
            self._add(fault[0], article.id, fault[1], "rewrite", key)

    def _vector_fault(self, key: str, chunk: Chunk, vectors: Vectors, article: Article) -> tuple[Kind, str] | None:
        reason = dense_fault(vectors.get(points.DENSE), self._index.manifest.dimensions)
        late = vectors.get(points.LATE)
        if not reason and self._late.on:
            if late is None:
                self._without.append((article.id, key))
            else:
                reason = late_fault(late, self._index.manifest.dimensions)
        if reason:
            return "vector", reason
        passage = passage_text(article.title, article.text[chunk.start : chunk.end])
        if not same_words(vectors.get(points.LEXICAL), passage_terms(passage)):
            return "words", "the words that a chunk is found by are not those of its text"
        return None


def record_fault(key: str, payload: Mapping[str, object]) -> tuple[Kind, str] | None:
    """What is wrong with an article record; None if nothing is."""
    try:
        article = from_payload(payload)
    except BadInput as error:
        return "record", f"the record cannot be read: {error}"
    if key != points.article_key(article.id):
        return "record", "the record stands under the id of another article"
    if article.content_hash != payload.get("content_hash"):
        return "text", "its text or fields are not what their hash says"
    return None


def chunk_fault(key: str, payload: Mapping[str, object], article: Article, chunks: object) -> tuple[Kind, str] | None:
    """What is wrong with a chunk's payload; None if nothing is.

    Args:
        key: id of the point.
        payload: of the point.
        article: that it belongs to.
        chunks: how many that has, by its record.
    """
    try:
        chunk = points.chunk_of(payload)
    except StoreDamaged:
        return "offsets", "a chunk's offsets cannot be read"
    if key != points.chunk_key(chunk) or not (isinstance(chunks, int) and 0 <= chunk.position < chunks):
        return "offsets", f"a chunk has the number {chunk.position} of {chunks}, or stands under another's id"
    if not 0 <= chunk.start < chunk.end <= len(article.text):
        return "offsets", f"a chunk is {chunk.start}:{chunk.end} of a text of {len(article.text)} characters"
    ends = [chunk.start, *(offset for span in chunk.sentences for offset in span), chunk.end]
    if not chunk.sentences or ends != sorted(ends) or (ends[1], ends[-2]) != (chunk.start, chunk.end):
        return "offsets", f"the sentences of the chunk {chunk.start}:{chunk.end} do not fill it in order"
    if dict(payload) != points.chunk_payload(article, chunk):
        return "fields", "what a chunk is filtered by is not what its article says"
    return None


def dense_fault(value: object, dimensions: int) -> str:
    """What is wrong with a sentence vector; empty if nothing is."""
    if value is None:
        return "a chunk has no sentence vector"
    return _rows_fault("sentence vector", np.atleast_2d(np.asarray(value, np.float32)), dimensions, _DENSE_OFF)


def late_fault(value: object, dimensions: int) -> str:
    """What is wrong with token vectors; empty if nothing is."""
    return _rows_fault("token vector", np.atleast_2d(np.asarray(value, np.float32)), dimensions, _LATE_OFF)


def _rows_fault(name: str, rows: Float32, dimensions: int, off: float) -> str:
    if rows.shape[1] != dimensions:
        return f"a {name} has {rows.shape[1]} numbers, and the manifest says {dimensions}"
    if not np.isfinite(rows).all():
        return f"a {name} has what is no number"
    lengths = np.linalg.norm(rows, axis=1)
    worst = float(lengths[np.argmax(np.abs(lengths - 1))])
    return f"a {name} has the length {worst:.3g} and not 1" if abs(worst - 1) > off else ""


def same_words(value: object, wanted: SparseVector) -> bool:
    """Whether a stored sparse vector is the wanted one, as far as an engine's float32 tells; None is an empty one."""
    sparse = cast(Any, value)
    stored = dict(zip(sparse.indices, sparse.values, strict=True)) if sparse is not None else {}
    if stored.keys() != set(wanted.indices):
        return False
    return all(
        abs(stored[index] - weight) <= _WEIGHT_OFF * max(1.0, abs(weight))
        for index, weight in zip(wanted.indices, wanted.values, strict=True)
    )
