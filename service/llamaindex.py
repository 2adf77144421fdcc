"""Masdar inside a LlamaIndex application: its encoder as an embedding, an index as a retriever.

Both take what they need as arguments: LlamaIndex's global ``Settings`` are neither read nor set here. See
docs/llamaindex.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.schema import (
    NodeRelationship,
    NodeWithScore,
    ObjectType,
    QueryBundle,
    RelatedNodeInfo,
    TextNode,
)
from pydantic import Field, PrivateAttr

from indexer.arabic import question_language
from indexer.encoder import Encoder, Float32, Kind
from indexer.encoder.centring import Centring, centring_for
from indexer.errors import BadInput
from service.retrieval import Passage, Retriever
from service.search_options import DEFAULT_OPTIONS, SearchOptions
from service.wiring import Service

__all__ = ["DEFAULT_TOP_K", "MasdarEmbedding", "MasdarRetriever"]

#: As many passages as ``masdar ask`` looks for an answer in.
DEFAULT_TOP_K = 8
#: What an embedding model may read of a node besides its text; a language model also reads source, address and date.
_EMBEDDED = {"title"}
_SHOWN = {"title", "source", "url", "published_at"}


class MasdarEmbedding(BaseEmbedding):
    """An encoder of Masdar as a LlamaIndex embedding.

    Questions and passages get the prefixes that the model was trained with, and are centred as in Masdar's own indexes
    (``indexer.encoder.centring``): vectors have unit length, and cosines are about 0 for texts that share nothing.

    Args:
        encoder: any encoder; ``service.wiring.build_encoder`` gives the bundled one.
        options: those of LlamaIndex's ``BaseEmbedding``, such as ``embed_batch_size``.
    """

    weights: str = Field(description="Digest of the encoder: LlamaIndex's caches must not mix up two encoders")
    _encoder: Encoder = PrivateAttr()
    _centring: Centring = PrivateAttr()

    def __init__(self, encoder: Encoder, **options: Any) -> None:
        identity = encoder.identity
        super().__init__(**{"model_name": identity.name, **options, "weights": identity.weights})
        self._encoder = encoder
        self._centring = centring_for(identity)

    @classmethod
    def class_name(cls) -> str:
        """Name under which LlamaIndex serialises the component."""
        return "MasdarEmbedding"

    def _vectors(self, texts: Sequence[str], kind: Kind) -> list[Float32]:
        return [encoding.vector for encoding in self._encoder.encode(texts, kind)]

    def _get_query_embedding(self, query: str) -> list[float]:
        question = query.strip()
        (vector,) = self._vectors([question], "query")
        return _floats(self._centring.sentence(vector, "query", question_language(question)))

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [_floats(self._centring.sentence(vector, "passage")) for vector in self._vectors(texts, "passage")]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await asyncio.to_thread(self._get_query_embedding, query)

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return await asyncio.to_thread(self._get_text_embedding, text)

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return await asyncio.to_thread(self._get_text_embeddings, texts)


class MasdarRetriever(BaseRetriever):
    """Masdar's retrieval, dense and lexical, as a LlamaIndex retriever.

    A node is a passage, verbatim: ``article.text[node.start_char_idx : node.end_char_idx] == node.text``. Its metadata
    are ``title``, ``source``, ``url``, ``published_at`` (ISO 8601, or None), ``article_id`` and ``also`` (ids of other
    articles that say the same in the same words); its ``ref_doc_id`` is the article's id. The score compares passages
    of one question only.

    Args:
        searched: a service, or a retriever of Masdar's.
        similarity_top_k: the most passages for a question.
        search: filters, recency and diversity; its limit does not count.
        options: those of LlamaIndex's ``BaseRetriever``.

    Raises:
        BadInput: ``similarity_top_k`` is below 1; on retrieving, the question is empty or too long.
    """

    def __init__(
        self,
        searched: Service | Retriever,
        similarity_top_k: int = DEFAULT_TOP_K,
        search: SearchOptions = DEFAULT_OPTIONS,
        **options: Any,
    ) -> None:
        if similarity_top_k < 1:
            raise BadInput(f"similarity_top_k is {similarity_top_k}; give 1 or more")
        super().__init__(**options)
        self._searched = searched
        self.similarity_top_k = similarity_top_k
        self.search = search

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        passages = self._passages(query_bundle.query_str)
        return [NodeWithScore(node=passage_node(passage), score=passage.score) for passage in passages]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)

    def _passages(self, question: str) -> list[Passage]:
        options = replace(self.search, limit=self.similarity_top_k)
        searched = self._searched
        if isinstance(searched, Service):
            return searched.search(question, options)
        return searched.search(searched.question(question), options)


def passage_node(passage: Passage) -> TextNode:
    """A passage as a LlamaIndex node with offsets into the raw text of its article."""
    article, chunk = passage.article, passage.chunk
    metadata = {
        "title": article.title,
        "source": article.source,
        "url": article.url,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "article_id": article.id,
        "also": list(passage.also),
    }
    return TextNode(
        id_=f"{article.id}:{chunk.position}",
        text=passage.text,
        start_char_idx=chunk.start,
        end_char_idx=chunk.end,
        metadata=metadata,
        excluded_embed_metadata_keys=[name for name in metadata if name not in _EMBEDDED],
        excluded_llm_metadata_keys=[name for name in metadata if name not in _SHOWN],
        relationships={
            NodeRelationship.SOURCE: RelatedNodeInfo(
                node_id=article.id, node_type=ObjectType.DOCUMENT, metadata=metadata, hash=article.content_hash
            )
        },
    )


def _floats(vector: Float32) -> list[float]:
    return [float(value) for value in vector]
