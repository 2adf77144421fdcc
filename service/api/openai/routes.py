"""The addresses of OpenAI's protocol."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sse_starlette import ServerSentEvent

from indexer.errors import MasdarError
from service.api.asking import answered, start
from service.api.disconnection import unless_gone
from service.api.events import response
from service.api.openai import chat as chats
from service.api.openai import errors, objects
from service.api.openai.replies import MODELS, check_model, reply_to
from service.api.openai.requests import ChatRequest, ResponsesRequest
from service.api.openai.responses import Responding
from service.api.openai.responses import asked_of as asked_of_response
from service.api.routes.dependencies import READ, Running
from service.api.runtime import Runtime

_WORDS = {
    400: "The request cannot be used as it is: 'param' and 'code' say why",
    401: "A key is needed",
    403: "The key does not allow this",
    404: "There is no such model",
    408: "The request did not come in time",
    413: "The request is too large",
    415: "The body is not said to be JSON, or is compressed",
    429: "Too many requests with this key or from this address",
    500: "A fault of the service",
    502: "A model behind an address failed",
    503: "Overloaded, starting or stopping: Retry-After says when to come again",
    504: "It took too long",
}
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": objects.ErrorBody, "description": said} for status, said in _WORDS.items()
}
_STREAMS: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}}
router = APIRouter(tags=["OpenAI"], route_class=errors.OpenAIRoute, dependencies=READ, responses=_ERRORS)


@router.get("/v1/models", summary="The models that may be asked")
async def models(running: Running) -> objects.ModelList:
    """`masdar` answers as the service is set up, `masdar-extractive` with quotes alone."""
    return objects.ModelList(data=[_model(name, running) for name in MODELS])


@router.get("/v1/models/{model}", summary="One of the models")
async def model(model: str, running: Running) -> objects.Model:
    """Its name and when the service started."""
    check_model(model)
    return _model(model, running)


@router.post(
    "/v1/chat/completions", response_model=objects.ChatCompletion, summary="Chat completions", responses=_STREAMS
)
async def chat_completions(request: ChatRequest, running: Running, http: Request) -> objects.ChatCompletion | Response:
    """Answer the last message with quotes from the articles, as OpenAI's endpoint would.

    Citations are `url_citation` annotations of the message; `masdar` has them in full, with the verdict.
    """
    asked = chats.asked_of(request, str(http.base_url))
    asking = asked.asking(running.settings)
    if not request.stream:
        made = await unless_gone(http, answered(running, asking))
        return chats.completion_of(request.model, await reply_to(asked, made, running.service.encoder))
    run = start(running, asking)
    usage = bool(request.stream_options and request.stream_options.include_usage)
    chunks = chats.Chunks(chats.completion_id(run.id), request.model, usage)
    return response(_chunk_events(chunks.of(run, asked)), run)


@router.post("/v1/responses", response_model=objects.Response, summary="Responses", responses=_STREAMS)
async def responses(request: ResponsesRequest, running: Running, http: Request) -> objects.Response | Response:
    """Answer the input with quotes from the articles, as OpenAI's endpoint would; nothing is stored."""
    asked = asked_of_response(request, str(http.base_url))
    asking = asked.asking(running.settings)
    if not request.stream:
        made = await unless_gone(http, answered(running, asking))
        reply = await reply_to(asked, made, running.service.encoder)
        return Responding.to(request, made.id).whole(reply)
    run = start(running, asking)
    responding = Responding.to(request, run.id)
    return response(_response_events(responding, responding.events(run, asked)), run)


async def _chunk_events(chunks: AsyncGenerator[dict[str, Any], None]) -> AsyncGenerator[ServerSentEvent, None]:
    """The chunks as events, up to ``[DONE]``; an error ends them instead."""
    try:
        async with aclosing(chunks):
            async for chunk in chunks:
                yield _event(chunk)
        yield ServerSentEvent("[DONE]", sep="\n")
    except MasdarError as error:
        yield _event(errors.told(error))


async def _response_events(
    responding: Responding, events: AsyncGenerator[dict[str, Any], None]
) -> AsyncGenerator[ServerSentEvent, None]:
    """The events with their names, up to ``response.completed``; ``response.failed`` ends them instead."""
    try:
        async with aclosing(events):
            async for event in events:
                yield _event(event, event["type"])
    except MasdarError as error:
        failed = responding.failed(str(error))
        yield _event(failed, failed["type"])


def _event(data: Mapping[str, Any], name: str | None = None) -> ServerSentEvent:
    return ServerSentEvent(json.dumps(data, ensure_ascii=False), event=name, sep="\n")


def _model(name: str, runtime: Runtime) -> objects.Model:
    return objects.Model(id=name, created=int(runtime.started_at.timestamp()))
