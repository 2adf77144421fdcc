"""Connections to checked addresses only, with one deadline for all that happens on them.

httpx asks its transport for a response, the transport a pool of httpcore, the pool a network backend
for connections. The backend here asks the guard; certificates are checked against the name, as ever.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, cast

import httpcore
import httpx

from indexer.fetching.addresses import AddressGuard


class Deadline:
    """A moment by which a request must be done; read and written by one thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = float("inf")

    def start(self, seconds: float) -> None:
        """Let it end so many seconds from now."""
        self._end = self._clock() + seconds

    def left(self, most: float | None) -> float:
        """Seconds left, at most ``most``.

        Raises:
            httpcore.ReadTimeout: none are.
        """
        left = self._end - self._clock()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for the whole answer is over")
        return left if most is None else min(left, most)


class _TimedStream(httpcore.NetworkStream):
    """A stream on which every step ends by the deadline: a byte now and then does not hold it open."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to the addresses that the guard gives for a name, in their order, and to no other."""

    def __init__(self, guard: AddressGuard, deadline: Deadline) -> None:
        self._guard = guard
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first checked address of ``host`` that answers; raises as the guard and httpcore do."""
        failure: Exception = httpcore.ConnectError("no address")
        for address in self._guard.addresses(host, port):
            try:
                wait = self._deadline.left(timeout)
                stream = self._sockets.connect_tcp(address, port, wait, local_address, socket_options or ())
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failure


@cache
def _certificates() -> ssl.SSLContext:
    """The authorities that are trusted: certifi's, read once."""
    return httpx.create_ssl_context(trust_env=False)


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)

    def close(self) -> None:
        cast(Any, self._stream).close()


class GuardedTransport(httpx.BaseTransport):
    """What httpx sends through: no proxy of the environment, since a proxy would look the name up anew.

    Errors are those of httpcore, and FetchRefused where the guard does not let an address through.
    """

    def __init__(self, guard: AddressGuard, deadline: Deadline) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_certificates(),
            max_connections=16,
            max_keepalive_connections=8,
            keepalive_expiry=30.0,
            network_backend=GuardedBackend(guard, deadline),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; redirects are answers here."""
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=cast(httpx.SyncByteStream, request.stream),
                extensions=request.extensions,
            )
        )
        body = _Body(cast(Iterable[bytes], answer.stream))
        return httpx.Response(answer.status, headers=answer.headers, stream=body, extensions=answer.extensions)

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()
