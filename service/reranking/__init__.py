"""Rerankers: a second, slower look at the first passages that retrieval found.

``Reranker`` is the protocol. ``indexer.encoder.cross_encoder`` implements it with a model on this machine,
``endpoint.py`` with a model behind an address; ``retriever.py`` puts one behind the retriever.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Reranker(Protocol):
    """A model that reads a question together with each passage; safe to call from several threads."""

    @property
    def name(self) -> str:
        """The model's name, for messages and reports."""
        ...

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """How well each passage fits the question, in the order of the passages; the scale is the model's own.

        Raises:
            MasdarError: the model cannot be asked, or gives no score that can be used.
        """
        ...
