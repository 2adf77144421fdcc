"""Too many questions, too slow ones, and clients that go away: refused or ended, never hanging."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest
from fakes import TrigramEncoder
from fastapi import FastAPI
from fastapi.testclient import TestClient

from indexer.chunking import CHUNK_TOKENS
from indexer.encoder import Encoding, Kind
from indexer.errors import (
    BadInput,
    DamagedWeights,
    EndpointBadReply,
    EndpointRefused,
    EndpointUnavailable,
    MasdarError,
    StoreDamaged,
    StoreError,
    StoreMissing,
)
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest
from service.api.problems import problem_of
from service.api.worker import Overloaded, Worker
from service.settings import Settings
from service.wiring import Service, build_service

#: An address that the service takes for its own.
HERE = "http://127.0.0.1"
Application = Callable[..., FastAPI]
Serving = Callable[[FastAPI], AbstractContextManager[str]]
QUESTION = {"question": "من وقّع اتفاق المعادن؟"}


class Gated(TrigramEncoder):
    """Holds questions until it is let go; those of the warm start pass."""

    def __init__(self) -> None:
        super().__init__()
        self.held = threading.Event()
        self.held.set()
        self.asked = 0

    def encode(self, texts: Sequence[str], kind: Kind, *, tokens: bool = False) -> list[Encoding]:
        if kind == "query":
            self.asked += 1
            self.held.wait(10)
        return super().encode(texts, kind, tokens=tokens)


@pytest.fixture
def gate() -> Gated:
    return Gated()


@pytest.fixture
def gated(application: Application, gate: Gated) -> Application:
    """Makes the application whose encoder waits at the gate."""

    @contextmanager
    def opener(settings: Settings, folder: Path) -> Iterator[Service]:
        with open_store(folder, Manifest.of(gate.identity, CHUNK_TOKENS)) as store:
            yield build_service(settings, store, gate)

    return lambda **settings: application(opener, **settings)


def until(true: Callable[[], bool]) -> None:
    for _ in range(500):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come about in 5 s")


def test_a_full_queue_refuses_and_says_when_to_come_again(gated: Application, gate: Gated) -> None:
    with TestClient(gated(workers=1, queue_limit=2), base_url=HERE) as client, ThreadPoolExecutor(3) as pool:
        gate.held.clear()
        waiting = [pool.submit(client.post, "/v1/ask", json=QUESTION) for _ in range(3)]
        until(lambda: client.app.state.masdar.worker.depth == 2)  # type: ignore[attr-defined]  # FastAPI's
        for path in ("/v1/ask", "/v1/search"):
            refused = client.post(path, json=QUESTION)
            assert refused.status_code == 503
            assert int(refused.headers["retry-after"]) >= 1
            assert refused.json()["type"] == "urn:masdar:problem:overloaded"
        assert client.post("/v1/ask", json=QUESTION, headers={"Accept": "text/event-stream"}).status_code == 503
        assert client.get("/healthz").status_code == 200
        gate.held.set()
        assert [future.result().status_code for future in waiting] == [200, 200, 200]


def test_an_answer_that_takes_too_long_is_a_504(gated: Application, gate: Gated) -> None:
    with TestClient(gated(request_seconds=0.2), base_url=HERE) as client:
        gate.held.clear()
        for path in ("/v1/ask", "/v1/search"):
            slow = client.post(path, json=QUESTION)
            assert (slow.status_code, slow.json()["type"]) == (504, "urn:masdar:problem:too-slow")
        streamed = client.post("/v1/ask", json=QUESTION, headers={"Accept": "text/event-stream"})
        assert streamed.status_code == 200
        assert "event: error" in streamed.text
        assert "too-slow" in streamed.text
        gate.held.set()


def test_a_question_whose_client_went_away_is_not_worked_on(gated: Application, gate: Gated, serving: Serving) -> None:
    with serving(gated(workers=1)) as address:
        asked = gate.asked
        gate.held.clear()
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(httpx.post, f"{address}/v1/ask", json=QUESTION, timeout=30)
            until(lambda: gate.asked == asked + 1)
            for headers in ({}, {"Accept": "text/event-stream"}):
                with pytest.raises(httpx.ReadTimeout), httpx.Client(timeout=0.3) as client:
                    client.post(f"{address}/v1/ask", json=QUESTION, headers=headers)
            time.sleep(0.2)
            gate.held.set()
            assert first.result().status_code == 200
        assert httpx.post(f"{address}/v1/search", json=QUESTION).status_code == 200
        assert gate.asked == asked + 2


def test_articles_beyond_the_limit_are_refused(gated: Application) -> None:
    with TestClient(gated(articles_limit=2), base_url=HERE) as client:
        client.app.state.masdar.intake._writer._calls.append(lambda: time.sleep(0.5))  # type: ignore[attr-defined]
        article = {"text": "أعلنت البلدية افتتاح حديقة."}
        several = {"articles": [article | {"id": str(number)} for number in range(2)]}
        assert client.post("/v1/articles", json=several).status_code == 202
        refused = client.post("/v1/articles", json=article)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BadInput("x"), 422),
        (Overloaded("3 requests", 2), 503),
        (EndpointUnavailable("x"), 503),
        (EndpointRefused("x"), 502),
        (EndpointBadReply("x"), 502),
        (DamagedWeights("x"), 500),
        (StoreDamaged("x"), 500),
        (StoreMissing("x"), 503),
        (StoreError("x"), 503),
        (MasdarError("x"), 500),
    ],
)
def test_every_error_of_the_tree_has_a_status(error: MasdarError, status: int) -> None:
    problem = problem_of(error)
    assert problem.status == status
    assert ("Retry-After" in problem.headers) == (status == 503)
    assert problem.as_json()["detail"] == str(error)


def test_waiting_for_idle_ends_when_the_work_does() -> None:
    worker, gate = Worker(1, 1), threading.Event()
    future = worker.submit(gate.wait, 5)
    assert not worker.wait_idle(0.05)
    gate.set()
    assert worker.wait_idle(5)
    assert future.result()
    worker.close()
