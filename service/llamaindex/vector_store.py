"""A Masdar index as a LlamaIndex vector store."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from llama_index.core.schema import BaseNode, TextNode, TransformComponent
from llama_index.core.vector_stores.types import (
    BasePydanticVectorStore,
    VectorStoreQuery,
    VectorStoreQueryMode,
    VectorStoreQueryResult,
)
from pydantic import PrivateAttr

from indexer.articles import Article
from indexer.chunking import CHUNK_TOKENS
from indexer.chunks import EncodedChunk
from indexer.encoder import Encoder, Float32
from indexer.errors import BadInput
from indexer.pipeline import BATCH_ARTICLES, default_transformations
from indexer.store import Hit, Store
from indexer.store.manifest import Manifest
from indexer.transformations import EncodeNodes, encoded_chunks
from service.llamaindex.documents import Arrived, ArticleDocuments, article_of, by_document, chunk_nodes
from service.llamaindex.filters import filters_of
from service.llamaindex.nodes import chunk_node, node_id, passage_node
from service.retrieval import Question, Retriever
from service.search_options import SearchOptions

_DENSE = (VectorStoreQueryMode.DEFAULT,)
_LEXICAL = (VectorStoreQueryMode.SPARSE, VectorStoreQueryMode.TEXT_SEARCH)
_ALL = (VectorStoreQueryMode.HYBRID,)


class MasdarVectorStore(BasePydanticVectorStore):
    """An index that ``masdar index`` made, or one that LlamaIndex writes, for ``VectorStoreIndex``.

    A LlamaIndex document is an article and a node a chunk. What is written is what ``masdar index`` would write, all
    three signals encoded with the index's own encoder: ``masdar ask`` answers over it, too. Vectors that nodes bring
    along are not taken, since those of another model would compare without an error and without meaning; questions
    are encoded here for the same reason.

    The nodes of a document come together, as LlamaIndex's indexes and pipelines hand them over; those of a document
    that is in the index replace what it had.

    Args:
        store: the index, open; ``service.wiring.open_index`` gives it with its encoder.
        encoder: the encoder that made it.

    Raises:
        StoreMismatch: another encoder made the index.
    """

    stores_text: bool = True
    is_embedding_query: bool = False
    _store: Store = PrivateAttr()
    _encoder: Encoder = PrivateAttr()
    _retriever: Retriever = PrivateAttr()
    _documents: ArticleDocuments = PrivateAttr(default_factory=ArticleDocuments)
    #: The last article written, which may go on with the next nodes: LlamaIndex hands over 2,048 at a time.
    _last: tuple[Article, list[TextNode]] | None = PrivateAttr(default=None)
    _writing: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    def __init__(self, store: Store, encoder: Encoder) -> None:
        super().__init__(stores_text=True)
        store.manifest.check(Manifest.of(encoder.identity, 0), "given to MasdarVectorStore")
        self._store = store
        self._encoder = encoder
        self._retriever = Retriever(store, encoder)

    @classmethod
    def class_name(cls) -> str:
        """Name under which LlamaIndex serialises the component."""
        return "MasdarVectorStore"

    @property
    def client(self) -> Store:
        """The index."""
        return self._store

    @property
    def documents(self) -> ArticleDocuments:
        """The transformation that must stand first where documents are inserted: it keeps their texts."""
        return self._documents

    def transformations(self, chunk_tokens: int = CHUNK_TOKENS) -> list[TransformComponent]:
        """Those of ``masdar index`` after ``documents``: cut into chunks, encode once."""
        return [self._documents, *default_transformations(self._encoder, chunk_tokens, self._store.manifest.late)]

    def add(self, nodes: Sequence[BaseNode], **_: Any) -> list[str]:
        """Write nodes; returns their ids in the index, in order.

        Raises:
            BadInput: the text of a node's document is not known, or a node is no part of it.
            StoreError: the index cannot be written.
        """
        with self._writing:
            arrived = [self._arrived(document, group) for document, group in by_document(nodes)]
            ids: dict[str, str] = {}
            for first in range(0, len(arrived), BATCH_ARTICLES):
                ids |= self._put(arrived[first : first + BATCH_ARTICLES])
            if arrived:
                self._last = arrived[-1]
        return [ids[node.node_id] for node in nodes]

    def delete(self, ref_doc_id: str, **_: Any) -> None:
        """Remove a document; one that is not there is passed over."""
        with self._writing:
            self._last = None
            self._store.delete([ref_doc_id])

    def query(self, query: VectorStoreQuery, **_: Any) -> VectorStoreQueryResult:
        """The best passages for a question.

        Modes: ``default`` compares sentence vectors, ``sparse`` and ``text_search`` compare words and names, ``hybrid``
        is Masdar's own retrieval with all three signals. Scores of one mode and one question compare with each other
        only.

        Raises:
            BadInput: the mode, a filter or another part of the query has no counterpart here, or there is no question.
        """
        _check(query)
        filters = filters_of(query.filters)
        limit = (query.hybrid_top_k if query.mode in _ALL else None) or query.similarity_top_k
        if query.mode in _ALL:
            passages = self._retriever.search(self._question(query), SearchOptions(limit, filters))
            found = [(passage_node(one), one.score) for one in passages]
        elif query.mode in _LEXICAL:
            found = self._nodes(self._retriever.by_words(self._question(query), query.sparse_top_k or limit, filters))
        else:
            found = self._nodes(self._store.search_dense(self._vector(query), limit, filters))
        nodes, scores = [node for node, _ in found], [score for _, score in found]
        return VectorStoreQueryResult(nodes, scores, [node.node_id for node in nodes])

    async def async_add(self, nodes: Sequence[BaseNode], **kwargs: Any) -> list[str]:
        """``add`` in a thread."""
        return await asyncio.to_thread(self.add, nodes, **kwargs)

    async def adelete(self, ref_doc_id: str, **delete_kwargs: Any) -> None:
        """``delete`` in a thread."""
        await asyncio.to_thread(self.delete, ref_doc_id, **delete_kwargs)

    async def aquery(self, query: VectorStoreQuery, **kwargs: Any) -> VectorStoreQueryResult:
        """``query`` in a thread."""
        return await asyncio.to_thread(self.query, query, **kwargs)

    def _arrived(self, document: str | None, nodes: list[TextNode]) -> tuple[Article, list[TextNode]]:
        """The article of a document with its nodes, those before them included where it goes on."""
        if document is None:
            return article_of(nodes[0]), nodes
        if article := self._documents.kept(document):
            return article, nodes
        if self._last and self._last[0].id == document:
            last, before = self._last
            again = {node.node_id for node in nodes}
            return last, [*(node for node in before if node.node_id not in again), *nodes]
        raise BadInput(
            f"the text of document {document!r} is not known, and a Masdar index keeps passages as offsets into it; "
            "insert documents with transformations=vector_store.transformations(), or put vector_store.documents "
            "before another node parser (and disable the cache of an IngestionPipeline)"
        )

    def _put(self, arrived: Arrived) -> dict[str, str]:
        """Write articles; returns the ids of their nodes in the index by those they came with."""
        prepared = [(article, nodes, chunk_nodes(article, nodes)) for article, nodes in arrived]
        new = [node for _, _, chunks in prepared for node in chunks if not _is_encoded(node)]
        EncodeNodes(self._encoder, self._store.manifest.late)(new)
        batch: list[tuple[Article, list[EncodedChunk]]] = []
        ids: dict[str, str] = {}
        for article, nodes, chunks in prepared:
            encoded = encoded_chunks(chunks)[article.id]
            batch.append((article, encoded))
            ids |= {node.node_id: node_id(one.chunk) for node, one in zip(nodes, encoded, strict=True)}
        self._store.put(batch)
        self._documents.forget(article.id for article, _ in arrived)
        return ids

    def _question(self, query: VectorStoreQuery) -> Question:
        if query.query_str is None:
            raise BadInput(f"the mode {query.mode.value!r} needs the question as text; give query_str")
        return self._retriever.question(query.query_str)

    def _vector(self, query: VectorStoreQuery) -> Float32:
        """The question's vector; one that is given alone is taken, if it has the right length."""
        if query.query_str is None and query.query_embedding is not None:
            vector = np.asarray(query.query_embedding, np.float32)
            dimensions = self._encoder.identity.dimensions
            if vector.shape != (dimensions,) or not np.isfinite(vector).all():
                raise BadInput(
                    f"the query_embedding has the shape {vector.shape}; the index compares {dimensions} finite numbers "
                    "of its own encoder: give query_str, or a vector of MasdarEmbedding"
                )
            return vector
        question = self._question(query)
        return self._retriever.centring.sentence(question.encoding.vector, "query", question.language)

    def _nodes(self, hits: Sequence[Hit]) -> list[tuple[TextNode, float]]:
        articles = self._store.articles(hit.chunk.article_id for hit in hits)
        current = [(articles.get(hit.chunk.article_id), hit) for hit in hits]
        return [
            (chunk_node(article, hit.chunk), hit.score)
            for article, hit in current
            if article and article.content_hash == hit.chunk.version  # else replaced since the search
        ]


def _is_encoded(node: TextNode) -> bool:
    return node.embedding is not None and node.metadata.keys() >= {"lexical", "late"}


def _check(query: VectorStoreQuery) -> None:
    """Refuse what would be passed over in silence. Raises BadInput."""
    modes = (*_DENSE, *_LEXICAL, *_ALL)
    if query.mode not in modes:
        allowed = ", ".join(mode.value for mode in modes)
        raise BadInput(f"the query mode {query.mode.value!r} is not known here; choose one of: {allowed}")
    if query.similarity_top_k < 1:
        raise BadInput(f"similarity_top_k is {query.similarity_top_k}; give 1 or more")
    if query.doc_ids or query.node_ids:
        raise BadInput("doc_ids and node_ids do not restrict a Masdar index; filter by source, language or date")
    if query.alpha is not None:
        raise BadInput(f"alpha is {query.alpha}: three signals have no such weight; leave it unset")
