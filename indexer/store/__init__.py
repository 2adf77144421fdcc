"""Where articles and their chunks are kept and searched: the protocol that every adapter implements.

``embedded.py`` is Qdrant's engine in this process, ``server.py`` a Qdrant server. One contract suite
(``tests/indexer/test_store_contract.py``) runs on both.

The article record is the commit point: new chunks are written first, the article record after them, chunks of older
versions are removed last. Whatever moment a crash comes at, a search sees the old version or the new one, whole.
A chunk found may be of a version that is replaced before its article is fetched: compare ``Chunk.version`` with the
article's content hash.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Protocol, Self

from indexer.articles import Article
from indexer.chunks import Chunk, EncodedChunk
from indexer.encoder import Float32
from indexer.errors import BadInput
from indexer.lexical import SparseVector
from indexer.store.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles a search may find; an empty field does not restrict.

    Attributes:
        sources, languages, tags: exact names; any of them.
        published_from, published_before: a half-open range of publication dates, with time zones. Articles without a
            date are outside every range.

    Raises:
        BadInput: a date has no time zone.
    """

    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    published_from: datetime | None = None
    published_before: datetime | None = None
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, date in (("published_from", self.published_from), ("published_before", self.published_before)):
            if date is not None and date.utcoffset() is None:
                raise BadInput(f"{name} {date} has no time zone; give one, for example 2025-03-01T00:00:00+03:00")


NO_FILTERS = Filters()
#: The longest half-life, in days: beyond a century nothing that a newspaper prints grows old.
MAX_HALF_LIFE = 36_500


@dataclass(frozen=True, slots=True)
class Recency:
    """How articles grow old.

    Attributes:
        half_life: days in which an article loses half of its freshness, above 0 and at most ``MAX_HALF_LIFE``.
        now: the date from which ages count, with a time zone; None is the moment of the search.

    Raises:
        BadInput: the half-life is not allowed or the date has no time zone.
    """

    half_life: float
    now: datetime | None = None

    def __post_init__(self) -> None:
        if not 0 < self.half_life <= MAX_HALF_LIFE:
            raise BadInput(f"the half-life is {self.half_life} days; give more than 0 and at most {MAX_HALF_LIFE}")
        if self.now is not None and self.now.utcoffset() is None:
            raise BadInput(f"the date {self.now} has no time zone; give one, for example 2025-03-01T00:00:00+03:00")

    @property
    def reference(self) -> datetime:
        """The date from which ages count."""
        return self.now or datetime.now(UTC)


