"""One line in the log for each request, and its number, which the answer and every line about it have."""

from __future__ import annotations

import re
import time
import uuid
from dataclasses import dataclass
from typing import Final, Protocol

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.problems import Problem
from service.api.security.access import CALLER, Caller
from service.api.security.paths import is_probe, path_of
from service.api.security.refusals import refuse

HEADER: Final = "X-Request-ID"
#: What a caller may number its requests with; anything else could write lines of its own into a log.
_VALID: Final = re.compile(r"[A-Za-z0-9._-]{8,128}")
_METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
#: Where nothing was answered because the client went away; nginx's number for it.
CLIENT_GONE: Final = 499
_log = structlog.stdlib.get_logger(__name__)


class RequestCounter(Protocol):
    """Is told of every request when it has been answered."""

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request, by the path of its route as the application's description has it."""
        ...


@dataclass(slots=True)
class _Answer:
    """What of an answer has been sent."""

    status: int = 0
    seconds: float = 0.0


class RequestLog:
    """ASGI middleware: numbers requests, logs and counts them, and answers 500 for what nobody caught.

    Args:
        app: what it stands before.
        counter: is told of every request.
    """

    def __init__(self, app: ASGIApp, *, counter: RequestCounter) -> None:
        self._app = app
        self._counter = counter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have one request answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = request_id(Headers(scope=scope).get(HEADER, ""))
        begun, answer = time.perf_counter(), _Answer()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=number)

        async def numbered(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status, answer.seconds = message["status"], time.perf_counter() - begun
                MutableHeaders(scope=message)[HEADER] = number
            await send(message)

        try:
            await self._answered(scope, receive, numbered, answer)
        finally:
            self._note(scope, answer, time.perf_counter() - begun)

    async def _answered(self, scope: Scope, receive: Receive, send: Send, answer: _Answer) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception:
            _log.exception("request failed")
            if answer.status:
                raise  # the answer has begun: the server breaks it off
            detail = "an error of the service itself; its log has the details under this request's X-Request-ID"
            await refuse(Problem(500, "failed", detail), scope, receive, send)

    def _note(self, scope: Scope, answer: _Answer, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        route, status = route_of(scope), answer.status or CLIENT_GONE
        self._counter.requested(method, route, status, seconds)
        level = "debug" if is_probe(path_of(scope)) and status < 400 else "info"
        caller = scope.get(CALLER)
        fields = {"method": method, "route": route, "status": status, "milliseconds": round(1000 * seconds, 1)}
        if isinstance(caller, Caller):
            fields["key"] = caller.name
        if answer.status and seconds - answer.seconds > 0.1:
            fields["first_milliseconds"] = round(1000 * answer.seconds, 1)
        getattr(_log, level)("request", **fields)


def request_id(sent: str) -> str:
    """The number that a caller sent, if it is one that can be kept, or else another."""
    return sent if _VALID.fullmatch(sent) else uuid.uuid4().hex


def route_of(scope: Scope) -> str:
    """The path of the route as the application's description has it: few, and without what was asked for."""
    route = scope.get("route")
    path = getattr(route, "path", None)
    return path if isinstance(path, str) else "other"
