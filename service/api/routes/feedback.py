"""``POST /v1/feedback``."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime

from fastapi import APIRouter

from service.api import schemas
from service.api.routes.dependencies import READ, Running, problems
from service.api.state_folder import FEEDBACK, append_durably

router = APIRouter(tags=["questions"])


@router.post(
    "/v1/feedback", summary="Say what an answer was worth", status_code=201, dependencies=READ, responses=problems()
)
async def post_feedback(feedback: schemas.Feedback, running: Running) -> schemas.FeedbackReceipt:
    """Keep a reader's word on an answer, a line of JSON each, for `masdar eval` to read."""
    receipt = schemas.FeedbackReceipt(id=f"fb_{uuid.uuid4().hex}")
    line = {"id": receipt.id, "at": datetime.now(UTC).isoformat(), **feedback.model_dump()}
    await running.disk.run(append_durably, running.state / FEEDBACK, json.dumps(line, ensure_ascii=False).encode())
    return receipt
