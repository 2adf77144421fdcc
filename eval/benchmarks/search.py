"""Speed of a search and bytes of the index: ``python -m eval.benchmarks.search --data DIR [--chunks N] [--json FILE]``.

The real encoder and retriever answer questions in Arabic and English over an index of ``DIR/news/*.jsonl``, of which
some chunks are really encoded and the rest are copies (``grown.py``). Which token vectors are kept is set as for
``masdar index`` (MASDAR_LATE_TOKENS, MASDAR_LATE_POOLING); ``--datatype`` makes an index for each datatype named.

Each question is asked once a round at every depth, after a round that is not counted. Times are milliseconds: of the
clock, and of the processors this process used, which is what counts on a machine that has other work.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

import click
import numpy as np

from eval.benchmarks import questions
from eval.benchmarks.grown import EncodedArticle, Size, encode_news, open_grown
from eval.datasets import datasets_folder
from eval.provenance import commit, now, versions
from indexer.chunking import CHUNK_TOKENS
from indexer.encoder import Encoder
from indexer.encoder.cache import default_cache_dir
from indexer.errors import MasdarError
from indexer.late import DATATYPES, LateInteraction
from indexer.store import Store
from indexer.store.manifest import Manifest
from service.retrieval import Retriever
from service.search_options import SearchOptions
from service.settings import load_settings
from service.wiring import build_encoder

DEPTHS = (60, 100, 200, 300, 500)
ASKED = {"ar": questions.ARABIC, "en": questions.ENGLISH}
#: Step -> the call of the store that it is. "encode" and "search" (all of it, with the question's encoding) are others.
STEPS = {
    "dense": "search_dense",
    "lexical": "search_lexical",
    "late": "search_late",
    "token vectors": "token_vectors",
    "articles": "articles",
}
#: Passages whose token vectors are read back, as an answerer does.
READ = (8, 20)


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of one step: median and 95th percentile by the clock, median of processor time."""

    p50: float
    p95: float
    cpu_p50: float


@dataclass(frozen=True, slots=True)
class Row:
    """Questions of one language at one depth; ``ranked`` is how many candidates late interaction met, on average."""

    language: str
    depth: int
    ranked: float
    steps: dict[str, Timing]


@dataclass(frozen=True, slots=True)
class IndexReport:
    """One index: how it keeps token vectors, its size on disk, the memory in use after the questions, the times."""

    late: LateInteraction
    chunks: int
    bytes_per_chunk: float
    resident_mb: float
    rows: list[Row]
    token_vectors: dict[int, Timing]


@dataclass(slots=True)
class Stopwatch:
    """Times steps by name."""

    wall: dict[str, list[float]] = field(default_factory=dict)
    processor: dict[str, list[float]] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time the block."""
        wall, processor = time.perf_counter(), time.process_time()
        yield
        self.processor.setdefault(name, []).append(1000 * (time.process_time() - processor))
        self.wall.setdefault(name, []).append(1000 * (time.perf_counter() - wall))

    def timings(self) -> dict[str, Timing]:
        """Each step's times."""
        return {name: self._timing(name) for name in self.wall}

    def _timing(self, name: str) -> Timing:
        p50, p95 = np.percentile(self.wall[name], (50, 95))
        return Timing(round(float(p50), 2), round(float(p95), 2), round(float(np.median(self.processor[name])), 2))


class TimedStore:
    """A store that times its searches and counts what late interaction is given."""

    def __init__(self, store: Store, watch: Stopwatch) -> None:
        self._store, self.watch = store, watch
        self.ranked: list[int] = []

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._store, name)
        step = next((step for step, method in STEPS.items() if method == name), None)
        return call if step is None else lambda *arguments: self._timed(step, call, arguments)

    def _timed(self, step: str, call: Callable[..., Any], arguments: Sequence[Any]) -> Any:
        if step == "late":
            self.ranked.append(len(arguments[1]))
        with self.watch.step(step):
            return call(*arguments)


def measure_depth(store: Store, encoder: Encoder, language: str, depth: int, rounds: int) -> Row:
    """Ask all questions of a language ``rounds`` times over."""
    _ask_all(Retriever(store, encoder, depth), language, Stopwatch())
    watch = Stopwatch()
    timed = TimedStore(store, watch)
    retriever = Retriever(cast(Store, timed), encoder, depth)
    for _ in range(rounds):
        _ask_all(retriever, language, watch)
    return Row(language, depth, float(np.mean(timed.ranked)), watch.timings())


def _ask_all(retriever: Retriever, language: str, watch: Stopwatch) -> None:
    for text in ASKED[language]:
        with watch.step("search"):
            with watch.step("encode"):
                question = retriever.question(text)
            retriever.search(question, SearchOptions(8))


