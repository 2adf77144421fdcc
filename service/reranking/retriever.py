"""Retrieval with a reranker behind it."""

from __future__ import annotations

import logging
from dataclasses import replace

from indexer.chunks import passage_text
from indexer.encoder import Encoder
from indexer.errors import MasdarError
from indexer.store import Store
from service.reranking import Reranker
from service.retrieval import Passage, Question, Retriever
from service.search_options import DEFAULT_OPTIONS, SearchOptions
from service.stored_tokens import StoredTokens

logger = logging.getLogger(__name__)


class RerankingRetriever(Retriever):
    """Find passages, and let a reranker order the first of them anew.

    The reranker reads what the encoder read: the title above the passage. Passages beyond ``depth`` stay behind the
    reranked ones, in the order of retrieval.

    A reranker that fails does not take the search down with it: the passages come in the order of retrieval, each with
    ``reranked`` None, and the failure is logged as a warning, which the command line shows on standard error.

    Args:
        store: the index.
        encoder: the encoder that made it.
        reranker: the reranker.
        depth: how many passages it reads for a question.
        strict: whether its failure is an error, as it must be where something is measured.
        stored: see ``Retriever``.

    Raises:
        MasdarError: on searching, where ``strict``: the reranker failed.
    """

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        reranker: Reranker,
        depth: int,
        *,
        strict: bool = False,
        stored: StoredTokens | None = None,
    ) -> None:
        super().__init__(store, encoder, stored=stored)
        self._reranker = reranker
        self._depth = depth
        self._strict = strict

    def search(self, question: Question, options: SearchOptions = DEFAULT_OPTIONS) -> list[Passage]:
        """The best passages, best first."""
        found = super().search(question, replace(options, limit=max(options.limit, self._depth)))
        return (self._reranked(question, found[: self._depth]) + found[self._depth :])[: options.limit]

    def _reranked(self, question: Question, passages: list[Passage]) -> list[Passage]:
        read = [passage_text(passage.article.title, passage.text) for passage in passages]
        try:
            scores = self._reranker.scores(question.text, read)
        except MasdarError as error:
            if self._strict:
                raise
            logger.warning("not reranked, the passages are in the order of retrieval: %s", error)
            return passages
        scored = [replace(passage, reranked=score) for passage, score in zip(passages, scores, strict=True)]
        # A stable sort: where the reranker sees no difference, the order of retrieval stays.
        return sorted(scored, key=lambda passage: -(passage.reranked or 0.0))
