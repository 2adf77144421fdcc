"""Work whose result is for one client: it ends when the client goes away."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from fastapi import Request
from starlette.requests import ClientDisconnect

Result = TypeVar("Result")
#: What nginx writes into its log for such a request; nobody is there to read it.
STATUS: Final = 499


async def unless_gone(request: Request, work: Coroutine[Any, Any, Result]) -> Result:
    """What the work returns or raises; the work is cancelled when the client of the request goes away.

    Raises:
        ClientDisconnect: it did.
    """
    working, gone = asyncio.ensure_future(work), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientDisconnect
    finally:
        gone.cancel()
        working.cancel()


async def _gone(request: Request) -> None:
    """Wait for the end of the connection; the body has been read, so nothing else can come."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
