"""What stands between the server and the routes, in one place, since the order of the layers decides what they see.

From outside: refusals that can be read, whose address it is, security headers, the log with its numbers, names and
origins, other origins (CORS), keys and rates, time, bodies. So whatever is refused is numbered, logged and
counted, and has the headers.
"""

from __future__ import annotations

import structlog
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from service.api.observability.logs import configure_events
from service.api.observability.metrics import Metrics
from service.api.observability.requests import RequestLog
from service.api.security.bodies import Bodies
from service.api.security.deadlines import Deadlines
from service.api.security.guard import Guard
from service.api.security.headers import SecurityHeaders
from service.api.security.hosts import Hosts, is_loopback
from service.api.security.keyring import Keyring
from service.api.security.lingering import Lingering
from service.api.security.rates import RateLimits, rates_of
from service.settings import Settings

_SENT = ("Authorization", "Content-Type", "X-API-Key", "X-Request-ID")
_READ = ("X-Request-ID", "Location", "Retry-After", "RateLimit", "RateLimit-Policy", "WWW-Authenticate")


def install_layers(app: FastAPI, settings: Settings, metrics: Metrics) -> None:
    """Put the layers before an application.

    Args:
        app: its routes name their scopes with ``security.access.require``. Its server must leave X-Forwarded-For alone:
            ``uvicorn.run(..., proxy_headers=False)``.
        settings: keys, rates and limits.
        metrics: counts requests and refusals.

    Raises:
        BadInput: the key file cannot be used.
    """
    if not structlog.is_configured():
        configure_events(settings)
    loopback = is_loopback(settings.host)
    keyring = Keyring(settings.keys)
    limits = RateLimits(rates_of(settings, private=loopback and keyring.open))
    # The last one that is added is the outermost.
    app.add_middleware(Bodies, settings=settings)
    app.add_middleware(Deadlines, seconds=settings.request_seconds, stream_seconds=settings.stream_seconds)
    app.add_middleware(Guard, keyring=keyring, limits=limits, refused=metrics.refused)
    if settings.origins:
        _allow(app, settings.origins)
    app.add_middleware(
        Hosts,
        names=settings.hosts,
        loopback=loopback,
        origins=settings.origins,
        unguarded=lambda: keyring.open,
    )
    app.add_middleware(RequestLog, counter=metrics)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
    app.add_middleware(Lingering)


def _allow(app: FastAPI, origins: tuple[str, ...]) -> None:
    """Let pages of these origins call; without cookies, for a key in a header is all that lets anyone in."""
    app.add_middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=("GET", "POST", "PUT", "DELETE"),
        allow_headers=_SENT,
        expose_headers=_READ,
    )
