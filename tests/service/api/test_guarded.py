"""The real application behind its guard: what each scope reaches, on every route that there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.api.reference import reference
from service.api.security.keys import SCOPES, KeyFile, Scope

#: What each path needs; a new route must be entered here.
NEEDED: dict[str, Scope] = {
    "GET /metrics": "admin",
    "GET /v1/jobs": "write",
    "GET /v1/jobs/{id}": "write",
    "POST /v1/articles": "write",
    "PUT /v1/articles/{id}": "write",
    "DELETE /v1/articles/{id}": "write",
}
OPEN = {"GET /healthz", "GET /readyz"}


def _headers(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, str]:
    file = KeyFile(tmp_path / "scoped.json")
    return {scope: file.add(scope, [scope]) for scope in SCOPES}


@pytest.fixture
def guarded(application: Callable[..., FastAPI], keys: dict[str, str], tmp_path: Path) -> Iterator[TestClient]:
    app = application(keys=tmp_path / "scoped.json")
    with TestClient(app, base_url="http://localhost") as running:
        yield running


def _routes(client: TestClient) -> list[tuple[str, str]]:
    described = client.get("/openapi.json").json()["paths"]
    return [(method.upper(), path) for path, methods in described.items() for method in methods]


def test_every_route_needs_the_scope_that_is_written_down_and_no_other(
    guarded: TestClient, keys: dict[str, str]
) -> None:
    routes = _routes(guarded)
    assert len(routes) > 12
    for method, path in routes:
        name, place = f"{method} {path}", path.replace("{id}", "none").replace("{model}", "none")
        without = guarded.request(method, place).status_code
        if name in OPEN:
            assert without == 200, name
            continue
        assert without == 401, name
        statuses = {
            scope: guarded.request(method, place, headers=_headers(keys[scope])).status_code for scope in SCOPES
        }
        needed = NEEDED.get(name, "read")
        assert {scope for scope, status in statuses.items() if status != 403} == {needed}, (name, statuses)


def test_a_question_is_answered_with_a_key(guarded: TestClient, keys: dict[str, str]) -> None:
    asked = guarded.post("/v1/ask", json={"question": "بنسبة كم زيادة رسوم العبور؟"}, headers=_headers(keys["read"]))
    assert asked.status_code == 200
    assert asked.headers["RateLimit-Policy"].startswith('"key"')
    assert asked.headers["Cache-Control"] == "no-store"


def test_the_folder_of_the_index_is_for_those_who_run_it(guarded: TestClient, keys: dict[str, str]) -> None:
    assert guarded.get("/v1/status", headers=_headers(keys["read"])).json()["store"] == {}


def test_the_description_is_a_page_without_scripts_and_other_hosts(guarded: TestClient) -> None:
    page = guarded.get("/docs")
    assert page.status_code == 200
    for method, path in _routes(guarded):
        assert f"{method} {path}" in page.text
    assert "ماذا تريد الولايات المتحدة" in page.text  # an example
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert "//" not in page.text.replace("<!doctype", "").split("<main>")[0]
    assert guarded.get("/docs.css").headers["Content-Type"].startswith("text/css")
    assert guarded.get("/redoc").status_code == 404


def test_what_the_description_says_is_text_on_its_page() -> None:
    app = FastAPI(title="<b>Masdar</b>", telemetry={"tracing": False})

    @app.get("/<i>", summary="<script>alert(1)</script>")
    async def odd() -> None:
        """<img src=x onerror=alert(1)>."""

    page = reference(app.openapi())
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>" not in page
