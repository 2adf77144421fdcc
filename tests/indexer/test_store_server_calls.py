"""A Qdrant server that is slow, broken, old or closed to us: what is tried again, and what people are told."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from fakes import TrigramEncoder, encoded, news_article
from qdrant_client import grpc as wire
from qdrant_server import Fault, QdrantServer, running

from indexer.errors import StoreError, StoreMissing, StoreRefused, StoreServerTooOld, StoreUnreachable
from indexer.store import server_calls
from indexer.store.manifest import Manifest
from indexer.store.server_calls import connect, failure_of
from indexer.store.server_index import is_server_index, open_server
from indexer.store.server_place import ServerPlace

ENCODER = TrigramEncoder()
MANIFEST = Manifest.of(ENCODER.identity, 40)
KEY = "qd-test-very-secret"


@pytest.fixture
def server() -> Iterator[QdrantServer]:
    with running() as started:
        yield started


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_calls, "FIRST_WAIT", 0.01)


def place_of(server: QdrantServer, **more: Any) -> ServerPlace:
    return ServerPlace(server.url, **{"grpc_port": 0, **more})


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_failures_that_may_pass_are_tried_again(server: QdrantServer, status: int) -> None:
    server.faults += [Fault(status), Fault(status)]
    assert not is_server_index(place_of(server))
    assert server.calls[:3] == ["GET /"] * 3


def test_a_server_that_asks_to_wait_is_waited_for(server: QdrantServer) -> None:
    server.faults.append(Fault(429, headers={"retry-after": "1"}))
    begun = time.monotonic()
    assert not is_server_index(place_of(server))
    assert time.monotonic() - begun >= 1


def test_a_server_that_goes_on_failing_is_given_up(server: QdrantServer) -> None:
    server.faults += [Fault(500)] * 3
    with pytest.raises(StoreUnreachable, match=r"failed \(HTTP 500: out of order\), 3 tries in all; try again later"):
        open_server(place_of(server, tries=3))
    assert len(server.calls) == 3


def test_a_write_is_tried_again_and_is_there_once(server: QdrantServer) -> None:
    with open_server(place_of(server), MANIFEST, create=True) as store:
        server.before = lambda call: _once(server, call)
        store.put([encoded(news_article(n), ENCODER) for n in range(3)])
        assert store.counts().articles == 3


def _once(server: QdrantServer, call: str) -> None:
    """After the next upsert of chunks has come, the answer to the call after it fails."""
    if call.endswith("masdar/points") and call.startswith("PUT"):
        server.before = lambda call: None
        server.faults.append(Fault(503))


def test_a_server_that_hangs_is_left_after_the_time_set(server: QdrantServer) -> None:
    server.faults += [Fault(seconds=3)] * 2
    begun = time.monotonic()
    with pytest.raises(StoreUnreachable, match=r"gave no answer within 1 seconds, 2 tries .*MASDAR_QDRANT_SECONDS"):
        open_server(place_of(server, seconds=1, tries=2))
    assert time.monotonic() - begun < 3


def test_a_server_that_is_not_there_is_told_with_its_address() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        with pytest.raises(
            StoreUnreachable, match=rf"{url} cannot be reached .* start it, or correct MASDAR_QDRANT_URL"
        ):
            open_server(ServerPlace(url, tries=2))


@pytest.mark.parametrize("version", ["1.18.3", "0.11.1"])
def test_a_server_that_is_too_old_is_told_what_is_needed(version: str) -> None:
    with running(version=version) as old:
        with pytest.raises(StoreServerTooOld, match=rf"is Qdrant {version}, and an index needs 1\.19 or later"):
            open_server(place_of(old), MANIFEST, create=True)
        assert old.calls == ["GET /"]


@pytest.mark.parametrize("version", ["1.19.0", "1.20.0", "1.21.3", "2.0.0-dev"])
def test_newer_servers_are_taken(version: str) -> None:
    with running(version=version) as newer, open_server(place_of(newer), MANIFEST, create=True) as store:
        assert store.counts().articles == 0


@pytest.mark.parametrize(
    "body", ["<html>Welcome to nginx!</html>", json.dumps({"hello": 1}), json.dumps({"title": "x"})]
)
def test_what_is_not_qdrant_is_told(server: QdrantServer, body: str) -> None:
    server.faults.append(Fault(200, body))
    with pytest.raises(StoreError, match=f"what answers at {server.url} is not Qdrant.*MASDAR_QDRANT_URL"):
        open_server(place_of(server))
    assert len(server.calls) == 1, "which trying again does not change"


def test_a_version_that_is_none_is_told(server: QdrantServer) -> None:
    server.faults.append(Fault(200, json.dumps({"title": "x", "version": "stable"})))
    with pytest.raises(StoreError, match="the version 'stable'"):
        open_server(place_of(server))


@pytest.mark.parametrize("key", [None, "wrong"])
def test_a_missing_or_wrong_key_is_told_at_once_and_not_shown(key: str | None) -> None:
    with running(key=KEY) as closed:
        with pytest.raises(StoreRefused, match=r"HTTP 401: Must provide an API key.*MASDAR_QDRANT_KEY") as refused:
            open_server(place_of(closed, key=key))
        assert closed.calls == ["GET /", "GET /collections/masdar/exists"]
        assert not key or key not in str(refused.value)


def test_the_key_opens_the_server_and_stays_out_of_messages() -> None:
    with running(key=KEY) as closed:
        place = place_of(closed, key=KEY)
        assert KEY not in repr(place)
        with open_server(place, MANIFEST, create=True) as store:
            closed.faults.append(Fault(400, json.dumps({"status": {"error": f"bad key {KEY}"}})))
            with pytest.raises(StoreError, match=r"did not take the call \(HTTP 400: bad key \*\*\*\)"):
                store.counts()


def test_an_index_whose_collection_is_removed_meanwhile_is_told(server: QdrantServer) -> None:
    with open_server(place_of(server), MANIFEST, create=True) as store:
        server.client.delete_collection("masdar")
        with pytest.raises(StoreMissing, match=r"was the collection 'masdar' removed"):
            store.sources()


def test_a_key_that_only_reads_opens_an_index_whose_last_write_was_broken_off(server: QdrantServer) -> None:
    with open_server(place_of(server), MANIFEST, create=True) as store:
        store.put([encoded(news_article(1), ENCODER)])
        store._lease._write("crashed", 1.0)
    server.reads_only = True
    with open_server(place_of(server)) as store:
        assert store.counts().articles == 1
        with pytest.raises(StoreRefused, match="HTTP 403: Forbidden"):
            store.delete(["news-1"])


class _Root(wire.QdrantServicer):
    """Qdrant's gRPC root: says that it is there."""

    def HealthCheck(self, request: Any, context: Any) -> Any:  # gRPC's name
        return wire.HealthCheckReply(title="qdrant", version="1.20.0")


