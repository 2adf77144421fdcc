"""``masdar serve``: where it refuses to listen, and what it writes down."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from service.api.security.keys import KeyFile

Masdar = Callable[..., subprocess.CompletedProcess[str]]
EVERYWHERE = "0.0.0.0"  # noqa: S104 - what must be refused


@pytest.mark.slow
def test_an_address_that_others_reach_is_refused_without_keys(
    fake_masdar: Masdar, small_index: Path, tmp_path: Path
) -> None:
    run = fake_masdar(
        "serve",
        "--host",
        EVERYWHERE,
        "--port",
        "0",
        "--store",
        small_index,
        env={"MASDAR_KEYS": str(tmp_path / "none")},
    )
    assert run.returncode == 2
    assert "masdar key create" in run.stderr
    assert "--allow-open" in run.stderr


@pytest.mark.slow
def test_what_it_writes_down_has_no_key_and_no_question(
    fake_command: list[str],
    plain_environment: Callable[..., dict[str, str]],
    index_copy: Path,
    tmp_path: Path,
) -> None:
    keys = KeyFile(tmp_path / "keys.json")
    secret = keys.add("newsroom", ["read"])
    question = "بنسبة كم زيادة رسوم عبور السفن؟"
    environment = plain_environment({"MASDAR_KEYS": str(keys.path)})
    command = [*fake_command, "serve", "--port", "0", "--store", str(index_copy)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        try:
            found = re.search(r"http://[0-9.:]+", process.stdout.readline())
            assert found is not None
            with httpx.Client(base_url=found[0], timeout=60) as client:
                sent = {"Authorization": f"Bearer {secret}"}
                assert client.post("/v1/ask", json={"question": question}, headers=sent).status_code == 200
                assert client.get("/v1/status", params={"key": secret}).status_code == 400
                assert client.get("/v1/status", headers={"Authorization": f"Bearer {secret}x"}).status_code == 401
                keys.remove("newsroom")
                assert client.post("/v1/ask", json={"question": question}, headers=sent).status_code == 401
        finally:
            process.send_signal(signal.SIGTERM)
            _, written = process.communicate(timeout=60)
    lines = [json.loads(line) for line in written.splitlines()]
    requests = [(line["route"], line["status"], line.get("key")) for line in lines if line["event"] == "request"]
    assert ("/v1/ask", 200, "newsroom") in requests
    assert len(requests) == 4
    assert secret not in written
    assert question not in written
