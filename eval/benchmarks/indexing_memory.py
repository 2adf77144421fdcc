"""Memory of indexing as the corpus grows: ``python -m eval.benchmarks.indexing_memory --data DIR [--json FILE]``.

The whole pipeline runs over ``DIR/news/*.jsonl``, read again and again under other ids, with an encoder that costs
nothing, since the memory of a model is the same at any size. Of each article the beginning is taken, for time; each
time round its words stand in another order, so that it is no copy of what was there before. Counted is memory of the
process's own (anonymous): pages of the index's files are the system's to drop.
"""

from __future__ import annotations

import dataclasses
import json
import random
import re
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import click
import numpy as np

from eval.datasets import datasets_folder
from eval.provenance import commit, machine, now
from indexer.articles import Article
from indexer.encoder import EncoderIdentity, Encoding, Float32, Int64, Kind
from indexer.errors import BadInput, MasdarError
from indexer.index_report import IndexReport
from indexer.pipeline import Indexer, default_transformations
from indexer.sources.items import SourceRecord
from indexer.sources.reader import read_articles
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest

SIZES = (7_000, 35_000, 70_000)
CHARS = 1_000
COMMAND = "python -m eval.benchmarks.indexing_memory --data DIR"
_STATUS = Path("/proc/self/status")
_WORD = re.compile(r"\S+")


