"""How often one host is asked."""

from __future__ import annotations

import time
from collections.abc import Callable

from indexer.errors import FetchRefused, FetchUnavailable


class Pace:
    """Waits between requests to one host, as long as its robots.txt or its answers want.

    Args:
        interval: seconds between two requests to one host.
        longest: the longest wait in seconds; where a host asks for more, it is not asked again.
        clock, sleep: for tests.
    """

    def __init__(
        self,
        interval: float,
        longest: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = interval
        self._longest = longest
        self._clock = clock
        self._sleep = sleep
        self._next: dict[str, float] = {}

    def wait(self, host: str, delay: float = 0.0) -> None:
        """Wait for this host's turn; ``delay`` is its ``Crawl-delay`` in seconds.

        Raises:
            FetchRefused: the delay is longer than is waited for.
            FetchUnavailable: the host said with an earlier answer to come again much later.
        """
        if delay > self._longest:
            raise FetchRefused(
                f"{host} wants {delay:,.0f} s between requests (Crawl-delay), more than {self._longest:,.0f} s: "
                "it is not fetched"
            )
        now = self._clock()
        ready = self._next.get(host, now)
        if ready - now > self._longest + self._interval:
            raise FetchUnavailable(f"{host} said to come again in {ready - now:,.0f} s: run the command again then")
        if ready > now:
            self._sleep(ready - now)
        self._next[host] = max(now, ready) + max(self._interval, delay)

    def postpone(self, host: str, seconds: float) -> None:
        """Let the next request to this host wait at least so long from now."""
        self._next[host] = max(self._next.get(host, 0.0), self._clock() + seconds)
