"""Jobs: the articles of one request on their way into the index, and the book that is kept of them."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

State = Literal["queued", "running", "done", "failed"]
#: Finished jobs that are remembered.
KEPT: Final = 1_000


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


class JobIds:
    """Ids that sort in the order of their making, also when the clock is set back. For use from several threads."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def make(self) -> str:
        """An id after all that were made or met."""
        with self._lock:
            self._last = max(time.time_ns(), self._last + 1)
            return f"job_{self._last:016x}{secrets.token_hex(4)}"

    def meet(self, job_id: str) -> None:
        """Have the ids that are made come after this one, which an earlier run made."""
        with self._lock, suppress(ValueError):
            self._last = max(self._last, int(job_id[4:20], 16))


#: Of all jobs of this process: the spool is read in their order, and a later version of an article must come later.
JOB_IDS: Final = JobIds()


@dataclass(frozen=True, slots=True)
class Refusal:
    """An article, by its id or its place in the request, and what is wrong with it.

    Attributes:
        no_article: whether it was refused for what it is: a menu, an error page.
    """

    article: str
    reason: str
    no_article: bool = False


@dataclass(slots=True)
class Job:
    """What becomes of the articles of one request.

    Attributes:
        articles: ids of those that were accepted, in the order of the request.
        total: articles of the request.
        done: articles dealt with: indexed, unchanged or refused.
        refused: articles that are not indexed.
        warnings: what was left out of articles that are.
        taken: ids that the writer has taken up.
        dropped: ids deleted before that.
    """

    id: str
    articles: list[str]
    total: int
    refused: list[Refusal] = field(default_factory=list)
    warnings: list[Refusal] = field(default_factory=list)
    submitted_at: datetime = field(default_factory=now)
    started_at: datetime | None = None
    finished_at: datetime | None = None
    state: State = "queued"
    done: int = 0
    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    error: str | None = None
    taken: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)

    @property
    def over(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.state in {"done", "failed"}

    def start(self) -> None:
        """It runs from now on."""
        self.state, self.started_at = "running", now()

    def finish(self, error: str | None = None) -> None:
        """It has come to its end, or failed."""
        self.state, self.finished_at, self.error = "failed" if error else "done", now(), error

    def awaits(self, article_id: str) -> bool:
        """Whether an article is yet to be taken up."""
        return not self.over and article_id in self.articles and article_id not in self.taken | self.dropped

    def drop(self, article_id: str) -> None:
        """An article of it was deleted before it was indexed."""
        self.dropped.add(article_id)
        self.refused.append(Refusal(article_id, "it was deleted before it was indexed"))


class JobBook:
    """Jobs by their ids, the earliest first; old ones that are over are forgotten. For use from several threads."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def add(self, job: Job) -> None:
        """Remember a job."""
        with self._lock:
            self._jobs[job.id] = job
            over = [one.id for one in self._jobs.values() if one.over]
            for job_id in over[: max(0, len(over) - self._kept)]:
                del self._jobs[job_id]

    def get(self, job_id: str) -> Job | None:
        """The job of this id."""
        return self._jobs.get(job_id)

    def latest(self, limit: int) -> list[Job]:
        """Jobs, the latest first."""
        with self._lock:
            return list(reversed(self._jobs.values()))[:limit]

    def unfinished(self) -> list[Job]:
        """Jobs that wait or run, the earliest first."""
        with self._lock:
            return [job for job in self._jobs.values() if not job.over]

    def count(self, state: State) -> int:
        """How many jobs are in this state."""
        with self._lock:
            return sum(job.state == state for job in self._jobs.values())


def waiting_articles(jobs: Iterable[Job]) -> int:
    """How many articles of these jobs are not dealt with."""
    return sum(job.total - job.done for job in jobs)
