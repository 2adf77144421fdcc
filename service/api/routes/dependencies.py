"""What routes have in common: the runtime, and the errors that their descriptions name."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends

from service.api.problems import MEDIA_TYPE
from service.api.runtime import Runtime, runtime_of
from service.api.security.access import require
from service.api.security.keys import SCOPES

Running = Annotated[Runtime, Depends(runtime_of)]
#: What a route's caller must be allowed to do: ``dependencies=READ``.
READ, WRITE, ADMIN = ([Depends(require(scope))] for scope in SCOPES)

_WORDS = {
    400: "The body is not JSON, or the service is called by a name that is not its own",
    401: "A key is needed",
    403: "The key does not allow this",
    404: "There is none",
    408: "The request did not come in time",
    413: "The request is too large",
    415: "The body is not said to be JSON, or is compressed",
    422: "The request cannot be used as it is",
    429: "Too many requests with this key or from this address",
    500: "A fault of the service",
    502: "A model behind an address failed",
    503: "Overloaded, starting or stopping: Retry-After says when to come again",
    504: "It took too long",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The descriptions of these errors, and of those that every route can give."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    return {
        status: {"description": _WORDS[status], "content": content}
        for status in sorted({400, 401, 403, 408, 413, 415, 422, 429, 500, 503, 504, *statuses})
    }
