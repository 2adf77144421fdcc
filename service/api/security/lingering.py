"""A refusal that reaches its reader: the connection is kept until the rest of a refused request has come.

A server that closes a connection while bytes are still on their way makes the other side's kernel drop what it has not
yet read, the answer too (RFC 9112, section 9.6). So the answer is sent, the rest of the request is read and thrown
away, up to a limit, and only then the connection ends.
"""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: The longest that the rest of a refused request is waited for, in seconds, and the most that is thrown away, in bytes.
SECONDS: Final = 2.0
BYTES: Final = 64_000_000


class Lingering:
    """ASGI middleware: an answer before the end of its request closes the connection, but not before it can be read.

    Args:
        app: what it stands before; outermost, so that whatever refuses is inside.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Watch over one request."""
        headers = Headers(scope=scope) if scope["type"] == "http" else None
        if headers is None or not ("transfer-encoding" in headers or headers.get("content-length", "0") != "0"):
            await self._app(scope, receive, send)
            return
        request = _Request(receive)

        async def lingering(message: Message) -> None:
            if message["type"] == "http.response.start" and not request.ended:
                MutableHeaders(scope=message)["Connection"] = "close"
            elif message["type"] == "http.response.body" and not message.get("more_body") and not request.ended:
                await send({**message, "more_body": True})
                # One that waits to be told to go on (Expect: 100-continue) sends nothing after a refusal.
                if "expect" not in headers:
                    await request.discard()
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        await self._app(scope, request.receive, lingering)


class _Request:
    """What comes of a request, and whether it has ended."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.ended = False

    async def receive(self) -> Message:
        message = await self._receive()
        self.ended = self.ended or message["type"] == "http.disconnect" or not message.get("more_body", False)
        return message

    async def discard(self) -> None:
        """Read to the end, or to the limits."""
        size = 0
        try:
            async with asyncio.timeout(SECONDS):
                while not self.ended and size < BYTES:
                    size += len((await self.receive()).get("body", b""))
        except TimeoutError:
            return
