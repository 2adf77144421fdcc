"""``masdar index --server``: a running service is fed."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from indexer.errors import BadInput, ServiceError
from service.cli import feeding
from service.cli.index_command import index


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """Three articles, one of a date to come."""
    path = tmp_path / "new.jsonl"
    texts = [
        "افتتحت بلدية طنجة حديقة واسعة قرب المرفأ.",
        "أُغلق الجسر القديم في الرباط للترميم.",
        "فاز الفريق بالكأس أمس.",
    ]
    records = [{"id": f"new-{number}", "text": text} for number, text in enumerate(texts)]
    records.append({"id": "later", "text": "نص", "date": "2999-01-01"})
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(index, [*map(str, arguments)], catch_exceptions=True)


def test_articles_are_in_the_index_of_the_service_when_the_command_ends(
    live_client: httpx.Client, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "BATCH_ARTICLES", 2)
    first = run(articles, "--server", live_client.base_url, "--json")
    assert first.exit_code == 1, first.output  # one article was not read
    done = json.loads(first.stdout)
    assert (done["added"], done["unchanged"], done["lost"], done["articles"]) == (3, 0, 1, 7)
    assert live_client.get("/v1/articles/new-1").json()["text"].startswith("أُغلق الجسر")
    again = json.loads(run(articles, "--server", live_client.base_url, "--json").stdout)
    assert (again["added"], again["unchanged"]) == (0, 3)
    for number in range(3):
        live_client.delete(f"/v1/articles/new-{number}")


@pytest.mark.parametrize("option", ["--prune", "--allow-future", "--chunk-tokens=64", "--store=x"])
def test_options_of_an_index_of_this_process_are_refused(articles: Path, option: str) -> None:
    outcome = run(articles, "--server", "http://127.0.0.1:9", option)
    assert isinstance(outcome.exception, BadInput)
    assert option.partition("=")[0] in str(outcome.exception)


class Scripted(BaseHTTPRequestHandler):
    """Gives the answers of a script, one a request."""

    script: list[tuple[int, dict[str, str], object]]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def do_GET(self) -> None:
        status, headers, body = self.script.pop(0)
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


Script = Callable[..., str]
JOB: dict[str, Any] = {"id": "job_1", "state": "done", "added": 1, "replaced": 0, "unchanged": 0}
JOB |= {"refused": [], "warnings": [], "error": None}


@pytest.fixture
def script() -> Iterator[Script]:
    """Starts a service that answers as it is told."""
    servers: list[ThreadingHTTPServer] = []

    def started(*answers: tuple[int, dict[str, str], object]) -> str:
        handler = type("Handler", (Scripted,), {"script": list(answers)})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield started
    for server in servers:
        server.shutdown()


def test_a_busy_service_is_asked_again_when_it_says(
    script: Script, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(feeding.time, "sleep", waited.append)
    address = script(
        (503, {"Retry-After": "7"}, {}),
        (429, {"Retry-After": "2"}, {}),
        (202, {}, {"job": JOB | {"state": "queued"}}),
        (404, {}, {}),  # restarted, and the job forgotten
        (202, {}, {"job": JOB}),
        (200, {}, {"articles": 1, "chunks": 1}),
    )
    outcome = run(articles, "--server", address, "--json")
    assert json.loads(outcome.stdout)["added"] == 1
    assert waited == [7, 2, feeding._POLL_SECONDS]


def test_a_service_that_cannot_be_reached_is_an_error_after_all_tries(
    articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(feeding.time, "sleep", waited.append)
    outcome = run(articles, "--server", "http://127.0.0.1:9")
    assert isinstance(outcome.exception, ServiceError)
    assert "http://127.0.0.1:9" in str(outcome.exception)
    assert waited == list(feeding._WAITS)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((401, {}, {"detail": "this needs a key"}), "MASDAR_KEY"),
        ((413, {}, {"detail": "too large"}), "too large"),
        ((202, {}, {"job": JOB | {"state": "failed", "error": "the disk is full"}}), "the disk is full"),
    ],
)
def test_a_refusal_is_told_in_the_words_of_the_service(script: Script, articles: Path, answer: Any, told: str) -> None:
    outcome = run(articles, "--server", script(answer))
    assert isinstance(outcome.exception, ServiceError)
    assert told in str(outcome.exception)
