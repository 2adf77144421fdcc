"""One event loop for callers that have none: an HTTP client must not outlive the loop that it began in."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from functools import lru_cache
from threading import Thread
from typing import Any, TypeVar

Result = TypeVar("Result")


def run_to_end(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """What the coroutine returns or raises; its thread waits, so this is not for coroutines to call."""
    future = asyncio.run_coroutine_threadsafe(coroutine, _loop())
    try:
        return future.result()
    finally:
        future.cancel()  # where an interrupt came first


@lru_cache(maxsize=1)
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, name="masdar-answers", daemon=True).start()
    return loop
