"""The service over its public API, as the bot uses it: patient with a service that is away, for as long as is set.

A question is streamed. Where the stream breaks off, because the service was killed or restarts, the question is asked
again and what was shown so far is dropped (``Dropped``), until the patience of the settings is at its end.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import quote

import httpx
import structlog
from pydantic import BaseModel, ValidationError

from indexer.errors import ServiceError
from service.api import schemas
from service.slack.sse import events

Reply = TypeVar("Reply", bound=BaseModel)
_log = structlog.get_logger(__name__)
#: The service sends a sign of life every ten seconds, so that silence means that it is gone.
READ_SECONDS: Final = 30.0
#: The first wait before asking again; each one after it is longer by half.
FIRST_WAIT: Final = 0.5
LONGEST_WAIT: Final = 5.0


class ServiceAway(ServiceError):
    """It cannot be reached, breaks off, is starting, or has too much to do: asking again later helps."""

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ServiceRefused(ServiceError):
    """It does not take this key, or not this question: asking again does not help.

    Attributes:
        status: of HTTP; 0 where it was told in a stream.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Text:
    """The next piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """The text so far does not count.

    Attributes:
        away: whether that is because the service is away.
    """

    away: bool


@dataclass(frozen=True, slots=True)
class Newsroom:
    """Asks the service.

    Attributes:
        client: with the service's address and key.
        patience: seconds to go on trying while it is away.
    """

    client: httpx.AsyncClient
    patience: float
    first_wait: float = field(default=FIRST_WAIT)

    async def ask(self, request: schemas.AskRequest) -> AsyncIterator[Text | Dropped | schemas.Answer]:
        """The answer as it is made; the last is the whole of it.

        Raises:
            ServiceAway: it was away for longer than the patience.
            ServiceRefused: it does not take the question.
        """
        deadline, wait = time.monotonic() + self.patience, self.first_wait
        while True:
            try:
                async for made in self._once(request):
                    yield made
            except ServiceAway as away:
                wait = max(wait, away.retry_after)
                if time.monotonic() + wait > deadline:
                    raise
                _log.warning("slack.service_away", seconds=round(wait, 2))
                yield Dropped(away=True)
                await asyncio.sleep(wait)
                wait = min(1.5 * wait, LONGEST_WAIT)
            else:
                return

    async def _once(self, request: schemas.AskRequest) -> AsyncIterator[Text | Dropped | schemas.Answer]:
        body = request.model_dump(mode="json", exclude_defaults=True)
        streaming = {"Accept": "text/event-stream"}
        try:
            async with self.client.stream("POST", "/v1/ask", json=body, headers=streaming) as response:
                if response.is_error:
                    await response.aread()
                    raise _failure(response)
                async for event in events(response.aiter_lines()):
                    for made in _made(event.name, event.data):
                        yield made
                        if isinstance(made, schemas.Answer):
                            return
        except httpx.HTTPError as error:
            raise ServiceAway(f"the service broke off or cannot be reached ({type(error).__name__})") from error
        raise ServiceAway("the service ended the stream before the answer was there")

    async def search(self, request: schemas.SearchRequest) -> schemas.SearchResults:
        """The passages that fit.

        Raises:
            ServiceAway, ServiceRefused: it cannot search.
        """
        body = request.model_dump(mode="json", exclude_defaults=True)
        return await self._reply(schemas.SearchResults, "POST", "/v1/search", json=body)

    async def article(self, article_id: str, spans: list[tuple[int, int]]) -> schemas.Article:
        """An article with parts of its text.

        Raises:
            ServiceAway, ServiceRefused: it cannot be had.
        """
        wanted = {"spans": ",".join(f"{start}-{end}" for start, end in spans)}
        path = f"/v1/articles/{quote(article_id, safe='')}"
        return await self._reply(schemas.Article, "GET", path, params=wanted)

    async def status(self) -> schemas.Status:
        """What the service holds.

        Raises:
            ServiceAway, ServiceRefused: it does not say.
        """
        return await self._reply(schemas.Status, "GET", "/v1/status")

    async def feedback(self, word: schemas.Feedback) -> schemas.FeedbackReceipt:
        """Keep a reader's word.

        Raises:
            ServiceAway, ServiceRefused: it was not kept.
        """
        body = word.model_dump(mode="json", exclude_none=True)
        return await self._reply(schemas.FeedbackReceipt, "POST", "/v1/feedback", json=body)

    async def _reply(self, kind: type[Reply], method: str, path: str, **sent: Any) -> Reply:
        try:
            response = await self.client.request(method, path, **sent)
        except httpx.HTTPError as error:
            raise ServiceAway(f"the service cannot be reached ({type(error).__name__})") from error
        if response.is_error:
            raise _failure(response)
        try:
            return kind.model_validate_json(response.content)
        except ValidationError as error:
            raise ServiceRefused("what answers is not the service of this version; check MASDAR_SERVER") from error


def _made(name: str, data: dict[str, Any]) -> list[Text | Dropped | schemas.Answer]:
    match name:
        case "delta":
            return [Text(str(data.get("text", "")))]
        case "status" if data.get("doing") == "restarted":
            return [Dropped(away=False)]
        case "done":
            return [_answer(data)]
        case "error":
            raise _told(int(data.get("status", 500)), str(data.get("detail", "")))
    return []


def _answer(data: dict[str, Any]) -> schemas.Answer:
    try:
        return schemas.Answer.model_validate(data)
    except ValidationError as error:
        raise ServiceRefused("what answers is not the service of this version; check MASDAR_SERVER") from error


def _told(status: int, detail: str, retry_after: float = 0.0) -> ServiceError:
    """The error for a problem that the service tells; faults of its own may pass, so they count as being away."""
    if status in {408, 425, 429} or status >= 500:
        return ServiceAway(f"{status}: {detail}", retry_after)
    return ServiceRefused(f"{status}: {detail}", status)


def _failure(response: httpx.Response) -> ServiceError:
    try:
        detail = schemas.ProblemDetails.model_validate_json(response.content).detail
    except ValidationError:
        detail = "no reason given"
    after = response.headers.get("Retry-After", "")
    return _told(response.status_code, detail, float(after) if after.isdigit() else 0.0)


def client_of(address: str, key: str | None) -> httpx.AsyncClient:
    """A client of the service at an address, with a key where it has keys; nothing is asked yet."""
    return httpx.AsyncClient(
        base_url=address,
        headers={"Authorization": f"Bearer {key}"} if key else {},
        timeout=httpx.Timeout(READ_SECONDS, connect=5.0),
        limits=httpx.Limits(max_connections=200, max_keepalive_connections=50),
    )
