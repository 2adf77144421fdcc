"""What the API's tests share: an application over a small index, with the ranking stand-in for the model."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from fakes import TrigramEncoder
from fastapi import FastAPI
from fastapi.testclient import TestClient

from indexer.chunking import CHUNK_TOKENS
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest
from service.api.app import create_app
from service.settings import Settings
from service.wiring import Service, build_service


@contextmanager
def fake_service(settings: Settings, folder: Path) -> Iterator[Service]:
    """The service over the index in ``folder`` with the stand-in encoder."""
    encoder = TrigramEncoder()
    with open_store(folder, Manifest.of(encoder.identity, CHUNK_TOKENS)) as store:
        yield build_service(settings, store, encoder)


Application = Callable[..., FastAPI]
#: By a name of its own: the service answers to no other.
HERE = "http://localhost"


@pytest.fixture
def index_copy(small_index: Path, tmp_path: Path) -> Path:
    """An index of four articles that a test may change."""
    return Path(shutil.copytree(small_index, tmp_path / "store"))


@pytest.fixture
def application(index_copy: Path) -> Application:
    """Makes the application; settings can be given by name."""

    def make(opener: Callable[..., AbstractContextManager[Service]] = fake_service, **settings: object) -> FastAPI:
        chosen: dict[str, object] = {"store": index_copy, "keys": index_copy.parent / "keys.json", **settings}
        return create_app(Settings(**chosen), opener=opener)  # type: ignore[arg-type]  # by name

    return make


@pytest.fixture(scope="module")
def shared_client(small_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client for tests that leave the index as it is."""
    folder = shutil.copytree(small_index, tmp_path_factory.mktemp("shared") / "store")
    app = create_app(Settings(store=folder, keys=folder.parent / "keys.json"), opener=fake_service)
    with TestClient(app, base_url=HERE) as started:
        yield started


@pytest.fixture(scope="module")
def live_client(small_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a real server on a port of this machine; what tests add there, they remove."""
    folder = shutil.copytree(small_index, tmp_path_factory.mktemp("live") / "store")
    app = create_app(Settings(store=folder, keys=folder.parent / "keys.json"), opener=fake_service)
    with _served(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


@contextmanager
def _served(app: FastAPI) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def serving() -> Callable[[FastAPI], AbstractContextManager[str]]:
    """Runs a real server for an application and gives its address."""
    return _served


@pytest.fixture
def client(application: Application) -> Iterator[TestClient]:
    """A client of the started application."""
    with TestClient(application(), base_url=HERE) as started:
        yield started
