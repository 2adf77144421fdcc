"""``/v1/feedback``, ``/v1/status``, ``/healthz`` and ``/readyz``."""

from __future__ import annotations

import json
from pathlib import Path

from fastapi.testclient import TestClient


def test_feedback_is_a_line_of_json_beside_the_index(client: TestClient, index_copy: Path) -> None:
    for rating in ("up", "down"):
        said = {"answer_id": "ans_1", "question": "من؟", "rating": rating, "comment": "سطر\nوسطر"}
        response = client.post("/v1/feedback", json=said)
        assert response.status_code == 201
    lines = (index_copy.parent / "store.service" / "feedback.jsonl").read_text("utf-8").splitlines()
    kept = [json.loads(line) for line in lines]
    assert [(one["rating"], one["comment"]) for one in kept] == [("up", "سطر\nوسطر"), ("down", "سطر\nوسطر")]
    assert kept[1]["id"] == response.json()["id"]


def test_the_status_says_what_the_index_holds(client: TestClient) -> None:
    status = client.get("/v1/status").json()
    assert (status["articles"], status["languages"], status["llm"]) == (4, {"ar": 3, "en": 1}, None)
    assert status["queue"] == {"depth": 0, "limit": 128}
    assert status["jobs"] == {"queued": 0, "running": 0}


def test_a_started_service_is_alive_and_ready(client: TestClient) -> None:
    assert client.get("/healthz").json() == client.get("/readyz").json() == {"status": "ok"}
