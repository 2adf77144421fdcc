"""A real server over the small index, for the clients of OpenAI's protocol."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from served import fake_service, serving

from service.api.app import create_app
from service.settings import Settings
from service.wiring import Service

Opener = Callable[[Settings, Path], AbstractContextManager[Service]]


@pytest.fixture(scope="session")
def serve(small_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., AbstractContextManager[str]]:
    """Serves an application over a copy of the small index; gives its address."""

    def started(opener: Opener = fake_service) -> AbstractContextManager[str]:
        folder = Path(shutil.copytree(small_index, tmp_path_factory.mktemp("served") / "store"))
        return serving(create_app(Settings(store=folder), opener=opener))

    return started


@pytest.fixture(scope="session")
def address(serve: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """Where a server answers with quotes."""
    with serve() as place:
        yield place
