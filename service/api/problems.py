"""Errors as ``application/problem+json`` (RFC 9457): every error of the tree has a status, and a name in its type."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from indexer.errors import (
    BadInput,
    EncoderError,
    EndpointError,
    EndpointUnavailable,
    MasdarError,
    StoreDamaged,
    StoreError,
    StoreMismatch,
)
from service.api.disconnection import STATUS
from service.api.worker import Overloaded

MEDIA_TYPE: Final = "application/problem+json"
#: What a problem's type begins with; docs/service.md lists the names.
TYPE: Final = "urn:masdar:problem:"
#: Seconds after which to try again where nothing better is known.
RETRY_SECONDS: Final = 5


class NotFound(MasdarError):
    """What the address names is not there."""


class TooSlow(MasdarError):
    """The answer was not there in time."""


class Stopping(MasdarError):
    """The service is shutting down or not ready yet."""


#: The first that an error is decides.
_KINDS: Final[tuple[tuple[type[MasdarError], int, str], ...]] = (
    (NotFound, 404, "not-found"),
    (BadInput, 422, "bad-input"),
    (Overloaded, 503, "overloaded"),
    (Stopping, 503, "unavailable"),
    (TooSlow, 504, "too-slow"),
    (EndpointUnavailable, 503, "model-unavailable"),
    (EndpointError, 502, "model-failed"),
    (EncoderError, 500, "encoder"),
    (StoreDamaged, 500, "index-damaged"),
    (StoreMismatch, 500, "index-mismatch"),
    (StoreError, 503, "index-unavailable"),
    (MasdarError, 500, "failed"),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as it is told.

    Attributes:
        name: what stands behind ``TYPE``; "about:blank" is the type where it is empty.
        errors: what is wrong with which part of the request.
        headers: to be sent with it.
    """

    status: int
    name: str
    detail: str
    errors: Sequence[Mapping[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self, instance: str | None = None) -> dict[str, Any]:
        """The members of RFC 9457, and ``errors``."""
        body: dict[str, Any] = {
            "type": TYPE + self.name if self.name else "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if instance:
            body["instance"] = instance
        if self.errors:
            body["errors"] = [dict(error) for error in self.errors]
        return body


def problem_of(error: MasdarError) -> Problem:
    """What an error of the tree is told as."""
    status, name = next((status, name) for kind, status, name in _KINDS if isinstance(error, kind))
    seconds = error.retry_after if isinstance(error, Overloaded) else RETRY_SECONDS
    return Problem(status, name, str(error), headers={"Retry-After": str(seconds)} if status == 503 else {})


def respond(problem: Problem, request: Request) -> JSONResponse:
    """The problem as a response to this request."""
    return JSONResponse(problem.as_json(quote(request.url.path)), problem.status, dict(problem.headers), MEDIA_TYPE)


def install(app: FastAPI, respond: Callable[[Problem, Request], JSONResponse] = respond) -> None:
    """Have the application tell every error as a problem.

    Args:
        app: the application.
        respond: gives the problem its form.
    """

    @app.exception_handler(MasdarError)
    async def masdar(request: Request, error: MasdarError) -> JSONResponse:
        return respond(problem_of(error), request)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return respond(invalid_request(error), request)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        headers = dict(error.headers or {}) | (_allowed(request) if error.status_code == 405 else {})
        return respond(Problem(error.status_code, "", str(error.detail), headers=headers), request)

    @app.exception_handler(ClientDisconnect)
    async def gone(request: Request, error: ClientDisconnect) -> Response:
        return Response(status_code=STATUS)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        # Starlette raises it again after this response, so that it is logged with its trace.
        return respond(Problem(500, "failed", "an error of the service itself; its log has the details"), request)


def _allowed(request: Request) -> dict[str, str]:
    """The methods of all routes of an address, by their description: Starlette names those of the first alone."""
    paths: Mapping[str, Mapping[str, object]] = request.app.openapi()["paths"]
    fitting = [methods for path, methods in paths.items() if _pattern(path).fullmatch(request.url.path)]
    return {"Allow": ", ".join(sorted({name.upper() for methods in fitting for name in methods}))} if fitting else {}


@lru_cache(maxsize=256)
def _pattern(path: str) -> re.Pattern[str]:
    """What the addresses of a described path look like."""
    return re.compile(".+".join(map(re.escape, re.split(r"\{[a-z_]+\}", path))), re.DOTALL)


def invalid_request(error: RequestValidationError) -> Problem:
    """What is wrong with a request that does not fit its description, place by place."""
    faults = [{"place": _place(fault["loc"]), "reason": _reason(fault)} for fault in error.errors()]
    first = faults[0] if faults else {"place": "request", "reason": "it does not fit its description"}
    more = f" (and {len(faults) - 1} more, see errors)" if len(faults) > 1 else ""
    return Problem(422, "bad-input", f"{first['place']}: {first['reason']}{more}", faults)


def _place(parts: Sequence[int | str]) -> str:
    return ".".join(str(part) for part in parts)


def _reason(fault: Mapping[str, Any]) -> str:
    return str(fault["msg"]).removeprefix("Value error, ").replace("Input should", "it should")
