"""``/v1/jobs``: what becomes of articles that were submitted."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from service.api import schemas
from service.api.problems import NotFound
from service.api.routes.dependencies import WRITE, Running, problems

router = APIRouter(tags=["articles"])


@router.get("/v1/jobs", summary="The latest jobs", dependencies=WRITE, responses=problems())
async def list_jobs(running: Running, limit: Annotated[int, Query(ge=1, le=1_000)] = 50) -> schemas.JobList:
    """Jobs of this run of the service and those that it took over, the latest first."""
    return schemas.JobList(jobs=[schemas.Job.model_validate(job) for job in running.jobs.latest(limit)])


@router.get("/v1/jobs/{id}", summary="A job", dependencies=WRITE, responses=problems(404))
async def get_job(id: Annotated[str, Path(max_length=100)], running: Running) -> schemas.Job:
    """How far a job is."""
    job = running.jobs.get(id)
    if job is None:
        raise NotFound(f"there is no job {id!r}; jobs that are done are forgotten when the service starts anew")
    return schemas.Job.model_validate(job)
