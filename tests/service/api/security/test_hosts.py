"""By which names and from which pages the service is called, and what browsers are told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from indexer.errors import BadInput
from service.api.security.binding import check_binding
from service.api.security.headers import CONTENT_POLICY
from service.settings import Settings

Client = Callable[..., TestClient]
MakeKey = Callable[..., str]
QUESTION = {"question": "ماذا تقول الهيئة؟"}
EVERYWHERE = "0.0.0.0"  # noqa: S104 - what a server binds to that other machines shall reach


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LocalHost", "127.9.9.9"]
)
def test_this_machines_names_are_the_services(client: Client, host: str) -> None:
    assert client().post("/v1/ask", json=QUESTION, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "192.168.1.5",
        "localhost@evil.example",
        "evil.example#localhost",
        "[::1",
        "",
    ],
)
def test_a_name_that_was_pointed_here_is_refused(client: Client, host: str) -> None:
    answered = client().post("/v1/ask", json=QUESTION, headers={"Host": host})
    assert answered.status_code == 400
    assert "is not this service's" in answered.json()["detail"]


def test_two_hosts_are_refused(client: Client) -> None:
    answered = client().get("/", headers=[("Host", "localhost"), ("Host", "evil.example")])
    assert answered.status_code == 400


def test_probes_call_by_any_address(client: Client) -> None:
    assert client().get("/healthz", headers={"Host": "10.1.2.3:8000"}).status_code == 200


def test_names_can_be_set(client: Client) -> None:
    named = client(hosts="news.example,*.desk.example")
    for host, status in (
        ("news.example", 200),
        ("a.desk.example:443", 200),
        ("desk.example", 400),
        ("xnews.example", 400),
        ("localhost", 200),
    ):
        assert named.get("/", headers={"Host": host}).status_code == status, host


def test_on_an_address_that_others_reach_names_are_free_with_keys_unless_set(client: Client, make_key: MakeKey) -> None:
    make_key("read")
    assert client(host=EVERYWHERE).get("/", headers={"Host": "news.example"}).status_code == 200
    named = client(host=EVERYWHERE, hosts="news.example")
    assert named.get("/", headers={"Host": "localhost"}).status_code == 400


def test_an_open_service_that_others_reach_is_called_by_no_name_that_could_be_pointed_here(
    client: Client, make_key: MakeKey
) -> None:
    reached = client(host=EVERYWHERE, allow_open=True)
    for host, status in (
        ("evil.example:8000", 400),
        ("evil.example.", 400),
        ("192.168.1.5:8000", 200),
        ("[2001:db8::1]:8000", 200),
        ("localhost:8000", 200),
        ("masdar:8000", 200),
    ):
        assert reached.get("/", headers={"Host": host}).status_code == status, host
    named = client(host=EVERYWHERE, allow_open=True, hosts="news.example")
    assert named.get("/", headers={"Host": "news.example"}).status_code == 200
    assert named.get("/", headers={"Host": "masdar"}).status_code == 400
    make_key("read")
    assert reached.get("/", headers={"Host": "news.example"}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example", "file://"])
def test_other_pages_may_change_nothing(client: Client, origin: str) -> None:
    for method, path in (("POST", "/v1/ask"), ("DELETE", "/v1/articles/canal"), ("POST", "/v1/articles")):
        answered = client().request(method, path, json=QUESTION, headers={"Origin": origin})
        assert answered.status_code == 403, path
        assert "Access-Control-Allow-Origin" not in answered.headers


def test_the_services_own_page_may(client: Client) -> None:
    asked = client().post("/v1/ask", json=QUESTION, headers={"Origin": "http://localhost"})
    assert asked.status_code == 200


def test_other_pages_read_nothing_by_default(client: Client) -> None:
    origin = {"Origin": "https://evil.example"}
    assert "Access-Control-Allow-Origin" not in client().get("/v1/forgotten", headers=origin).headers
    asking = origin | {"Access-Control-Request-Method": "POST"}
    assert "Access-Control-Allow-Origin" not in client().options("/v1/ask", headers=asking).headers


def test_pages_that_are_allowed_may_call_with_a_key_and_without_cookies(client: Client, make_key: MakeKey) -> None:
    key = make_key("read")
    allowing = client(origins="https://desk.example")
    origin = {"Origin": "https://desk.example"}
    preflight = allowing.options(
        "/v1/ask",
        headers=origin | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"},
    )
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "https://desk.example"
    asked = allowing.post("/v1/ask", json=QUESTION, headers=origin | {"Authorization": f"Bearer {key}"})
    assert asked.status_code == 200
    assert asked.headers["Access-Control-Allow-Origin"] == "https://desk.example"
    assert "Access-Control-Allow-Credentials" not in asked.headers
    other = allowing.post("/v1/ask", json=QUESTION, headers={"Origin": "https://evil.example"})
    assert other.status_code == 403


@pytest.mark.parametrize("path", ["/", "/v1/ask", "/nothing-here", "/v1/slow"])
def test_every_answer_has_the_headers(client: Client, path: str) -> None:
    headers = client(request_seconds=0.1).get(path).headers
    assert headers["Content-Security-Policy"] == CONTENT_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_refusals_have_the_headers(client: Client, make_key: MakeKey) -> None:
    make_key("read")
    for answered in (client().get("/v1/forgotten"), client().get("/", headers={"Host": "evil.example"})):
        assert answered.status_code in {400, 401}
        assert answered.headers["Content-Security-Policy"] == CONTENT_POLICY


def test_answers_are_kept_by_nobody_on_their_way(client: Client) -> None:
    assert client().post("/v1/ask", json=QUESTION).headers["Cache-Control"] == "no-store"
    assert "Cache-Control" not in client().get("/").headers


def test_the_policy_allows_nothing_inline_and_no_other_host() -> None:
    rules = dict(rule.split(" ", 1) for rule in CONTENT_POLICY.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert {source for rule in rules.values() for source in rule.split()} == {"'none'", "'self'", "data:"}


@pytest.mark.parametrize("host", [EVERYWHERE, "192.168.1.5", "::", "masdar.example"])
def test_serving_others_needs_keys_or_a_word(host: str, tmp_path: Path, make_key: MakeKey) -> None:
    with pytest.raises(BadInput, match="masdar key create"):
        check_binding(Settings(host=host, keys=tmp_path / "none.json"))
    check_binding(Settings(host=host, keys=tmp_path / "none.json", allow_open=True))
    make_key("read")
    check_binding(Settings(host=host, keys=tmp_path / "keys.json"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.53"])
def test_serving_this_machine_needs_nothing(host: str, tmp_path: Path) -> None:
    check_binding(Settings(host=host, keys=tmp_path / "none.json"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MASDAR_ORIGINS", "*"),
        ("MASDAR_ORIGINS", "desk.example"),
        ("MASDAR_ORIGINS", "https://desk.example/page"),
        ("MASDAR_TRUSTED_PROXIES", "*"),
        ("MASDAR_TRUSTED_PROXIES", "10.0.0.1/24"),
        ("MASDAR_HOSTS", "news.example:8000"),
        ("MASDAR_HOSTS", "a.*.example"),
    ],
)
def test_settings_that_would_open_more_than_meant_are_refused(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from service.settings import load_settings

    monkeypatch.setenv(name, value)
    with pytest.raises(BadInput, match=name):
        load_settings()
