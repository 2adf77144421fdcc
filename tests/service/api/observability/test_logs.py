"""The log: one JSON line a request, with its number, without keys, and without what was asked."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from service.api.app import create_app
from service.api.observability.logs import install_logs
from service.api.observability.redaction import GONE, Redactor
from service.api.observability.requests import request_id
from service.api.security.keys import KeyFile
from service.settings import Settings

Lines = Callable[[], list[dict[str, Any]]]
QUESTION = "بنسبة كم زيادة رسوم عبور السفن؟"
KEY = "msd_" + "Ab3_-" * 8 + "xyz"


@pytest.fixture
def log() -> Iterator[Callable[..., Lines]]:
    """Sets the log up as the settings say; gives a function that reads its lines."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def install(**settings: Any) -> Lines:
        stream = io.StringIO()
        install_logs(Settings(**settings), stream)
        return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]

    yield install
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_an_event_is_a_line_of_json_with_its_time_level_and_source(log: Callable[..., Lines]) -> None:
    lines = log()
    structlog.stdlib.get_logger("service.somewhere").info("وصل", articles=3)
    (line,) = lines()
    assert line["event"] == "وصل"
    assert (line["articles"], line["level"], line["logger"]) == (3, "info", "service.somewhere")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", line["timestamp"])


def test_other_libraries_and_the_server_write_the_same_lines(log: Callable[..., Lines]) -> None:
    lines = log()
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 7)
    logging.getLogger("uvicorn.access").info("GET /v1/ask?key=%s", KEY)  # our own line says it without the address
    (line,) = lines()
    assert (line["event"], line["logger"]) == ("Started server process [7]", "uvicorn.error")


def test_a_level_can_be_chosen(log: Callable[..., Lines]) -> None:
    lines = log(log_level="warning")
    structlog.stdlib.get_logger("a").info("left out")
    logging.getLogger("b").info("left out")
    structlog.stdlib.get_logger("a").warning("kept")
    assert [line["event"] for line in lines()] == ["kept"]


SECRETS = {
    "a key of ours": f"sent {KEY} by mistake",
    "a header": f"Authorization: Bearer {KEY}",
    "another's token": "authorization: bearer eyJhbGciOi.J9.abc",
    "an OpenAI key": "using sk-proj-abcDEF123456",
    "an address with a password": "http://user:hunter22@qdrant.example:6333/",
    "a query": "GET /x?api_key=hunter22&limit=3",
    "the language model's": "refused: geheim-9f8e7d",
}


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS.keys())
@pytest.mark.parametrize("kind", ["event", "field", "deep", "stdlib", "bytes", "object"])
def test_secrets_stand_in_no_line(log: Callable[..., Lines], text: str, kind: str) -> None:
    lines = log(llm_key="geheim-9f8e7d")
    logger = structlog.stdlib.get_logger("a")
    match kind:
        case "event":
            logger.info(text)
        case "field":
            logger.info("failed", reason=text)
        case "deep":
            logger.info("failed", request={"parts": [("x", text)], text: 1})
        case "stdlib":
            logging.getLogger("library").warning("said %s", text)
        case "bytes":
            logger.info("failed", raw=text.encode())
        case "object":
            logger.info("failed", error=ValueError(text))
    (line,) = lines()
    written = json.dumps(line)
    assert GONE in written
    for secret in (KEY, "hunter22", "geheim-9f8e7d", "eyJhbGciOi.J9.abc", "sk-proj-abcDEF123456"):
        assert secret not in written


@pytest.mark.parametrize("name", ["authorization", "api_key", "X-API-Key", "llm_token", "Set-Cookie", "password"])
def test_a_field_that_is_called_a_secret_is_one(name: str) -> None:
    event = Redactor()(None, "info", {"event": "x", "headers": {name: "plain"}, name: ["plain"]})
    assert "plain" not in json.dumps(event)


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_known_secret_is_taken_out_wherever_it_stands(before: str, after: str) -> None:
    assert "geheim-9f8e7d" not in Redactor(["geheim-9f8e7d"]).text(f"{before}geheim-9f8e7d{after}")


@given(st.text(alphabet=st.characters(min_codepoint=0x621, max_codepoint=0x64A), max_size=80))
def test_what_is_no_secret_stays(text: str) -> None:
    assert Redactor(["geheim-9f8e7d"]).text(text) == text


def test_the_name_of_a_key_is_no_secret() -> None:
    assert Redactor()(None, "info", {"event": "request", "key": "newsroom"})["key"] == "newsroom"


def _fail() -> None:
    try:
        int(f"the question was {QUESTION}")
    except ValueError:
        structlog.stdlib.get_logger("a").exception("failed")


