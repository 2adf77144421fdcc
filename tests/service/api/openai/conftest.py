"""A real server on a loopback port, for the clients of OpenAI's protocol."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import uvicorn
from fakes import TrigramEncoder
from fastapi import FastAPI

from indexer.chunking import CHUNK_TOKENS
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest
from service.api.app import create_app
from service.settings import Settings
from service.wiring import Service, build_service

Opener = Callable[[Settings, Path], AbstractContextManager[Service]]


@contextmanager
def fake_service(settings: Settings, folder: Path) -> Iterator[Service]:
    encoder = TrigramEncoder()
    with open_store(folder, Manifest.of(encoder.identity, CHUNK_TOKENS)) as store:
        yield build_service(settings, store, encoder)


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The server's address, until the block ends."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)


@pytest.fixture(scope="session")
def serve(small_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., AbstractContextManager[str]]:
    """Serves an application over the small index; another opener can be given, and settings by name."""

    def started(opener: Opener = fake_service, **settings: object) -> AbstractContextManager[str]:
        folder = Path(shutil.copytree(small_index, tmp_path_factory.mktemp("served") / "store"))
        return serving(create_app(Settings(store=folder, **settings), opener=opener))  # type: ignore[arg-type]  # by name

    return started


@pytest.fixture(scope="session")
def address(serve: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """Where a server answers with quotes."""
    with serve() as place:
        yield place
