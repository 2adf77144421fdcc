"""What listeners are doing, so that the bot can stop when it is done: Bolt acknowledges first and works afterwards."""

from __future__ import annotations

import asyncio

from slack_bolt.async_app import AsyncApp
from slack_bolt.listener.async_listener_completion_handler import AsyncListenerCompletionHandler
from slack_bolt.listener.async_listener_start_handler import AsyncListenerStartHandler
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse


class Work:
    """How many listeners are at work."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @classmethod
    def watching(cls, app: AsyncApp) -> Work:
        """The work of an application."""
        work = cls()
        app.listener_runner.listener_start_handler = _Start(work)
        app.listener_runner.listener_completion_handler = _Completion(work)
        return work

    def begun(self) -> None:
        """One listener more."""
        self._count += 1
        self._idle.clear()

    def ended(self) -> None:
        """One less."""
        self._count -= 1
        if self._count == 0:
            self._idle.set()

    async def finished(self) -> None:
        """Wait until none is at work."""
        await self._idle.wait()


class _Start(AsyncListenerStartHandler):
    def __init__(self, work: Work) -> None:
        self._work = work

    async def handle(self, request: AsyncBoltRequest, response: BoltResponse | None) -> None:
        self._work.begun()


class _Completion(AsyncListenerCompletionHandler):
    def __init__(self, work: Work) -> None:
        self._work = work

    async def handle(self, request: AsyncBoltRequest, response: BoltResponse | None) -> None:
        self._work.ended()
