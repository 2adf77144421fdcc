"""What does not grow with the index: encoding, indexing, and what a user waits for."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from llama_index.core import Document, StorageContext, VectorStoreIndex
from llama_index.core.node_parser import SentenceSplitter

from eval.benchmarks.comparison.llamaindex import PlainEmbedding
from eval.benchmarks.comparison.systems import passage_vectors
from eval.benchmarks.encoder import DEFAULT_BATCH, compare_speed
from eval.benchmarks.sentence_transformer import SentenceTransformerEncoder
from eval.errors import MeasurementFailed
from eval.extras import library
from indexer.articles import Article
from indexer.chunking import CHUNK_TOKENS
from indexer.encoder import Encoder
from indexer.encoder.bundled import BundledEncoder
from indexer.encoder.weights import BundledWeights
from indexer.late import DEFAULT_LATE
from indexer.pipeline import Indexer, default_transformations
from indexer.sources.items import SourceRecord
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest

ENCODING = f"encoding passages: the bundled int8 encoder, Sentence Transformers with batches of {DEFAULT_BATCH}"
ENCODING_BEST = "the same, Sentence Transformers with the batch size that is best here"
#: Passages that are encoded.
PASSAGES = 32
_QUESTION = "What does the US want from the Ukraine minerals deal?"


@dataclass(frozen=True, slots=True)
class Ratio:
    """One piece of work done twice.

    Attributes:
        ours, theirs: seconds, milliseconds or megabytes; less is better.
        times: how many times as much the rival takes.
    """

    what: str
    ours: float
    theirs: float
    unit: str

    @property
    def times(self) -> float:
        """How many times as much the rival takes."""
        return self.theirs / self.ours


def encoding(texts: Sequence[str], rounds: int) -> Iterator[Ratio]:
    """The encoder against Sentence Transformers with the same weights, alternating.

    Raises:
        BadInput: PyTorch or Sentence Transformers is not installed.
    """
    other = SentenceTransformerEncoder(BundledWeights())
    encoder = BundledEncoder("int8")
    fitting = [
        text for text, size in zip(texts, encoder.count_tokens(texts), strict=True) if size <= encoder.max_tokens
    ]
    chosen = fitting[:PASSAGES]
    ours, default, best = compare_speed({"int8": encoder}, other, chosen, other.normalise(chosen), rounds)
    for what, theirs in ((ENCODING, default), (ENCODING_BEST, best)):
        yield Ratio(what, 1000 / ours.median, 1000 / theirs.median, "ms a passage")


def indexing(articles: Sequence[Article], encoder: Encoder) -> Ratio:
    """From articles to an index on the disk, against LlamaIndex's defaults over Qdrant's local mode."""
    what = f"indexing {len(articles)} articles: all signals; LlamaIndex's defaults, sentence vectors alone"
    return Ratio(
        what, _indexed_by_masdar(articles, encoder), _indexed_by_llamaindex(articles, encoder), "s of processor"
    )


def _indexed_by_masdar(articles: Sequence[Article], encoder: Encoder) -> float:
    manifest = Manifest.of(encoder.identity, CHUNK_TOKENS, DEFAULT_LATE)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        with open_store(Path(folder) / "index", manifest, create=True) as store:
            Indexer(store, default_transformations(encoder)).run(
                SourceRecord(article, "", None) for article in articles
            )
        return time.process_time() - begun


def _indexed_by_llamaindex(articles: Sequence[Article], encoder: Encoder) -> float:
    documents = [Document(id_=one.id, text=one.text, metadata={"title": one.title}) for one in articles]
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        client = library("qdrant_client", "compare").QdrantClient(path=folder)
        store = library("llama_index.vector_stores.qdrant", "compare").QdrantVectorStore(
            "articles", client=client, index_doc_id=False
        )
        VectorStoreIndex(
            SentenceSplitter()(documents),
            embed_model=PlainEmbedding(encoder, passage_vectors(encoder)),
            storage_context=StorageContext.from_defaults(vector_store=store),
        )
        client.close()
        return time.process_time() - begun


def waits(articles: Path) -> Iterator[tuple[str, float, float]]:
    """What a user waits for, in the order of a first day: each with its seconds and its processor seconds.

    Raises:
        MeasurementFailed: a command failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = {"MASDAR_CACHE": str(Path(folder) / "cache"), "MASDAR_STORE": str(Path(folder) / "store")}
        yield "`masdar --help`", *_command(["--help"], home)
        load = ["-c", "from indexer.encoder.bundled import BundledEncoder; BundledEncoder()"]
        yield "the model loaded for the first time on a machine: built, and kept", *_process(load, home)
        yield "the model loaded", *_process(load, home)
        yield "`masdar index`, the sample articles", *_command(["index", str(articles)], home)
        yield "`masdar index`, nothing changed", *_command(["index", str(articles)], home)
        yield "`masdar ask`", *_command(["ask", _QUESTION], home)
        yield "`masdar search`", *_command(["search", _QUESTION], home)


def _command(arguments: Sequence[str], variables: Mapping[str, str]) -> tuple[float, float]:
    return _process(["-m", "service.cli", *arguments], variables)


def _process(arguments: Sequence[str], variables: Mapping[str, str]) -> tuple[float, float]:
    begun, spent = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(  # noqa: S603  (our own modules)
        [sys.executable, *arguments], env=os.environ | dict(variables), capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise MeasurementFailed(f"{' '.join(arguments)} failed: {run.stderr.strip()[-500:]}")
    seconds, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return round(seconds, 2), round(after.ru_utime + after.ru_stime - spent.ru_utime - spent.ru_stime, 2)
