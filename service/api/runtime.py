"""What the service holds while it runs: ``request.app.state.masdar``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from fastapi import Request

from service.api.problems import Stopping
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
        ready: whether questions are taken.
    """

    settings: Settings
    folder: Path
    service: Service
    worker: Worker
    asks: Worker
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    ready: bool = False

    def check_ready(self) -> None:
        """Refuse while the service starts or stops.

        Raises:
            Stopping: it does.
        """
        if not self.ready:
            raise Stopping("the service is starting or stopping; try again in a moment")


@contextmanager
def workers(settings: Settings) -> Iterator[tuple[Worker, Worker]]:
    """The threads for short work and those for answers; they have ended when the block has."""
    worker = Worker(settings.workers, settings.queue_limit)
    asks = Worker(settings.llm_workers, settings.queue_limit, "masdar-asks") if settings.llm else worker
    try:
        yield worker, asks
    finally:
        asks.close()
        worker.close()


def runtime_of(request: Request) -> Runtime:
    """The runtime of the application that a request came to: a FastAPI dependency.

    Raises:
        Stopping: the service is not started.
    """
    runtime = getattr(request.app.state, "masdar", None)
    if not isinstance(runtime, Runtime):
        raise Stopping("the service is starting; try again in a moment")
    return runtime
