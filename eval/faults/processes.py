"""Starting, killing and reading real processes of ``masdar``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from eval.errors import FaultRunFailed

_ROOT: Final = Path(__file__).resolve().parents[2]
#: The longest that anything may take, in seconds: a machine may be busy.
PATIENCE: Final = 240.0


@dataclass(slots=True)
class Run:
    """A process of ``masdar``.

    Attributes:
        pid: its number.
        log: what it prints.
        status: None while it was not waited for; negative is the signal that killed it.
    """

    pid: int
    log: Path
    _nursery: Nursery
    status: int | None = None

    def wait(self) -> int:
        """Its exit status, once it ended."""
        if self.status is None:
            self.status = os.waitstatus_to_exitcode(self._nursery.ask({"wait": self.pid}))
        return self.status

    def end(self, number: int = signal.SIGKILL) -> int:
        """Send a signal, and wait."""
        if self.status is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)
        return self.wait()

    @property
    def is_over(self) -> bool:
        """Whether it ended; its status is not read by this."""
        try:
            state = Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        return state in "ZX"

    def said(self) -> str:
        """What it printed."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""


@dataclass(slots=True)
class Nursery:
    """Starts processes; made by ``nursery``."""

    folder: Path
    environment: Mapping[str, str]
    _process: subprocess.Popen[str]
    _runs: list[Run] = field(default_factory=list)

    def start(
        self,
        *arguments: str | Path,
        quick: bool = True,
        memory: int = 0,
        clock: float = 0.0,
        environment: Mapping[str, str] = {},
    ) -> Run:
        """Start the command with these arguments; see ``nursery.py`` for the others."""
        log = self.folder / f"log-{len(self._runs)}"
        request = {
            "arguments": [str(one) for one in arguments],
            "environment": {**self.environment, **environment},
            "log": str(log),
            "quick": quick,
            "memory": memory,
            "clock": clock,
        }
        run = Run(self.ask(request), log, self)
        self._runs.append(run)
        return run

    def done(self, *arguments: str | Path, quick: bool = True, environment: Mapping[str, str] = {}) -> str:
        """Run the command to its end; what it printed.

        Raises:
            FaultRunFailed: its exit code is not 0.
        """
        run = self.start(*arguments, quick=quick, environment=environment)
        if run.wait():
            raise FaultRunFailed(f"masdar {arguments[0]} ended with {run.status}: {run.said()[-400:]}")
        return run.said()

    def ask(self, request: Mapping[str, Any]) -> int:
        """The answer of ``nursery.py``."""
        assert self._process.stdin is not None  # noqa: S101  (pipes, below)
        assert self._process.stdout is not None  # noqa: S101  (for the types: it is a pipe)
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """Kill what still runs."""
        for run in self._runs:
            run.end()
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()


@contextmanager
def nursery(folder: Path) -> Iterator[Nursery]:
    """What starts processes, until the block ends; their logs go into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = {name: value for name, value in os.environ.items() if name == "MASDAR_CACHE" or "MASDAR_" not in name}
    path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    process = subprocess.Popen(
        [sys.executable, "-m", "eval.faults.nursery"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=plain | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"},
    )
    # Short texts are articles here, and hosts on this machine are asked without a pause.
    settings = {"MASDAR_QUALITY": "off", "MASDAR_FETCH_ALLOW": "127.0.0.0/8", "MASDAR_FETCH_INTERVAL": "0"}
    started = Nursery(folder, settings, process)
    try:
        yield started
    finally:
        started.close()


def until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> float:
    """Wait for a condition; the seconds that it took.

    Raises:
        FaultRunFailed: it did not come.
    """
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > seconds:
            raise FaultRunFailed(f"{what} did not come within {seconds:g} s")
        time.sleep(0.01)
    return time.monotonic() - begun
