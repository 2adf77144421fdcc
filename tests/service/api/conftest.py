"""What the API's tests share: an application over a small index, with the ranking stand-in for the model."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
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


@pytest.fixture
def client(application: Application) -> Iterator[TestClient]:
    """A client of the started application."""
    with TestClient(application()) as started:
        yield started
