"""LlamaIndex as its documentation starts: its default splitter, a vector index, Qdrant inside the process.

The embedding is the encoder that Masdar has, as any E5: with its prefixes, not centred. Qdrant's client and
LlamaIndex's class for it are imported by name: they do not come with Masdar, and only the store may import Qdrant.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from llama_index.core import Document, StorageContext, VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import BaseNode, MetadataMode
from llama_index.core.vector_stores.types import VectorStoreQueryMode
from pydantic import PrivateAttr

from eval.benchmarks.comparison.systems import DEPTH, Ask, Family, Indexed, SharedVectors, distinct, passage_vectors
from eval.benchmarks.comparison.words import EXTRA, sparse_documents, sparse_questions, word_splitter
from eval.datasets import Dataset
from eval.extras import library
from indexer.encoder import Encoder

SYSTEMS = {
    "llamaindex": "LlamaIndex with its defaults (SentenceSplitter 1024/200), Qdrant in memory, sentence vectors",
    "llamaindex-hybrid": "the same with enable_hybrid: sparse vectors of bm25s's words, LlamaIndex's own fusion",
    "llamaindex-hybrid-stemmed": "the same with Snowball's Arabic stemmer",
}
_QDRANT = "llama_index.vector_stores.qdrant"


class PlainEmbedding(BaseEmbedding):
    """An encoder as LlamaIndex would have it from anywhere: prefixes, no centring.

    Args:
        encoder: encodes questions, anew each time.
        passages: keeps the vectors of passages.
    """

    _encoder: Encoder = PrivateAttr()
    _passages: SharedVectors = PrivateAttr()

    def __init__(self, encoder: Encoder, passages: SharedVectors) -> None:
        super().__init__(model_name=encoder.identity.name, embed_batch_size=256)
        self._encoder = encoder
        self._passages = passages

    @property
    def spared(self) -> float:
        """Seconds of encoding that passages found among the kept ones have cost; see ``SharedVectors``."""
        return self._passages.spared

    def _get_query_embedding(self, query: str) -> list[float]:
        vector: list[float] = self._encoder.encode([query], "query")[0].vector.tolist()
        return vector

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._passages.of(texts).tolist()
        return vectors

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def llamaindex_family(encoder: Encoder) -> Family:
    """LlamaIndex over Qdrant: dense, and hybrid with and without a stemmer."""
    embedding = PlainEmbedding(encoder, passage_vectors(encoder))

    @contextmanager
    def opened(dataset: Dataset) -> Iterator[list[Indexed]]:
        begun = time.perf_counter()
        nodes = SentenceSplitter()(documents(dataset))
        splitting = time.perf_counter() - begun
        with ExitStack() as clients:
            yield [_indexed(name, nodes, embedding, splitting, clients) for name in SYSTEMS]

    libraries = ("bm25s", "Stemmer", "qdrant_client", _QDRANT)
    return Family(SYSTEMS, libraries, EXTRA, opened)


def documents(dataset: Dataset) -> list[Document]:
    """The corpus as LlamaIndex documents; a title is metadata, which LlamaIndex sets above each passage."""
    return [
        Document(id_=name, text=document.text, metadata={"title": document.title} if document.title else {})
        for name, document in dataset.corpus.items()
    ]


def _indexed(
    name: str, nodes: Sequence[BaseNode], embedding: PlainEmbedding, splitting: float, clients: ExitStack
) -> Indexed:
    begun, spared = time.perf_counter(), embedding.spared
    store = _store(nodes, hybrid=name != "llamaindex", stemmed=name.endswith("stemmed"))
    clients.callback(store.client.close)
    index = VectorStoreIndex(
        list(nodes), embed_model=embedding, storage_context=StorageContext.from_defaults(vector_store=store)
    )
    seconds = splitting + time.perf_counter() - begun + embedding.spared - spared
    hybrid = store.enable_hybrid
    return Indexed(
        name, seconds, _asking(index, VectorStoreQueryMode.HYBRID if hybrid else VectorStoreQueryMode.DEFAULT)
    )


def _store(nodes: Sequence[BaseNode], *, hybrid: bool, stemmed: bool) -> Any:
    """A Qdrant store of its own; sparse vectors get their IDF from Qdrant, as LlamaIndex sets it up for Qdrant/bm25."""
    client = library("qdrant_client", EXTRA)
    options: dict[str, Any] = {"index_doc_id": False}  # local mode has no such index, and warns
    if hybrid:
        words = word_splitter(stemmed=stemmed)
        texts = [node.get_content(MetadataMode.EMBED) for node in nodes]
        models = client.models
        options |= {
            "enable_hybrid": True,
            "sparse_doc_fn": sparse_documents(words, texts),
            "sparse_query_fn": sparse_questions(words),
            "sparse_config": models.SparseVectorParams(modifier=models.Modifier.IDF),
        }
    return library(_QDRANT, EXTRA).QdrantVectorStore("articles", client=client.QdrantClient(":memory:"), **options)


def _asking(index: VectorStoreIndex, mode: VectorStoreQueryMode) -> Ask:
    retriever = index.as_retriever(similarity_top_k=DEPTH, sparse_top_k=DEPTH, vector_store_query_mode=mode)

    def ask(question: str) -> list[str]:
        return distinct(scored.node.ref_doc_id or "" for scored in retriever.retrieve(question))

    return ask
