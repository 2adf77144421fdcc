"""What answers questions over an index of any size: Masdar, and LlamaIndex over Qdrant's local mode.

Both hold the same chunks with the same sentence vectors and word weights. Qdrant's local mode is its Python client
with ``path=``: what one uses without a server. LlamaIndex's answer is made of sentences, too: its
``SentenceEmbeddingOptimizer`` keeps the half of each passage that is nearest to the question.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import NAMESPACE_URL, uuid5

from llama_index.core import VectorStoreIndex
from llama_index.core.postprocessor import SentenceEmbeddingOptimizer
from llama_index.core.schema import NodeRelationship, QueryBundle, RelatedNodeInfo, TextNode
from llama_index.core.vector_stores.utils import node_to_metadata_dict

from eval.benchmarks.comparison.llamaindex import PlainEmbedding
from eval.benchmarks.comparison.systems import passage_vectors
from eval.benchmarks.grown import EncodedArticle
from eval.benchmarks.search import Stopwatch, TimedStore
from eval.extras import library
from indexer.articles import Article
from indexer.chunks import EncodedChunk
from indexer.cross_script import question_terms
from indexer.encoder import Encoder
from indexer.sentences import sentence_spans
from indexer.store import Store
from indexer.store.embedded import open_store
from service.search_options import SearchOptions
from service.settings import load_settings
from service.wiring import build_service

#: Candidates of a signal, as Masdar's retriever asks for them, and passages that an answer is made of.
CANDIDATES, PASSAGES = 60, 8
#: Points that the client is given at a time.
_BATCH = 1000
_COLLECTION, _DENSE, _WORDS = "articles", "text-dense", "text-sparse-new"
_EXTRA = "compare"


@dataclass(frozen=True, slots=True)
class Opened:
    """A system that can be asked.

    Attributes:
        ask: the whole way from a question to an answer, with its steps timed.
    """

    chunks: int
    ask: Callable[[str, Stopwatch], object]


@contextmanager
def open_masdar(folder: Path, encoder: Encoder) -> Iterator[Opened]:
    """An embedded index; ``folder`` has it."""
    with open_store(folder) as store:
        unwatched = Stopwatch()
        timed = TimedStore(store, unwatched)
        service = build_service(load_settings(), cast(Store, timed), encoder)

        def ask(question: str, watch: Stopwatch) -> object:
            timed.watch = watch
            with watch.step("search"):
                service.search(question, SearchOptions(PASSAGES))
            timed.watch = unwatched  # its steps were timed once
            with watch.step("ask"):
                return service.ask(question)

        yield Opened(store.counts().chunks, ask)


@contextmanager
def open_llamaindex(folder: Path, encoder: Encoder) -> Iterator[Opened]:
    """A collection that ``fill_qdrant`` made in ``folder``."""
    client = library("qdrant_client", _EXTRA).QdrantClient(path=str(folder))
    try:
        embedding = PlainEmbedding(encoder, passage_vectors(encoder))
        store = library("llama_index.vector_stores.qdrant", _EXTRA).QdrantVectorStore(
            _COLLECTION, client=client, dense_vector_name=_DENSE, sparse_vector_name=_WORDS, index_doc_id=False
        )
        retriever = VectorStoreIndex.from_vector_store(store, embed_model=embedding).as_retriever(
            similarity_top_k=PASSAGES
        )
        sentences = SentenceEmbeddingOptimizer(embedding, percentile_cutoff=0.5, tokenizer_fn=_sentences)

        def ask(question: str, watch: Stopwatch) -> object:
            _search_alone(client, encoder, question, watch)
            with watch.step("search"):
                retriever.retrieve(question)
            with watch.step("ask"):
                bundle = QueryBundle(question)
                return sentences.postprocess_nodes(retriever.retrieve(bundle), bundle)

        yield Opened(client.count(_COLLECTION).count, ask)
    finally:
        client.close()


def _search_alone(client: Any, encoder: Encoder, question: str, watch: Stopwatch) -> None:
    models = client_models()
    vector = encoder.encode([question], "query")[0].vector.tolist()
    with watch.step("dense"):
        client.query_points(_COLLECTION, query=vector, using=_DENSE, limit=CANDIDATES)
    terms = question_terms(question)
    if terms.indices:
        words = models.SparseVector(indices=list(terms.indices), values=list(terms.values))
        with watch.step("lexical"):
            client.query_points(_COLLECTION, query=words, using=_WORDS, limit=CANDIDATES)


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)] or [text]


def client_models() -> Any:
    """The client's types."""
    return library("qdrant_client", _EXTRA).models


def fill_qdrant(folder: Path, articles: Iterator[EncodedArticle], dimensions: int) -> float:
    """Make a collection of these articles' chunks as LlamaIndex would; gives the client's processor seconds."""
    client, models = library("qdrant_client", _EXTRA).QdrantClient(path=str(folder)), client_models()
    seconds = 0.0
    try:
        client.create_collection(
            _COLLECTION,
            vectors_config={_DENSE: models.VectorParams(size=dimensions, distance=models.Distance.COSINE)},
            sparse_vectors_config={_WORDS: models.SparseVectorParams(modifier=models.Modifier.IDF)},
        )
        for batch in _batches(_point(article, chunk) for article, chunks in articles for chunk in chunks):
            begun = time.process_time()
            client.upsert(_COLLECTION, batch)
            seconds += time.process_time() - begun
    finally:
        client.close()
    return seconds


def _point(article: Article, encoded: EncodedChunk) -> object:
    models, chunk = client_models(), encoded.chunk
    node = TextNode(
        id_=str(uuid5(NAMESPACE_URL, f"{chunk.article_id} {chunk.position}")),
        text=article.text[chunk.start : chunk.end],
        metadata={"title": article.title, "source": article.source, "url": article.url},
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=chunk.article_id)},
    )
    words = models.SparseVector(indices=list(encoded.lexical.indices), values=list(encoded.lexical.values))
    return models.PointStruct(
        id=node.node_id,
        vector={_DENSE: encoded.dense.tolist(), _WORDS: words},
        payload=node_to_metadata_dict(node, remove_text=False, flat_metadata=False),
    )


def _batches(points: Iterator[object]) -> Iterator[Sequence[object]]:
    batch: list[object] = []
    for point in points:
        batch.append(point)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
