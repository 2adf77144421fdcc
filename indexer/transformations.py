"""The steps from an article to encoded chunks, as LlamaIndex transformations; others can be slotted in between.

``article_document`` makes a LlamaIndex document, ``SentencePacker`` (chunking.py) cuts it into nodes, ``EncodeNodes``
gives every node its vectors, ``encoded_chunks`` turns the nodes into what the store keeps. A transformation slotted in
may drop nodes or add metadata; it must leave a node's text and offsets as they are.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
from llama_index.core.schema import BaseNode, Document, MetadataMode, TransformComponent
from pydantic import Field, PrivateAttr

from indexer.articles import Article
from indexer.chunking import chunk_of_node
from indexer.chunks import EncodedChunk, passage_text
from indexer.cross_script import passage_terms
from indexer.encoder import Encoder, Float32
from indexer.encoder.centring import centring_for
from indexer.late import DEFAULT_LATE, LateInteraction, passage_vectors
from indexer.lexical import SparseVector

_LEXICAL, _LATE = "lexical", "late"


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
    """Give nodes their vectors: sentence vector, BM25 weights, and token vectors for late interaction.

    The sentence vector is the node's ``embedding``. The others are metadata in forms that survive LlamaIndex's JSON:
    ``metadata["lexical"]`` is ``{"indices": [...], "values": [...]}``, ``metadata["late"]`` the base64 of float16 rows,
    or None where the index keeps no token vectors.
    """

    weights: str = Field(description="Digest of the encoder: LlamaIndex's caches must not mix up two encoders")
    late: LateInteraction = Field(description="Which token vectors are kept; those of the index that is written to")
    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder, late: LateInteraction = DEFAULT_LATE) -> None:
        super().__init__(**{"weights": encoder.identity.weights, "late": late})
        self._encoder = encoder

    @classmethod
    def class_name(cls) -> str:
        """Name under which LlamaIndex serialises the component."""
        return "EncodeNodes"

    def __call__(self, nodes: Sequence[BaseNode], **_: Any) -> Sequence[BaseNode]:
        """Encode the nodes in place; with the title as context for all signals."""
        passages = [_passage(node) for node in nodes]
        centring = centring_for(self._encoder.identity)
        encodings = self._encoder.encode(passages, "passage", tokens=self.late.on)
        for node, passage, encoding in zip(nodes, passages, encodings, strict=True):
            node.embedding = centring.sentence(encoding.vector, "passage").tolist()
            node.metadata[_LEXICAL] = passage_terms(passage)._asdict()
            kept = passage_vectors(passage, encoding, centring, self.late) if self.late.on else None
            node.metadata[_LATE] = None if kept is None else _packed(kept)
            for hidden in (node.excluded_embed_metadata_keys, node.excluded_llm_metadata_keys):
                hidden.extend(key for key in (_LEXICAL, _LATE) if key not in hidden)
        return nodes


def _packed(vectors: Float32) -> str:
    return base64.b64encode(vectors.astype(np.float16).tobytes()).decode("ascii")


def _unpacked(packed: str, dimensions: int) -> Float32:
    return np.frombuffer(base64.b64decode(packed), np.float16).reshape(-1, dimensions).astype(np.float32)


def _passage(node: BaseNode) -> str:
    return passage_text(str(node.metadata.get("title", "")), node.get_content(metadata_mode=MetadataMode.NONE))


def encoded_chunks(nodes: Sequence[BaseNode]) -> dict[str, list[EncodedChunk]]:
    """Encoded chunks by article id, from nodes that went through ``SentencePacker`` and ``EncodeNodes``.

    Raises:
        ValueError: a node has no offsets or no vectors.
    """
    chunks: dict[str, list[EncodedChunk]] = {}
    for node in nodes:
        lexical, packed = node.metadata.get(_LEXICAL), node.metadata.get(_LATE)
        if node.embedding is None or lexical is None or _LATE not in node.metadata:
            raise ValueError(
                f"the node {node.node_id!r} was not encoded; EncodeNodes must be among the transformations"
            )
        chunk = chunk_of_node(node)
        dense = np.asarray(node.embedding, np.float32)
        late = None if packed is None else _unpacked(packed, len(dense))
        encoded = EncodedChunk(chunk, dense, SparseVector(**lexical), late)
        chunks.setdefault(chunk.article_id, []).append(encoded)
    return chunks
