"""LlamaIndex documents and nodes as what a Masdar index keeps: articles, and chunks that are offsets into them.

LlamaIndex hands a vector store nodes, and a node does not carry the text of its document. ``ArticleDocuments`` stands
first among the transformations and keeps that text until the nodes arrive.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from llama_index.core.schema import (
    BaseNode,
    Document,
    MetadataMode,
    NodeRelationship,
    ObjectType,
    RelatedNodeInfo,
    TextNode,
    TransformComponent,
)
from pydantic import PrivateAttr

from indexer.articles import Article, FieldMap, article_from_record
from indexer.errors import BadInput, BadRecord
from indexer.sentences import sentence_spans
from indexer.transformations import article_document

#: Articles with those of their nodes that arrived together.
Arrived = list[tuple[Article, list[TextNode]]]
_PACKED = {"position", "sentences"}


class ArticleDocuments(TransformComponent):
    """Turn documents into those that ``masdar index`` makes, and keep their articles until their nodes arrive.

    A document's id, text and metadata become an article as a record of a file does: title, source, url, published_at,
    language, tags and author under their usual names; other metadata are not kept. Nodes pass as they are.

    Raises:
        BadRecord: on transforming, a document has no text or cannot be stored.
    """

    _kept: dict[str, Article] = PrivateAttr(default_factory=dict)

    @classmethod
    def class_name(cls) -> str:
        """Name under which LlamaIndex serialises the component."""
        return "ArticleDocuments"

    def __call__(self, nodes: Sequence[BaseNode], **_: Any) -> Sequence[BaseNode]:
        """The documents with the metadata of their articles, of which an embedding model reads the title alone."""
        return [self._document(node) if isinstance(node, Document) else node for node in nodes]

    def kept(self, document_id: str) -> Article | None:
        """The article of a document; None where it did not pass here, or its nodes were written since."""
        return self._kept.get(document_id)

    def forget(self, document_ids: Iterable[str]) -> None:
        """Keep these no longer: their nodes are written."""
        for document_id in document_ids:
            self._kept.pop(document_id, None)

    def _document(self, node: Document) -> Document:
        article = article_of(node)
        self._kept[article.id] = article
        document = article_document(article)
        document.excluded_embed_metadata_keys = [name for name in document.metadata if name != "title"]
        document.excluded_llm_metadata_keys = ["version", "language"]
        return document


def article_of(node: BaseNode) -> Article:
    """A document, or a node of none, as an article.

    Raises:
        BadRecord: it has no text, or its id or text cannot be stored.
    """
    place = f"LlamaIndex document {node.node_id!r}"
    record = {**node.metadata, "id": node.node_id, "text": node.get_content(MetadataMode.NONE)}
    if not record["text"].strip():
        raise BadRecord(place, None, "it has no text; leave it out")

    def warn(sentence: str) -> None:
        warnings.warn(f"{place}: {sentence}", stacklevel=3)

    # Neither is looked for under other names: metadata may well have a "content" or a "guid".
    fields = FieldMap.from_flags(["id=id", "text=text"])
    return article_from_record(record, fields, path=place, line=None, now=datetime.now(UTC), warn=warn)


def chunk_nodes(article: Article, nodes: Sequence[TextNode]) -> list[TextNode]:
    """The nodes of an article as ``SentencePacker`` would have made them, in the order given.

    Those that it made, and ``EncodeNodes`` perhaps encoded, are copied as they are; others are numbered in the order
    of the text.

    Raises:
        BadInput: the text of a node does not stand in the article.
    """
    if all(_is_packed(node, article) for node in nodes):
        return [node.model_copy(deep=True) for node in nodes]  # to be encoded in place
    starts = [_start(article, node) for node in nodes]
    order = sorted(range(len(nodes)), key=lambda at: (starts[at], at))
    positions = {at: position for position, at in enumerate(order)}
    return [_chunk_node(article, node, starts[at], positions[at]) for at, node in enumerate(nodes)]


def _is_packed(node: TextNode, article: Article) -> bool:
    packed = node.metadata.keys() >= _PACKED and node.metadata.get("version") == article.content_hash
    return packed and article.text[node.start_char_idx : node.end_char_idx] == node.text


def _start(article: Article, node: TextNode) -> int:
    """Where the node's text stands; a splitter's own offset where it is right, else the first place."""
    start = node.start_char_idx
    if start is None or not article.text.startswith(node.text, start):
        start = article.text.find(node.text)
    if start < 0 or not node.text.strip():
        raise BadInput(
            f"the text of node {node.node_id!r} does not stand in document {article.id!r} ({node.text[:60]!r}), and a "
            "Masdar index keeps passages as offsets; use SentencePacker, or a node parser that leaves the text as it is"
        )
    return start


def _chunk_node(article: Article, node: TextNode, start: int, position: int) -> TextNode:
    sentences = [[start + first, start + last] for first, last in sentence_spans(node.text)]
    return TextNode(
        id_=f"{article.id}:{position}",
        text=node.text,
        start_char_idx=start,
        end_char_idx=start + len(node.text),
        metadata={
            "version": article.content_hash,
            "title": article.title,
            "position": position,
            "sentences": sentences,
        },
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=article.id)},
    )


def by_document(nodes: Sequence[BaseNode]) -> Iterator[tuple[str | None, list[TextNode]]]:
    """The nodes of each document together, documents in the order of their first nodes; a node of none alone.

    Raises:
        BadInput: a node is no text.
    """
    groups: dict[str, list[TextNode]] = {}
    for node in nodes:
        if not isinstance(node, TextNode) or node.get_type() != ObjectType.TEXT:
            raise BadInput(f"the node {node.node_id!r} is a {type(node).__name__}; a Masdar index takes text nodes")
        groups.setdefault(f"of {node.ref_doc_id}" if node.ref_doc_id else f"alone {node.node_id}", []).append(node)
    for group in groups.values():
        yield group[0].ref_doc_id, group
