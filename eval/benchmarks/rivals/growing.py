"""Each system at each size: made, started in a process of its own, asked, removed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eval.benchmarks.grown import EncodedArticle, Size, grow, open_grown
from eval.benchmarks.rivals.subject import Measured, read
from eval.benchmarks.rivals.systems import fill_qdrant
from eval.errors import MeasurementFailed
from indexer.chunking import CHUNK_TOKENS
from indexer.encoder import EncoderIdentity
from indexer.late import LateInteraction
from indexer.store.manifest import Manifest

SYSTEMS = {
    "masdar": "Masdar as it is installed: sentence vectors, words, token vectors",
    "masdar-light": "Masdar without token vectors (MASDAR_LATE=off)",
    "llamaindex": "LlamaIndex over Qdrant's local mode, the same encoder, chunks and vectors; "
    "SentenceEmbeddingOptimizer picks the sentences",
}


@dataclass(frozen=True, slots=True)
class Grown:
    """A system at a size.

    Attributes:
        made_processor: processor seconds to write the index, its vectors given.
        disk_mb: what its files take on the disk.
    """

    system: str
    made_processor: float
    disk_mb: float
    measured: Measured


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured.

    Attributes:
        sizes: chunks, ascending.
        most: the largest size of a system that has one, by its name.
        questions: what is asked; each is asked once.
    """

    sizes: Sequence[int]
    most: Mapping[str, int]
    questions: Sequence[str]


def measure_growth(
    encoded: Sequence[EncodedArticle],
    identity: EncoderIdentity,
    plan: Plan,
    watcher: Callable[[str], None] = lambda line: None,
) -> Iterator[Grown]:
    """All systems at all sizes; ``watcher`` is told what is done next.

    Raises:
        MeasurementFailed: a system's process failed.
        BadInput: a library of the rivals is not installed.
    """
    for size in plan.sizes:
        for system in SYSTEMS:
            if size <= plan.most.get(system, size):
                watcher(f"{system} with {size:,} chunks")
                with tempfile.TemporaryDirectory(prefix="masdar-bench-") as folder:
                    yield _measured(system, Path(folder), encoded, identity, size, plan.questions)


def _measured(
    system: str,
    folder: Path,
    encoded: Sequence[EncodedArticle],
    identity: EncoderIdentity,
    size: int,
    questions: Sequence[str],
) -> Grown:
    begun = time.process_time()
    if system == "llamaindex":
        index = folder / "qdrant"
        seconds = fill_qdrant(index, grow(encoded, size), identity.dimensions)
    else:
        manifest = Manifest.of(identity, CHUNK_TOKENS, LateInteraction(on=system == "masdar"))
        with open_grown(folder, manifest, Size(size, size), lambda: _kept(encoded, manifest)) as (_, index):
            seconds = time.process_time() - begun
    asked = folder / "questions.json"
    asked.write_text(json.dumps(list(questions), ensure_ascii=False), "utf-8")
    # Space that is reserved in files is not used: the engine's are mostly holes.
    disk = sum(512 * file.stat().st_blocks for file in index.rglob("*") if file.is_file())
    measured = _in_a_process(system, index, asked)
    shutil.rmtree(index)
    return Grown(system, round(seconds, 2), round(disk / 1e6, 1), measured)


def _kept(encoded: Sequence[EncodedArticle], manifest: Manifest) -> list[EncodedArticle]:
    if manifest.late.on:
        return list(encoded)
    return [(article, [replace(chunk, late=None) for chunk in chunks]) for article, chunks in encoded]


def _in_a_process(system: str, index: Path, questions: Path) -> Measured:
    command = [sys.executable, "-m", "eval.benchmarks.rivals.subject", system, str(index), "--questions"]
    # As the command `masdar` sets it for itself, and for the rival as well.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    run = subprocess.run(  # noqa: S603  (our own module)
        [*command, str(questions), "--began", str(time.time())],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if run.returncode:
        raise MeasurementFailed(f"the process of {system} over {index} failed: {run.stderr.strip()[-500:]}")
    return read(run.stdout)
