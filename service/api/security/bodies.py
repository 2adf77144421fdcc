"""What a request may carry: JSON, so many bytes, within so much time.

Bodies are read to their end before a route sees them. Every route takes its body whole, so nothing is lost, and a body
that is too large or too slow is refused in one place, whether it says its length or comes in chunks.
"""

from __future__ import annotations

import asyncio
import re
from typing import Final

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.problems import Problem
from service.api.security.access import CALLER, Caller
from service.api.security.paths import path_of, takes_articles
from service.api.security.refusals import refuse
from service.serving_settings import ServingSettings

_JSON: Final = re.compile(r"application/([a-z0-9.-]+\+)?json *(;.*)?", re.IGNORECASE)
#: Bytes a second that a body must come with, on the average, after the seconds that each has.
SLOWEST: Final = 50_000
_log = structlog.stdlib.get_logger(__name__)


class _Refused(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


class _Gone(Exception):
    """The client went away while it sent its body."""


class Bodies:
    """ASGI middleware: hands on whole bodies that are allowed, and refuses others (408, 413, 415).

    Args:
        app: what it stands before.
        settings: the limits.
    """

    def __init__(self, app: ASGIApp, *, settings: ServingSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on or refuse one request."""
        headers = Headers(scope=scope) if scope["type"] == "http" else None
        if headers is None or not ("transfer-encoding" in headers or headers.get("content-length", "0") != "0"):
            await self._app(scope, receive, send)
            return
        try:
            body = await self._allowed(scope, headers, receive)
        except _Refused as refusal:
            await refuse(refusal.problem, scope, receive, send)
        except _Gone:
            _log.info("client went away within its request")
        else:
            await self._app(scope, _replaying(body, receive), send)

    async def _allowed(self, scope: Scope, headers: Headers, receive: Receive) -> bytes:
        """The body.

        Raises:
            _Refused: it is not allowed.
            _Gone: it will not come.
        """
        _check_type(headers)
        limit = self._limit(scope)
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > limit:
            raise _too_large(limit)
        try:
            return await self._read(receive, limit)
        except TimeoutError as error:
            detail = f"the request did not come within {self._settings.body_seconds:g} seconds; send it in one go"
            raise _Refused(Problem(408, "too-slow", detail)) from error

    async def _read(self, receive: Receive, limit: int) -> bytes:
        parts: list[bytes] = []
        size, more = 0, True
        begun = asyncio.get_running_loop().time()
        async with asyncio.timeout(self._settings.body_seconds) as time:
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _Gone
                parts.append(message.get("body", b""))
                size, more = size + len(parts[-1]), message.get("more_body", False)
                if size > limit:
                    raise _too_large(limit)
                time.reschedule(begun + self._settings.body_seconds + size / SLOWEST)
        return b"".join(parts)

    def _limit(self, scope: Scope) -> int:
        """Bytes that this caller may send here: many only where they may be indexed."""
        caller = scope.get(CALLER)
        uploads = isinstance(caller, Caller) and "write" in caller.scopes and takes_articles(path_of(scope))
        return self._settings.max_upload if uploads else self._settings.max_body


def _check_type(headers: Headers) -> None:
    if headers.get("content-encoding", "identity").lower() != "identity":
        detail = f"Content-Encoding is {headers['content-encoding']!r}; send the body as it is"
        raise _Refused(Problem(415, "content-type", detail))
    kind = headers.get("content-type", "")
    if not _JSON.fullmatch(kind):
        raise _Refused(Problem(415, "content-type", f"Content-Type is {kind!r}; send application/json"))


def _too_large(limit: int) -> _Refused:
    return _Refused(Problem(413, "too-large", f"the request has more than {limit} bytes; send less"))


def _replaying(body: bytes, receive: Receive) -> Receive:
    """The ``receive`` that gives the body, and then what comes after it."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
