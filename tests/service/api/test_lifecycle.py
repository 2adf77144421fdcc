"""The service as a process: how it starts and stops, and what survives its end."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.slow

QUESTION = {"question": "من وقّع اتفاق المعادن؟"}
GARDEN = {"title": "حديقة في طنجة", "text": "افتتحت بلدية طنجة حديقة واسعة قرب المرفأ القديم صباح الخميس."}


def gardens(count: int) -> list[dict[str, str]]:
    """Articles that differ: copies are encoded once."""
    return [
        GARDEN | {"id": f"garden-{number}", "text": f"{GARDEN['text']} وهي الحديقة رقم {number} في المدينة."}
        for number in range(count)
    ]


@dataclass
class Serving:
    """A running service."""

    process: subprocess.Popen[str]
    client: httpx.Client

    def stop(self, signal_: signal.Signals) -> int:
        self.process.send_signal(signal_)
        return self.process.wait(60)


Serve = Callable[..., Any]


@pytest.fixture
def serve(fake_command: list[str], plain_environment: Callable[..., dict[str, str]]) -> Serve:
    """Starts ``masdar serve`` with the stand-in model over an index, and ends it."""

    @contextmanager
    def started(store: Path, **env: str) -> Iterator[Serving]:
        command = [*fake_command, "serve", "--store", str(store), "--port", "0"]
        environment = plain_environment({"MASDAR_QUALITY": "off"} | env) | {"PYTHONUNBUFFERED": "1"}  # short texts
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, encoding="utf-8") as process:
            try:
                assert process.stdout is not None
                address = re.search(r"http://\S+", process.stdout.readline())
                assert address is not None
                with httpx.Client(base_url=address[0], timeout=60) as client:
                    assert client.get("/readyz").status_code == 200
                    yield Serving(process, client)
            finally:
                process.kill()

    return started


@pytest.fixture
def store(small_index: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_index, tmp_path / "store"))


def first_passage(client: httpx.Client, question: str) -> str:
    passages = client.post("/v1/search", json={"question": question}).json()["passages"]
    return str(passages[0]["article_id"])


def until_indexed(client: httpx.Client) -> None:
    for _ in range(300):
        states = {job["state"] for job in client.get("/v1/jobs").json()["jobs"]}
        if states == {"done"}:
            return
        time.sleep(0.1)
    raise AssertionError(states)


def test_a_stream_comes_to_its_end_when_the_service_is_told_to_stop(serve: Serve, store: Path) -> None:
    # The stand-in takes a second over the question: the signal comes in the middle of the answer.
    with serve(store, FAKE_SECONDS="1") as serving:
        events: list[str] = []
        with serving.client.stream("POST", "/v1/ask", json=QUESTION, headers={"Accept": "text/event-stream"}) as stream:
            for line in stream.iter_lines():
                if not events and line.startswith("event:"):
                    serving.process.send_signal(signal.SIGTERM)
                if line.startswith("event:"):
                    events.append(line.removeprefix("event: "))
        assert events[0] == "status"
        assert events[-1] == "done"
        assert serving.process.wait(30) == 0
    assert (store / "settled.json").exists()  # the index was closed in order


def test_what_was_acknowledged_is_indexed_after_a_kill(serve: Serve, store: Path) -> None:
    with serve(store, FAKE_SECONDS="0.5") as serving:
        several = gardens(8)
        assert serving.client.post("/v1/articles", json={"articles": several}).status_code == 202
        assert serving.client.put("/v1/articles/harbour", json=GARDEN).status_code == 202
        assert serving.stop(signal.SIGKILL) == -signal.SIGKILL
    with serve(store) as serving:
        until_indexed(serving.client)
        assert serving.client.get("/v1/status").json()["articles"] == 4 + 8 + 1
        assert first_passage(serving.client, "حديقة طنجة قرب المرفأ").startswith(("garden", "harbour"))
        assert not list((store.parent / "store.service" / "spool").iterdir())


def test_articles_that_wait_are_indexed_before_the_service_stops(serve: Serve, store: Path) -> None:
    with serve(store, FAKE_SECONDS="0.1") as serving:
        several = gardens(8)
        serving.client.post("/v1/articles", json={"articles": several})
        assert serving.stop(signal.SIGTERM) == 0
    with serve(store) as serving:
        assert serving.client.get("/v1/status").json()["articles"] == 12


def test_articles_for_which_there_was_no_time_wait_for_the_next_start(serve: Serve, store: Path) -> None:
    with serve(store, FAKE_SECONDS="1", MASDAR_SHUTDOWN_SECONDS="1") as serving:
        several = gardens(40)  # some batches
        serving.client.post("/v1/articles", json={"articles": several})
        assert serving.stop(signal.SIGTERM) == 0
    assert list((store.parent / "store.service" / "spool").iterdir())
    with serve(store) as serving:
        until_indexed(serving.client)
        assert serving.client.get("/v1/status").json()["articles"] == 4 + 40


def test_a_deleted_article_does_not_come_back_from_the_spool(serve: Serve, store: Path) -> None:
    with serve(store, FAKE_SECONDS="0.3") as serving:
        several = gardens(40)
        serving.client.post("/v1/articles", json={"articles": several})
        assert serving.client.delete("/v1/articles/garden-39").status_code == 204
        serving.stop(signal.SIGKILL)
    with serve(store) as serving:
        until_indexed(serving.client)
        assert serving.client.get("/v1/articles/garden-39").status_code == 404
        assert serving.client.get("/v1/articles/garden-38").status_code == 200


def test_a_second_service_over_the_same_index_is_told_so(serve: Serve, store: Path, fake_masdar: Any) -> None:
    with serve(store):
        second = fake_masdar("serve", "--store", store, "--port", "0")
    assert (second.returncode, "open already" in second.stderr) == (4, True)


def test_a_port_that_is_taken_is_named(serve: Serve, store: Path, fake_masdar: Any) -> None:
    with serve(store) as serving:
        port = str(serving.client.base_url.port)
        second = fake_masdar("serve", "--store", store, "--port", port)
    assert second.returncode == 2
    assert f"127.0.0.1:{port}" in second.stderr


def test_a_spool_that_cannot_be_read_is_told_in_a_sentence(store: Path, fake_masdar: Any) -> None:
    spool = store.parent / "store.service" / "spool"
    spool.mkdir(parents=True)
    (spool / "job_1.jsonl").write_text(json.dumps({"job": "job_1"}) + "\n")
    outcome = fake_masdar("serve", "--store", store, "--port", "0")
    assert outcome.returncode == 4
    assert outcome.stderr.splitlines()[-1].startswith("masdar: the file ")
    assert os.fspath(spool / "job_1.jsonl") in outcome.stderr
