"""``/v1/articles`` and ``/v1/jobs``: articles in and out of the index while it is served."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi.testclient import TestClient

import indexer.pipeline
import service.api.writer
from indexer.errors import StoreError
from indexer.store.embedded import EmbeddedStore
from service.api.jobs import JobIds
from service.api.spool import Spool
from service.api.writer import Writer

GARDEN = {"title": "حديقة في طنجة", "text": "افتتحت بلدية طنجة حديقة واسعة قرب المرفأ القديم صباح الخميس."}
#: Ids that newspapers have: addresses, Arabic, signs that mean something in an address.
ODD_IDS = ["a/b", "خبر-١", "100%", "a%2Fb", "https://nile.example/a?b=c&d#e", "a b", "..x", "x/", "+", "é;v=1"]


def finished(client: TestClient | httpx.Client, receipt: Any) -> Any:
    """The job when it is over."""
    address = f"/v1/jobs/{receipt['job']['id']}"
    for _ in range(300):
        job = client.get(address).json()
        if job["state"] in {"done", "failed"}:
            return job
        time.sleep(0.05)
    raise AssertionError(job)


def put(client: TestClient, article_id: str, article: dict[str, Any]) -> Any:
    response = client.put(f"/v1/articles/{quote(article_id, safe='')}", json=article)
    assert response.status_code == 202, response.text
    return finished(client, response.json())


def found(client: TestClient, question: str) -> list[str]:
    passages = client.post("/v1/search", json={"question": question}).json()["passages"]
    return [passage["article_id"] for passage in passages]


def test_an_article_is_found_when_its_job_is_done(client: TestClient) -> None:
    response = client.post("/v1/articles", json=GARDEN | {"id": "garden"})
    assert response.status_code == 202
    assert response.headers["location"] == f"/v1/jobs/{response.json()['job']['id']}"
    job = finished(client, response.json())
    assert (job["state"], job["added"], job["done"], job["refused"]) == ("done", 1, 1, [])
    assert found(client, "حديقة طنجة قرب المرفأ")[0] == "garden"


def test_an_article_without_an_id_gets_one_that_is_told(client: TestClient) -> None:
    receipt = client.post("/v1/articles", json=GARDEN).json()
    finished(client, receipt)
    assert client.get(f"/v1/articles/{receipt['articles'][0]}").json()["text"] == GARDEN["text"]


def test_an_article_put_again_is_replaced_and_the_same_again_unchanged(client: TestClient) -> None:
    assert put(client, "garden", GARDEN)["added"] == 1
    assert put(client, "garden", GARDEN)["unchanged"] == 1
    assert put(client, "garden", GARDEN | {"text": "أُغلقت الحديقة بعد يومين من افتتاحها."})["replaced"] == 1
    assert client.get("/v1/articles/garden").json()["text"] == "أُغلقت الحديقة بعد يومين من افتتاحها."


@pytest.mark.parametrize("article_id", ODD_IDS)
def test_an_article_is_kept_under_any_id_that_an_address_can_name(live_client: httpx.Client, article_id: str) -> None:
    client, address = live_client, f"/v1/articles/{quote(article_id, safe='')}"
    response = client.put(address, json=GARDEN)
    finished(client, response.json())
    shown = client.get(address, params={"spans": "0-7"}).json()
    assert (shown["id"], shown["spans"][0]["quote"]) == (article_id, GARDEN["text"][:7])
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_spans_count_characters_also_beyond_the_first_plane(client: TestClient) -> None:
    put(client, "signs", {"text": "😀 فاز الفريق 😀 بالكأس."})
    shown = client.get("/v1/articles/signs", params={"spans": "2-12, 15-21"}).json()
    assert [span["quote"] for span in shown["spans"]] == ["فاز الفريق", "بالكأس"]


def test_of_several_articles_the_usable_ones_are_indexed_and_the_others_told(client: TestClient) -> None:
    articles = [
        GARDEN | {"id": "garden"},
        GARDEN | {"id": "garden", "title": "أخرى"},
        GARDEN | {"id": "next", "published_at": "2999-01-01"},
        GARDEN | {"id": "dated", "published_at": "some day"},
    ]
    job = finished(client, client.post("/v1/articles", json={"articles": articles}).json())
    assert (job["state"], job["total"], job["done"], job["added"]) == ("done", 4, 4, 2)
    assert [refusal["article"] for refusal in job["refused"]] == ["next", "garden"]
    assert [warning["article"] for warning in job["warnings"]] == ["dated"]


def test_a_deleted_article_is_not_found(client: TestClient) -> None:
    assert "canal" in found(client, "رسوم عبور السفن")
    assert client.delete("/v1/articles/canal").status_code == 204
    assert "canal" not in found(client, "رسوم عبور السفن")
    assert client.delete("/v1/articles/canal").status_code == 404


def test_articles_are_listed_in_pages_that_follow_each_other(client: TestClient) -> None:
    put(client, "garden", GARDEN)
    pages, after = [], None
    while True:
        page = client.get("/v1/articles", params={"limit": 2} | ({"after": after} if after else {})).json()
        pages.append([article["id"] for article in page["articles"]])
        assert page["total"] == 5
        after = page["next"]
        if not after:
            break
    assert pages == [["canal", "garden"], ["hostile", "minerals"], ["strike"]]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "names"),
    [
        ("POST", "/v1/ask", {"question": " \n"}, 422, "question"),
        ("POST", "/v1/ask", {"question": "؟" * 2001}, 422, "2000"),
        ("POST", "/v1/ask", {"question": "من؟", "limit": 51}, 422, "limit"),
        ("POST", "/v1/ask", {"question": "من؟", "now": "2025-01-01T00:00:00"}, 422, "timezone"),
        ("POST", "/v1/ask", {"question": "من؟", "history": [{"role": "system", "content": "x"}]}, 422, "role"),
        ("POST", "/v1/ask", {"question": "من؟", "filter": {}}, 422, "filter"),
        ("POST", "/v1/ask", {"question": "من؟", "filters": {"source": []}}, 422, "source"),
        (
            "POST",
            "/v1/ask",
            {"question": "من؟", "filters": {"since": "2025-02-01T00:00:00Z", "until": "2025-01-01T00:00:00Z"}},
            422,
            "since",
        ),
        ("POST", "/v1/search", {"question": "من؟", "limit": 0}, 422, "limit"),
        ("POST", "/v1/search", {"question": "من؟", "limit": True}, 422, "limit"),
        ("POST", "/v1/search", {"question": "من؟", "limit": "5"}, 422, "limit"),
        ("POST", "/v1/search", {"question": "من؟", "limit": 2.5}, 422, "limit"),
        ("POST", "/v1/search", {"question": "من؟", "recency_days": -1}, 422, "recency_days"),
        ("POST", "/v1/ask", {"question": "من؟", "now": 0}, 422, "now"),
        ("POST", "/v1/search", {"question": "من؟", "recency_days": False}, 422, "recency_days"),
        ("POST", "/v1/search", [], 422, "body"),
        ("POST", "/v1/articles", {"text": ""}, 422, "text"),
        ("POST", "/v1/articles", {"title": "بلا نص"}, 422, "text"),
        ("POST", "/v1/articles", {"text": "نص\0آخر"}, 422, "NUL"),
        ("POST", "/v1/articles", {"text": "نص", "id": "a\nb"}, 422, "U+000A"),
        ("POST", "/v1/articles", {"text": "نص", "published_at": "2999-01-01"}, 422, "2999"),
        ("POST", "/v1/articles", {"articles": []}, 422, "articles"),
        ("PUT", "/v1/articles/a", {"id": "b", "text": "نص"}, 422, "body.id"),
        ("GET", "/v1/articles/none", None, 404, "'none'"),
        ("GET", "/v1/articles/canal?spans=5-2", None, 422, "5-2"),
        ("GET", "/v1/articles/canal?spans=0-99999", None, 422, "0-99999"),
        ("GET", "/v1/articles?limit=0", None, 422, "limit"),
        ("GET", "/v1/jobs/none", None, 404, "'none'"),
        ("POST", "/v1/feedback", {"answer_id": "a", "question": "من؟", "rating": "so-so"}, 422, "rating"),
        ("GET", "/v1/nothing", None, 404, "Not Found"),
        ("DELETE", "/v1/ask", None, 405, "Not Allowed"),
    ],
)
def test_bad_input_is_a_problem_that_names_what_is_wrong(
    shared_client: TestClient, method: str, path: str, body: Any, status: int, names: str
) -> None:
    response = shared_client.request(method, path, json=body)
    problem = response.json()
    assert response.status_code == problem["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert names in str(problem)
    assert problem["instance"] == path.split("?", maxsplit=1)[0]


def test_half_a_surrogate_pair_is_refused_not_a_fault(shared_client: TestClient) -> None:
    json_type = {"Content-Type": "application/json"}
    sent = shared_client.post(
        "/v1/feedback", content=r'{"answer_id":"a","question":"\ud800","rating":"up"}', headers=json_type
    )
    assert sent.status_code == 422
    asked = shared_client.post("/v1/ask", content=r'{"question":"\ud800 من؟"}', headers=json_type)
    assert asked.status_code in {200, 422}


def test_a_wrong_method_is_told_all_that_are_right(shared_client: TestClient) -> None:
    assert shared_client.patch("/v1/articles").headers["allow"] == "GET, POST"
    assert shared_client.patch("/v1/articles/canal").headers["allow"] == "DELETE, GET, PUT"


def test_a_large_index_is_not_optimised_while_it_serves(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexer.pipeline, "OPTIMISE_FROM_CHUNKS", 1)
    # The engine holds the GIL for the whole of it: no question would be answered meanwhile.
    monkeypatch.setattr(EmbeddedStore, "optimise", lambda store: pytest.fail("the index was optimised"))
    assert put(client, "garden", GARDEN)["state"] == "done"


def test_the_index_is_compacted_once_nobody_writes_or_asks(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    compacted = list[float]()

    def compact(store: EmbeddedStore) -> None:
        compacted.append(time.monotonic())
        raise StoreError("no")  # and the writer goes on

    monkeypatch.setattr(EmbeddedStore, "compact", compact)
    monkeypatch.setattr(service.api.writer, "QUIET_SECONDS", 1.5)
    for at, text in enumerate(("افتتحت البلدية حديقة.", "أغلقت البلدية حديقة.")):
        assert put(client, "garden", GARDEN | {"text": text})["state"] == "done"
        until = time.monotonic() + 1.7
        while time.monotonic() < until:
            found(client, "حديقة")
        asked = time.monotonic()
        while len(compacted) == at and time.monotonic() < asked + 10:
            time.sleep(0.05)
        time.sleep(1.6)
        assert len(compacted) == at + 1, "once for what was written"
        assert compacted[at] >= asked
    monkeypatch.setattr(indexer.pipeline, "OPTIMISE_FROM_CHUNKS", 1)
    assert put(client, "garden", GARDEN)["state"] == "done"
    time.sleep(2)
    assert len(compacted) == 2, "not where there is a graph to be built"


def test_ids_of_jobs_sort_in_their_order_also_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    ids, restarted = JobIds(), JobIds()
    made = [ids.make()]
    monkeypatch.setattr(time, "time_ns", lambda: 1)
    made += [ids.make(), ids.make()]
    restarted.meet(made[-1])
    restarted.meet("job_of another program")
    made.append(restarted.make())
    assert made == sorted(made)


def test_an_article_deleted_while_its_job_runs_does_not_come_back_when_that_is_cut_short(
    client: TestClient, index_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, deletion, waiting, steps = threading.Event(), threading.Event(), list[str](), list[str]()
    put, call = EmbeddedStore.put, Writer.call

    def watched(self: EmbeddedStore, *arguments: Any) -> None:
        spool = index_copy.with_name(f"{index_copy.name}.service") / "spool"
        waiting.extend(path.read_text("utf-8") for path in spool.glob("job_*.jsonl"))
        put(self, *arguments)
        begun.set()
        assert deletion.wait(30)

    def queued(self: Writer, function: Callable[[], Any]) -> Any:
        future = call(self, function)
        deletion.set()
        return future

    def recorded(name: str, do: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *arguments: [steps.append(name), do(*arguments)][1]

    monkeypatch.setattr(EmbeddedStore, "put", watched)
    monkeypatch.setattr(EmbeddedStore, "delete", recorded("index", EmbeddedStore.delete))
    monkeypatch.setattr(Spool, "write", recorded("waiting", Spool.write))
    monkeypatch.setattr(Writer, "call", queued)
    articles = [{"id": f"g{n}", "text": f"{GARDEN['text']} وهي الحديقة رقم {n}."} for n in range(14)]
    receipt = client.post("/v1/articles", json={"articles": articles}).json()
    assert begun.wait(30)
    assert client.delete("/v1/articles/g1").status_code == 204
    assert finished(client, receipt)["state"] == "done"
    first, second = waiting
    assert ('"g1"' in first, '"g1"' in second, '"g13"' in second) == (True, False, True), "what a restart would index"
    assert client.get("/v1/articles/g1").status_code == 404
    assert steps == ["waiting", "index", "waiting"], "cut short between these, no older version is left"
