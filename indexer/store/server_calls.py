"""Calls to a Qdrant server: which interface is used, its version, tries again, and its failures as ours."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

import grpc
import httpx
from qdrant_client import QdrantClient
from qdrant_client.common.client_exceptions import QdrantException, ResourceExhaustedResponse
from qdrant_client.http.exceptions import ApiException, UnexpectedResponse

from indexer.errors import (
    StoreError,
    StoreMissing,
    StoreRefused,
    StoreServerTooOld,
    StoreUnreachable,
)
from indexer.store.server_place import ServerPlace

P = ParamSpec("P")
T = TypeVar("T")

#: The oldest server that has all that an index needs: turbo4 vectors, and writes that depend on what is there.
OLDEST = (1, 19)
#: turbo8 came later.
OLDEST_TURBO8 = (1, 20)
#: First wait before another try, doubled for each one after it; the longest wait, also where the server asks for more.
FIRST_WAIT = 0.25
LONGEST_WAIT = 10.0
#: The longest that a gRPC port which does not answer may hold up the opening of an index, in seconds.
GRPC_PROBE = 2
_PASSING_STATUS = frozenset({408, 425, 429})
_PASSING_CODES = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNKNOWN,
    }
)
_REFUSING_CODES = frozenset({grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED})
#: What the client raises; AssertionError where an answer is empty, JSONDecodeError where it is a web page.
_CLIENT_ERRORS = (
    ApiException,
    QdrantException,
    grpc.RpcError,
    httpx.HTTPError,
    OSError,
    AssertionError,
    json.JSONDecodeError,
)
_SHOWN_CHARS = 300


class Connection:
    """A client of one server, and how it is called; several threads may share it.

    The client is the synchronous one: the store's protocol is, its callers run in worker threads, and the client's
    calls leave the GIL to others while they wait.

    Args:
        client: the client.
        place: the server, for messages and tries.
        version: major and minor number of the server.
    """

    def __init__(self, client: QdrantClient, place: ServerPlace, version: tuple[int, int]) -> None:
        self.client = client
        self.place = place
        self.version = version
        self._open = True

    def call(self, ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``ask`` returns; failures that may pass are tried again, since every call of ours may be repeated.

        Raises:
            StoreError: the connection is closed, or the call failed.
        """
        self.check_open()
        for attempt in range(1, self.place.tries + 1):
            try:
                return ask(*args, **kwargs)
            except _CLIENT_ERRORS as error:
                failure, wait = failure_of(self.place, error)
                if not isinstance(failure, StoreUnreachable) or attempt == self.place.tries:
                    raise failure from error
            time.sleep(min(max(wait, FIRST_WAIT * 2.0 ** (attempt - 1)), LONGEST_WAIT))
        raise StoreError(f"the Qdrant server is asked {self.place.tries} times; allow at least one try")

    def check_open(self) -> None:
        """Raise StoreError after ``close``."""
        if not self._open:
            raise StoreError(f"the index {self.place} has been closed; open it again with open_server")

    def close(self) -> None:
        """Close the connection; nothing the second time."""
        if self._open:
            self._open = False
            self.client.close()


def connect(place: ServerPlace) -> Connection:
    """Connect to a server: over gRPC where it answers, else over REST.

    Raises:
        StoreServerTooOld: the server is too old.
        StoreRefused: the key is missing or wrong.
        StoreUnreachable: nothing answers at the address.
        StoreError: what answers there is not Qdrant.
    """
    over_rest = Connection(_client(place, place.seconds, over_grpc=False), place, OLDEST)
    try:
        version = _version(place, over_rest.call(over_rest.client.info).version)
        if not (place.grpc_port and _grpc_answers(place)):
            return Connection(over_rest.client, place, version)
    except BaseException:
        over_rest.close()
        raise
    over_rest.close()
    return Connection(_client(place, place.seconds, over_grpc=True), place, version)


def _client(place: ServerPlace, seconds: int, *, over_grpc: bool) -> QdrantClient:
    return QdrantClient(
        url=place.url,
        port=_default_port(place.url),
        grpc_port=place.grpc_port or 6334,
        prefer_grpc=over_grpc,
        # Not as api_key: the client would warn of each plain-HTTP address, also of a network that only we are in.
        headers={"api-key": place.key} if place.key else None,
        timeout=seconds,
        check_compatibility=False,  # done here, with an error instead of a warning from a thread
    )


def _default_port(url: str) -> int:
    """The port of an address that names none: the web's own behind HTTPS, where a proxy stands, else Qdrant's."""
    return 443 if url.startswith("https://") else 6333


def _grpc_answers(place: ServerPlace) -> bool:
    probe = _client(place, min(place.seconds, GRPC_PROBE), over_grpc=True)
    try:
        probe.info()
    except _CLIENT_ERRORS:
        return False
    finally:
        probe.close()
    return True


def _version(place: ServerPlace, text: str) -> tuple[int, int]:
    try:
        major, minor = map(int, text.split(".")[:2])
    except ValueError as error:
        raise StoreError(
            f"{place.url} answers with the version {text!r}, as no Qdrant server does; correct MASDAR_QDRANT_URL"
        ) from error
    check_version(place, (major, minor), text)
    return major, minor


