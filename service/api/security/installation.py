"""Puts the parts before an application, in the order in which requests meet them."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from service.api.security.bodies import Bodies
from service.api.security.deadlines import Deadlines
from service.api.security.guard import Guard
from service.api.security.headers import SecurityHeaders
from service.api.security.hosts import Hosts, is_loopback
from service.api.security.keyring import Keyring
from service.api.security.rates import RateLimits, rates_of
from service.settings import Settings

_SENT = ("Authorization", "Content-Type", "X-API-Key", "X-Request-ID")
_READ = ("X-Request-ID", "Location", "Retry-After", "RateLimit", "RateLimit-Policy", "WWW-Authenticate")


def install(app: FastAPI, settings: Settings, refused: Callable[[str], None] = lambda reason: None) -> None:
    """Guard the application.

    Args:
        app: whose routes name their scopes with ``access.require``; its server must leave X-Forwarded-For alone.
        settings: keys, rates and limits.
        refused: called with the reason of every refused request.

    Raises:
        BadInput: the key file cannot be used.
    """
    loopback = is_loopback(settings.host)
    keyring = Keyring(settings.keys)
    limits = RateLimits(rates_of(settings, private=loopback and keyring.open))
    # The last one that is added is met first.
    app.add_middleware(Bodies, settings=settings)
    app.add_middleware(Deadlines, seconds=settings.request_seconds, stream_seconds=settings.stream_seconds)
    app.add_middleware(Guard, keyring=keyring, limits=limits, refused=refused)
    if settings.origins:
        # No cookies: a key in a header is all that lets anyone in.
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.origins,
            allow_methods=("GET", "POST", "PUT", "DELETE"),
            allow_headers=_SENT,
            expose_headers=_READ,
        )
    app.add_middleware(Hosts, names=settings.hosts, loopback=loopback, origins=settings.origins)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