#: Freshness of an article as old as one half-life, and of one without a date: neither new nor old.
NEUTRAL_FRESHNESS = 0.5


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that a search found, with the score of the signal that found it."""

    chunk: Chunk
    score: float


@dataclass(frozen=True, slots=True)
class Counts:
    """How much an index holds."""

    articles: int
    chunks: int


@dataclass(frozen=True, slots=True)
class Story:
    """The story that an article tells, kept in its record.

    Attributes:
        name: the same for all articles that tell it in the same words.
        keys: under which copies of the article are looked up; see ``indexer/duplicates/signature.py``.
    """

    name: str
    keys: tuple[str, ...] = ()


#: For articles that are kept without looking for copies.
NO_STORIES: Mapping[str, Story] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Alike:
    """An article that shares keys with another: its id, the name of its story, and its keys."""

    article_id: str
    story: str
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Publication:
    """Where and when an article was published; ``published_at`` is None or has a zone."""

    article_id: str
    source: str
    url: str
    published_at: datetime | None

    @classmethod
    def of(cls, article: Article) -> Publication:
        """That of an article."""
        return cls(article.id, article.source, article.url, article.published_at)


class Store(Protocol):
    """An index of articles and chunks, open until ``close`` or the end of its ``with`` block.

    Every method may raise ``StoreError``, after ``close`` every method but ``close`` does. Several threads may read at
    once while one writes.
    """

    @property
    def manifest(self) -> Manifest:
        """What made this index."""
        ...

    def put(
        self, batch: Sequence[tuple[Article, Sequence[EncodedChunk]]], stories: Mapping[str, Story] = NO_STORIES
    ) -> None:
        """Add articles or replace those of the same id, each with all its chunks; durable when it returns.

        Of several articles of one id the last counts. An article may have no chunks: it is kept and never found.

        Args:
            batch: articles with their chunks.
            stories: by article id, the stories that they tell; an article without one is no copy of any.

        Raises:
            ValueError: a chunk is of another article or version, one of its vectors of another length or not finite,
                or it has token vectors and the index keeps none; nothing was written.
        """
        ...

    def delete(self, article_ids: Iterable[str]) -> int:
        """Remove articles and their chunks; returns how many articles there were. Unknown ids are passed over."""
        ...

    def articles(self, article_ids: Iterable[str]) -> dict[str, Article]:
        """The articles of these ids that the index has."""
        ...

    def content(self, article_ids: Iterable[str]) -> Sequence[tuple[Article, Sequence[EncodedChunk]]]:
        """The articles of these ids with all their chunks, as ``put`` takes them; for a copy into another store.

        Token vectors are as ``token_vectors`` gives them, at unit length again, so that another store that keeps them
        in the same datatype comes to the same codes. Unknown ids are passed over.
        """
        ...

    def versions(self) -> Iterator[tuple[str, str]]:
        """Id and content hash of every article; the index must not be written to meanwhile."""
        ...

    def retell(self, stories: Mapping[str, Story]) -> None:
        """Give articles that are there, by their ids, other stories; nothing else of them changes."""
        ...

    def alike(self, keys: Collection[str], limit: int) -> list[Alike]:
        """Articles whose story has any of these keys, at most ``limit``, in no order."""
        ...

    def copies(self, article_ids: Iterable[str]) -> dict[str, tuple[Publication, ...]]:
        """For each of these articles that has any: the others that tell its story, the oldest first."""
        ...

    def told(self, article_ids: Iterable[str]) -> dict[str, Story]:
        """The stories of those of these articles that have one."""
        ...

    def stories(self) -> Mapping[str, int]:
        """Articles per story, for the stories that several articles tell, most first."""
        ...

    def tellers(self, name: str) -> list[Publication]:
        """The articles that tell a story, the oldest first; those without a date last."""
        ...

    def search_dense(self, vector: Float32, limit: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        """Chunks by cosine of their sentence vector, best first; ``limit`` of them where there are so many."""
        ...

    def search_lexical(self, vector: SparseVector, limit: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        """Chunks by BM25, best first; only chunks that share a term."""
        ...

    def search_late(self, question: Float32, candidates: Collection[Chunk]) -> list[Hit]:
        """These chunks by MaxSim of their token vectors, best first.

        Args:
            question: token vectors of the question, shape (tokens, dimensions), unit length.
            candidates: chunks that other signals found.

        The score is the mean over the question's tokens, at most 1. Chunks without token vectors, or that are no
        longer there, are not found; none is where the manifest's late interaction is off.
        """
        ...

    def token_vectors(self, chunks: Sequence[Chunk]) -> list[Float32]:
        """The token vectors of these chunks as they are kept, each of shape (kept, dimensions) and unit length.

        No rows for a chunk that has none or is not there. The datatype of the manifest's late interaction has rounded
        them; ``indexer.late.passage_spans`` tells where in the passage each row comes from.
        """
        ...

    def freshness(self, chunks: Iterable[Chunk], recency: Recency) -> dict[Chunk, float]:
        """How fresh the articles of these chunks are, by exponential decay; chunks that are gone are left out.

        1 for an article of the reference date or later, .5 (``NEUTRAL_FRESHNESS``) after one half-life, .25 after two;
        .5 for an article without a date.
        """
        ...

    def counts(self) -> Counts:
        """How many articles and chunks there are."""
        ...

    def sources(self) -> Mapping[str, int]:
        """Chunks per source, most first."""
        ...

    def languages(self) -> Mapping[str, int]:
        """Chunks per language, most first; counted again only after a write, so that every search may ask."""
        ...

    def compact(self) -> None:
        """Free memory of what was written; for a run that writes one batch after another. Never needed."""
        ...

    def optimise(self) -> None:
        """Build search indexes and reclaim space; may take long, never needed for correctness."""
        ...

    def close(self) -> None:
        """Write everything out and give the index free for other processes; nothing the second time."""
        ...

    def __enter__(self) -> Self:
        """The store itself."""
        ...

    def __exit__(self, *exception: object) -> None:
        """Close the store."""
        ...
