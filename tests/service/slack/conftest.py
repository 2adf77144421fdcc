"""The bot against a server that speaks Slack's protocols and the real service with the stand-in model."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from pydantic import SecretStr
from served import fake_service, serving
from slack_server import APP_TOKEN, BOT_TOKEN, SECRET, SlackServer, slack_server

from service.api.app import create_app
from service.settings import Settings
from service.slack.app import Bot, opened
from service.slack.newsroom import Newsroom, client_of
from service.slack.running import connected
from service.slack.settings import SlackSettings

Result = TypeVar("Result")
PATIENCE = 5.0


def until(happens: Callable[[], Result], seconds: float = 10.0) -> Result:
    """Wait until something is true, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := happens()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
    return found


@pytest.fixture(name="until")
def _until() -> Callable[..., Any]:
    return until


class Running:
    """A bot at work in a thread of its own.

    Attributes:
        bot: the application; use it in ``do`` alone.
        told: how events come.
    """

    def __init__(self, settings: SlackSettings, address: str, key: str | None) -> None:
        self._settings, self._address, self._key = settings, address, key
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop: asyncio.Event | None = None
        self.failure: BaseException | None = None
        self.bot: Bot
        self.told = ""
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(30)
        if self.failure:
            raise self.failure

    def stop(self) -> None:
        if self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def do(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._work())
        except BaseException as failure:  # noqa: BLE001  (raised again in the test's thread)
            self.failure = failure
        finally:
            self._ready.set()
            self._loop.close()

    async def _work(self) -> None:
        self._stop = asyncio.Event()
        async with client_of(self._address, self._key) as client:
            newsroom = Newsroom(client, self._settings.patience, first_wait=0.1)
            async with opened(self._settings, newsroom) as self.bot, connected(self._settings, self.bot) as self.told:
                self._ready.set()
                await self._stop.wait()


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with slack_server() as server:
        yield server


@pytest.fixture(scope="session")
def archive(small_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the small index for the service that tests of the bot share."""
    return Path(shutil.copytree(small_index, tmp_path_factory.mktemp("archive") / "store"))


@pytest.fixture(scope="session")
def service_address(archive: Path) -> Iterator[str]:
    """A real service with the stand-in model."""
    app = create_app(Settings(store=archive, keys=archive.parent / "keys.json"), opener=fake_service)
    with serving(app) as address:
        yield address


@pytest.fixture
def slack_settings(slack: SlackServer, tmp_path: Path) -> Callable[..., SlackSettings]:
    def make(**more: Any) -> SlackSettings:
        own: dict[str, Any] = {
            "bot_token": SecretStr(BOT_TOKEN),
            "app_token": SecretStr(APP_TOKEN),
            "signing_secret": SecretStr(SECRET),
            "api": slack.url,
            "state": tmp_path / "slack",
            "patience": PATIENCE,
            "port": 0,
        }
        return SlackSettings(**(own | more))

    return make


RunBot = Callable[..., Any]


@pytest.fixture
def run_bot(slack_settings: Callable[..., SlackSettings], service_address: str) -> RunBot:
    """Runs the bot until the block ends; settings can be given by name."""

    @contextmanager
    def run(address: str = service_address, key: str | None = None, **more: Any) -> Iterator[Running]:
        running = Running(slack_settings(**more), address, key)
        running.start()
        try:
            yield running
        finally:
            running.stop()

    return run


@pytest.fixture
def bot(run_bot: RunBot) -> Iterator[Running]:
    """The bot as it runs by default."""
    with run_bot() as running:
        yield running