class IdleEncoder:
    """Vectors at random, the same for the same text: as many and as long as a model's, nearly."""

    identity = EncoderIdentity("idle", "idle", 384)
    max_tokens = 507
    #: Token vectors are cut out of these.
    _drawn = 4_096

    def __init__(self) -> None:
        self._rows = _unit_rows(np.random.default_rng(0), self._drawn + self.max_tokens, self.identity.dimensions)

    def encode(self, texts: Sequence[str], kind: Kind, *, tokens: bool = False) -> list[Encoding]:
        """Vectors drawn from the text's checksum."""
        return [self._encode(text, tokens) for text in texts]

    def spans(self, texts: Sequence[str]) -> list[Int64]:
        """Offsets of the words and of their second halves: nearly as many tokens as a model's tokenizer cuts."""
        return [_halves(text) for text in texts]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As many as ``spans``."""
        return [len(spans) for spans in self.spans(texts)]

    def _encode(self, text: str, tokens: bool) -> Encoding:
        checksum = zlib.crc32(text.encode("utf-8", "replace"))
        draw = np.random.default_rng(checksum)
        spans = self.spans([text])[0][: self.max_tokens if tokens else 0]
        first = checksum % self._drawn
        return Encoding(
            _unit_rows(draw, 1, self.identity.dimensions)[0], self._rows[first : first + len(spans)].copy(), spans
        )


def _unit_rows(draw: np.random.Generator, rows: int, dimensions: int) -> Float32:
    vectors = draw.standard_normal((rows, dimensions)).astype(np.float32)
    unit: Float32 = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def _halves(text: str) -> Int64:
    spans = list[tuple[int, int]]()
    for word in _WORD.finditer(text):
        start, end = word.span()
        middle = start + 3 if end - start > 4 else end
        spans += [(start, middle)] if middle == end else [(start, middle), (middle, end)]
    return np.array(spans, np.int64).reshape(-1, 2)


@dataclass(frozen=True, slots=True)
class Memory:
    """Anonymous memory, in bytes, when so many articles in so many chunks had been written."""

    articles: int
    chunks: int
    anonymous: int


def own_memory() -> int:
    """Anonymous memory of this process in bytes.

    Raises:
        BadInput: this system does not tell.
    """
    try:
        found = re.search(r"^RssAnon:\s+(\d+) kB$", _STATUS.read_text("ascii"), re.MULTILINE)
    except OSError:
        found = None
    if found is None:
        raise BadInput(f"{_STATUS} does not tell this process's anonymous memory; measure on Linux")
    return int(found[1]) * 1024


def repeated(folder: Path, chars: int) -> Iterator[SourceRecord]:
    """The articles of a folder without end: again and again, under other ids and with their words in another order.

    Raises:
        BadInput: the folder has no article.
    """
    if not any(isinstance(item, SourceRecord) for item in read_articles([folder])):
        raise BadInput(f"{folder} has no article to index; name a folder that has news/*.jsonl (--data)")
    for turn in count():
        for item in read_articles([folder]):
            if isinstance(item, SourceRecord):
                yield dataclasses.replace(item, article=_shortened(item.article, chars, turn))


def _shortened(article: Article, chars: int, turn: int) -> Article:
    return dataclasses.replace(article, id=f"{article.id}~{turn}", text=_reordered(article.text[:chars], turn))


def _reordered(text: str, turn: int) -> str:
    lines = [line.split() for line in text.splitlines()]
    draw = random.Random(turn)  # noqa: S311  (no secret)
    for words in lines if turn else ():
        draw.shuffle(words)
    return "\n".join(" ".join(words) for words in lines)


def measure(folder: Path, sizes: Sequence[int], chars: int) -> list[Memory]:
    """Index up to the largest size, into a folder that is removed again; the memory at each size.

    Raises:
        BadInput: the folder has no article, or this system does not tell memory.
    """
    wanted, found = sorted(sizes), list[Memory]()

    def watch(report: IndexReport) -> None:
        while len(found) < len(wanted) and report.added >= wanted[len(found)]:
            found.append(Memory(report.added, report.chunks, own_memory()))
            click.echo(as_line(found[-1]), err=True)

    def records() -> Iterator[SourceRecord]:
        for record in repeated(folder, chars):
            if len(found) == len(wanted):
                return
            yield record

    encoder = IdleEncoder()
    with (
        tempfile.TemporaryDirectory() as temporary,
        open_store(Path(temporary) / "index", Manifest.of(encoder.identity, 256), create=True) as store,
    ):
        Indexer(store, default_transformations(encoder), watch).run(records())
    return found


def as_line(memory: Memory) -> str:
    """One size for a terminal."""
    return f"{memory.articles:>9,} articles{memory.chunks:>9,} chunks{memory.anonymous / 1e6:>9.1f} MB"


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder that has news/*.jsonl; else MASDAR_DATASETS.")
@click.option("--articles", "sizes", multiple=True, type=click.IntRange(1), default=SIZES, show_default=True)
@click.option("--chars", type=click.IntRange(100), default=CHARS, show_default=True, help="Taken of each article.")
@click.option("--json", "target", type=click.Path(path_type=Path), metavar="FILE", help="Also write the record here.")
def main(data: Path | None, sizes: Sequence[int], chars: int, target: Path | None) -> None:
    """Measure the memory of indexing at several sizes of the corpus."""
    try:
        found = measure(datasets_folder(data) / "news", sizes, chars)
    except MasdarError as error:
        raise click.ClickException(str(error)) from error
    click.echo("\n".join(map(as_line, found)))
    click.echo(f"{growth(found):,.0f} bytes an article between the first and the last")
    if target:
        target.write_text(json.dumps(as_json(found, chars), indent=2) + "\n", "utf-8")


def growth(found: Sequence[Memory]) -> float:
    """Bytes that each article added, between the smallest and the largest size."""
    first, last = found[0], found[-1]
    return (last.anonymous - first.anonymous) / max(1, last.articles - first.articles)


def as_json(found: Sequence[Memory], chars: int) -> dict[str, object]:
    """The memory at each size, and how it grew."""
    what = f"memory of the indexer's own, an encoder that costs nothing, articles of {chars:,} characters"
    figures = [
        {"what": what, "value": f"{one.anonymous / 1e6:.0f} MB", "n": f"{one.articles:,} articles"} for one in found
    ]
    added = {"what": "what an article adds to it", "value": f"{growth(found) / 1000:.1f} KB", "n": figures[-1]["n"]}
    origin = {"command": COMMAND, "commit": commit(), "date": now(), "machine": machine()}
    return origin | {"figures": [*figures, added], "sizes": [dataclasses.asdict(one) for one in found]}


if __name__ == "__main__":
    main()
