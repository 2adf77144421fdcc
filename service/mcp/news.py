"""What the tools need, wherever the index is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from indexer.chunks import Span
from service.api import schemas


class News(Protocol):
    """Articles that can be asked, searched and read. Every method may raise ``MasdarError``."""

    async def ask(self, request: schemas.AskRequest) -> schemas.Answer:
        """The answer to a question."""
        ...

    async def search(self, request: schemas.SearchRequest) -> schemas.SearchResults:
        """The passages that fit a question best."""
        ...

    async def article(self, article_id: str, spans: Sequence[Span]) -> schemas.Article:
        """An article, with these parts of its text cut out."""
        ...
