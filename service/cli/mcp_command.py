"""``masdar mcp``."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indexer.errors import BadInput, EndpointError
from service.cli.options import store_option
from service.settings import Settings, load_settings
from service.wiring import open_service

if TYPE_CHECKING:
    from service.mcp.news import News

#: No keys guard this server, so it listens on this machine alone.
HOST = "127.0.0.1"


@click.command()
@store_option
@click.option("--server", metavar="URL", help="Ask a running service instead of the index; its key is in MASDAR_KEY.")
@click.option("--http", is_flag=True, help="Speak streamable HTTP instead of standard input and output.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Port for --http; 0 is any free one."
)
def mcp(store: Path | None, server: str | None, http: bool, port: int) -> None:
    """Let assistants ask, by the Model Context Protocol: the tools ask, search and get_article.

    An index belongs to one process: while masdar serve runs over it, give that one's address with --server. With --http
    the server listens on this machine alone, at /mcp.
    """
    _check_installed()
    settings = load_settings().at(store)
    with _news(settings, settings.store, server) as news:
        from service.mcp.server import mcp_server

        if http:
            _listen(mcp_server(news), port)
        else:
            mcp_server(news).run("stdio")


def _check_installed() -> None:
    """Tell what to install.

    Raises:
        EndpointError: the extra is not installed.
    """
    try:
        import mcp.server.mcpserver  # noqa: F401  (whether it is there)
    except ImportError as error:
        raise EndpointError(f"masdar mcp needs the package mcp ({error}); run: pip install 'masdar[mcp]'") from error


@contextmanager
def _news(settings: Settings, store: Path, address: str | None) -> Iterator[News]:
    """The articles of a running service, or of the index that is open in this process until the block ends."""
    if address is not None:
        from service.mcp.remote import RemoteNews, client_of

        key = settings.key.get_secret_value() if settings.key else None
        yield RemoteNews(client_of(address, key))  # the process ends with its connections
        return
    with open_service(settings, store) as service:
        from service.mcp.embedded import EmbeddedNews

        yield EmbeddedNews(settings, service)


def _listen(server: Any, port: int) -> None:
    """Serve over HTTP until Ctrl-C or SIGTERM.

    Raises:
        BadInput: the port is taken.
    """
    import uvicorn

    try:
        listener = socket.create_server((HOST, port))
    except OSError as error:
        raise BadInput(f"cannot listen on {HOST}:{port} ({error.strerror}); choose another with --port") from error
    app = server.streamable_http_app(stateless_http=True, json_response=True, host=HOST)
    with listener:
        click.echo(f"Assistants can ask at http://{HOST}:{listener.getsockname()[1]}/mcp. Ctrl-C stops it.")
        uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none")).run(sockets=[listener])
