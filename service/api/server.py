"""The HTTP server around the application: it starts, takes requests until a signal comes, and finishes them."""

from __future__ import annotations

import signal
import socket
from types import FrameType

import click
import uvicorn
from fastapi import FastAPI

from service.api.connections import impatient
from service.settings import Settings


class _Server(uvicorn.Server):
    """Says where it listens when requests are taken, and not before."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            click.echo(f"Masdar answers at {address_of(sockets[0])} Ctrl-C stops it.")


def run_server(app: FastAPI, settings: Settings, listener: socket.socket) -> None:
    """Serve on a socket that is bound until SIGTERM or Ctrl-C; what is under way then comes to its end.

    Raises:
        MasdarError: the application cannot be started, or not be stopped in order.
    """
    config = uvicorn.Config(
        app,
        http=impatient(settings.body_seconds),
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the settings name the proxies that are trusted
        timeout_graceful_shutdown=int(settings.shutdown_seconds) or None,
    )
    # The server takes the signals over, and raises the one that stopped it again when it has finished: then the index
    # is still to be closed.
    signal.signal(signal.SIGTERM, _terminate)
    try:
        _Server(config).run(sockets=[listener])
    except (_Terminated, KeyboardInterrupt):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        click.echo("Masdar has stopped.")
    except SystemExit:
        if not app.state.failure:
            raise
    if app.state.failure:
        raise app.state.failure


def address_of(listener: socket.socket) -> str:
    """Where a bound socket can be reached, as a browser is told it."""
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, host)  # noqa: S104  (compared, not bound)
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


class _Terminated(BaseException):
    """SIGTERM; like KeyboardInterrupt, nothing that handles errors may swallow it."""


def _terminate(_: int, __: FrameType | None) -> None:
    raise _Terminated
