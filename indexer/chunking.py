"""Articles to chunks: whole sentences packed to a token budget, as a LlamaIndex node parser.

A sentence that fits the budget is never cut. One that does not is cut at the strongest boundary inside it that makes
the parts fit (semicolon, comma, conjunction, space). The parts of an article are of similar length: a rest of one
sentence would be embedded with nothing around it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llama_index.core.node_parser import NodeParser
from llama_index.core.schema import BaseNode, MetadataMode, NodeRelationship, TextNode
from pydantic import Field, PrivateAttr

from indexer.chunks import Chunk, Span
from indexer.packing import CHUNK_TOKENS, even_runs
from indexer.sentences import sentence_spans, split_long

__all__ = ["CHUNK_TOKENS", "SentencePacker", "TokenCounter", "chunk_of_node", "pack_sentences"]

TokenCounter = Callable[[Sequence[str]], list[int]]


def pack_sentences(text: str, count_tokens: TokenCounter, budget: int = CHUNK_TOKENS) -> list[tuple[Span, ...]]:
    """The chunks of a text, each as the spans of its sentences in order.

    Args:
        text: raw text.
        count_tokens: the encoder's tokenizer, texts to numbers of tokens.
        budget: most tokens in a chunk, above 0, counted sentence by sentence. A single character of more tokens makes
            a chunk of its own.
    """
    spans = sentence_spans(text)
    counts = count_tokens([text[start:end] for start, end in spans])
    pieces: list[tuple[Span, int]] = []
    for span, count in zip(spans, counts, strict=True):
        pieces.extend([(span, count)] if count <= budget else _cut(text, span, count_tokens, budget))
    runs = even_runs([count for _, count in pieces], budget)
    return [tuple(span for span, _ in pieces[first:last]) for first, last in runs]


def _cut(text: str, span: Span, count_tokens: TokenCounter, budget: int) -> list[tuple[Span, int]]:
    def fits(start: int, end: int) -> bool:
        # A token is at most some dozen characters: spares tokenising a megabyte to learn that it is too long.
        return end - start <= 16 * budget and count_tokens([text[start:end]])[0] <= budget

    parts = split_long(text, *span, fits)
    return list(zip(parts, count_tokens([text[start:end] for start, end in parts]), strict=True))


class SentencePacker(NodeParser):
    """A LlamaIndex node parser: one node per chunk, with raw offsets and the spans of its sentences.

    The node's ``start_char_idx`` and ``end_char_idx`` are offsets into the document's text, which is never changed;
    ``metadata["sentences"]`` holds the sentences' offsets, ``metadata["position"]`` the chunk's number.
    """

    budget: int = Field(default=CHUNK_TOKENS, gt=0, description="Most tokens in a chunk, by the encoder's tokenizer")
    _count_tokens: TokenCounter = PrivateAttr()

    def __init__(self, count_tokens: TokenCounter, budget: int = CHUNK_TOKENS, **options: Any) -> None:
        super().__init__(**{"budget": budget, **options})
        self._count_tokens = count_tokens

    @classmethod
    def class_name(cls) -> str:
        """Name under which LlamaIndex serialises the component."""
        return "SentencePacker"

    def _parse_nodes(self, nodes: Sequence[BaseNode], show_progress: bool = False, **_: Any) -> list[BaseNode]:
        return [chunk for node in nodes for chunk in self._chunks(node)]

    def _chunks(self, document: BaseNode) -> list[BaseNode]:
        text = document.get_content(metadata_mode=MetadataMode.NONE)
        packed = pack_sentences(text, self._count_tokens, self.budget)
        return [self._node(document, text, position, spans) for position, spans in enumerate(packed)]

    def _node(self, document: BaseNode, text: str, position: int, spans: tuple[Span, ...]) -> TextNode:
        start, end = spans[0][0], spans[-1][1]
        metadata = {**document.metadata, "position": position, "sentences": [list(span) for span in spans]}
        return TextNode(
            id_=f"{document.node_id}:{position}",
            text=text[start:end],
            start_char_idx=start,
            end_char_idx=end,
            metadata=metadata,
            excluded_embed_metadata_keys=list(metadata),
            excluded_llm_metadata_keys=list(metadata),
            relationships={NodeRelationship.SOURCE: document.as_related_node_info()},
        )

    def _postprocess_parsed_nodes(self, nodes: list[BaseNode], parent_doc_map: dict[str, Any]) -> list[BaseNode]:
        """Keep the nodes as made: LlamaIndex's own version searches the text for offsets that are known here."""
        return nodes


def chunk_of_node(node: BaseNode) -> Chunk:
    """The chunk that a node of ``SentencePacker`` stands for.

    Raises:
        ValueError: another parser made the node, without offsets, sentences or the document's version.
    """
    source = node.source_node
    if not isinstance(node, TextNode) or node.start_char_idx is None or node.end_char_idx is None or source is None:
        raise ValueError(f"the node {node.node_id!r} has no character offsets; chunks must come from SentencePacker")
    missing = {"version", "position", "sentences"} - node.metadata.keys()
    if missing:
        raise ValueError(f"the node {node.node_id!r} has no {sorted(missing)[0]!r} in its metadata; leave it there")
    return Chunk(
        article_id=source.node_id,
        version=str(node.metadata["version"]),
        position=int(node.metadata["position"]),
        start=node.start_char_idx,
        end=node.end_char_idx,
        sentences=tuple((int(start), int(end)) for start, end in node.metadata["sentences"]),
    )
