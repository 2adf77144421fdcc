"""The one thread that writes to the index while questions are answered.

The engine's calls hold the GIL and encoding wants both cores, so the writer gives way: it encodes a text at a time and
waits before each while questions are worked on, though not for ever; and it writes seldom, for each write ends with
flushes. It runs at a lower priority, too. docs/decisions/0020-service-core.md has the figures.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from indexer.articles import Article
from indexer.encoder import Encoder
from indexer.errors import MasdarError
from indexer.intake import DEFAULT_RULES, IntakeRules
from indexer.sources.items import Loss, SourceItem, SourceRecord
from indexer.store import Store
from service.api.jobs import Job, Refusal
from service.api.polite_encoder import PoliteEncoder
from service.api.spool import Spool
from service.api.submission import REQUEST

if TYPE_CHECKING:
    from indexer.index_report import IndexReport

#: Articles that are encoded and written together: each write ends with two flushes, which hold the GIL.
BATCH_ARTICLES: Final = 12
#: How long nobody must have written or asked before the index is compacted.
QUIET_SECONDS: Final = 60.0
#: How much the writer's priority is lowered, where the system has one for each thread.
_NICE: Final = 5
_AGAIN: Final = "what was not indexed is tried again when the service starts next"
Result = TypeVar("Result")


class _Stopped(Exception):
    """The service stops; the rest of the job stays in the spool."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How the writer gives way to questions.

    Attributes:
        give_way: returns when it is the writer's turn.
        together: texts that are encoded at once.
        quiet: whether nobody has asked for so many seconds; then the index is compacted, for a second or some, in
            which the engine lets no question through.
    """

    give_way: Callable[[], object]
    together: int = 1
    quiet: Callable[[float], bool] = lambda seconds: False


class Writer:
    """Runs jobs one after the other, and single writes between their batches.

    Args:
        store: the index.
        encoder: the encoder that made it.
        spool: where the articles of the jobs are.
        pace: how it gives way.
        rules: what is done with articles on their way into the index.
        written: told of the ids of articles that were written.
        finished: told of every job that came to its end, or failed.
    """

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        spool: Spool,
        pace: Pace,
        *,
        rules: IntakeRules = DEFAULT_RULES,
        written: Callable[[list[str]], None] = lambda ids: None,
        finished: Callable[[Job], None] = lambda job: None,
    ) -> None:
        self._store, self._spool, self._pace = store, spool, pace
        self._written, self._finished, self._rules = written, finished, rules
        self._encoder = PoliteEncoder(encoder, self._pause, pace.together)
        self._jobs: deque[Job] = deque()
        self._calls: deque[Callable[[], None]] = deque()
        self._wake = threading.Condition()
        self._finishing = self._stopping = False
        #: Whether there may be something to compact: what an earlier run wrote, too.
        self._grown = True
        self._thread = threading.Thread(target=self._run, name="masdar-writer", daemon=True)

    def start(self) -> None:
        """Begin with the jobs that were added."""
        self._thread.start()

    def add(self, job: Job) -> None:
        """Have a job run after those before it; its articles are in the spool."""
        with self._wake:
            self._jobs.append(job)
            self._wake.notify()

    def call(self, function: Callable[[], Result]) -> Future[Result]:
        """Have a short function run between two batches: whatever writes, or must not be written beside."""
        future: Future[Result] = Future()
        with self._wake:
            self._calls.append(lambda: _settle(future, function))
            self._wake.notify()
        return future

    def finish(self, seconds: float) -> bool:
        """Finish the jobs, at most so long; the rest stays in the spool. Whether all were finished."""
        with self._wake:
            self._finishing = True
            self._wake.notify()
        if self._thread.ident is None:
            return not self._jobs
        self._thread.join(seconds)
        if not self._thread.is_alive():
            return True
        self._stopping = True
        self._thread.join()
        return False

    def _run(self) -> None:
        _lower_priority()
        # LlamaIndex takes a second or two to import: after the start of the service, before the first job.
        import indexer.pipeline  # noqa: F401  (for its import alone)

        try:
            while (job := self._next()) is not None:
                self._run_calls()
                self._index(job)
        except _Stopped:
            pass
        self._run_calls()

    def _next(self) -> Job | None:
        """The next job; None when the service stops and there is none."""
        while True:
            with self._wake:
                patience = QUIET_SECONDS if self._grown else None
                woken = self._wake.wait_for(lambda: self._jobs or self._calls or self._finishing, patience)
                if woken and not self._calls:
                    return self._jobs.popleft() if self._jobs else None
            self._run_calls()
            if not woken and self._pace.quiet(QUIET_SECONDS):
                self._compact()

    def _compact(self) -> None:
        from indexer.pipeline import OPTIMISE_FROM_CHUNKS

        self._grown = False
        try:
            # A larger index has a graph, and merged segments get theirs anew: for that nobody can wait.
            if self._store.counts().chunks < OPTIMISE_FROM_CHUNKS:
                self._store.compact()
        except MasdarError:
            logging.getLogger(__name__).exception("the index could not be compacted; it works as it did")

    def _run_calls(self) -> None:
        while self._calls:
            self._calls.popleft()()

    def _pause(self) -> None:
        if self._stopping:
            raise _Stopped
        self._pace.give_way()

    def _index(self, job: Job) -> None:
        job.start()
        self._grown = True
        try:
            self._run_job(job)
            self._spool.remove(job)
            job.finish()
        except MasdarError as error:
            job.finish(f"{error}; {_AGAIN}")
        except _Stopped:
            raise
        except Exception:
            # The thread must outlive whatever one job meets: those behind it would wait for ever.
            logging.getLogger(__name__).exception("the job %s failed", job.id)
            job.finish(f"an error of the service itself, which its log describes; {_AGAIN}")
        self._finished(job)

    def _run_job(self, job: Job) -> None:
        from indexer.pipeline import Indexer, default_transformations

        manifest = self._store.manifest
        steps = default_transformations(self._encoder, manifest.chunk_tokens, manifest.late)
        articles = self._spool.articles(job)
        progress = _Progress(job, self._run_calls, before=job.done)
        indexer = Indexer(
            self._store, steps, progress, batch_articles=BATCH_ARTICLES, rules=self._rules, optimise=False
        )
        report = indexer.run(self._items(job, articles), known=self._versions(job))
        progress(report)
        job.done = job.total
        job.refused.extend(_refusals(report, articles))
        self._written([article_id for article_id in job.articles if article_id not in job.dropped])

    def _items(self, job: Job, articles: list[Article]) -> Iterator[SourceItem]:
        for number, article in enumerate(articles):
            if article.id not in job.dropped:
                job.taken.add(article.id)
                yield SourceRecord(article, REQUEST, number)

    def _versions(self, job: Job) -> Mapping[str, str]:
        """Ids and content hashes of those of the job's articles that the index has."""
        return {article.id: article.content_hash for article in self._store.articles(job.articles).values()}


@dataclass(slots=True)
class _Progress:
    """Keeps a job's numbers in step with the report of its run; ``between`` is called after each batch."""

    job: Job
    between: Callable[[], None]
    before: int
    batches: int = 0

    def __call__(self, report: IndexReport) -> None:
        job, written = self.job, report.added + report.replaced
        job.done = self.before + report.seen + report.lost + report.refused
        job.added, job.replaced, job.unchanged = report.added, report.replaced, report.unchanged
        if written != self.batches:  # not where a problem was told while a batch is being read
            self.batches = written
            self.between()


def _refusals(report: IndexReport, articles: Sequence[Article]) -> Iterator[Refusal]:
    """The repetitions of an id in one request, and what is no article."""
    for problem in report.problems:
        if problem.loss is not Loss.NOTHING and problem.line is not None:
            yield Refusal(articles[problem.line].id, problem.reason, problem.loss is Loss.REFUSED)


def _settle(future: Future[Result], function: Callable[[], Result]) -> None:
    """Run a function and put what comes of it into the future, for whoever waits for it."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(function())
    except MasdarError as error:
        future.set_exception(error)


def _lower_priority() -> None:
    if sys.platform == "linux":  # elsewhere it would be that of the whole process
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
