"""The application: routes, errors, and what is opened before the first request and closed after the last."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, contextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI

from indexer.errors import MasdarError
from service.api import description, page, problems, reference
from service.api.layers import install_layers
from service.api.observability.metrics import Metrics
from service.api.openai import routes as openai
from service.api.routes import articles, ask, feedback, health, jobs, metrics, search, status
from service.api.runtime import open_runtime
from service.api.security.refusals import response_to
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
        # FastAPI's own pages load from another host, which the security policy forbids.
        docs_url=None,
        redoc_url=None,
        # Requests become spans; what fails validation, which quotes the request, goes nowhere.
        telemetry={"operation_spans": False, "logs": False, "metrics": False},
        lifespan=lambda app: _lifespan(app, settings, folder or settings.store, opener),
    )
    problems.install(app, response_to)
    description.install(app)
    for module in (ask, search, articles, jobs, status, feedback, health, metrics, reference, openai, page):
        app.include_router(module.router)
    app.state.metrics = Metrics(app.version)
    install_layers(app, settings, app.state.metrics)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI, settings: Settings, folder: Path, opener: Opener) -> AsyncGenerator[None, None]:
    app.state.failure = None
    with ExitStack() as opened, _failure_kept(app):
        service = await asyncio.to_thread(opened.enter_context, opener(settings, folder))
        runtime = opened.enter_context(open_runtime(settings, folder, service, app.state.metrics))
        app.state.masdar = runtime
        await runtime.worker.run(_warm, service)
        runtime.intake.start()
        runtime.ready = True
        yield
        runtime.ready = False
        await asyncio.to_thread(opened.close)


@contextmanager
def _failure_kept(app: FastAPI) -> Iterator[None]:
    """Keep an error of starting or stopping, of which the server only writes a trace, for who started the server."""
    try:
        yield
    except MasdarError as error:
        app.state.failure = error
        raise


def _warm(service: Service) -> None:
    for question in WARMING:
        service.ask(question)
