"""LlamaIndex's ingestion pipeline as its documentation has it, with Masdar's weights in PyTorch and Qdrant in a folder.

Qdrant's client and LlamaIndex's class for it are imported by name: they do not come with Masdar, and only the store may
import Qdrant. What could be argued about is decided for the pipeline: it encodes no titles, normalises no characters
(that is done before), looks for no copies, keeps no cache and no words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from llama_index.core import Document
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import BaseNode
from pydantic import PrivateAttr

from eval.benchmarks.sentence_transformer import SentenceTransformerEncoder
from eval.extras import library
from indexer.articles import Article

EXTRA = "compare"
_QDRANT = "llama_index.vector_stores.qdrant"


class TorchEmbedding(BaseEmbedding):
    """Sentence Transformers on the CPU, asked as LlamaIndex's ``HuggingFaceEmbedding`` asks it: ten texts at once."""

    _encoder: SentenceTransformerEncoder = PrivateAttr()

    def __init__(self, encoder: SentenceTransformerEncoder) -> None:
        super().__init__(model_name="multilingual-e5-small")
        self._encoder = encoder

    def _get_query_embedding(self, query: str) -> list[float]:
        raise NotImplementedError("this embedding is for passages")

    async def _aget_query_embedding(self, query: str) -> list[float]:
        raise NotImplementedError("this embedding is for passages")

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._encoder.encode(texts, self.embed_batch_size).tolist()
        return vectors


class Ingestion:
    """An ingestion pipeline into a Qdrant collection."""

    def __init__(self, encoder: SentenceTransformerEncoder, embedding: BaseEmbedding, client: Any, budget: int) -> None:
        self._encoder = encoder
        store = library(_QDRANT, EXTRA).QdrantVectorStore("articles", client=client, index_doc_id=False)
        splitter = SentenceSplitter(chunk_size=budget, chunk_overlap=0, tokenizer=encoder.pieces)
        self._pipeline = IngestionPipeline(
            transformations=[splitter, embedding], vector_store=store, disable_cache=True
        )

    def prepared(self, articles: Sequence[Article]) -> list[Document]:
        """The articles as documents, their characters as the model's map has them; not part of what is timed."""
        texts = self._encoder.normalise([article.text for article in articles])
        return [_document(article, text) for article, text in zip(articles, texts, strict=True)]

    def run(self, documents: list[Document]) -> Sequence[BaseNode]:
        """Split, encode and store; the nodes that were stored."""
        return self._pipeline.run(documents=documents)


@contextmanager
def open_ingestion(folder: Path, encoder: SentenceTransformerEncoder, budget: int) -> Iterator[Ingestion]:
    """A pipeline into a new collection of Qdrant's local mode.

    Raises:
        BadInput: a library of the extra ``compare`` is not installed.
    """
    client = library("qdrant_client", EXTRA).QdrantClient(path=str(folder))
    try:
        yield Ingestion(encoder, TorchEmbedding(encoder), client, budget)
    finally:
        client.close()


def _document(article: Article, text: str) -> Document:
    metadata = {"title": article.title, "source": article.source, "url": article.url, "language": article.language}
    hidden = list(metadata)
    return Document(
        id_=article.id,
        text=text,
        metadata=metadata,
        excluded_embed_metadata_keys=hidden,
        excluded_llm_metadata_keys=hidden,
    )
