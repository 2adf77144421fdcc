"""Runs of the command ``masdar``, each a process of its own forked from this one, which has imported what takes long.

A line of standard input is a request as JSON: ``arguments`` of the command, ``environment`` on top of this one's, the
file ``log`` for what it prints, ``quick`` for an encoder of hashed words in place of the model, ``memory`` for the most
bytes of address space, ``clock`` for seconds by which ``time.time`` is wrong. The answer is the number of the process.
A request with ``wait`` is answered with the status of that process once it ended, as ``waitpid`` gives it.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import time
from typing import Any, Final

_EARLY: Final = (
    "service.syncing",
    "service.upkeep",
    "service.api.app",
    "service.api.server",
    "indexer.pipeline",
    "indexer.store.embedded",
    "indexer.encoder.bundled",
)


def main() -> None:
    """Answer requests until the input ends."""
    for name in _EARLY:
        importlib.import_module(name)
    for line in sys.stdin:
        request: dict[str, Any] = json.loads(line)
        answer = os.waitpid(request["wait"], 0)[1] if "wait" in request else _started(request)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def _started(request: dict[str, Any]) -> int:
    process = os.fork()
    if process:
        return process
    _run(request)
    os._exit(0)


def _run(request: dict[str, Any]) -> None:
    """The command, in the process that was forked for it; it does not come back where the command fails."""
    import service.wiring
    from service.cli import main as masdar

    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for descriptor, source in ((0, nothing), (1, log), (2, log)):
        os.dup2(source, descriptor)
    os.environ.update(request["environment"])
    if request["memory"]:
        resource.setrlimit(resource.RLIMIT_AS, (request["memory"],) * 2)
    if request["quick"]:
        from eval.faults.quick_encoder import QuickEncoder

        service.wiring.build_encoder = lambda settings: QuickEncoder()
        _close_segments_often()
    if request["clock"]:
        _set_clock(request["clock"])
    sys.argv = ["masdar", *request["arguments"]]
    try:
        masdar()
    except SystemExit as ending:
        sys.stdout.flush()
        os._exit(ending.code if isinstance(ending.code, int) else 1)
    sys.stdout.flush()


def _close_segments_often() -> None:
    """Let the few articles of a round fill several segments of the index, so that faults meet them being closed."""
    from indexer.store import shards

    for name, items in (("SEGMENT_ITEMS", 4), ("SEGMENTS", 4), ("MERGED_ITEMS", 40)):
        setattr(shards, name, items)


def _set_clock(seconds: float) -> None:
    """Let ``time.time`` and ``time_ns`` be wrong here: they decide what is due, and in which order jobs are."""
    real, real_ns = time.time, time.time_ns
    time.time = lambda: real() + seconds
    time.time_ns = lambda: real_ns() + int(seconds * 1e9)


if __name__ == "__main__":
    main()
