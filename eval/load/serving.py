"""A service in a process of its own, started from the command line, and what it takes of the machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from eval.errors import LoadFailed

#: Seconds that a service may take to start.
_PATIENCE = 60.0
#: Seconds that it may take to stop, its last requests and jobs included.
_FAREWELL = 60.0


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes resident: all, and those that no file backs, which the system cannot drop."""

    resident: float
    own: float


@dataclass(frozen=True, slots=True)
class Served:
    """A service that is ready.

    Attributes:
        address: where it listens.
        seconds: from its start until it was ready.
        process: the service.
    """

    address: str
    seconds: float
    process: psutil.Process

    def memory(self) -> Memory:
        """What it holds now."""
        used = self.process.memory_info()
        return Memory(used.rss / 1e6, (used.rss - used.shared) / 1e6)


@contextmanager
def served(store: Path, log: Path) -> Iterator[Served]:
    """``masdar serve`` over the index in ``store``, until the block ends.

    Raises:
        LoadFailed: it does not start; ``log`` says why.
    """
    port = _free_port()
    command = [sys.executable, "-m", "service.cli", "serve", "--store", str(store), "--port", str(port)]
    begun = time.perf_counter()
    with log.open("wb") as lines:
        environment = {**os.environ, "MASDAR_LOG_LEVEL": "warning"}
        process = subprocess.Popen(command, stdout=lines, stderr=lines, env=environment)  # noqa: S603  # ours
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_ready(address, process, log)
        yield Served(address, time.perf_counter() - begun, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(_FAREWELL)


def _wait_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{address}/readyz", timeout=1).status_code == 200:
                return
        except httpx.TransportError:
            pass  # it does not listen yet
        time.sleep(0.02)
    raise LoadFailed(f"the service did not start: {log.read_text('utf-8')[-500:].strip() or 'it says nothing'}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
