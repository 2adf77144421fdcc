"""Throughput of indexing: ``python -m eval.benchmarks.indexing --data DIR [--articles N] [--json FILE]``.

Articles of ``DIR/news/*.jsonl``, spread over all of it, go slice by slice through Masdar as it comes, through Masdar
without token vectors, and through LlamaIndex's ingestion pipeline with the same weights in PyTorch into Qdrant's local
mode. In turn, so that what else the machine does falls on all of them: other machines give other numbers, but much the
same ratios. Reading files is not part of it, nor loading the models.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click

from eval.benchmarks.ingestion_pipeline import open_ingestion
from eval.benchmarks.sentence_transformer import SentenceTransformerEncoder
from eval.datasets import datasets_folder
from eval.provenance import commit, machine, now, versions
from indexer.articles import Article
from indexer.chunking import CHUNK_TOKENS
from indexer.encoder import Encoder
from indexer.encoder.bundled import BundledEncoder
from indexer.encoder.weights import BundledWeights
from indexer.errors import BadInput, MasdarError
from indexer.late import LateInteraction
from indexer.pipeline import AHEAD, Indexer, default_transformations
from indexer.sources.items import SourceRecord
from indexer.sources.reader import read_articles
from indexer.stages import ENCODING, StageClock, StageTime, TimedEncoder, Timings
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest

MASDAR, DENSE, BASELINE = "Masdar", "Masdar, without token vectors", "LlamaIndex, PyTorch, Qdrant local"
COMMAND = "python -m eval.benchmarks.indexing --data DIR"
_PACKAGES = ("llama-index-vector-stores-qdrant", "qdrant-client", "sentence-transformers", "torch", "transformers")


@dataclass(frozen=True, slots=True)
class Slice:
    """What one system did of one slice of the articles; ``stages`` are Masdar's."""

    articles: int
    chunks: int
    tokens: int
    seconds: float
    processor: float
    stages: dict[str, StageTime] = field(default_factory=dict)


#: Indexes a slice of the articles.
System = Callable[[Sequence[Article]], Slice]


@contextmanager
def masdar(folder: Path, encoder: Encoder, late: LateInteraction) -> Iterator[System]:
    """Masdar's pipeline, as ``masdar index`` runs it, into a new index."""
    manifest = Manifest.of(encoder.identity, CHUNK_TOKENS, late)

    with open_store(folder, manifest, create=True) as store:

        def run(articles: Sequence[Article]) -> Slice:
            clock = StageClock()
            steps = default_transformations(TimedEncoder(encoder, clock), CHUNK_TOKENS, late)
            records = (SourceRecord(article, "news", None) for article in articles)
            report = Indexer(store, steps, clock=clock).run(records, known={}, ahead=AHEAD)
            return _of_timings(report.added, report.chunks, clock.timings())

        yield run


def _of_timings(articles: int, chunks: int, timings: Timings) -> Slice:
    return Slice(articles, chunks, timings.tokens, timings.seconds, timings.processor, timings.stages)


@contextmanager
def baseline(folder: Path, encoder: SentenceTransformerEncoder) -> Iterator[System]:
    """LlamaIndex's pipeline into a new collection."""
    with open_ingestion(folder, encoder, CHUNK_TOKENS) as ingestion:

        def run(articles: Sequence[Article]) -> Slice:
            documents = ingestion.prepared(articles)
            begun, used = time.perf_counter(), time.process_time()
            nodes = ingestion.run(documents)
            seconds, processor = time.perf_counter() - begun, time.process_time() - used
            tokens = sum(len(encoder.pieces(node.get_content())) for node in nodes)
            return Slice(len(documents), len(nodes), tokens, seconds, processor)

        yield run


