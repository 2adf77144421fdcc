"""Who gets in: keys, scopes, and the ways around them that must not work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from service.api.security.access import require
from service.api.security.keys import KeyFile

Client = Callable[..., TestClient]
MakeKey = Callable[..., str]

QUESTION = {"question": "ماذا تقول الهيئة؟"}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_without_any_key_this_machine_may_do_everything(client: Client) -> None:
    open_client = client()
    assert open_client.post("/v1/ask", json=QUESTION).json()["caller"] == ""
    assert open_client.delete("/v1/articles/canal").status_code == 200
    assert open_client.get("/metrics").status_code == 200
    # OpenAI's clients send a key, whether or not one is needed.
    assert open_client.post("/v1/chat/completions", headers=bearer("not-needed")).status_code == 200


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
def test_a_key_lets_in(client: Client, make_key: MakeKey, header: str) -> None:
    key = make_key("read")
    value = f"Bearer {key}" if header == "Authorization" else key
    answered = client().post("/v1/ask", json=QUESTION, headers={header: value})
    assert answered.json() == {"caller": "desk", **QUESTION}


def test_without_a_key_nobody_gets_in_not_even_where_a_route_forgot_to_ask(
    client: Client, make_key: MakeKey, refused: list[str]
) -> None:
    make_key("read")
    closed = client()
    for method, path in (
        ("POST", "/v1/ask"),
        ("GET", "/metrics"),
        ("GET", "/v1/forgotten"),
        ("GET", "/v1/nothing-here"),
        ("OPTIONS", "/v1/ask"),
        ("HEAD", "/v1/forgotten"),
    ):
        answered = closed.request(method, path)
        assert answered.status_code == 401, (method, path)
        assert answered.headers["WWW-Authenticate"] == 'Bearer realm="masdar"'
    assert set(refused) == {"no_key"}
    assert closed.get("/").status_code == closed.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["//v1/forgotten", "/V1/forgotten", "/%2e/v1/forgotten", "/x/../v1/forgotten"])
def test_another_spelling_of_a_path_leads_nowhere(client: Client, make_key: MakeKey, path: str) -> None:
    make_key("read")
    assert client().get(f"http://localhost{path}").status_code in {401, 404}


def test_an_encoded_path_is_the_same_path(client: Client, make_key: MakeKey) -> None:
    make_key("read")
    assert client().get("/%76%31/forgotten").status_code == 401


@pytest.mark.parametrize("path", ["/masdar/v1/forgotten", "/v1/forgotten"])
def test_a_prefix_of_a_proxy_opens_nothing(make_app: Callable[..., FastAPI], make_key: MakeKey, path: str) -> None:
    make_key("read")
    behind = TestClient(make_app(), base_url="http://localhost", root_path="/masdar")
    assert behind.get(path).status_code == 401


def test_a_wrong_key_is_told_so_as_a_problem(client: Client, make_key: MakeKey, refused: list[str]) -> None:
    key = make_key("read")
    answered = client().post("/v1/ask", json=QUESTION, headers=bearer(key[:-2] + "zz"))
    assert answered.status_code == 401
    assert answered.headers["Content-Type"] == "application/problem+json"
    assert 'error="invalid_token"' in answered.headers["WWW-Authenticate"]
    assert answered.json()["title"] == "Unauthorized"
    assert key[:10] not in answered.text
    assert refused == ["wrong_key"]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic bXNkOm1zZA==",
        "Bearer msd_",
        "Bearer null",
        "Bearer \xff",
        "Bearer " + "a" * 9000,
    ],
)
def test_what_is_no_key_is_refused(client: Client, make_key: MakeKey, value: str) -> None:
    make_key("read")
    headers = [(b"authorization", value.encode("latin-1"))]
    assert client().post("/v1/ask", json=QUESTION, headers=headers).status_code == 401


def test_scopes_do_not_include_each_other(client: Client, make_key: MakeKey) -> None:
    keys = {scope: make_key(scope, name=scope) for scope in ("read", "write", "admin")}
    every = client()
    statuses = {
        scope: (
            every.post("/v1/ask", json=QUESTION, headers=bearer(key)).status_code,
            every.post("/v1/articles", json={"text": "نص"}, headers=bearer(key)).status_code,
            every.delete("/v1/articles/canal", headers=bearer(key)).status_code,
            every.get("/metrics", headers=bearer(key)).status_code,
        )
        for scope, key in keys.items()
    }
    assert statuses == {"read": (200, 403, 403, 403), "write": (403, 200, 200, 403), "admin": (403, 403, 403, 200)}


def test_a_missing_scope_is_named(client: Client, make_key: MakeKey) -> None:
    answered = client().delete("/v1/articles/canal", headers=bearer(make_key("read")))
    assert answered.status_code == 403
    assert 'error="insufficient_scope", scope="write"' in answered.headers["WWW-Authenticate"]
    assert answered.json()["detail"] == "this needs the scope 'write'; the key 'desk' has: read"


def test_a_request_cannot_give_itself_scopes(client: Client, make_key: MakeKey) -> None:
    key = make_key("read")
    tricks = {
        "X-Scopes": "write",
        "X-Masdar-Caller": "admin",
        "masdar.caller": "admin",
        "X-HTTP-Method-Override": "GET",
    }
    answered = client().delete("/v1/articles/canal?scope=write&scopes=admin", headers=bearer(key) | tricks)
    assert answered.status_code == 403


def test_two_keys_in_one_request_are_refused(client: Client, make_key: MakeKey) -> None:
    key, other = make_key("read"), make_key("write", name="other")
    both = bearer(key) | {"X-API-Key": other}
    assert client().post("/v1/ask", json=QUESTION, headers=both).status_code == 400
    twice = [("Authorization", f"Bearer {key}"), ("Authorization", f"Bearer {other}")]
    assert client().post("/v1/ask", json=QUESTION, headers=twice).status_code == 400


@pytest.mark.parametrize("name", ["key", "api_key", "access_token", "anything"])
def test_a_key_in_the_address_is_refused_even_a_right_one(client: Client, make_key: MakeKey, name: str) -> None:
    key = make_key("read")
    for headers in ({}, bearer(key)):
        answered = client().post("/v1/ask", params={name: key}, json=QUESTION, headers=headers)
        assert answered.status_code == 400
        assert "revoke it" in answered.json()["detail"]
        assert key not in answered.text
    escaped = "".join(f"%{ord(letter):02x}" for letter in key)
    assert client().post(f"/v1/ask?k={escaped}", json=QUESTION).status_code == 400


def test_a_revoked_key_is_refused_from_the_next_request_on(
    client: Client, make_key: MakeKey, key_file: KeyFile
) -> None:
    key = make_key("read")
    running = client()
    assert running.post("/v1/ask", json=QUESTION, headers=bearer(key)).status_code == 200
    key_file.remove("desk")
    assert running.post("/v1/ask", json=QUESTION, headers=bearer(key)).status_code == 401
    again = make_key("read")
    assert running.post("/v1/ask", json=QUESTION, headers=bearer(again)).status_code == 200


def test_an_expired_key_is_refused(client: Client, make_key: MakeKey) -> None:
    key = make_key("read", expires=datetime.now(UTC) - timedelta(seconds=1))
    assert client().post("/v1/ask", json=QUESTION, headers=bearer(key)).status_code == 401


def test_the_first_key_closes_a_running_service(client: Client, make_key: MakeKey) -> None:
    running = client()
    assert running.post("/v1/ask", json=QUESTION).status_code == 200
    make_key("read")
    assert running.post("/v1/ask", json=QUESTION).status_code == 401


def test_openai_clients_read_errors_in_their_form(client: Client, make_key: MakeKey) -> None:
    make_key("read")
    answered = client().post("/v1/chat/completions", headers=bearer("sk-wrong"))
    assert answered.status_code == 401
    assert answered.json()["error"]["code"] == "invalid_api_key"
    assert answered.json()["error"]["type"] == "authentication_error"


def test_a_route_without_a_guard_lets_nobody_in() -> None:
    app = FastAPI()

    @app.get("/v1/ask", dependencies=[Depends(require("read"))])
    async def ask() -> str:
        return "answered"

    assert TestClient(app).get("/v1/ask", headers=bearer("msd_" + "x" * 43)).status_code == 401


def test_keys_are_in_the_description(make_app: Callable[..., FastAPI]) -> None:
    described = make_app().openapi()
    assert described["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert {"key": []} in described["paths"]["/v1/ask"]["post"]["security"]
