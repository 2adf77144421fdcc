"""The steps from an article to encoded chunks, as LlamaIndex transformations; others can be slotted in between.

``article_document`` makes a LlamaIndex document, ``SentencePacker`` (chunking.py) cuts it into nodes, ``EncodeNodes``
gives every node its vectors, ``encoded_chunks`` turns the nodes into what the store keeps. A transformation slotted in
may drop nodes or add metadata; it must leave a node's text and offsets as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from llama_index.core.schema import BaseNode, Document, MetadataMode, TransformComponent
from pydantic import Field, PrivateAttr

from indexer.articles import Article
from indexer.chunking import chunk_of_node
from indexer.chunks import EncodedChunk, passage_text
from indexer.encoder import Encoder
from indexer.encoder.centring import centring_for
from indexer.lexical import SparseVector, document_vector

_LEXICAL = "lexical"


def article_document(article: Article) -> Document:
    """The article as a LlamaIndex document; its text is the raw text, untouched."""
    published = article.published_at.isoformat() if article.published_at else None
    metadata = {
        "version": article.content_hash,
        "title": article.title,
        "source": article.source,
        "url": article.url,
        "published_at": published,
        "language": article.language,
    }
    return Document(id_=article.id, text=article.text, metadata=metadata)


class EncodeNodes(TransformComponent):
    """Give nodes their vectors: ``embedding`` is the sentence vector, ``metadata["lexical"]`` the BM25 weights.

    The weights are kept as ``{"indices": [...], "values": [...]}``, so that a node survives LlamaIndex's JSON.
    """

    weights: str = Field(description="Digest of the encoder: LlamaIndex's caches must not mix up two encoders")
    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(**{"weights": encoder.identity.weights})
        self._encoder = encoder

    @classmethod
    def class_name(cls) -> str:
        """Name under which LlamaIndex serialises the component."""
        return "EncodeNodes"

    def __call__(self, nodes: Sequence[BaseNode], **_: Any) -> Sequence[BaseNode]:
        """Encode the nodes in place; with the title as context for both signals."""
        passages = [_passage(node) for node in nodes]
        centring = centring_for(self._encoder.identity)
        for node, passage, encoding in zip(nodes, passages, self._encoder.encode(passages, "passage"), strict=True):
            node.embedding = centring.sentence(encoding.vector, "passage").tolist()
            node.metadata[_LEXICAL] = document_vector(passage)._asdict()
            for hidden in (node.excluded_embed_metadata_keys, node.excluded_llm_metadata_keys):
                hidden.extend({_LEXICAL} - set(hidden))
        return nodes


def _passage(node: BaseNode) -> str:
    return passage_text(str(node.metadata.get("title", "")), node.get_content(metadata_mode=MetadataMode.NONE))


def encoded_chunks(nodes: Sequence[BaseNode]) -> dict[str, list[EncodedChunk]]:
    """Encoded chunks by article id, from nodes that went through ``SentencePacker`` and ``EncodeNodes``.

    Raises:
        ValueError: a node has no offsets or no vectors.
    """
    chunks: dict[str, list[EncodedChunk]] = {}
    for node in nodes:
        lexical = node.metadata.get(_LEXICAL)
        if node.embedding is None or lexical is None:
            raise ValueError(
                f"the node {node.node_id!r} was not encoded; EncodeNodes must be among the transformations"
            )
        chunk = chunk_of_node(node)
        encoded = EncodedChunk(chunk, np.asarray(node.embedding, np.float32), SparseVector(**lexical))
        chunks.setdefault(chunk.article_id, []).append(encoded)
    return chunks
