"""``masdar serve``."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module
from pathlib import Path
from threading import Thread

import click

from indexer.errors import BadInput
from service.api.observability.logs import install_logs
from service.api.observability.traces import install_traces
from service.api.security.binding import check_binding
from service.cli.options import store_option
from service.settings import load_settings
from service.wiring import check_index, open_service


@click.command()
@store_option
@click.option("--host", help="Address to listen on.  [default: MASDAR_HOST or 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 is any free one.  [default: MASDAR_PORT or 8000]")
@click.option("--allow-open", is_flag=True, help="Listen for other machines even if no keys are configured.")
def serve(store: Path | None, host: str | None, port: int | None, allow_open: bool) -> None:
    """Answer questions over HTTP: an API, a chat page, an OpenAI-compatible endpoint.

    SIGTERM or Ctrl-C stop it when the answers under way are finished and the articles that were accepted are indexed or
    kept for the next start.
    """
    given = {"host": host, "port": port, "allow_open": allow_open or None}
    settings = load_settings().at(store)
    settings = settings.model_copy(update={name: value for name, value in given.items() if value is not None})
    check_binding(settings)
    check_index(settings, settings.store)
    install_logs(settings)
    install_traces(settings)
    # What answers over HTTP takes half a second to import: meanwhile the model is read, which needs no interpreter.
    Thread(target=import_module, args=("service.api.app",), name="masdar-imports").start()
    with _listening(settings.host, settings.port) as listener, open_service(settings, settings.store) as service:
        from service.api.app import create_app
        from service.api.server import run_server

        run_server(create_app(settings, opener=lambda *_: nullcontext(service)), settings, listener)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that is bound, before anything slow happens.

    Raises:
        BadInput: the address is not one of this machine, or taken.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        reason = error.strerror or error
        raise BadInput(f"cannot listen on {host}:{port} ({reason}); choose another with --host and --port") from error
    with listener:
        yield listener
