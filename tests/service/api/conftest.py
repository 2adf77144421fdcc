"""What the API's tests share: an application over a small index, with the ranking stand-in for the model."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
import served
from fastapi import FastAPI
from fastapi.testclient import TestClient
from served import fake_service

from service.api.app import create_app
from service.settings import Settings
from service.wiring import Service

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
    with served.serving(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def serving() -> Callable[[FastAPI], AbstractContextManager[str]]:
    """Runs a real server for an application and gives its address."""
    return served.serving


@pytest.fixture
def client(application: Application) -> Iterator[TestClient]:
    """A client of the started application."""
    with TestClient(application(), base_url=HERE) as started:
        yield started
