"""Refusals that come before a route: as problems, or in OpenAI's form where an OpenAI client asks."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from service.api.problems import MEDIA_TYPE, Problem
from service.api.security.paths import is_openai, path_of

_OPENAI_TYPES: Final = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_OPENAI_CODES: Final = {401: "invalid_api_key", 429: "rate_limit_exceeded"}


def openai_error(problem: Problem) -> dict[str, Any]:
    """The problem as OpenAI's clients read it."""
    kind = _OPENAI_TYPES.get(problem.status, "invalid_request_error" if problem.status < 500 else "server_error")
    code = _OPENAI_CODES.get(problem.status, problem.name.replace("-", "_"))
    return {"error": {"message": problem.detail, "type": kind, "param": None, "code": code}}


async def refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request with the problem."""
    path = path_of(scope)
    headers = dict(problem.headers)
    if is_openai(path):
        response = JSONResponse(openai_error(problem), problem.status, headers)
    else:
        response = JSONResponse(problem.as_json(path), problem.status, headers, MEDIA_TYPE)
    await response(scope, receive, send)
