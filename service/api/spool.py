"""Articles that were accepted, on disk until they are in the index: what is acknowledged survives a kill.

A file a job, named after it, in JSON Lines: the job, then its articles. It is there before the request is answered, and
goes when the job is done; what is there when the service starts is indexed then. Doing so twice changes nothing: an
article that the index has is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from indexer.articles import Article, from_payload, to_payload
from indexer.errors import BadInput, StoreDamaged
from service.api.jobs import Job, Refusal
from service.api.state_folder import state_errors, write_durably

_SUFFIX = ".jsonl"


class Spool:
    """The folder of waiting articles.

    Args:
        folder: made where there is none.

    Raises:
        StoreError: it cannot be made; so does every method where it cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with state_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)

    def write(self, job: Job, articles: Sequence[Article]) -> None:
        """Keep a job with its articles; they are on disk when this returns."""
        head = {
            "job": job.id,
            "total": job.total,
            "submitted_at": job.submitted_at.isoformat(),
            "refused": [asdict(refusal) for refusal in job.refused],
            "warnings": [asdict(warning) for warning in job.warnings],
        }
        lines = [head, *map(to_payload, articles)]
        content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        write_durably(self._path(job.id), content.encode())

    def articles(self, job: Job) -> list[Article]:
        """The articles of a job.

        Raises:
            StoreDamaged: its file is not what was written.
        """
        path = self._path(job.id)
        try:
            return [from_payload(line) for line in self._lines(path)[1:]]
        except (ValueError, AttributeError, BadInput, RecursionError) as error:
            raise _damaged(path, error) from error

    def remove(self, job: Job) -> None:
        """Forget a job that is done."""
        with state_errors(self._folder):
            self._path(job.id).unlink(missing_ok=True)

    def jobs(self) -> Iterator[Job]:
        """The jobs that an earlier run left, the earliest first.

        Raises:
            StoreDamaged: a file is not what was written.
        """
        with state_errors(self._folder):
            paths = sorted(self._folder.glob(f"job_*{_SUFFIX}"))
        for path in paths:
            try:
                yield _job(self._lines(path))
            except (ValueError, LookupError, TypeError, RecursionError) as error:
                raise _damaged(path, error) from error

    def _lines(self, path: Path) -> list[Any]:
        with state_errors(self._folder):
            return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]

    def _path(self, job_id: str) -> Path:
        return self._folder / f"{job_id}{_SUFFIX}"


def _job(lines: Sequence[Any]) -> Job:
    head, articles = lines[0], lines[1:]
    refused, warnings = ([Refusal(**one) for one in head[name]] for name in ("refused", "warnings"))
    ids = [str(article["id"]) for article in articles]
    submitted = datetime.fromisoformat(head["submitted_at"])
    return Job(head["job"], ids, head["total"], refused, warnings, submitted, done=head["total"] - len(ids))


def _damaged(path: Path, error: Exception) -> StoreDamaged:
    return StoreDamaged(
        f"the file {path} of articles that wait to be indexed cannot be read ({error}); move it away to start without "
        "them, and submit its articles again"
    )
