"""Runs of the command ``masdar`` with the stand-in for the model, each a process of its own forked from this one.

What takes seconds to import is imported once. A line of standard input is the arguments of a run, as JSON; the answer
is the number of its process. What a run prints goes to standard error. The line ``wait`` is answered with the exit
status of the last run once it ended, as ``waitpid`` gives it.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
from pathlib import Path

import service.wiring
from service.cli import main

for name in ("service.syncing", "indexer.sources.remote", "indexer.fetching.client", "llama_index.core.ingestion"):
    importlib.import_module(name)
spec = importlib.util.spec_from_file_location("fakes", Path(__file__).parents[1] / "fakes.py")
assert spec is not None
assert spec.loader is not None
fakes = sys.modules["fakes"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fakes)
service.wiring.build_encoder = lambda settings: fakes.TrigramEncoder()  # type: ignore[assignment]  # the stand-in


def tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


process = 0
for line in sys.stdin:
    if line.strip() == "wait":
        tell(os.waitpid(process, 0)[1])
        continue
    process = os.fork()
    if process == 0:
        os.dup2(2, 1)
        sys.argv = ["masdar", *json.loads(line)]
        main()
        sys.stdout.flush()
        os._exit(0)
    tell(process)
