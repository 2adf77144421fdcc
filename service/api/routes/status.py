"""``GET /v1/status``."""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import version

from fastapi import APIRouter

from service.api import schemas
from service.api.routes.dependencies import READ, Running, problems
from service.api.runtime import Runtime
from service.api.schemas.status import JobCounts, Queue

router = APIRouter(tags=["operations"])


@router.get("/v1/status", summary="The index, the queue and the jobs", dependencies=READ, responses=problems())
async def get_status(running: Running) -> schemas.Status:
    """How much the index holds, what made it, and how much waits."""
    return await running.worker.run(_status, running)


def _status(running: Runtime) -> schemas.Status:
    store, worker, jobs = running.service.store, running.asks, running.jobs
    counts, manifest = store.counts(), store.manifest
    return schemas.Status(
        version=version("masdar"),
        articles=counts.articles,
        chunks=counts.chunks,
        languages=dict(store.languages()),
        sources={name: chunks for name, chunks in store.sources().items() if chunks},
        encoder=manifest.encoder,
        store={"folder": str(running.folder), **asdict(manifest)},
        queue=Queue(depth=worker.depth, limit=worker.limit),
        jobs=JobCounts(queued=jobs.count("queued"), running=jobs.count("running")),
        started_at=running.started_at,
        llm=running.settings.llm,
    )
