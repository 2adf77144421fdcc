"""``POST /v1/ask``."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response

from service.api import schemas
from service.api.asking import answered, asking_of, start
from service.api.disconnection import unless_gone
from service.api.events import stream
from service.api.routes.dependencies import READ, Running, problems

router = APIRouter(tags=["questions"])
_STREAM: dict[str, Any] = {
    "schema": {"type": "string"},
    "examples": {
        "events": {
            "value": 'event: status\ndata: {"doing": "searching"}\n\nevent: delta\ndata: {"text": "…"}\n\n'
            "event: citation\ndata: {…}\n\nevent: verdict\ndata: {…}\n\nevent: done\ndata: {…}\n\n"
        }
    },
}


@router.post(
    "/v1/ask",
    response_model=schemas.Answer,
    summary="Answer a question with quotes",
    dependencies=READ,
    responses={200: {"content": {"text/event-stream": _STREAM}}, **problems(502, 504)},
)
async def ask(
    body: schemas.AskRequest,
    request: Request,
    running: Running,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> schemas.Answer | Response:
    """Answer a question, in Arabic or English, with quotes from the articles.

    With `Accept: text/event-stream` the answer comes as server-sent events while it is made: `status`, `delta`,
    `citation`, `verdict`, and the whole answer as `done`; or `error` with a problem. The texts of all `delta` since the
    last `status` of `restarted` are the answer's text.
    """
    asking = asking_of(running.settings, body)
    if "text/event-stream" in accept.lower():
        return stream(start(running, asking))
    return (await unless_gone(request, answered(running, asking))).as_schema()
