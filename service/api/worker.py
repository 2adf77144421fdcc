"""Threads in which questions are worked on, with a queue of limited length before them.

Model and store calls take tens of milliseconds and the embedded engine's hold the GIL: none may run on the event loop.
A queue without a limit would answer everyone late; a full one refuses at once, and says when to come again.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from time import monotonic
from typing import ParamSpec, TypeVar

from indexer.errors import MasdarError

Params = ParamSpec("Params")
Result = TypeVar("Result")


class Overloaded(MasdarError):
    """More is waiting than will be answered in time.

    Attributes:
        retry_after: seconds after which to try again.
    """

    def __init__(self, waiting: str, retry_after: int) -> None:
        super().__init__(f"{waiting} wait already; try again in {retry_after} seconds")
        self.retry_after = retry_after


class Worker:
    """Runs functions in threads of its own; safe to use from every thread.

    Args:
        threads: how many run side by side.
        limit: how many may wait for one.
        name: of its threads.
    """

    def __init__(self, threads: int, limit: int, name: str = "masdar-worker") -> None:
        self.threads, self.limit = threads, limit
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._changed = threading.Condition()
        self._taken = 0
        self._released = monotonic()

    @property
    def depth(self) -> int:
        """How many wait for a thread."""
        return max(0, self._taken - self.threads)

    @property
    def busy(self) -> bool:
        """Whether anything runs or waits."""
        return self._taken > 0

    def quiet(self, seconds: float) -> bool:
        """Whether nothing ran or waited for so long."""
        return not self._taken and monotonic() - self._released >= seconds

    def submit(self, function: Callable[Params, Result], *args: Params.args, **named: Params.kwargs) -> Future[Result]:
        """Have a function run; cancelling the future takes it out of the queue, unless it runs already.

        Raises:
            Overloaded: as many wait as may.
        """
        with self._changed:
            if self._taken >= self.threads + self.limit:
                raise Overloaded(f"{self.depth} requests", retry_after=1 + self.depth // (10 * self.threads))
            self._taken += 1
        # With the caller's context: what is logged there has the number of its request, and spans their parent.
        context = copy_context()
        future = self._pool.submit(lambda: context.run(function, *args, **named))
        future.add_done_callback(self._release)
        return future

    async def run(self, function: Callable[Params, Result], *args: Params.args, **named: Params.kwargs) -> Result:
        """What the function returns or raises; giving up waiting takes it out of the queue.

        Raises:
            Overloaded: as many wait as may.
        """
        return await asyncio.wrap_future(self.submit(function, *args, **named))

    def wait_idle(self, seconds: float) -> bool:
        """Wait until nothing runs or waits, at most so long; whether that is so."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._taken, seconds)

    def close(self) -> None:
        """Finish what runs, drop what waits."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _release(self, _: Future[Result]) -> None:
        with self._changed:
            self._taken -= 1
            self._released = monotonic()
            self._changed.notify_all()
