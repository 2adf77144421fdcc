"""``GET /v1/status``."""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import version

from fastapi import APIRouter, Request

from service.api import schemas
from service.api.routes.dependencies import READ, Running, problems
from service.api.runtime import Runtime
from service.api.schemas.status import JobCounts, Queue
from service.api.security.access import caller_of
from service.stores import place_of

router = APIRouter(tags=["operations"])


@router.get("/v1/status", summary="The index, the queue and the jobs", dependencies=READ, responses=problems())
async def get_status(request: Request, running: Running) -> schemas.Status:
    """How much the index holds, what made it, and how much waits; where it is, with the scope `admin`."""
    status = await running.worker.run(_status, running)
    return status if "admin" in caller_of(request).scopes else status.model_copy(update={"store": {}})


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
        store={_kind(running): str(place_of(running.settings, running.folder)), **asdict(manifest)},
        queue=Queue(depth=worker.depth, limit=worker.limit),
        jobs=JobCounts(queued=jobs.count("queued"), running=jobs.count("running")),
        started_at=running.started_at,
        llm=running.settings.llm,
    )


def _kind(running: Runtime) -> str:
    return "server" if running.settings.qdrant_url else "folder"
