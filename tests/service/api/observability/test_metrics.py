"""Metrics: what happens is counted, for those who may see it; the dashboard asks for nothing that is not there."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from indexer.conversation import Usage
from service.answering import Answer, Note
from service.api.observability.metrics import Metrics
from service.api.security.keys import KeyFile

ROOT = Path(__file__).resolve().parents[4]
ANSWER = Answer("س", "ar", "answered", "generative", "ج", ())
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


@pytest.fixture
def running(application: Callable[..., FastAPI]) -> Iterator[TestClient]:
    with TestClient(application(), base_url="http://localhost") as client:
        yield client


def read(client: TestClient) -> Samples:
    exposed = client.get("/metrics")
    assert exposed.status_code == 200
    assert exposed.headers["Content-Type"].startswith("text/plain")
    return samples(exposed.text)


def test_answers_and_their_steps_are_counted(running: TestClient) -> None:
    running.post("/v1/ask", json={"question": "بنسبة كم زيادة رسوم عبور السفن؟"})
    running.post("/v1/search", json={"question": "رسوم عبور السفن"})
    running.post("/v1/ask", json={"question": "   "})
    found = read(running)
    route = ("method", "POST"), ("route", "/v1/ask")
    assert found["masdar_requests_total", (*route, ("status", "200"))] == 1
    assert found["masdar_requests_total", (*route, ("status", "422"))] == 1
    assert found["masdar_request_seconds_count", (("route", "/v1/ask"),)] == 2
    for stage, count in (("encode", 1), ("retrieve", 1), ("answer", 1), ("total", 1), ("search", 1)):
        assert found["masdar_stage_seconds_count", (("stage", stage),)] >= count
    assert sum(count for (name, _), count in found.items() if name == "masdar_answers_total") == 1
    assert found["masdar_queue_depth", (("queue", "ask"),)] == 0
    assert found["masdar_queue_limit", (("queue", "ask"),)] > 0


def test_articles_that_were_indexed_are_counted(running: TestClient) -> None:
    sent = running.post("/v1/articles", json={"id": "new", "title": "خبر", "text": "أعلنت البلدية فتح الجسر."})
    job = sent.headers["Location"]
    deadline = time.monotonic() + 60
    while running.get(job).json()["state"] not in {"done", "failed"} and time.monotonic() < deadline:
        time.sleep(0.05)
    found = read(running)
    assert found["masdar_articles_indexed_total", (("result", "added"),)] == 1
    assert found["masdar_jobs_over_total", (("state", "done"),)] == 1
    assert found["masdar_jobs", (("state", "running"),)] == 0


def test_refusals_are_counted_by_reason(application: Callable[..., FastAPI], tmp_path: Path) -> None:
    keys = KeyFile(tmp_path / "scraper.json")
    admin = {"Authorization": f"Bearer {keys.add('prometheus', ['admin'])}"}
    with TestClient(application(keys=keys.path), base_url="http://localhost", headers=admin) as running:
        running.get("/v1/models", params={"key": "msd_" + "x" * 43})
        running.get("/v1/models", headers={"Authorization": "Bearer wrong"})
        found = read(running)
    assert found["masdar_refusals_total", (("reason", "key_in_address"),)] == 1
    assert found["masdar_refusals_total", (("reason", "wrong_key"),)] == 1


def test_paths_and_methods_that_are_made_up_add_no_series(running: TestClient) -> None:
    before = len(read(running))
    for number in range(5):
        running.request(f"MADEUP{number}", f"/{number}/x")
        running.get(f"/v1/articles/{number}")
    assert len(read(running)) - before < 100
    assert not any("MADEUP" in str(labels) for _, labels in read(running))


def test_a_models_tokens_and_what_they_cost_are_counted() -> None:
    metrics = Metrics("1")
    metrics.answered(replace(ANSWER, usage=Usage(900, 40, 0.002)), {"total": 1500.0})
    metrics.answered(replace(ANSWER, usage=Usage(100, 10)), {})
    metrics.answered(ANSWER, {})
    assert value(metrics, "masdar_model_tokens_total", kind="prompt") == 1000
    assert value(metrics, "masdar_model_tokens_total", kind="completion") == 50
    assert value(metrics, "masdar_model_cost_dollars_total") == 0.002
    assert value(metrics, "masdar_stage_seconds_sum", stage="total") == 1.5


def test_what_was_not_answered_is_counted_by_its_reason() -> None:
    metrics = Metrics("1")
    metrics.answered(replace(ANSWER, verdict="insufficient_evidence", citations_refused=2), {})
    metrics.answered(replace(ANSWER, mode="extractive", degraded_reason="unavailable: no answer: in time"), {})
    noted = replace(ANSWER, language="en", notes=(Note("judge", "rules alone"), Note("dates", "2025")))
    metrics.answered(noted, {})
    assert value(metrics, "masdar_judge_unheard_total") == 1
    assert value(metrics, "masdar_abstentions_total", language="ar") == 1
    assert value(metrics, "masdar_citations_refused_total") == 2
    assert value(metrics, "masdar_degraded_total", reason="unavailable") == 1
    assert value(metrics, "masdar_answers_total", verdict="answered", mode="extractive", language="ar") == 1


def test_two_applications_count_for_themselves() -> None:
    one, other = Metrics("1"), Metrics("1")
    one.answered(replace(ANSWER, citations_refused=1), {})
    assert value(other, "masdar_citations_refused_total") == 0


def _queries(part: Any) -> Iterator[str]:
    """Every PromQL query of a dashboard, those of its variables, too."""
    if isinstance(part, dict):
        yield from (text for name, text in part.items() if name in {"expr", "definition"})
        for inner in part.values():
            yield from _queries(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _queries(inner)


def _known_names() -> set[str]:
    families = text_string_to_metric_families(Metrics("1").exposition().decode())
    endings = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
    return {
        family.name.removesuffix("_total") + ending
        for family in families
        for ending in endings.get(family.type, ("",))
        if not family.name.endswith("_created")  # the client's own: when it began to count
    }


def test_the_dashboard_asks_for_metrics_that_there_are_with_labels_that_they_have() -> None:
    dashboard = json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text("utf-8"))
    queries = list(_queries(dashboard))
    assert len(queries) > 20
    asked = {name for query in queries for name in re.findall(r"\b(?:masdar|process)_[a-z_]+", query)}
    known = _known_names()
    assert asked - known == set()
    own = {name for name in known if name.startswith("masdar_") and not name.endswith(("_sum", "_count"))}
    assert own - asked == set(), "the dashboard shows everything that is counted"
    labels = {label for query in queries for label in re.findall(r"by \(([a-z, ]+)\)", query)}
    used = {label.strip() for group in labels for label in group.split(",")}
    assert used <= {
        "le",
        "route",
        "status",
        "reason",
        "verdict",
        "mode",
        "language",
        "stage",
        "kind",
        "result",
        "state",
    }


def test_panels_have_ids_of_their_own_and_do_not_cover_each_other() -> None:
    panels = json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text("utf-8"))["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
