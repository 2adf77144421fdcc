"""Bring an index into step with its sources: skip what is unchanged, replace what changed, remove what is gone.

::

    read_articles -> skip by (id, content hash) -> transformations -> stories -> store.put
                                                   a portion at a     a batch at a time
                                                   time, ahead

With ``run(ahead=...)`` the next portions are chunked and encoded in threads while a batch is read or written. Reading,
stories and writing stay in the thread that runs the indexer, in the order of the source.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from llama_index.core.ingestion import run_transformations
from llama_index.core.schema import BaseNode, TransformComponent

from indexer.ahead import worked_ahead
from indexer.articles import Article
from indexer.chunking import CHUNK_TOKENS, SentencePacker
from indexer.chunks import EncodedChunk
from indexer.duplicates.stories import BatchStories, Known, StoryTeller
from indexer.encoder import Encoder
from indexer.encoder.cores import usable_cores
from indexer.index_report import IndexReport, Watcher
from indexer.intake import DEFAULT_RULES, IntakeRules
from indexer.late import DEFAULT_LATE, LateInteraction
from indexer.passed import Passed, Seen
from indexer.quality import fault_of
from indexer.sources.items import Loss, Problem, SourceItem
from indexer.stages import CHECKING, READING, STORIES, UNPACKING, WRITING, StageClock
from indexer.store import NO_STORIES, Store
from indexer.transformations import EncodeNodes, article_document, encoded_chunks

#: A batch is written together: enough to be worth the flushes, little enough to lose on a crash.
BATCH_ARTICLES = 24
BATCH_CHARS = 400_000
#: A portion is chunked and encoded together where that is done ahead: characters of text, since tokens are not counted
#: yet. With two under way no core waits for passages, and a run that is broken off waits for few.
PORTION_CHARS = 20_000
PORTION_CHARS_PER_CORE = 1_000
#: Portions ahead that keep the encoder at work while others are read, brought into form and written.
AHEAD = 2
#: From here on the batch indexer builds a graph over the dense vectors. Below, an exact search is as fast as needed
#: and misses nothing (measured in docs/decisions/0005-store.md).
OPTIMISE_FROM_CHUNKS = 250_000

#: Articles with their chunks, as a store takes them.
Encoded = list[tuple[Article, list[EncodedChunk]]]


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
        batch_articles: most articles that are written together; None is ``BATCH_ARTICLES``.
        rules: what is done with articles on the way.
        optimise: whether the store is compacted after each batch and a large one optimised after the run; not in a
            process that serves, since the engine holds the GIL meanwhile.
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
        self._duplicates = rules.duplicates
        self._refuse = rules.refuse
        self._optimise = optimise
        self._clock = clock or StageClock()

    def run(
        self,
        items: Iterable[SourceItem],
        *,
        prune: bool = False,
        known: Mapping[str, str] | None = None,
        ahead: int = 0,
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
            ahead: portions that are chunked and encoded while a batch is read and written, in as many threads: for
                transformations that several threads may call, as they may those of ``default_transformations``. What
                has been read is then ahead of what is written. 0 does one thing after the other, a batch at a time.
        """
        report = IndexReport()
        with Passed(self._store.versions() if known is None else known) as passed:
            portions = _portions(self._changed(items, passed, report), self._batch_articles, _portion_chars(ahead))
            with closing(self._written(portions, passed, ahead)) as batches:
                for written in batches:
                    self._tell(written, passed, report)
            if prune and passed.count and not report.lost:
                report.removed = self._store.delete(list(passed.unseen()))
                report.pruned = True
        if self._optimise and report.chunks and self._store.counts().chunks >= OPTIMISE_FROM_CHUNKS:
            self._store.optimise()
        return report

    def _changed(self, items: Iterable[SourceItem], passed: Passed, report: IndexReport) -> Iterator[Article]:
        """The articles to write; problems, repetitions and unchanged articles go into the report."""
        for item in items:
            if isinstance(item, Problem):
                self._report(item, report)
                continue
            this = Seen(item.path, item.line, item.article.content_hash)
            if first := passed.first(item.article.id, this):
                self._report(_repeated(item.article.id, this, first), report)
            elif passed.known(item.article.id) == this.version:
                report.unchanged += 1
            elif fault := self._fault(item.article) if self._refuse else None:
                reason = f"refused: it is {fault} (MASDAR_QUALITY=off takes everything)"
                self._report(Problem(item.path, item.line, reason, Loss.REFUSED), report)
            else:
                yield item.article

    def _report(self, problem: Problem, report: IndexReport) -> None:
        report.problems.append(problem)
        self._watcher(report)

    def _fault(self, article: Article) -> str | None:
        with self._clock.stage(CHECKING):
            return fault_of(article.text)

    def _written(self, portions: Iterable[Portion], passed: Passed, most_ahead: int) -> Generator[Written]:
        """Chunk, encode and write; tells of each batch once it is in the store.

        Raises:
            Exception: what a transformation raises, with a note on where.
        """
        read = self._clock.each(READING, portions)
        batch: Encoded = []
        with closing(worked_ahead(read, self._encoded, most_ahead)) as worked:
            for portion, encoded in worked:
                with noted(portion.articles, passed):
                    batch += encoded()
                if portion.ends_batch:
                    yield self._put(batch)
                    batch = []
        if batch:
            yield self._put(batch)

    def _encoded(self, portion: Portion) -> Encoded:
        return encoded_articles(portion.articles, self._transformations, self._clock)

    def _put(self, batch: Encoded) -> Written:
        with self._clock.stage(STORIES):
            told = self._stories([article for article, _ in batch], self._store)
        self._write(batch, told)
        return Written.of(batch, told)

    def _write(self, batch: Encoded, told: BatchStories) -> None:
        with self._clock.stage(WRITING):
            self._store.put(batch, told.stories)
            if self._optimise:
                self._store.compact()

    def _stories(self, batch: Sequence[Article], known: Known) -> BatchStories:
        """The stories that the articles tell, by what is known of others."""
        return StoryTeller(known).stories(batch) if self._duplicates else BatchStories(NO_STORIES, 0)

    def _tell(self, written: Written, passed: Passed, report: IndexReport) -> None:
        replaced = sum(passed.known(article_id) is not None for article_id in written.ids)
        report.chunks += written.chunks
        report.copies += written.copies
        report.replaced += replaced
        report.added += len(written.ids) - replaced
        self._watcher(report)


