"""The service under attack: ``masdar serve`` as a process, over an index of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from eval.errors import AttackFailed
from service.api.security.keys import KeyFile, Scope

_COMMAND = [sys.executable, "-m", "service.cli"]
_PATIENCE = 120


@dataclass(frozen=True, slots=True)
class Target:
    """A running service.

    Attributes:
        host, port: where it listens.
        client: of someone who may read.
        keys: by scope.
    """

    host: str
    port: int
    client: httpx.Client
    keys: Mapping[str, str]


def masdar(*arguments: str | Path, **settings: str) -> str:
    """What a command prints, errors too.

    Raises:
        AttackFailed: it fails.
    """
    run = subprocess.run(  # noqa: S603  (our own command)
        [*_COMMAND, *map(str, arguments)], capture_output=True, env=_environment(settings), timeout=600, check=False
    )
    said = run.stdout.decode("utf-8", "replace") + run.stderr.decode("utf-8", "replace")
    if run.returncode:
        raise AttackFailed(f"masdar {arguments[0]} ended with {run.returncode}: {said[-500:]}")
    return said


def indexed(records: Iterable[Mapping[str, Any]], folder: Path) -> Path:
    """An index of these records, whatever they look like."""
    articles, store = folder / "articles.jsonl", folder / "store"
    articles.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8")
    masdar("index", articles, "--store", store, QUALITY="off", DUPLICATES="off")
    return store


def made_keys(folder: Path) -> dict[str, str]:
    """A key for each scope, in the key file of the folder."""
    file = KeyFile(folder / "keys.json")
    scopes: tuple[Scope, ...] = ("read", "write")
    return {scope: file.add(scope, [scope]) for scope in scopes}


@contextmanager
def serving(store: Path, keys: Mapping[str, str], **settings: str) -> Iterator[Target]:
    """``masdar serve`` over the index, with the keys beside it, until the block ends.

    Raises:
        AttackFailed: it does not start.
    """
    log = store.parent / "serve.log"
    environment = _environment({"KEYS": str(store.parent / "keys.json"), "LOG_LEVEL": "warning", **settings})
    command = [*_COMMAND, "serve", "--store", str(store), "--port", "0"]
    with log.open("wb") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=environment)  # noqa: S603  (our own command)
    try:
        said = process.stdout.readline().decode() if process.stdout else ""
        told = re.search(r"http://([\d.]+):(\d+)", said)
        if told is None:
            raise AttackFailed(f"masdar serve did not start: {log.read_text('utf-8')[-500:]}")
        headers = {"Authorization": f"Bearer {keys['read']}"}
        with httpx.Client(base_url=told[0], headers=headers, timeout=_PATIENCE) as client:
            yield Target(told[1], int(told[2]), client, keys)
    finally:
        process.terminate()
        process.wait(_PATIENCE)
        if process.stdout:
            process.stdout.close()


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    """That of this process, without Masdar's variables but for where models are, and with these."""
    plain = {name: value for name, value in os.environ.items() if name == "MASDAR_CACHE" or "MASDAR_" not in name}
    return plain | {f"MASDAR_{name}": value for name, value in settings.items()}
