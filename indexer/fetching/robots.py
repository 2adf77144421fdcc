"""robots.txt (RFC 9309), read by Protego."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from protego import Protego

from indexer.errors import FetchGone, FetchRefused, FetchUnavailable
from indexer.fetching.options import ROBOTS_NAME

#: What is read of the file; RFC 9309 asks for 500 KiB.
MAX_ROBOTS_BYTES = 512_000
_KEPT_SECONDS = 24 * 3600.0  # RFC 9309: not used for longer than a day


@dataclass(frozen=True, slots=True)
class Rules:
    """What one host allows: everything without a parser; nothing where its robots.txt cannot be had."""

    parser: Protego | None
    closed: str = ""

    @property
    def delay(self) -> float:
        """Its ``Crawl-delay`` in seconds."""
        return float(self.parser.crawl_delay(ROBOTS_NAME) or 0.0) if self.parser else 0.0

    def check(self, url: str) -> None:
        """Raise FetchRefused where ``url`` is not allowed, FetchUnavailable where that is not known."""
        if self.closed:
            raise FetchUnavailable(f"{url} is not fetched: the host's robots.txt cannot be read ({self.closed})")
        if self.parser and not self.parser.can_fetch(url, ROBOTS_NAME):
            raise FetchRefused(f"{url} is not to be fetched, says the host's robots.txt")


class Robots:
    """The rules of each host, fetched once a day.

    Args:
        fetch: gives the bytes at an address, or raises as ``Fetcher.get`` does.
        clock: for tests.
    """

    def __init__(self, fetch: Callable[[str], bytes], clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._known: dict[str, tuple[float, Rules]] = {}

    def rules(self, host: str) -> Rules:
        """The rules of a host, named by scheme, host and port."""
        now = self._clock()
        known = self._known.get(host)
        if known is None or now - known[0] > _KEPT_SECONDS:
            self._known[host] = known = (now, self._read(host))
        return known[1]

    def _read(self, host: str) -> Rules:
        try:
            data = self._fetch(f"{host}/robots.txt")
        except FetchGone:
            return Rules(None)
        except FetchUnavailable as error:  # RFC 9309: assume that nothing is allowed
            return Rules(None, str(error))
        return Rules(Protego.parse(data[:MAX_ROBOTS_BYTES].decode("utf-8", "replace")))
