"""Locust's clients in a process of their own, and the figures that they bring back."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.errors import LoadFailed

_LOCUSTFILE = Path(__file__).with_name("locustfile.py")
#: Percentiles that are told.
LEVELS = (50, 95, 99)


@dataclass(frozen=True, slots=True)
class Route:
    """What the clients saw of one kind of request.

    Attributes:
        requests, failures: how many.
        per_second: requests a second.
        milliseconds: percentile -> milliseconds; 0 where there was none.
    """

    requests: int
    failures: int
    per_second: float
    milliseconds: Mapping[int, float]


def load(address: str, clients: int, seconds: int, meanwhile: Callable[[], None] = lambda: None) -> dict[str, Route]:
    """Have so many clients ask and search at once, so long; the routes by name.

    Args:
        address: of the service.
        clients: how many ask side by side, each the next question when it has its answer.
        seconds: how long.
        meanwhile: what happens in the meantime; called again and again.

    Raises:
        LoadFailed: Locust did not run to its end.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "load"
        command = [sys.executable, "-m", "locust", "-f", str(_LOCUSTFILE), "--headless", "--host", address]
        command += ["--users", str(clients), "--spawn-rate", str(clients), "--run-time", f"{seconds}s"]
        command += ["--stop-timeout", "60", "--only-summary", "--json-file", str(target), "--exit-code-on-error", "0"]
        with Path(folder, "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603  # ours
        while process.poll() is None:
            meanwhile()
        if process.returncode or not target.with_suffix(".json").exists():
            raise LoadFailed(f"locust ended with {process.returncode}: {Path(folder, 'log').read_text('utf-8')[-500:]}")
        rows: list[dict[str, Any]] = json.loads(target.with_suffix(".json").read_text("utf-8"))
    return {row["name"]: _route(row, seconds) for row in rows}


def _route(row: Mapping[str, Any], seconds: int) -> Route:
    times = {float(milliseconds): count for milliseconds, count in row["response_times"].items()}
    every = np.repeat(list(times), list(times.values())) if times else np.zeros(1)
    levels = {level: float(np.percentile(every, level)) for level in LEVELS}
    return Route(row["num_requests"], row["num_failures"], row["num_requests"] / seconds, levels)
