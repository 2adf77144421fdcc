"""A Masdar index as a LlamaIndex retriever."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from indexer.errors import BadInput
from service.llamaindex.nodes import passage_node
from service.retrieval import Passage, Retriever
from service.search_options import DEFAULT_OPTIONS, SearchOptions
from service.wiring import Service

#: As many passages as ``masdar ask`` looks for an answer in.
DEFAULT_TOP_K = 8


class MasdarRetriever(BaseRetriever):
    """Masdar's retrieval, dense and lexical, as a LlamaIndex retriever.

    A node is a passage, verbatim: ``article.text[node.start_char_idx : node.end_char_idx] == node.text``. Its metadata
    are ``title``, ``source``, ``url``, ``published_at`` (ISO 8601, or None), ``article_id`` and ``also_published_by``
    (who else published the same words: ``article_id``, ``source``, ``url``, ``published_at`` of each); its
    ``ref_doc_id`` is the article's id. The score compares passages
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
