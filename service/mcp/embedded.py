"""The index in this process. It belongs to it alone: where a service runs over it, ask that one (``remote.py``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import anyio.to_thread
from anyio import CapacityLimiter

from indexer.chunks import Span
from service.api import schemas
from service.api.asking import asking_of, made, new_id, options_of
from service.api.routes.articles import article_in
from service.api.routes.search import found_by
from service.settings import Settings
from service.wiring import Service


@dataclass(frozen=True, slots=True)
class EmbeddedNews:
    """Asks a service of this process, in threads; implements ``News``."""

    settings: Settings
    service: Service
    _limiter: CapacityLimiter = field(init=False)

    def __post_init__(self) -> None:
        threads = self.settings.llm_workers if self.settings.asks_llm else self.settings.workers
        object.__setattr__(self, "_limiter", CapacityLimiter(threads))

    async def ask(self, request: schemas.AskRequest) -> schemas.Answer:
        """See ``News``."""
        asking = asking_of(self.settings, request)
        answered = await anyio.to_thread.run_sync(made, self.service, asking, new_id(), limiter=self._limiter)
        return answered.as_schema()

    async def search(self, request: schemas.SearchRequest) -> schemas.SearchResults:
        """See ``News``."""
        options = options_of(self.settings, request, request.limit)
        return await anyio.to_thread.run_sync(found_by, self.service, request.question, options, limiter=self._limiter)

    async def article(self, article_id: str, spans: Sequence[Span]) -> schemas.Article:
        """See ``News``."""
        article = await anyio.to_thread.run_sync(article_in, self.service.store, article_id, limiter=self._limiter)
        return schemas.Article.of(article, list(spans))
