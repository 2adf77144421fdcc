"""``python -m eval.benchmarks``: ratios to what one would otherwise use, and how all of it grows; ``make bench``."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from eval.benchmarks import questions
from eval.benchmarks.grown import EncodedArticle, encode_news
from eval.benchmarks.rivals.growing import Plan, measure_growth
from eval.benchmarks.rivals.once import encoding, indexing, waits
from eval.benchmarks.rivals.plots import write_charts
from eval.benchmarks.rivals.record import Record, as_text
from eval.runs import check_writable
from indexer.chunking import CHUNK_TOKENS
from indexer.chunks import passage_text
from indexer.encoder.bundled import BundledEncoder
from indexer.errors import BadInput, MasdarError
from indexer.late import DEFAULT_LATE
from indexer.store.manifest import Manifest

SAMPLES = Path("samples")
#: Chunks of the articles that are really encoded; the rest are copies (``grown.py``).
ENCODED = 400
#: Of each language.
ASKED = 5


def _questions(data: Path | None) -> list[str]:
    if data:
        return [*questions.ARABIC[:ASKED], *questions.ENGLISH[:ASKED]]
    lines = (SAMPLES / "questions.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines[: 2 * ASKED]]


def _measure_once(record: Record, encoded: Sequence[EncodedArticle], articles: Path) -> None:
    encoder = BundledEncoder()
    texts = [
        passage_text(article.title, article.text[one.chunk.start : one.chunk.end])
        for article, chunks in encoded
        for one in chunks
    ]
    try:
        record.ratios += encoding(texts, rounds=2)
    except BadInput as error:  # PyTorch is large, and not part of the project's own environment
        record.left_out["encoding"] = str(error)
    record.ratios.append(indexing([article for article, _ in encoded], encoder))
    record.waits += waits(articles)


def bench(data: Path | None, plan: Plan, save: Callable[[Record], None]) -> Record:
    """Measure everything; ``save`` is called after each part, so that what breaks off leaves it.

    Raises:
        BadInput: there are no articles, or a library of the rivals is not installed.
        MeasurementFailed: a process that was to be timed failed.
    """
    articles = data / "news" if data else SAMPLES / "articles.jsonl"
    encoder = BundledEncoder()
    manifest = Manifest.of(encoder.identity, CHUNK_TOKENS, DEFAULT_LATE)
    encoded = encode_news(articles, encoder, manifest, ENCODED)
    record = Record()
    _measure_once(record, encoded, articles)
    save(record)
    for row in measure_growth(encoded, encoder.identity, plan, lambda line: click.echo(line, err=True)):
        record.grown.append(row)
        save(record)
    return record


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="A folder with news/*.jsonl; else the sample articles.")
@click.option("--sizes", default="1000,5000,20000,200000", show_default=True, help="Chunks, with commas between them.")
@click.option(
    "--rival-most", type=int, default=20_000, show_default=True, help="From there its client warns of itself."
)
@click.option("--late-most", type=int, default=20_000, show_default=True, help="With token vectors: 46 KB a chunk.")
@click.option("--json", "target", type=click.Path(path_type=Path), metavar="FILE", help="Write the record.")
@click.option("--plots", type=click.Path(path_type=Path), metavar="DIR", help="Write the charts.")
def main(
    data: Path | None, sizes: str, rival_most: int, late_most: int, target: Path | None, plots: Path | None
) -> None:
    """Measure Masdar beside Sentence Transformers, Qdrant's local mode and LlamaIndex, at several sizes."""
    try:
        plan = Plan(_sizes(sizes), {"llamaindex": rival_most, "masdar": late_most}, _questions(data))
        if target:
            check_writable(target)
        record = bench(data, plan, lambda record: record.save(target) if target else None)
        click.echo("\n".join(as_text(record)))
        for path in write_charts(record.grown, plots) if plots else ():
            click.echo(f"written: {path}")
    except MasdarError as error:
        raise click.ClickException(str(error)) from error


def _sizes(text: str) -> list[int]:
    try:
        sizes = sorted(int(size) for size in text.split(","))
    except ValueError:
        sizes = []
    if not sizes or sizes[0] < 1:
        raise BadInput(f"--sizes is {text!r}; give whole numbers from 1 with commas between them, such as 1000,20000")
    return sizes


if __name__ == "__main__":
    main()
