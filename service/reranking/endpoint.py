"""A reranker behind an address: whatever LiteLLM calls ``rerank``."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.endpoints import Endpoint, rerank


class EndpointReranker:
    """A rerank model behind an address; implements ``service.reranking.Reranker``."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    @property
    def name(self) -> str:
        """The model and where it is."""
        return str(self._endpoint)

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """One request for all passages.

        Raises:
            EndpointError: the server cannot be asked, or does not score every passage.
        """
        return rerank(self._endpoint, question, passages) if passages else []