def check_version(place: ServerPlace, version: tuple[int, int], text: str) -> None:
    """Refuse a server that lacks what an index needs.

    Raises:
        StoreServerTooOld: it is too old.
    """
    if version < OLDEST:
        raise StoreServerTooOld(
            f"the server at {place.url} is Qdrant {text}, and an index needs {_dotted(OLDEST)} or later (token vectors "
            "in half a byte a dimension, writes that depend on what is there); upgrade the server, one minor version "
            "after the other"
        )


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


def failure_of(place: ServerPlace, error: BaseException) -> tuple[StoreError, float]:
    """The failure as one of ours, and how many seconds the server asks to wait."""
    if isinstance(error, ResourceExhaustedResponse):
        return _unreachable(place, f"has too many requests ({_said(place, error)})"), float(error.retry_after_s)
    if isinstance(error, UnexpectedResponse):
        return _of_status(place, error), 0.0
    if isinstance(error, grpc.RpcError):
        return _of_code(place, error), 0.0
    causes = list(_causes(error))
    if any(isinstance(cause, httpx.TimeoutException | TimeoutError) for cause in causes):
        late = f"gave no answer within {place.seconds} seconds"
        return _unreachable(place, late, "raise MASDAR_QDRANT_SECONDS, or see what keeps the server busy"), 0.0
    if any(isinstance(cause, httpx.TransportError | OSError) for cause in causes):
        why = f"cannot be reached ({_said(place, causes[-1])})"
        return _unreachable(place, why, "start it, or correct MASDAR_QDRANT_URL"), 0.0
    return StoreError(
        f"what answers at {place.url} is not Qdrant, or a version that this client cannot read "
        f"({_said(place, causes[-1])}); correct MASDAR_QDRANT_URL"
    ), 0.0


def _unreachable(place: ServerPlace, what: str, remedy: str = "try again later") -> StoreUnreachable:
    return StoreUnreachable(f"the Qdrant server at {place.url} {what}, {place.tries} tries in all; {remedy}")


def _of_status(place: ServerPlace, error: UnexpectedResponse) -> StoreError:
    status, said = error.status_code or 0, _answered(place, error)
    if status in _PASSING_STATUS or status >= 500:
        return _unreachable(place, f"failed (HTTP {status}: {said})")
    if status in {401, 403}:
        return _refused(place, f"HTTP {status}: {said}")
    if status == 404:
        return _missing(place, said)
    return StoreError(f"the Qdrant server at {place.url} did not take the call (HTTP {status}: {said}); {_SEE_LOG}")


_SEE_LOG = "see the server's log, and whether MASDAR_QDRANT_URL is its address"


def _of_code(place: ServerPlace, error: grpc.RpcError) -> StoreError:
    # grpc's errors are calls, too, with a code and details; its stubs do not say so.
    code = error.code() if isinstance(error, grpc.Call) else grpc.StatusCode.UNKNOWN
    said = _cut(place, str(error.details() if isinstance(error, grpc.Call) else error))
    if code in _PASSING_CODES:
        return _unreachable(place, f"failed over gRPC ({code.name}: {said})")
    if code in _REFUSING_CODES:
        return _refused(place, f"{code.name}: {said}")
    if code is grpc.StatusCode.NOT_FOUND:
        return _missing(place, said)
    return StoreError(f"the Qdrant server at {place.url} did not take the call ({code.name}: {said}); {_SEE_LOG}")


def _refused(place: ServerPlace, said: str) -> StoreRefused:
    return StoreRefused(
        f"the Qdrant server at {place.url} refused ({said}); set MASDAR_QDRANT_KEY to a key that may do this with "
        f"the collections {place.collection!r} and {place.articles!r}"
    )


def _missing(place: ServerPlace, said: str) -> StoreMissing:
    return StoreMissing(
        f"the Qdrant server at {place.url} has no such thing ({said}); was the collection {place.collection!r} "
        "removed, or is MASDAR_QDRANT_URL another server's?"
    )


def _answered(place: ServerPlace, error: UnexpectedResponse) -> str:
    """What the server says of an error: Qdrant's own sentence, or the first line of another server's page."""
    try:
        status = error.structured()["status"]
        return _cut(place, str(status["error"] if isinstance(status, dict) else status))
    except (ValueError, LookupError, TypeError):
        return _cut(place, error.content.decode("utf-8", "replace") or error.reason_phrase)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and those it came from, outermost first; the client keeps the cause in ``source``."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        source = getattr(cause, "source", None)
        cause = source if isinstance(source, BaseException) else cause.__cause__ or cause.__context__


def _said(place: ServerPlace, error: BaseException) -> str:
    return _cut(place, str(error) or type(error).__name__)


def _cut(place: ServerPlace, text: str) -> str:
    """The first line, short and without the key."""
    line = text.strip().split("\n", 1)[0]
    return (line.replace(place.key, "***") if place.key else line)[:_SHOWN_CHARS]
