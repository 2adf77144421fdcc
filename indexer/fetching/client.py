"""One page, feed or sitemap from another machine: redirects, retries, limits and manners."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Final

import httpcore
import httpx

from indexer.errors import FetchGone, FetchRefused, FetchUnavailable
from indexer.fetching.addresses import AddressGuard
from indexer.fetching.connections import Deadline, GuardedTransport
from indexer.fetching.decoding import ACCEPTED, decoded
from indexer.fetching.options import FetchOptions
from indexer.fetching.pace import Pace
from indexer.fetching.robots import MAX_ROBOTS_BYTES, Robots
from indexer.fetching.state import Remembered
from indexer.fetching.urls import checked_url, host_key

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_GONE: Final = frozenset({404, 410})
_BUSY: Final = frozenset({408, 425, 429})  # and every fault of the server
_FIRST_BACKOFF: Final = 1.0  # seconds before the second try; then twice as long, each with jitter
_KINDS: Final = "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/xml,text/xml"
#: Kinds of content that may be a page, a feed or a sitemap; servers that know none say octet-stream.
_READ: Final = frozenset(
    {"", "application/octet-stream", "application/gzip", "application/x-gzip", "binary/octet-stream"}
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server answered.

    Attributes:
        url: the address that gave the answer, after redirects.
        body: the decompressed body; empty where ``unchanged``.
        media: its kind, lower case, without parameters; empty where the server does not say.
        charset: the encoding that the server says; empty where it says none.
        headers: of the answer.
        unchanged: whether the server says that nothing changed since what was remembered (304).
    """

    url: httpx.URL
    body: bytes
    media: str
    charset: str
    headers: httpx.Headers
    unchanged: bool = False

    @property
    def etag(self) -> str:
        """For the next conditional request."""
        return str(self.headers.get("etag", ""))

    @property
    def last_modified(self) -> str:
        """For the next conditional request."""
        return str(self.headers.get("last-modified", ""))