class _Points(wire.PointsServicer):
    """Counts points, after failing as often as told with the codes told."""

    def __init__(self, codes: list[grpc.StatusCode]) -> None:
        self.codes = codes

    def Count(self, request: Any, context: Any) -> Any:  # gRPC's name
        if self.codes:
            context.abort(self.codes.pop(0), "out of order")
        return wire.CountResponse(result=wire.CountResult(count=7), time=0.1)


@pytest.fixture
def codes() -> list[grpc.StatusCode]:
    return []


@pytest.fixture
def grpc_port(codes: list[grpc.StatusCode]) -> Iterator[int]:
    started = grpc.server(ThreadPoolExecutor(2))
    wire.add_QdrantServicer_to_server(_Root(), started)
    wire.add_PointsServicer_to_server(_Points(codes), started)
    port = started.add_insecure_port("127.0.0.1:0")
    started.start()
    yield port
    started.stop(None).wait()


def counted(place: ServerPlace) -> int:
    connection = connect(place)
    try:
        return connection.call(connection.client.count, "any", exact=True).count
    finally:
        connection.close()


def test_grpc_is_used_where_it_answers(server: QdrantServer, grpc_port: int) -> None:
    assert counted(place_of(server, grpc_port=grpc_port)) == 7
    assert server.calls == ["GET /"], "the version alone is asked over REST"


def test_rest_is_used_where_grpc_does_not_answer(server: QdrantServer) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        place = place_of(server, grpc_port=held.getsockname()[1])
        with open_server(place, MANIFEST, create=True) as store:
            assert store.counts().articles == 0


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED])
def test_failures_over_grpc_that_may_pass_are_tried_again(
    server: QdrantServer, grpc_port: int, codes: list[grpc.StatusCode], code: grpc.StatusCode
) -> None:
    codes += [code] * 2
    assert counted(place_of(server, grpc_port=grpc_port)) == 7
    codes += [code] * 4
    with pytest.raises(StoreUnreachable, match=rf"failed over gRPC \({code.name}: out of order\), 4 tries"):
        counted(place_of(server, grpc_port=grpc_port))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (grpc.StatusCode.UNAUTHENTICATED, StoreRefused),
        (grpc.StatusCode.PERMISSION_DENIED, StoreRefused),
        (grpc.StatusCode.NOT_FOUND, StoreMissing),
        (grpc.StatusCode.INVALID_ARGUMENT, StoreError),
    ],
)
def test_refusals_over_grpc_are_told_at_once(
    server: QdrantServer, grpc_port: int, codes: list[grpc.StatusCode], code: grpc.StatusCode, kind: type[StoreError]
) -> None:
    codes += [code] * 4
    with pytest.raises(kind, match="out of order"):
        counted(place_of(server, grpc_port=grpc_port))
    assert len(codes) == 3


def test_no_failure_shows_the_key() -> None:
    place = ServerPlace("http://127.0.0.1:1", key=KEY)
    for error in (OSError(KEY), AssertionError(KEY), TimeoutError(KEY)):
        assert KEY not in str(failure_of(place, error)[0])
