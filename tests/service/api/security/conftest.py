"""A small application behind the guard, as itself and as a server on this machine."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import pytest
import uvicorn
from fastapi import Depends, FastAPI
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient
from pydantic import BaseModel

from service.api import problems
from service.api.layers import install_layers
from service.api.observability.metrics import Metrics
from service.api.security.access import Caller, require
from service.api.security.keys import KeyFile, Scope
from service.settings import Settings

#: Makes a client; settings by name. ``address`` is where it calls from.
Client = Callable[..., TestClient]
#: Makes a key with these scopes.
MakeKey = Callable[..., str]


class Counting(Metrics):
    """Metrics that also keep the reasons of refusals."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("0")
        self.reasons = reasons

    def refused(self, reason: str) -> None:
        super().refused(reason)
        self.reasons.append(reason)


class Question(BaseModel):
    question: str


@pytest.fixture
def key_file(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "keys.json")


@pytest.fixture
def make_key(key_file: KeyFile) -> MakeKey:
    def make(*scopes: Scope, name: str = "desk", **more: Any) -> str:
        return key_file.add(name, scopes or ("read",), **more)

    return make


@pytest.fixture
def refused() -> list[str]:
    """The reasons of refusals, as the metrics would count them."""
    return []


@pytest.fixture
def make_app(key_file: KeyFile, refused: list[str]) -> Callable[..., FastAPI]:
    def make(**settings: Any) -> FastAPI:
        app = FastAPI()
        _add_routes(app)
        problems.install(app)
        install_layers(app, Settings(keys=key_file.path, **settings), Counting(refused))
        return app

    return make


@pytest.fixture
def client(make_app: Callable[..., FastAPI]) -> Client:
    def make(address: str = "198.51.100.7", **settings: Any) -> TestClient:
        return TestClient(make_app(**settings), base_url="http://localhost", client=(address, 50_000))

    return make


@pytest.fixture
def serve(make_app: Callable[..., FastAPI]) -> Iterator[Callable[..., tuple[str, int]]]:
    """Starts the application as a server, and gives its address."""
    with ExitStack() as stack:

        def start(**settings: Any) -> tuple[str, int]:
            config = uvicorn.Config(make_app(**settings), log_config=None, proxy_headers=False)
            server = uvicorn.Server(config)
            bound = socket.create_server(("127.0.0.1", 0))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
            thread.start()

            def stop() -> None:
                server.should_exit = True
                thread.join(10)

            stack.callback(stop)
            while not server.started:
                time.sleep(0.01)
            host, port = bound.getsockname()[:2]
            return host, port

        yield start


def _add_routes(app: FastAPI) -> None:
    @app.get("/")
    async def page() -> str:
        return "page"

    @app.get("/healthz")
    async def healthz() -> str:
        return "ok"

    @app.post("/v1/ask")
    async def ask(caller: Annotated[Caller, Depends(require("read"))], body: Question) -> dict[str, Any]:
        return {"caller": caller.name, "question": body.question}

    @app.post("/v1/chat/completions")
    async def chat(caller: Annotated[Caller, Depends(require("read"))]) -> str:
        return caller.name

    @app.post("/v1/articles")
    async def add(caller: Annotated[Caller, Depends(require("write"))], body: dict[str, Any]) -> int:
        return len(body["text"])

    @app.delete("/v1/articles/{article}")
    async def remove(article: str, caller: Annotated[Caller, Depends(require("write"))]) -> str:
        return article

    @app.get("/metrics")
    async def metrics(caller: Annotated[Caller, Depends(require("admin"))]) -> str:
        return caller.name

    @app.get("/v1/forgotten")
    async def forgotten() -> str:
        return "a route whose author forgot to name a scope"

    _add_slow_routes(app)


def _add_slow_routes(app: FastAPI) -> None:
    import asyncio

    @app.get("/v1/slow")
    async def slow() -> str:
        await asyncio.sleep(30)
        return "late"

    @app.get("/v1/own-timeout")
    async def own_timeout() -> str:
        raise TimeoutError("the application's own")

    @app.get("/v1/stream")
    async def stream() -> StreamingResponse:
        async def parts() -> Any:
            while True:
                yield b"part\n"
                await asyncio.sleep(0.05)

        return StreamingResponse(parts())