def rewrite(store: Store, transformations: Sequence[TransformComponent], article_ids: Sequence[str]) -> int:
    """Make the chunks of articles again out of what their records hold; returns how many of them there were.

    Args:
        store: has the articles.
        transformations: those of its manifest.
        article_ids: whose chunks are wrong or missing; unknown ones are passed over.
    """
    written = 0
    for at in range(0, len(article_ids), BATCH_ARTICLES):
        articles = list(store.articles(article_ids[at : at + BATCH_ARTICLES]).values())
        documents = [article_document(article) for article in articles]
        chunks = encoded_chunks(run_transformations(documents, list(transformations), in_place=False))
        told = store.told(article.id for article in articles)
        store.put([(article, chunks.get(article.id, [])) for article in articles], told)
        written += len(articles)
    return written


@dataclass(frozen=True, slots=True)
class Portion:
    """Articles that are encoded together, and whether what has been encoded is written after them."""

    articles: list[Article]
    ends_batch: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A batch that is in the store: ids of its articles, how many chunks they have, how many of them are copies."""

    ids: Sequence[str]
    chunks: int
    copies: int

    @classmethod
    def of(cls, encoded: Encoded, told: BatchStories) -> Written:
        """What is told of a batch that was put into the store."""
        return cls([article.id for article, _ in encoded], sum(len(chunks) for _, chunks in encoded), told.copies)


def encoded_articles(
    articles: Sequence[Article], transformations: Sequence[TransformComponent], clock: StageClock | None = None
) -> Encoded:
    """The articles with their chunks, in order; each transformation is a stage of the clock."""
    clock = clock or StageClock()
    nodes: Sequence[BaseNode] = [article_document(article) for article in articles]
    for step in transformations:
        with clock.stage(type(step).__name__):
            nodes = run_transformations(nodes, [step], in_place=False)
    with clock.stage(UNPACKING):
        chunks = encoded_chunks(nodes)
    return [(article, chunks.get(article.id, [])) for article in articles]


@contextmanager
def noted(
    batch: Sequence[Article], passed: Passed, others: str = "those read before them are in the index"
) -> Iterator[None]:
    """Give whatever is raised within a note (PEP 678): which articles were chunked and encoded, and what of others."""
    try:
        yield
    except Exception as error:
        first, last = (f"{article.id!r} ({passed[article.id].place})" for article in (batch[0], batch[-1]))
        error.add_note(
            f"this happened while chunking and encoding {len(batch)} articles, from {first} to {last}; {others}"
        )
        raise


def _repeated(article_id: str, this: Seen, first: Seen) -> Problem:
    """A second article of the same id in one run: the first stays, the other is reported."""
    if this.version == first.version:
        reason = f"the article {article_id!r} was already read from {first.place}, with the same content"
        return Problem(this.path, this.line, reason, Loss.NOTHING)
    reason = f"the id {article_id!r} belongs to another article already read from {first.place}; give each its own id"
    return Problem(this.path, this.line, reason, Loss.RECORD)


def _portion_chars(ahead: int) -> int:
    return max(PORTION_CHARS, PORTION_CHARS_PER_CORE * usable_cores()) if ahead else BATCH_CHARS


def _portions(articles: Iterable[Article], most: int, most_chars: int) -> Iterator[Portion]:
    """The articles in portions of so many characters, several to a batch of ``most`` articles and ``BATCH_CHARS``."""
    portion: list[Article] = []
    in_batch = in_portion = in_total = 0
    for article in articles:
        portion.append(article)
        in_batch += 1
        in_portion += len(article.text)
        in_total += len(article.text)
        ends_batch = in_batch >= most or in_total >= BATCH_CHARS
        if ends_batch or in_portion >= most_chars:
            yield Portion(portion, ends_batch)
            portion, in_portion = [], 0
        if ends_batch:
            in_batch = in_total = 0
    if portion:
        yield Portion(portion, ends_batch=True)
