"""What a chunk of news is made of: ``python -m eval.scale.sizes --data DIR [--articles N]``.

Articles are chunked and counted, not encoded: tokens, terms and bytes decide how large an index is.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import click

from eval.datasets import datasets_folder
from indexer.articles import Article
from indexer.chunking import CHUNK_TOKENS, pack_sentences
from indexer.chunks import passage_text
from indexer.cross_script import passage_terms
from indexer.encoder import Encoder
from indexer.encoder.bundled import BundledEncoder
from indexer.errors import BadInput, MasdarError
from indexer.sources.items import SourceRecord
from indexer.sources.reader import read_articles


@dataclass(frozen=True, slots=True)
class Sizes:
    """Means: chunks and bytes of UTF-8 an article; tokens with the title, terms, and sentences a chunk."""

    articles: int
    chunks_per_article: float
    text_bytes: float
    tokens: float
    terms: float
    sentences: float


def sizes_of(articles: Sequence[Article], encoder: Encoder) -> Sizes:
    """Chunk and count these articles."""
    passages, terms, sentences = [], [], []
    for article in articles:
        for spans in pack_sentences(article.text, encoder.count_tokens, CHUNK_TOKENS):
            passage = passage_text(article.title, article.text[spans[0][0] : spans[-1][1]])
            passages.append(passage)
            terms.append(len(passage_terms(passage).indices))
            sentences.append(len(spans))
    return Sizes(
        len(articles),
        len(passages) / len(articles),
        statistics.fmean(len(article.text.encode("utf-8", "surrogatepass")) for article in articles),
        statistics.fmean(encoder.count_tokens(passages)),
        statistics.fmean(terms),
        statistics.fmean(sentences),
    )


def _read(news: Path, most: int) -> list[Article]:
    files = sorted(news.glob("*.jsonl"))
    found: list[Article] = []
    for file in files:  # as many of each file: the first may be of one source
        records = (item for item in read_articles([file]) if isinstance(item, SourceRecord))
        found += [record.article for record in islice(records, most // len(files))]
    if not found:
        raise BadInput(f"{news} has no articles (*.jsonl); name a folder that has news/*.jsonl (--data)")
    return found


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder with news/*.jsonl; else MASDAR_DATASETS.")
@click.option("--articles", type=click.IntRange(10), default=600, show_default=True, help="Articles to count, at most.")
def main(data: Path | None, articles: int) -> None:
    """Measure what a chunk of news is made of."""
    try:
        sizes = sizes_of(_read(datasets_folder(data) / "news", articles), BundledEncoder())
    except MasdarError as error:
        raise click.ClickException(str(error)) from error
    fields = ("articles", "chunks_per_article", "text_bytes", "tokens", "terms", "sentences")
    click.echo(json.dumps({name: round(getattr(sizes, name), 2) for name in fields}, indent=2))


if __name__ == "__main__":
    main()
