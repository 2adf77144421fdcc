"""An error that nobody foresaw: told in the form that the address's clients read, and never as an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import TrigramEncoder
from fastapi import FastAPI
from fastapi.testclient import TestClient

from indexer.chunking import CHUNK_TOKENS
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest
from service.answering import Answer
from service.retrieval import Passage, Question
from service.settings import Settings
from service.wiring import Service, build_service

QUESTION = "من وقّع اتفاق المعادن؟"
DETAIL = "an error of the service itself; its log has the details"


class _Faulty:
    """Answers what warms the service, and breaks at the test's question."""

    def answer(self, question: Question, passages: list[Passage]) -> Answer:
        if question.text == QUESTION:
            raise ZeroDivisionError("a secret of the code")
        return Answer(question.text, question.language, "insufficient_evidence", "extractive", "", ())


@contextmanager
def _faulty(settings: Settings, folder: Path) -> Iterator[Service]:
    encoder = TrigramEncoder()
    with open_store(folder, Manifest.of(encoder.identity, CHUNK_TOKENS)) as store:
        yield replace(build_service(settings, store, encoder), answerer=_Faulty())


@pytest.fixture
def client(application: Callable[..., FastAPI]) -> Iterator[TestClient]:
    with TestClient(application(_faulty), base_url="http://localhost", raise_server_exceptions=False) as started:
        yield started


def test_the_own_api_tells_a_problem(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": QUESTION})
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"].startswith(DETAIL)
    assert "secret" not in response.text


def test_openais_endpoints_tell_an_error_of_openais(client: TestClient) -> None:
    asked = {"model": "masdar", "messages": [{"role": "user", "content": QUESTION}]}
    response = client.post("/v1/chat/completions", json=asked)
    assert response.status_code == 500
    assert response.json()["error"]["message"].startswith(DETAIL)
    assert response.json()["error"]["type"] == "server_error"
    assert "secret" not in response.text


def test_openais_endpoints_refuse_a_method_in_openais_form(client: TestClient) -> None:
    response = client.put("/v1/chat/completions", json={})
    assert response.status_code == 405
    assert response.json()["error"]["type"] == "invalid_request_error"
    assert response.headers["allow"] == "POST"


def test_a_question_that_is_no_text_is_refused_by_openais_endpoints(client: TestClient) -> None:
    asked = {"model": "masdar", "messages": [{"role": "user", "content": "من\x00وقّع؟"}]}
    response = client.post("/v1/chat/completions", json=asked)
    assert response.status_code == 400
    assert "has a NUL at character" in response.json()["error"]["message"]
    assert client.post("/v1/responses", json={"model": "masdar", "input": "من\x00وقّع؟"}).status_code == 400
