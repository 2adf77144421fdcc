"""Who asks, and the dependency with which a route says what its caller must be allowed to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import HTTPException, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from service.api.security.keys import PREFIX, SCOPES, Scope

#: Where the guard puts the caller in the ASGI scope, which no request can reach.
CALLER: Final = "masdar.caller"
CHALLENGE: Final = 'Bearer realm="masdar"'
#: These two describe how to send a key in the OpenAPI description; the guard reads it before they do.
_BEARER: Final = HTTPBearer(auto_error=False, scheme_name="key", description=f"A key of the service: `{PREFIX}...`")
_HEADER: Final = APIKeyHeader(name="X-API-Key", auto_error=False, scheme_name="key in a header of its own")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Attributes:
        name: of the key; empty where the service is open.
        scopes: what the caller may do.
    """

    name: str
    scopes: frozenset[Scope]


#: Everyone, where the service is open.
ANYONE: Final = Caller("", frozenset(SCOPES))


def caller_of(request: Request) -> Caller:
    """Who asks.

    Raises:
        HTTPException: 401: the guard let nobody through here, so nobody is known.
    """
    caller = request.scope.get(CALLER)
    if not isinstance(caller, Caller):
        raise HTTPException(401, "this needs a key; send it as: Authorization: Bearer KEY", _challenge())
    return caller


def require(scope: Scope) -> Callable[..., Awaitable[Caller]]:
    """A dependency that gives the caller, if it has the scope: ``Depends(require("read"))``.

    Args:
        scope: what the caller must be allowed to do; no scope includes another.
    """

    async def check(
        request: Request,
        _bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
        _header: Annotated[str | None, Security(_HEADER)],
    ) -> Caller:
        caller = caller_of(request)
        if scope not in caller.scopes:
            has = ", ".join(sorted(caller.scopes))
            raise HTTPException(
                403,
                f"this needs the scope {scope!r}; the key {caller.name!r} has: {has}",
                _challenge(error="insufficient_scope", scope=scope),
            )
        return caller

    return check


def _challenge(**parameters: str) -> dict[str, str]:
    return {"WWW-Authenticate": challenge(**parameters)}


def challenge(**parameters: str) -> str:
    """The value of WWW-Authenticate (RFC 6750, section 3)."""
    return ", ".join([CHALLENGE, *(f'{name}="{value}"' for name, value in parameters.items())])
