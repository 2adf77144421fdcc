"""``GET /metrics``."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from service.api.observability.metrics import Metrics
from service.api.routes.dependencies import ADMIN, problems

router = APIRouter(tags=["operations"])
_TEXT = {"description": "In Prometheus' text format", "content": {"text/plain": {"schema": {"type": "string"}}}}


@router.get("/metrics", summary="What is counted", dependencies=ADMIN, responses={200: _TEXT, **problems()})
def get_metrics(request: Request) -> Response:
    """Requests, answers, queues, jobs and tokens, for Prometheus to read."""
    metrics: Metrics = request.app.state.metrics
    return Response(metrics.exposition(), media_type=CONTENT_TYPE_LATEST)
