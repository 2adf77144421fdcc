"""What the service holds while it runs: ``request.app.state.masdar``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from fastapi import Request

from service.api.intake import Intake
from service.api.jobs import JobBook
from service.api.observability.metrics import Metrics
from service.api.problems import Stopping
from service.api.spool import Spool
from service.api.state_folder import SPOOL, state_folder
from service.api.worker import Worker
from service.settings import Settings
from service.wiring import Service


@dataclass(slots=True)
class Runtime:
    """The open index, who works on questions, and how far starting is.

    Attributes:
        folder: of the index.
        service: answers, synchronously: call it in ``worker`` or through ``service/api/asking.py`` only.
        worker: where searches and other short work runs.
        asks: where answers are made; the same as ``worker``, unless a language model writes them and threads wait.
        disk: where files beside the index are written, one after the other.
        intake: takes articles in and out.
        metrics: counts what happens.
        ready: whether questions are taken.
    """

    settings: Settings
    folder: Path
    service: Service
    worker: Worker
    asks: Worker
    disk: Worker
    intake: Intake
    metrics: Metrics
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    ready: bool = False

    @property
    def jobs(self) -> JobBook:
        """The jobs of this run of the service."""
        return self.intake.jobs

    @property
    def state(self) -> Path:
        """The folder of what is kept beside the index."""
        return state_folder(self.folder)

    def check_ready(self) -> None:
        """Refuse while the service starts or stops.

        Raises:
            Stopping: it does.
        """
        if not self.ready:
            raise Stopping("the service is starting or stopping; try again in a moment")


@contextmanager
def open_runtime(settings: Settings, folder: Path, service: Service, metrics: Metrics) -> Iterator[Runtime]:
    """The runtime over an open service; when the block ends, accepted articles are written and threads have ended.

    Raises:
        StoreError: the folder beside the index cannot be used.
    """
    spool = Spool(state_folder(folder) / SPOOL)
    with ExitStack() as closing:

        def opened(worker: Worker) -> Worker:
            closing.callback(worker.close)
            return worker

        worker = opened(Worker(settings.workers, settings.queue_limit))
        asks = (
            opened(Worker(settings.llm_workers, settings.queue_limit, "masdar-asks")) if settings.asks_llm else worker
        )
        disk = opened(Worker(1, settings.queue_limit, "masdar-disk"))
        intake = Intake(
            service, spool, worker, limit=settings.articles_limit, rules=settings.intake, finished=metrics.indexed
        )
        closing.callback(intake.finish, settings.shutdown_seconds)
        for name, queue in {"search": worker, "ask": asks, "disk": disk}.items():
            metrics.watch_queue(name, queue)
        metrics.watch_jobs(intake.jobs)
        yield Runtime(settings, folder, service, worker, asks, disk, intake, metrics)


def runtime_of(request: Request) -> Runtime:
    """The runtime of the application that a request came to: a FastAPI dependency.

    Raises:
        Stopping: the service is not started.
    """
    runtime = getattr(request.app.state, "masdar", None)
    if not isinstance(runtime, Runtime):
        raise Stopping("the service is starting; try again in a moment")
    return runtime
