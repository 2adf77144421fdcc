"""The command ``masdar`` with the ranking stand-in for the model, as a process of its own.

``FAKE_SECONDS`` is how long it takes over each batch: time enough to interrupt it. ``FAKE_WRITTEN`` names a file that
is made once the first batch is in the index.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import service.wiring
from indexer.encoder import Encoding, Kind
from service.cli import main


def _fakes() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fakes", Path(__file__).parents[1] / "fakes.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fakes"] = module
    spec.loader.exec_module(module)
    return module


class SlowEncoder(_fakes().TrigramEncoder):  # type: ignore[misc]  # a class of a module loaded by path
    def encode(self, texts: Sequence[str], kind: Kind, *, tokens: bool = False) -> list[Encoding]:
        time.sleep(float(os.environ.get("FAKE_SECONDS", "0")))
        encodings: list[Encoding] = super().encode(texts, kind, tokens=tokens)
        return encodings


def tell_of_writing(path: str) -> None:
    put = EmbeddedStore.put

    def told(store: EmbeddedStore, *batch: Any) -> None:
        put(store, *batch)
        Path(path).touch()

    EmbeddedStore.put = told  # type: ignore[method-assign]


if "FAKE_WRITTEN" in os.environ:
    from indexer.store.embedded import EmbeddedStore

    tell_of_writing(os.environ["FAKE_WRITTEN"])
service.wiring.build_encoder = lambda settings: SlowEncoder()  # type: ignore[assignment, return-value]  # the stand-in
main()
