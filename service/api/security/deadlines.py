"""The longest that a request may take: until its answer begins, and until it ends."""

from __future__ import annotations

import asyncio

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.problems import Problem
from service.api.security.refusals import refuse

_log = structlog.stdlib.get_logger(__name__)


class Deadlines:
    """ASGI middleware: answers 504 for what has not begun in time, and breaks off what does not end.

    Routes have limits of their own and end in order; this holds where one is forgotten.

    Args:
        app: what it stands before.
        seconds: until an answer begins.
        stream_seconds: from then until it ends.
    """

    def __init__(self, app: ASGIApp, *, seconds: float, stream_seconds: float) -> None:
        self._app = app
        self._seconds = seconds
        self._stream_seconds = stream_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Watch over one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False
        limit = asyncio.timeout(self._seconds)

        async def watched(message: Message) -> None:
            nonlocal started
            if not started:
                started = True
                limit.reschedule(asyncio.get_running_loop().time() + self._stream_seconds)
            await send(message)

        try:
            async with limit:
                await self._app(scope, receive, watched)
        except TimeoutError:
            if not limit.expired():
                raise  # one of the application's own
            if started:
                _log.warning("answer broken off", seconds=self._stream_seconds)
            else:
                detail = f"no answer within {self._seconds:g} seconds; ask again, or something narrower"
                await refuse(Problem(504, "too-slow", detail), scope, receive, send)
