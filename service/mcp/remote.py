"""A running service, over its HTTP API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from indexer.chunks import Span
from indexer.errors import BadInput, ServiceError
from service.api import schemas

Reply = TypeVar("Reply", bound=BaseModel)
#: The service itself ends what takes longer than MASDAR_REQUEST_SECONDS.
SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True)
class RemoteNews:
    """Asks a service at an address; implements ``News``.

    Raises:
        ServiceError: it cannot be reached, refuses, or is none of this version.
    """

    client: httpx.AsyncClient

    async def ask(self, request: schemas.AskRequest) -> schemas.Answer:
        """See ``News``."""
        return await self._reply(schemas.Answer, "POST", "/v1/ask", body=request)

    async def search(self, request: schemas.SearchRequest) -> schemas.SearchResults:
        """See ``News``."""
        return await self._reply(schemas.SearchResults, "POST", "/v1/search", body=request)

    async def article(self, article_id: str, spans: Sequence[Span]) -> schemas.Article:
        """See ``News``."""
        wanted = {"spans": ",".join(f"{start}-{end}" for start, end in spans)} if spans else {}
        return await self._reply(schemas.Article, "GET", f"/v1/articles/{quote(article_id, safe='')}", wanted)

    async def _reply(
        self,
        kind: type[Reply],
        method: str,
        path: str,
        parameters: Mapping[str, str] | None = None,
        body: BaseModel | None = None,
    ) -> Reply:
        sent = body.model_dump(mode="json", exclude_defaults=True) if body else None
        try:
            response = await self.client.request(method, path, params=parameters, json=sent)
        except httpx.HTTPError as error:
            raise ServiceError(
                f"no service answers at {self.client.base_url} ({type(error).__name__}: {error}); start one with "
                "'masdar serve', or check --server"
            ) from error
        if response.is_error:
            raise ServiceError(_detail(response))
        try:
            return kind.model_validate_json(response.content)
        except ValidationError as error:
            raise ServiceError(
                f"what answers at {self.client.base_url} is not the service of this version of Masdar; check --server"
            ) from error


def _detail(response: httpx.Response) -> str:
    """What the service says went wrong."""
    hint = "; put a key with the scope read into MASDAR_KEY" if response.status_code in {401, 403} else ""
    try:
        problem = schemas.ProblemDetails.model_validate_json(response.content)
    except ValidationError:
        return f"the service answered with the status {response.status_code}; check --server"
    return problem.detail + hint


def client_of(address: str, key: str | None) -> httpx.AsyncClient:
    """A client of the service at an address, with a key where it has keys; nothing is asked yet.

    Raises:
        BadInput: the address is none.
    """
    if not address.startswith(("http://", "https://")):
        raise BadInput(f"the server is {address!r}; give an address such as http://127.0.0.1:8000")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.AsyncClient(base_url=address, headers=headers, timeout=SECONDS)
