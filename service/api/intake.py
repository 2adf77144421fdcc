"""Articles in and out of the index of a running service: accepted, queued on disk, written by one thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Final

from indexer.articles import Article
from indexer.encoder.bundled import BundledEncoder
from indexer.intake import DEFAULT_RULES, IntakeRules
from service.api.catalogue import Catalogue
from service.api.jobs import JOB_IDS, Job, JobBook, waiting_articles
from service.api.spool import Spool
from service.api.submission import submission_of
from service.api.worker import Overloaded, Worker
from service.api.writer import Pace, Writer
from service.wiring import Service

#: The longest that the writer waits for a moment without questions before each text: under steady load it goes on
#: slowly, rather than never.
PATIENCE_SECONDS: Final = 0.1
#: Texts that another encoder than the bundled one is given at once: those behind an address are slow one by one.
TOGETHER: Final = 16
_RETRY_SECONDS: Final = 30


class Intake:
    """Accepts articles and deletions.

    Args:
        service: whose index it is.
        spool: keeps what was accepted.
        worker: where questions are worked on, which go first.
        limit: articles that may wait.
        rules: what is done with articles on their way into the index.
        finished: told of every job that came to its end, or failed.
    """

    def __init__(
        self,
        service: Service,
        spool: Spool,
        worker: Worker,
        *,
        limit: int,
        rules: IntakeRules = DEFAULT_RULES,
        finished: Callable[[Job], None] = lambda job: None,
    ) -> None:
        self._store, self._spool, self._limit = service.store, spool, limit
        self._catalogue = Catalogue(service.store)
        # The bundled model takes single texts as it takes questions; for several it would open a second session.
        together = 1 if isinstance(service.encoder, BundledEncoder) else TOGETHER
        self._writer = Writer(
            service.store,
            service.encoder,
            spool,
            Pace(lambda: worker.wait_idle(PATIENCE_SECONDS), together, worker.quiet),
            rules=rules,
            written=self._catalogue.add,
            finished=finished,
        )
        self._accepting = threading.Lock()
        self.jobs = JobBook()

    def start(self) -> None:
        """Begin to write, first what an earlier run left.

        Raises:
            StoreDamaged: that cannot be read.
        """
        for job in self._spool.jobs():
            JOB_IDS.meet(job.id)
            self._enter(job)
        self._writer.start()

    def finish(self, seconds: float) -> bool:
        """Write what waits, at most so long, and stop; the next start goes on. Whether nothing is left."""
        return self._writer.finish(seconds)

    def submit(self, records: Sequence[Mapping[str, Any]]) -> tuple[Job, list[str]]:
        """Accept the articles of these records: a job, and their ids. They are on disk when this returns.

        Raises:
            BadInput: there is one record alone, and it cannot be used.
            Overloaded: too many articles wait.
            StoreError: the spool cannot be written.
        """
        submission = submission_of(records)
        job = submission.as_job()
        with self._accepting:
            waiting = waiting_articles(self.jobs.unfinished())
            if waiting and waiting + len(submission.articles) > self._limit:
                raise Overloaded(f"{waiting} articles", _RETRY_SECONDS)
            if not job.over:
                self._spool.write(job, submission.articles)
            self._enter(job)
        return job, list(job.articles)

    def delete(self, article_id: str) -> Future[bool]:
        """Delete an article, also one that waits to be indexed; whether there was one."""
        return self._writer.call(lambda: self._delete(article_id))

    def page(self, after: str | None, limit: int) -> Future[tuple[list[Article], int, str | None]]:
        """The articles after an id in the order of ids, how many there are, and what the next page is after."""
        return self._writer.call(lambda: self._page(after, limit))

    def _enter(self, job: Job) -> None:
        self.jobs.add(job)
        if not job.over:
            self._writer.add(job)

    def _delete(self, article_id: str) -> bool:
        unfinished = [job for job in self.jobs.unfinished() if article_id in job.articles]
        waiting = [job for job in unfinished if job.awaits(article_id)]
        # The index first: cut short between the two, the waiting version comes, and not an older one that was replaced.
        deleted = self._store.delete([article_id])
        # Also where it is in the index already: a job that is cut short is run again, and must not bring it back.
        for job in unfinished:
            self._spool.write(job, [one for one in self._spool.articles(job) if one.id != article_id])
        for job in waiting:
            job.drop(article_id)
        self._catalogue.remove(article_id)
        return bool(waiting or deleted)

    def _page(self, after: str | None, limit: int) -> tuple[list[Article], int, str | None]:
        ids, total, more = self._catalogue.page(after, limit)
        found = self._store.articles(ids)
        return [found[one] for one in ids if one in found], total, ids[-1] if more else None
