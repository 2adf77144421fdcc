"""By which names the service may be called, and from which pages.

A page on another host cannot read this service's answers (CORS), but a name of its own that it lets point to 127.0.0.1
makes the browser take both for one host (DNS rebinding). So a service on a loopback address answers to this machine's
names alone, and an open one elsewhere to addresses and names without a domain, unless it is told its names. And what
changes something is refused to other pages before it is done, not only unread after it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.problems import Problem
from service.api.security.paths import is_probe, path_of
from service.api.security.refusals import refuse

_SAFE: Final = {"GET", "HEAD", "OPTIONS"}


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches this address."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_nobodys(name: str) -> bool:
    """Whether no one else can have pointed this name here: an address, or a name without a dot, which nobody sells."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return bool(name) and "." not in name
    return True


class Hosts:
    """ASGI middleware: refuses requests to names, and from pages, that are not the service's.

    Args:
        app: what it stands before.
        names: by which it is called; ``*.`` stands for any name before the rest.
        loopback: whether it is bound to a loopback address: then those names are its own, too, and no others.
        origins: of pages on other hosts that may call it.
        unguarded: whether nobody needs a key, now: then names that someone could have pointed here are not its own.
            With keys, and without ``names``, it is called by any name.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        names: Collection[str],
        loopback: bool,
        origins: Collection[str],
        unguarded: Callable[[], bool],
    ) -> None:
        self._app = app
        self._names = names
        self._loopback = loopback
        self._origins = origins
        self._open = unguarded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on or refuse one request."""
        problem = self._problem(scope) if scope["type"] == "http" else None
        if problem is None:
            await self._app(scope, receive, send)
        else:
            await refuse(problem, scope, receive, send)

    def _problem(self, scope: Scope) -> Problem | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        # Whatever probes the service calls it by its address.
        if len(hosts) != 1 or (not is_probe(path_of(scope)) and not self._is_ours(hosts[0])):
            told = hosts[0] if hosts else ""
            return Problem(400, "host", f"the host {told[:100]!r} is not this service's; MASDAR_HOSTS names others")
        origin = headers.get("origin")
        if scope["method"] in _SAFE or origin is None or self._may_call(origin, hosts[0]):
            return None
        return Problem(403, "origin", f"pages of {origin[:100]!r} may not call this; MASDAR_ORIGINS allows others")

    def _is_ours(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if any(name == known or (known[:2] == "*." and name.endswith(known[1:])) for known in self._names):
            return True
        if self._loopback:
            return is_loopback(name)
        return not self._names and (not self._open() or _is_nobodys(name))

    def _may_call(self, origin: str, host: str) -> bool:
        # Without the scheme: a proxy before the service may speak another one with browsers.
        return origin.lower() in self._origins or origin.lower().partition("://")[2] == host.lower()
