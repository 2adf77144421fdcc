"""Passages as LlamaIndex nodes."""

from __future__ import annotations

from collections.abc import Sequence

from llama_index.core.schema import NodeRelationship, ObjectType, RelatedNodeInfo, TextNode

from indexer.articles import Article
from indexer.chunks import Chunk
from indexer.store import Publication
from service.publications import published
from service.retrieval import Passage

#: What an embedding model may read of a node besides its text; a language model also reads source, address and date.
_EMBEDDED = {"title"}
_SHOWN = {"title", "source", "url", "published_at"}


def passage_node(passage: Passage) -> TextNode:
    """A passage as a LlamaIndex node with offsets into the raw text of its article."""
    return chunk_node(passage.article, passage.chunk, passage.also_published_by)


def chunk_node(article: Article, chunk: Chunk, also: Sequence[Publication] = ()) -> TextNode:
    """A chunk as a LlamaIndex node with offsets into the raw text of its article, which it belongs to."""
    metadata = {
        "title": article.title,
        "source": article.source,
        "url": article.url,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "article_id": article.id,
        "also_published_by": [published(one) for one in also],
    }
    return TextNode(
        id_=node_id(chunk),
        text=article.text[chunk.start : chunk.end],
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


def node_id(chunk: Chunk) -> str:
    """The id of a chunk's node: its article's and its number in it, as ``SentencePacker`` names nodes."""
    return f"{chunk.article_id}:{chunk.position}"
