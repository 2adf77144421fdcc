"""What the API's tests share: an application over a small index, with the ranking stand-in for the model."""

from __future__ import annotations

import shutil
import socket
import threading
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


@pytest.fixture
def index_copy(small_index: Path, tmp_path: Path) -> Path:
    """An index of four articles that a test may change."""
    return Path(shutil.copytree(small_index, tmp_path / "store"))


@pytest.fixture
def application(index_copy: Path) -> Application:
    """Makes the application; settings can be given by name."""

    def make(opener: Callable[..., AbstractContextManager[Service]] = fake_service, **settings: object) -> FastAPI:
        return create_app(Settings(store=index_copy, **settings), opener=opener)  # type: ignore[arg-type]  # by name

    return make


@pytest.fixture(scope="module")
def shared_client(small_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client for tests that leave the index as it is."""
    folder = shutil.copytree(small_index, tmp_path_factory.mktemp("shared") / "store")
    with TestClient(create_app(Settings(store=folder), opener=fake_service)) as started:
        yield started


@pytest.fixture(scope="module")
def live_client(small_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a real server on a port of this machine; what tests add there, they remove."""
    folder = shutil.copytree(small_index, tmp_path_factory.mktemp("live") / "store")
    app = create_app(Settings(store=folder), opener=fake_service)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=60) as client:
            yield client
        server.should_exit = True
        thread.join()


@pytest.fixture
def client(application: Application) -> Iterator[TestClient]:
    """A client of the started application."""
    with TestClient(application()) as started:
        yield started
