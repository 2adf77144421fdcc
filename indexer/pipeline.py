"""Bring an index into step with its sources: skip what is unchanged, replace what changed, remove what is gone.

::

    read_articles -> skip by (id, content hash) -> stories -> transformations -> store.put, a batch at a time
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from llama_index.core.ingestion import run_transformations
from llama_index.core.schema import BaseNode, TransformComponent

from indexer.articles import Article
from indexer.chunking import CHUNK_TOKENS, SentencePacker
from indexer.chunks import EncodedChunk
from indexer.duplicates.stories import StoryTeller
from indexer.encoder import Encoder
from indexer.index_report import IndexReport, Watcher
from indexer.intake import DEFAULT_RULES, IntakeRules
from indexer.late import DEFAULT_LATE, LateInteraction
from indexer.quality import fault_of
from indexer.sources.items import Loss, Problem, SourceItem
from indexer.stages import CHECKING, READING, STORIES, WRITING, StageClock
from indexer.store import NO_STORIES, Store, Story
from indexer.transformations import EncodeNodes, article_document, encoded_chunks

#: A batch is encoded and written together: enough to sort passages by length, little enough to lose on a crash.
BATCH_ARTICLES = 24
BATCH_CHARS = 400_000
#: From here on the batch indexer builds a graph over the dense vectors. Below, an exact search is as fast as needed
#: and misses nothing (measured in docs/decisions/0005-store.md).
OPTIMISE_FROM_CHUNKS = 250_000


def default_transformations(
    encoder: Encoder, chunk_tokens: int = CHUNK_TOKENS, late: LateInteraction = DEFAULT_LATE
) -> list[TransformComponent]:
    """Cut into chunks, encode; ``late`` is that of the manifest of the index that is written to."""
    return [SentencePacker(encoder.count_tokens, chunk_tokens), EncodeNodes(encoder, late)]


class Indexer:
    """Index the articles of a source into a store.

    Args:
        store: where they go.
        transformations: LlamaIndex transformations from documents to encoded nodes.
        watcher: called with the report so far after each batch and each problem.
        batch_articles: most articles that are encoded and written together; None is ``BATCH_ARTICLES``.
        rules: what is done with articles on the way.
        optimise: whether a large index is optimised after the run; not in a process that serves, since the engine
            holds the GIL meanwhile.
        clock: told what the time goes to; each transformation is a stage of its class's name.
    """

    def __init__(
        self,
        store: Store,
        transformations: Sequence[TransformComponent],
        watcher: Watcher = lambda report: None,
        *,
        batch_articles: int | None = None,
        rules: IntakeRules = DEFAULT_RULES,
        optimise: bool = True,
        clock: StageClock | None = None,
    ) -> None:
        self._store = store
        self._transformations = list(transformations)
        self._watcher = watcher
        self._batch_articles = batch_articles or BATCH_ARTICLES
        self._teller = StoryTeller(store) if rules.duplicates else None
        self._refuse = rules.refuse
        self._optimise = optimise
        self._clock = clock or StageClock()

    def run(
        self, items: Iterable[SourceItem], *, prune: bool = False, known: Mapping[str, str] | None = None
    ) -> IndexReport:
        """Read everything, write what changed, and with ``prune`` remove what the source does not have.

        Nothing is pruned when a record or file could not be read: what is missing then may well exist. Nor when the
        source had no article at all: a wrong path is likelier than an empty archive.

        Whatever breaks a run off, the batches before are in the store, and the next run goes on after them. An
        exception of a transformation passes unchanged but for a note (PEP 678) that says which articles it met.

        Args:
            items: what a source gives.
            prune: whether to remove what it does not have.
            known: ids and content hashes of those of its articles that the store has; None looks through the store.
                With ``prune`` it must be None, or all that the store has.
        """
        report = IndexReport()
        known = dict(self._store.versions()) if known is None else known
        seen: dict[str, _Seen] = {}
        batches = _batches(self._changed(items, known, seen, report), self._batch_articles)
        for batch in self._clock.each(READING, batches):
            chunks = self._encode(batch, seen)
            stories = self._stories(batch, report)
            with self._clock.stage(WRITING):
                self._store.put(chunks, stories)
            report.chunks += sum(len(encoded) for _, encoded in chunks)
            replaced = sum(article.id in known for article in batch)
            report.replaced += replaced
            report.added += len(batch) - replaced
            self._watcher(report)
        if prune and seen and not report.lost:
            report.removed = self._store.delete(sorted(known.keys() - seen.keys()))
            report.pruned = True
        if self._optimise and report.chunks and self._store.counts().chunks >= OPTIMISE_FROM_CHUNKS:
            self._store.optimise()
        return report

    def _changed(
        self,
        items: Iterable[SourceItem],
        known: Mapping[str, str],
        seen: dict[str, _Seen],
        report: IndexReport,
    ) -> Iterator[Article]:
        """The articles to write; problems, repetitions and unchanged articles go into the report."""
        for item in items:
            if isinstance(item, Problem):
                report.problems.append(item)
                self._watcher(report)
                continue
            this = _Seen(item.path, item.line, item.article.content_hash)
            first = seen.setdefault(item.article.id, this)
            if first is not this:
                report.problems.append(_repeated(item.article.id, this, first))
                self._watcher(report)
            elif known.get(item.article.id) == this.version:
                report.unchanged += 1
            elif fault := self._fault(item.article) if self._refuse else None:
                reason = f"refused: it is {fault} (MASDAR_QUALITY=off takes everything)"
                report.problems.append(Problem(item.path, item.line, reason, Loss.REFUSED))
                self._watcher(report)
            else:
                yield item.article

    def _fault(self, article: Article) -> str | None:
        with self._clock.stage(CHECKING):
            return fault_of(article.text)

    def _stories(self, batch: Sequence[Article], report: IndexReport) -> Mapping[str, Story]:
        """The stories that the articles tell; the copies among them go into the report."""
        if self._teller is None:
            return NO_STORIES
        with self._clock.stage(STORIES):
            told = self._teller.stories(batch)
        report.copies += told.copies
        return told.stories

    def _encode(self, batch: Sequence[Article], seen: dict[str, _Seen]) -> list[tuple[Article, list[EncodedChunk]]]:
        """The articles with their chunks, in order.

        Raises:
            Exception: what a transformation raises, with a note on where.
        """
        try:
            nodes: Sequence[BaseNode] = [article_document(article) for article in batch]
            for step in self._transformations:
                with self._clock.stage(type(step).__name__):
                    nodes = run_transformations(nodes, [step], in_place=False)
            chunks = encoded_chunks(nodes)
            return [(article, chunks.get(article.id, [])) for article in batch]
        except Exception as error:
            first, last = (f"{article.id!r} ({seen[article.id].place})" for article in (batch[0], batch[-1]))
            error.add_note(
                f"this happened while chunking and encoding {len(batch)} articles, from {first} to {last}; "
                "those read before them are in the index"
            )
            raise


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a run remembers of an article that it has read: not its text, so that memory does not grow with it."""

    path: str
    line: int | None
    version: str

    @property
    def place(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


def _repeated(article_id: str, this: _Seen, first: _Seen) -> Problem:
    """A second article of the same id in one run: the first stays, the other is reported."""
    if this.version == first.version:
        reason = f"the article {article_id!r} was already read from {first.place}, with the same content"
        return Problem(this.path, this.line, reason, Loss.NOTHING)
    reason = f"the id {article_id!r} belongs to another article already read from {first.place}; give each its own id"
    return Problem(this.path, this.line, reason, Loss.RECORD)


def _batches(articles: Iterable[Article], most: int) -> Iterator[list[Article]]:
    batch: list[Article] = []
    characters = 0
    for article in articles:
        batch.append(article)
        characters += len(article.text)
        if len(batch) >= most or characters >= BATCH_CHARS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
