"""How indexing on Ray grows with its workers: ``python -m eval.benchmarks.workers --data DIR [--articles N]``.

The first articles of ``DIR/news/*.jsonl`` are indexed with the real encoder on a local Ray, by one worker and by two in
turn, one thread each, into a new index every time. Rates are chunks a second: of the whole run, and from the first
batch that came back on, when encoders are loaded. Where the machine has other work, their ratio says more.
"""

from __future__ import annotations

import dataclasses
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from eval.datasets import datasets_folder
from eval.provenance import commit, now
from indexer.chunking import CHUNK_TOKENS
from indexer.distributed.cluster import Cluster, connected
from indexer.distributed.engine import RayIndexer
from indexer.distributed.work import Equipment
from indexer.encoder.bundled import BundledEncoder
from indexer.errors import MasdarError
from indexer.index_report import IndexReport
from indexer.sources.items import SourceRecord
from indexer.sources.reader import read_articles
from indexer.store.copying import digest_of
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest
from service.distribution import transformations
from service.settings import load_settings

#: Small batches: the fewer articles, the more a last batch that one worker has alone would count.
BATCH = 4


@dataclass(frozen=True, slots=True)
class Run:
    """One run: chunks a second over all of it and once it is under way; the digest of ids and hashes in the index."""

    workers: int
    articles: int
    chunks: int
    seconds: float
    whole: float
    steady: float
    digest: str


@dataclass(slots=True)
class Arrivals:
    """When how many chunks were in the index."""

    times: list[tuple[float, int]] = field(default_factory=list)

    def note(self, report: IndexReport) -> None:
        """A batch arrived."""
        self.times.append((time.perf_counter(), report.chunks))

    @property
    def steady(self) -> float:
        """Chunks a second after the first batch."""
        (begun, first), (ended, last) = self.times[0], self.times[-1]
        return (last - first) / max(ended - begun, 1e-9)


def measure(cluster: Cluster, records: Sequence[SourceRecord], manifest: Manifest) -> Run:
    """Index the records into a new index with the cluster's workers."""
    settings = load_settings().model_copy(update={"threads": 1, "encoder": "int8"})
    arrivals = Arrivals()
    with TemporaryDirectory() as folder, open_store(Path(folder) / "index", manifest, create=True) as store:
        recipe = partial(transformations, settings, manifest, CHUNK_TOKENS, folder)
        # One round: how long actors take to start is told by the whole run.
        at_once = replace(cluster, first_round=len(records))
        indexer = RayIndexer(
            store, Equipment(recipe), at_once, arrivals.note, batch_articles=BATCH, rules=settings.intake
        )
        begun = time.perf_counter()
        report = indexer.run(records)
        seconds = time.perf_counter() - begun
        added = report.added
        return Run(
            cluster.workers, added, report.chunks, seconds, report.chunks / seconds, arrivals.steady, digest_of(store)
        )


def format_runs(runs: Sequence[Run]) -> str:
    """A table for a person; ratios are to the mean of one worker."""
    lines = [f"{'workers':>7}{'articles':>9}{'chunks':>8}{'seconds':>9}{'chunks/s':>10}{'under way':>11}  digest"]
    lines += [
        f"{run.workers:>7}{run.articles:>9}{run.chunks:>8}{run.seconds:>9.1f}{run.whole:>10.2f}{run.steady:>11.2f}"
        f"  {run.digest[:12]}"
        for run in runs
    ]
    whole, steady = (ratio(runs, name) for name in ("whole", "steady"))
    return "\n".join([*lines, f"two workers to one: {whole:.2f} times over the whole run, {steady:.2f} under way"])


def ratio(runs: Sequence[Run], rate: str) -> float:
    """The mean rate of two workers to that of one."""
    means = []
    for workers in (1, 2):
        rates = [getattr(run, rate) for run in runs if run.workers == workers]
        means.append(sum(rates) / len(rates))
    return float(means[1] / means[0])


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder with news/*.jsonl; else MASDAR_DATASETS.")
@click.option("--articles", type=click.IntRange(8), default=120, show_default=True, help="Articles to index each time.")
@click.option("--rounds", type=click.IntRange(1), default=1, show_default=True, help="Runs of each, in turn.")
@click.option("--address", metavar="HOST:PORT", help="A Ray cluster that runs, of two processors at least; else here.")
@click.option("--json", "target", type=click.Path(path_type=Path), metavar="FILE", help="Write the figures.")
def main(data: Path | None, articles: int, rounds: int, address: str | None, target: Path | None) -> None:
    """Measure indexing with one worker and with two."""
    try:
        runs = _runs(datasets_folder(data) / "news", articles, rounds, address)
    except MasdarError as error:
        raise click.ClickException(str(error)) from error
    click.echo(format_runs(runs))
    if target:
        content = {"date": now(), "commit": commit(), "load": os.getloadavg(), "cores": os.cpu_count()}
        rows = [dataclasses.asdict(run) for run in runs]
        target.write_text(json.dumps(content | {"runs": rows}, indent=2) + "\n", "utf-8")


def _runs(news: Path, articles: int, rounds: int, address: str | None) -> list[Run]:
    found = (item for item in read_articles([news]) if isinstance(item, SourceRecord))
    records = list(islice(found, articles))
    manifest = Manifest.of(BundledEncoder("int8", threads=1).identity, CHUNK_TOKENS)
    with connected(address, 2) as cluster:
        counts = [workers for _ in range(rounds) for workers in (1, 2)]
        return [measure(replace(cluster, workers=workers), records, manifest) for workers in counts]


if __name__ == "__main__":
    main()
