"""A real server on a loopback port, for clients that speak HTTP."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fakes import TrigramEncoder
from starlette.types import ASGIApp

from indexer.chunking import CHUNK_TOKENS
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest
from service.settings import Settings
from service.wiring import Service, build_service


@contextmanager
def fake_service(settings: Settings, folder: Path) -> Iterator[Service]:
    """The service over the index in ``folder`` with the stand-in encoder."""
    encoder = TrigramEncoder()
    with open_store(folder, Manifest.of(encoder.identity, CHUNK_TOKENS)) as store:
        yield build_service(settings, store, encoder)


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """The address of a server of the application, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        # A server that did not start leaves its socket open: without this, who asks it would wait for ever.
        while thread.is_alive() and not server.started:
            time.sleep(0.01)
        assert server.started, "the application did not start; its log says why"
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