def test_questions_and_messages_of_exceptions_are_written_only_where_a_setting_says_so(
    log: Callable[..., Lines],
) -> None:
    def written(**settings: Any) -> str:
        lines = log(**settings)
        structlog.stdlib.get_logger("a").info("asked", question=QUESTION, text="نص", messages=[QUESTION])
        _fail()
        return json.dumps(lines(), ensure_ascii=False)

    without = written()
    assert QUESTION not in without
    assert "نص" not in without
    assert '"type": "ValueError"' in without
    assert "test_logs.py" in without
    assert QUESTION in written(log_content=True)


def test_a_group_of_exceptions_is_told_with_its_members(log: Callable[..., Lines]) -> None:
    lines = log()
    several = ExceptionGroup("several", [KeyError(QUESTION), OSError(QUESTION)])
    logging.getLogger("library").error("failed", exc_info=several)
    (line,) = lines()
    assert [one["type"] for one in line["exception"][0]["group"]] == ["KeyError", "OSError"]
    assert QUESTION not in json.dumps(line, ensure_ascii=False)


@pytest.fixture
def client(request: pytest.FixtureRequest) -> TestClient:
    made: TestClient = request.getfixturevalue("shared_client")
    return made


def _requests(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in lines if line["event"] == "request"]


def test_a_request_is_one_line_without_what_was_asked(log: Callable[..., Lines], client: TestClient) -> None:
    lines = log()
    asked = client.post("/v1/ask", json={"question": QUESTION})
    (line,) = _requests(lines())
    assert (line["method"], line["route"], line["status"], line["key"]) == ("POST", "/v1/ask", 200, "")
    assert line["milliseconds"] > 0
    assert line["request_id"] == asked.headers["X-Request-ID"]
    assert QUESTION not in json.dumps(lines(), ensure_ascii=False)
    assert asked.json()["answer"] not in json.dumps(lines(), ensure_ascii=False)


def test_the_route_of_a_line_is_not_the_address(log: Callable[..., Lines], client: TestClient) -> None:
    lines = log()
    client.get("/v1/articles/canal?spans=0-5")
    client.get("/somewhere/else?token=secret")
    assert [line["route"] for line in _requests(lines())] == ["/v1/articles/{id:path}", "other"]
    assert "canal" not in json.dumps(lines())
    assert "secret" not in json.dumps(lines())


def test_a_number_that_came_with_a_request_is_kept_if_it_is_one(client: TestClient) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "trace-1234.5"}).headers["X-Request-ID"] == "trace-1234.5"
    for bad in ("short", "x" * 129, "with space", "ümlaut12", '{"level":"error"}', "a;b=c;d=efgh"):
        given_back = client.get("/healthz", headers={"X-Request-ID": bad.encode("latin-1", "replace")})
        assert re.fullmatch(r"[0-9a-f]{32}", given_back.headers["X-Request-ID"]), bad


@given(st.text())
def test_a_number_cannot_write_lines_of_its_own(sent: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9._-]{8,128}", request_id(sent))


def test_every_answer_has_a_number_refusals_too(client: TestClient) -> None:
    for answered in (
        client.get("/v1/articles/none"),
        client.get("/nothing"),
        client.get("/", headers={"Host": "evil.example"}),
        client.post("/v1/ask", content="x"),
        client.delete("/v1/models"),
    ):
        assert answered.status_code >= 400
        assert answered.headers["X-Request-ID"]


def test_a_line_names_the_key_and_never_shows_it(
    log: Callable[..., Lines], application: Callable[..., Any], tmp_path: Any
) -> None:
    keys = KeyFile(tmp_path / "named.json")
    secret = keys.add("newsroom", ["read"])
    with TestClient(application(keys=keys.path), base_url="http://localhost") as running:
        lines = log()
        running.post("/v1/search", json={"question": QUESTION}, headers={"Authorization": f"Bearer {secret}"})
        running.post("/v1/search", json={"question": QUESTION}, headers={"Authorization": f"Bearer {secret}x"})
    first, second = _requests(lines())
    assert (first["status"], first["key"]) == (200, "newsroom")
    assert (second["status"], "key" in second) == (401, False)
    assert [line["address"] for line in lines() if line["event"] == "key refused"] == ["testclient"]
    assert secret not in json.dumps(lines())


def test_what_nobody_caught_is_a_problem_with_a_number_and_a_line_with_its_place(log: Callable[..., Lines]) -> None:
    app = create_app(Settings())

    @app.get("/v1/broken")
    async def broken() -> str:
        raise RuntimeError(QUESTION)

    lines = log()
    answered = TestClient(app, base_url="http://localhost").get("/v1/broken")
    assert answered.status_code == 500
    assert answered.headers["Content-Type"] == "application/problem+json"
    assert "Content-Security-Policy" in answered.headers
    assert QUESTION not in answered.text
    failed, line = (line for line in lines() if line["event"] in {"request failed", "request"})
    assert failed["request_id"] == line["request_id"] == answered.headers["X-Request-ID"]
    assert failed["exception"][0]["type"] == "RuntimeError"
    assert line["status"] == 500
