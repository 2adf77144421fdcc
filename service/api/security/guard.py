"""The guard before every route that answers questions or changes the index: who asks, and how often.

It stands before the routes, not in them: nothing of a request's body is read for someone without a key, and a route
that forgets to ``require`` a scope still lets nobody through without one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote_plus

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.problems import Problem
from service.api.security.access import ANYONE, CALLER, Caller, challenge
from service.api.security.keyring import Keyring
from service.api.security.keys import SECRET
from service.api.security.paths import is_guarded, path_of
from service.api.security.rates import RateLimits, Standing
from service.api.security.refusals import refuse

_BEARER: Final = re.compile(r"bearer +(\S+) *", re.IGNORECASE)
_log = structlog.stdlib.get_logger(__name__)


class Refused(Exception):
    """A request is not let through.

    Attributes:
        reason: for the metrics: one of a few words.
    """

    def __init__(self, reason: str, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.reason = reason
        self.problem = problem


class Guard:
    """ASGI middleware: lets requests through that a key and the rates allow, with their ``Caller`` in the scope.

    Args:
        app: what it stands before.
        keyring: the keys.
        limits: the rates.
        refused: called with the reason of every refusal.
    """

    def __init__(self, app: ASGIApp, *, keyring: Keyring, limits: RateLimits, refused: Callable[[str], None]) -> None:
        self._app = app
        self._keyring = keyring
        self._limits = limits
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or refuse it."""
        if scope["type"] != "http" or not is_guarded(path_of(scope)):
            await self._app(scope, receive, send)
            return
        try:
            scope[CALLER], standing = await self._admit(scope)
        except Refused as refusal:
            self._refused(refusal.reason)
            await refuse(refusal.problem, scope, receive, send)
            return
        structlog.contextvars.bind_contextvars(key=scope[CALLER].name)
        await self._app(scope, receive, _telling(standing, send))

    async def _admit(self, scope: Scope) -> tuple[Caller, Standing | None]:
        """Who asks, and what is left to them.

        Raises:
            Refused: they may not, or not now.
        """
        client = scope.get("client")
        address = client[0] if client else ""
        by_address = _within(await self._limits.address(address), "from this address")
        if self._keyring.open:
            return ANYONE, by_address
        presented = _presented(scope)
        key = self._keyring.find(presented)
        if key is None:
            raise await self._failed(presented, address)
        by_key = _within(await self._limits.key(key.name), "with this key")
        return Caller(key.name, key.scopes), by_key or by_address

    async def _failed(self, presented: str, address: str) -> Refused:
        """What is said to a wrong key. A right one from the same address goes on: it cannot have been guessed."""
        if not presented:
            return _unauthorized("no_key", "this needs a key; send it as: Authorization: Bearer KEY")
        _log.warning("key refused", address=address)
        standing = await self._limits.failure(address)
        if standing and not standing.allowed:
            return _too_many(standing, "failures", "wrong keys from this address")
        detail = "the key is wrong, revoked or expired; ask whoever runs the service for another"
        return _unauthorized("wrong_key", detail, error="invalid_token")


def _presented(scope: Scope) -> str:
    """The key that came with a request, as it came; empty where there is none.

    Raises:
        Refused: it came in the address, or more than one came.
    """
    if SECRET.search(unquote_plus(scope.get("query_string", b"").decode("latin-1"))):
        detail = "a key does not belong into an address, which is logged on its way: revoke it, and send another as "
        raise Refused("key_in_address", Problem(400, "key-in-address", detail + "Authorization: Bearer KEY"))
    headers = Headers(scope=scope)
    sent = [*headers.getlist("authorization"), *headers.getlist("x-api-key")]
    if len(sent) > 1:
        raise Refused("two_keys", Problem(400, "two-keys", "the request has more than one key; send one"))
    if not sent:
        return ""
    bearer = _BEARER.fullmatch(sent[0])
    return bearer[1] if bearer else sent[0]


def _within(standing: Standing | None, whose: str) -> Standing | None:
    if standing and not standing.allowed:
        raise _too_many(standing, f"rate_{standing.policy}", f"requests {whose}")
    return standing


def _too_many(standing: Standing, reason: str, what: str) -> Refused:
    detail = f"more than {standing.limit} {what} in {standing.window} seconds; try again in {standing.seconds} seconds"
    return Refused(reason, Problem(429, "too-many-requests", detail, headers=standing.headers()))


def _unauthorized(reason: str, detail: str, **parameters: str) -> Refused:
    return Refused(reason, Problem(401, "key", detail, headers={"WWW-Authenticate": challenge(**parameters)}))


def _telling(standing: Standing | None, send: Send) -> Send:
    """The ``send`` that adds what is left of the rate to the answer."""
    if standing is None:
        return send
    told = standing.headers()

    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(told)
        await send(message)

    return tell
