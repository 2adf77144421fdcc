"""The application: routes, errors, and what is opened before the first request and closed after the last."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI

from service.api import openai, problems
from service.api.routes import ask, health, search
from service.api.runtime import Runtime, workers
from service.settings import Settings
from service.wiring import Service, open_service

Opener = Callable[[Settings, Path], AbstractContextManager[Service]]
#: Asked before the first question is taken: the engine reads its files, and the model its graph.
WARMING = ("ماذا حدث؟", "What happened?")


def create_app(settings: Settings, *, folder: Path | None = None, opener: Opener = open_service) -> FastAPI:
    """The application over the index in ``folder``, by default that of the settings.

    Args:
        settings: what the service is made of.
        folder: of the index.
        opener: opens the service over it; tests give one with another encoder.
    """
    app = FastAPI(
        title="Masdar",
        version=version("masdar"),
        summary="Answers over Arabic news, with quotes that stand in the articles",
        lifespan=lambda app: _lifespan(app, settings, folder or settings.store, opener),
    )
    problems.install(app)
    for module in (ask, search, health, openai):
        app.include_router(module.router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI, settings: Settings, folder: Path, opener: Opener) -> AsyncGenerator[None, None]:
    with ExitStack() as opened:
        service = await asyncio.to_thread(opened.enter_context, opener(settings, folder))
        worker, asks = opened.enter_context(workers(settings))
        runtime = Runtime(settings, folder, service, worker, asks)
        app.state.masdar = runtime
        await worker.run(_warm, service)
        runtime.ready = True
        yield
        runtime.ready = False
        await asyncio.to_thread(opened.close)


def _warm(service: Service) -> None:
    for question in WARMING:
        service.ask(question)