def news(folder: Path, wanted: int) -> list[Article]:
    """So many articles of a folder, evenly spread over it.

    Raises:
        BadInput: it has fewer.
    """
    found = [item.article for item in read_articles([folder]) if isinstance(item, SourceRecord)]
    if len(found) < wanted:
        raise BadInput(f"{folder} has {len(found)} articles; ask for as many or fewer (--articles)")
    return [found[at * len(found) // wanted] for at in range(wanted)]


def alternate(
    systems: dict[str, System], articles: Sequence[Article], size: int, watcher: Callable[[str], None]
) -> dict[str, list[Slice]]:
    """Every slice through every system; with each slice another one begins.

    The first slice comes once more before the others and is not counted: models are warm then.
    """
    done: dict[str, list[Slice]] = {name: [] for name in systems}
    names = list(systems)
    for run in systems.values():
        run([_renamed(article) for article in articles[:2]])
    for turn, at in enumerate(range(0, len(articles), size)):
        for place in range(len(names)):
            name = names[(turn + place) % len(names)]
            done[name].append(systems[name](articles[at : at + size]))
            watcher(f"{name}: {_rates(done[name][-1:])}")
    return done


def _renamed(article: Article) -> Article:
    return Article(f"{article.id} (first)", article.title, article.text, language=article.language)


def ratio(done: dict[str, list[Slice]], name: str, what: str = "seconds") -> float:
    """How many times as long the pipeline of LlamaIndex took for the same articles."""
    return float(sum(getattr(one, what) for one in done[BASELINE]) / sum(getattr(one, what) for one in done[name]))


def shares(slices: Sequence[Slice]) -> dict[str, tuple[float, float]]:
    """Of each stage the part of the clock's time in which a thread was in it, and of the processors' time, 0 to 1."""
    seconds, processor = sum(one.seconds for one in slices), sum(one.processor for one in slices)
    names = dict.fromkeys(name for one in slices for name in one.stages)
    return {
        name: (
            sum(one.stages[name].seconds for one in slices if name in one.stages) / seconds,
            sum(one.stages[name].processor for one in slices if name in one.stages) / processor,
        )
        for name in names
    }


def _rates(slices: Sequence[Slice]) -> str:
    seconds = sum(one.seconds for one in slices)
    rates = (sum(getattr(one, what) for one in slices) / seconds for what in ("articles", "chunks", "tokens"))
    articles, chunks, tokens = rates
    return f"{articles:.2f} articles/s, {chunks:.2f} chunks/s, {tokens:,.0f} tokens/s"


def as_text(done: dict[str, list[Slice]]) -> Iterator[str]:
    """The figures for a terminal, line by line."""
    for name, slices in done.items():
        yield f"{name}: {sum(one.articles for one in slices)} articles, {_rates(slices)}"
        if name != BASELINE and BASELINE in done:
            yield f"  {ratio(done, name):.2f} times as fast, {ratio(done, name, 'processor'):.2f} by processor time"
        for stage, (wall, processor) in sorted(shares(slices).items(), key=lambda row: -row[1][1]):
            yield f"  {stage:<16}{wall:>7.1%}{processor:>8.1%}"


def as_json(done: dict[str, list[Slice]]) -> dict[str, Any]:
    """The figures and every slice."""
    figures = [
        {"what": f"indexing news, {name}", "value": _rates(slices), "n": _amount(slices)}
        for name, slices in done.items()
    ]
    for name in (MASDAR, DENSE) if BASELINE in done else ():
        value = f"{ratio(done, name):.2f} times as fast, {ratio(done, name, 'processor'):.2f} by processor time"
        figures.append({"what": f"{name}, to {BASELINE}", "value": value, "n": _amount(done[name])})
    wall, processor = shares(done[MASDAR])[ENCODING]
    busy = f"the encoder at work {wall:.1%} of the time, {processor:.1%} of the processor time"
    figures.append({"what": "share of the encoder", "value": busy, "n": _amount(done[MASDAR])})
    origin = {"command": COMMAND, "commit": commit(), "date": now(), "machine": machine()}
    slices = {name: [asdict(one) for one in of_name] for name, of_name in done.items()}
    return origin | {"versions": versions(_PACKAGES), "figures": figures, "slices": slices}


def _amount(slices: Sequence[Slice]) -> str:
    return f"{sum(one.articles for one in slices):,} articles, {sum(one.chunks for one in slices):,} chunks"


def measure(articles: Sequence[Article], size: int, *, compared: bool) -> dict[str, list[Slice]]:
    """Index the articles with every system.

    Raises:
        BadInput: the libraries of the comparison are not installed.
        MasdarError: Masdar's own index cannot be made.
    """
    ours = BundledEncoder()
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        systems = {
            MASDAR: opened.enter_context(masdar(folder / "late", ours, LateInteraction())),
            DENSE: opened.enter_context(masdar(folder / "dense", ours, LateInteraction(on=False))),
        }
        if compared:
            theirs = SentenceTransformerEncoder(BundledWeights())
            systems[BASELINE] = opened.enter_context(baseline(folder / "qdrant", theirs))
        return alternate(systems, articles, size, lambda line: click.echo(line, err=True))


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder that has news/*.jsonl; else MASDAR_DATASETS.")
@click.option("--articles", "wanted", type=click.IntRange(2), default=240, show_default=True, help="Articles to index.")
@click.option("--slice", "size", type=click.IntRange(1), default=60, show_default=True, help="Articles at a turn.")
@click.option("--compare/--alone", "compared", default=True, show_default=True, help="Also LlamaIndex's pipeline.")
@click.option("--json", "target", type=click.Path(path_type=Path), metavar="FILE", help="Also write the record here.")
def main(data: Path | None, wanted: int, size: int, compared: bool, target: Path | None) -> None:
    """Measure the throughput of indexing, by stage and against LlamaIndex's ingestion pipeline."""
    try:
        done = measure(news(datasets_folder(data) / "news", wanted), size, compared=compared)
    except MasdarError as error:
        raise click.ClickException(str(error)) from error
    click.echo("\n".join(as_text(done)))
    if target:
        target.write_text(json.dumps(as_json(done), indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
