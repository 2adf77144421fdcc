"""``POST /v1/ask`` and ``/v1/search``: one answer, whole or streamed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

QUESTION = "من وقّع اتفاق المعادن؟"
SIGNED = "وقّعت أوكرانيا والولايات المتحدة اتفاق المعادن في واشنطن يوم الأربعاء."
FUND = "وينص الاتفاق على صندوق مشترك لإعادة الإعمار."


def events_of(text: str) -> list[tuple[str, Any]]:
    """The events of a stream: names and data."""
    blocks = [block for block in text.split("\n\n") if block.startswith("event:")]
    pairs = [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]
    return [(pair["event"], json.loads(pair["data"])) for pair in pairs]


def text_of(events: list[tuple[str, Any]]) -> str:
    """The texts since the last restart."""
    text = ""
    for name, data in events:
        if name == "status" and data["doing"] == "restarted":
            text = ""
        elif name == "delta":
            text += data["text"]
    return text


def test_an_answer_has_quotes_that_stand_in_the_article(shared_client: TestClient) -> None:
    answer = shared_client.post("/v1/ask", json={"question": QUESTION}).json()
    assert answer["id"].startswith("ans_")
    assert answer["citations"]
    first = answer["citations"][0]
    assert first["article_id"] == "minerals"
    assert first["quote"] in (SIGNED, FUND)


@pytest.mark.parametrize("question", [QUESTION, "Who ended the strike in Tangier?", "ما عاصمة أستراليا؟"])
def test_a_streamed_answer_is_the_whole_answer(shared_client: TestClient, question: str) -> None:
    whole = shared_client.post("/v1/ask", json={"question": question, "explain": True}).json()
    streamed = shared_client.post(
        "/v1/ask", json={"question": question, "explain": True}, headers={"Accept": "text/event-stream"}
    )
    assert streamed.headers["content-type"].startswith("text/event-stream")
    events = events_of(streamed.text)
    done = events[-1][1]
    assert [events[0][0], events[-2][0], events[-1][0]] == ["status", "verdict", "done"]
    assert text_of(events) == done["answer"] == whole["answer"]
    assert [data for name, data in events if name == "citation"] == done["citations"]
    differing = {"id", "timings_ms"}
    assert {k: v for k, v in done.items() if k not in differing} == {
        k: v for k, v in whole.items() if k not in differing
    }


def test_a_search_gives_passages_with_their_places(shared_client: TestClient) -> None:
    found = shared_client.post("/v1/search", json={"question": "رسوم عبور السفن", "limit": 2}).json()
    assert found["language"] == "ar"
    assert found["passages"][0]["article_id"] == "canal"
    assert len(found["passages"]) <= 2