class Fetcher:
    """Gets pages; belongs to one thread.

    Args:
        options: limits and manners.
        guard: which addresses may be reached; made of ``options.allow`` where it is None.
        sleep: waits so many seconds; for tests.
        clock: seconds, never going back; for tests.
    """

    def __init__(
        self,
        options: FetchOptions | None = None,
        guard: AddressGuard | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._options = options = options or FetchOptions()
        self._sleep = sleep
        self._deadline = Deadline()
        self._pace = Pace(options.interval, options.longest_wait, clock, sleep)
        self._robots = Robots(self._robots_file, clock)
        # Without httpx.Client: it follows the value of Location in its own way even where it is told not to follow it.
        self._transport = GuardedTransport(guard or AddressGuard(options.allow), self._deadline)
        timeout = httpx.Timeout(options.max_seconds, connect=options.connect_seconds)
        self._extensions = {"timeout": timeout.as_dict()}
        self._headers = {
            "User-Agent": options.user_agent,
            "Accept": f"{_KINDS},*/*;q=0.1",
            "Accept-Encoding": ACCEPTED,
        }

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def max_bytes(self) -> int:
        """Bytes that a page may have where ``get`` is not told another limit."""
        return self._options.max_bytes

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def get(self, url: str, known: Remembered | None = None, max_bytes: int | None = None) -> Fetched:
        """Get what is at an address.

        Args:
            url: ``http://`` or ``https://``.
            known: what is remembered of it; the answer may then be that nothing changed.
            max_bytes: bytes that it may have, where another limit than that of the options holds.

        Raises:
            FetchGone: there is nothing at that address (any more).
            FetchRefused: the address, its robots.txt, a redirect, the size or the kind of content forbids it.
            FetchUnavailable: no whole answer came, after all tries.
        """
        headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified} if known else {}
        sent = {name: value for name, value in headers.items() if value}
        return self._follow(checked_url(url), sent, max_bytes or self._options.max_bytes, robots=self._options.robots)

    def _robots_file(self, url: str) -> bytes:
        """The robots.txt at an address; a status that refuses it means that there is none (RFC 9309)."""
        try:
            return self._follow(checked_url(url), {}, MAX_ROBOTS_BYTES * 4, robots=False).body
        except _Status as refusal:
            raise FetchGone(str(refusal)) from refusal

    def _follow(self, url: httpx.URL, headers: dict[str, str], max_bytes: int, *, robots: bool) -> Fetched:
        seen: list[str] = []
        while len(seen) <= self._options.redirects:
            if str(url) in seen:
                raise FetchRefused(f"{seen[0]} leads in a circle, back to {url}: it is not fetched")
            seen.append(str(url))
            answer = self._one_hop(url, headers, max_bytes, robots=robots)
            if isinstance(answer, Fetched):
                return answer
            url = answer
        raise FetchRefused(f"{seen[0]} leads on more than {self._options.redirects} times: it is not fetched")

    def _one_hop(self, url: httpx.URL, headers: dict[str, str], max_bytes: int, *, robots: bool) -> Fetched | httpx.URL:
        host, delay = host_key(url), 0.0
        if robots:
            rules = self._robots.rules(host)
            rules.check(str(url))
            delay = rules.delay
        for left in range(self._options.tries - 1, -1, -1):
            self._pace.wait(host, delay)
            try:
                return self._try(url, headers, max_bytes)
            except _Later as later:
                self._put_off(url, host, later, left)
        raise AssertionError("the last try returns or raises")

    def _put_off(self, url: httpx.URL, host: str, later: _Later, left: int) -> None:
        """Wait before the next try, or give up."""
        tries = self._options.tries
        wait = later.seconds
        if wait is None:
            wait = _FIRST_BACKOFF * 2 ** (tries - 1 - left) * random.uniform(0.5, 1.5)  # noqa: S311  (jitter, no secret)
        else:
            self._pace.postpone(host, wait)  # for every page of the host
        if not left or wait > self._options.longest_wait:
            tried = f" after {tries - left} tries" if tries > left + 1 else ""
            raise FetchUnavailable(f"{url}: {later}{tried}; try again later") from later
        if later.seconds is None:
            self._sleep(wait)

    def _try(self, url: httpx.URL, headers: dict[str, str], max_bytes: int) -> Fetched | httpx.URL:
        self._deadline.start(self._options.max_seconds)
        try:
            request = httpx.Request("GET", url, headers=self._headers | headers, extensions=self._extensions)
            with _as_later(), closing(self._transport.handle_request(request)) as response:
                return self._read(url, response, max_bytes, conditional=bool(headers))
        except FetchUnavailable as error:
            raise _Later(str(error)) from error
        except FetchRefused as error:
            if str(url) in str(error):
                raise
            raise type(error)(f"{url}: {error}") from error

    def _read(
        self, url: httpx.URL, response: httpx.Response, max_bytes: int, *, conditional: bool
    ) -> Fetched | httpx.URL:
        status = response.status_code
        if status in _REDIRECTS:
            return checked_url(response.headers.get("location", ""), url)
        if status in _BUSY or status >= 500:
            raise _Later(f"the server answered {status}", _retry_after(response.headers))
        media, charset = _kind(response.headers)
        if status == httpx.codes.NOT_MODIFIED and conditional:
            return Fetched(url, b"", media, charset, response.headers, unchanged=True)
        if status in _GONE:
            raise FetchGone(f"there is nothing at {url} (the server answered {status}): check the address")
        if status != httpx.codes.OK:
            raise _Status(f"the server answered {status} instead of giving the page: check the address")
        _check_kind(media)
        _check_length(response.headers, max_bytes)
        body = decoded(response.iter_raw(), response.headers.get("content-encoding", ""), max_bytes)
        return Fetched(url, body, media, charset, response.headers)


class _Status(FetchRefused):
    """A status that neither gives a page nor means "later"."""


class _Later(Exception):
    """A failure that another try may not meet; ``seconds`` is how long the server wants to be left alone."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


@contextmanager
def _as_later() -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException as error:
        raise _Later("no whole answer in time") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise _Later(f"the connection failed ({error})") from error


def _kind(headers: httpx.Headers) -> tuple[str, str]:
    """Kind of content and encoding, as the headers say."""
    media, _, rest = headers.get("content-type", "").partition(";")
    charset = ""
    for parameter in rest.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip(" \t\"'").lower()
    return media.strip().lower(), charset


def _check_kind(media: str) -> None:
    if media not in _READ and not media.startswith("text/") and not media.endswith(("/xml", "+xml")):
        raise FetchRefused(f"the server sends {media[:60]!r}, which is no page, feed or sitemap")


def _check_length(headers: httpx.Headers, max_bytes: int) -> None:
    """Refuse at once what is said to be too long; what is said is not believed otherwise."""
    length = headers.get("content-length", "")
    if length.isdecimal() and length.isascii() and int(length[:18]) > max_bytes:
        raise FetchRefused(f"the answer has {int(length[:18]):,} bytes of {max_bytes:,} allowed: it is not read")


def _retry_after(headers: httpx.Headers) -> float | None:
    """Seconds that ``Retry-After`` says, as a number or as a date (RFC 9110)."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal() and value.isascii():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
        return max(0.0, (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError):
        return None
