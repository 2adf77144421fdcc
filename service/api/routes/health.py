"""``GET /healthz`` and ``GET /readyz``."""

from __future__ import annotations

from fastapi import APIRouter

from service.api import schemas
from service.api.routes.dependencies import Running, problems

router = APIRouter(tags=["operations"])


@router.get("/healthz", summary="Whether the process is alive")
async def healthz() -> schemas.Health:
    """The process answers; it may not be ready."""
    return schemas.Health(status="ok")


@router.get("/readyz", summary="Whether questions are taken", responses={503: problems()[503]})
async def readyz(running: Running) -> schemas.Health:
    """The index is open, the model loaded and one question was answered."""
    running.check_ready()
    return schemas.Health(status="ok")