def measure_reading(store: Store, encoder: Encoder, rounds: int) -> dict[int, Timing]:
    """Read back the token vectors of the best passages of each Arabic question."""
    retriever, watch = Retriever(store, encoder), Stopwatch()
    for text in questions.ARABIC:
        passages = retriever.search(retriever.question(text), SearchOptions(max(READ)))
        for size in READ * rounds:
            with watch.step(str(size)):
                store.token_vectors([passage.chunk for passage in passages[:size]])
    return {int(size): timing for size, timing in watch.timings().items()}


def measure_index(store: Store, folder: Path, encoder: Encoder, depths: Sequence[int], rounds: int) -> IndexReport:
    """Everything about one index."""
    rows = [measure_depth(store, encoder, language, depth, rounds) for language in ASKED for depth in depths]
    reading = measure_reading(store, encoder, rounds) if store.manifest.late.on else {}
    # What the files take on disk: the engine reserves room in files that are mostly holes.
    size = sum(512 * file.stat().st_blocks for file in folder.rglob("*") if file.is_file())
    chunks = store.counts().chunks
    return IndexReport(store.manifest.late, chunks, size / chunks, _resident_mb(), rows, reading)


def _resident_mb() -> float:
    """Memory of this process that is in RAM now, files that the engine maps included. Linux only."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / 1e6


def format_report(report: IndexReport) -> str:
    """One index as a table for a person."""
    late = report.late
    kept = f"{late.datatype}, {late.tokens}, pooling {late.pooling}" if late.on else "no token vectors"
    lines = [
        f"{report.chunks} chunks, {kept}: {report.bytes_per_chunk / 1000:.1f} KB a chunk, "
        f"{report.resident_mb:.0f} MB resident",
        "milliseconds: p50 / p95 (processor p50)",
        f"{'':<4}{'depth':>6}{'ranked':>8}" + "".join(f"{step:>24}" for step in ("encode", *STEPS, "search")),
    ]
    for row in report.rows:
        times = "".join(_shown(row.steps.get(step)) for step in ("encode", *STEPS, "search"))
        lines.append(f"{row.language:<4}{row.depth:>6}{row.ranked:>8.0f}{times}")
    for size, timing in report.token_vectors.items():
        lines.append(f"token vectors of {size} chunks read back: {_shown(timing).strip()}")
    return "\n".join(lines)


def _shown(timing: Timing | None) -> str:
    return f"{timing.p50:.1f} / {timing.p95:.1f} ({timing.cpu_p50:.1f})".rjust(24) if timing else f"{'-':>24}"


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder with news/*.jsonl; else MASDAR_DATASETS.")
@click.option("--chunks", type=click.IntRange(1), default=20_000, show_default=True, help="Chunks in the index.")
@click.option("--encoded", type=click.IntRange(1), default=2_000, show_default=True, help="Of them really encoded.")
@click.option("--datatype", "datatypes", multiple=True, type=click.Choice(DATATYPES), help="Else MASDAR_LATE_DATATYPE.")
@click.option("--depth", "depths", multiple=True, type=click.IntRange(1), default=DEPTHS, show_default=True)
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="Times each question is asked.")
@click.option("--json", "target", type=click.Path(path_type=Path), metavar="FILE", help="Write the figures.")
def main(
    data: Path | None,
    chunks: int,
    encoded: int,
    datatypes: tuple[str, ...],
    depths: tuple[int, ...],
    rounds: int,
    target: Path | None,
) -> None:
    """Measure the speed of searches and the size of the index."""
    try:
        reports = list(_reports(datasets_folder(data), Size(chunks, min(encoded, chunks)), datatypes, depths, rounds))
    except MasdarError as error:
        raise click.ClickException(str(error)) from error
    if target:
        content = {"date": now(), "commit": commit(), "versions": versions(), "rounds": rounds}
        indexes = [dataclasses.asdict(report) for report in reports]
        target.write_text(json.dumps(content | {"indexes": indexes}, indent=2) + "\n", "utf-8")


def _reports(
    data: Path, size: Size, datatypes: Sequence[str], depths: Sequence[int], rounds: int
) -> Iterator[IndexReport]:
    settings = load_settings()
    encoder = build_encoder(settings)

    @cache  # the datatype is the store's affair: one encoding does for all of them
    def encoded() -> Sequence[EncodedArticle]:
        manifest = Manifest.of(encoder.identity, CHUNK_TOKENS, settings.late_interaction)
        return encode_news(data / "news", encoder, manifest, size.encoded)

    for datatype in datatypes or (settings.late_datatype,):
        late = dataclasses.replace(settings.late_interaction, datatype=datatype)  # type: ignore[arg-type]  # a choice
        manifest = Manifest.of(encoder.identity, CHUNK_TOKENS, late)
        with open_grown(default_cache_dir(), manifest, size, encoded) as (store, folder):
            report = measure_index(store, folder, encoder, depths, rounds)
        click.echo(format_report(report) + "\n")
        yield report


if __name__ == "__main__":
    main()
