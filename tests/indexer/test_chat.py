"""Conversations through LiteLLM, against a real server on this machine that streams as OpenAI does."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from endpoint_server import KEY, MODEL, EndpointServer, Fault, Raw, Reply, delta, endpoint_server

from indexer import endpoints
from indexer.chat import ChatModel
from indexer.conversation import Completion, Message, Usage
from indexer.endpoints import Endpoint
from indexer.errors import EndpointBadReply, EndpointError, EndpointRefused, EndpointUnavailable

pytestmark = pytest.mark.slow  # LiteLLM takes seconds to import

MESSAGES = [Message("system", "أجب باختصار."), Message("user", "من وقّع الاتفاق؟")]
TEXT = "وقّعت أوكرانيا الاتفاق [1]."


@pytest.fixture
def server() -> Iterator[EndpointServer]:
    with endpoint_server() as running:
        yield running


@pytest.fixture
def endpoint(server: EndpointServer, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    monkeypatch.setattr(endpoints, "FIRST_WAIT", 0.01)
    endpoints.litellm_module()  # not within the limits of time
    return Endpoint(f"openai/{MODEL}", server.url, KEY, tries=3, setting="MASDAR_LLM")


def said(endpoint: Endpoint, *, first: float = 10.0, seconds: float = 20.0) -> Completion:
    model = ChatModel(endpoint, first)
    return asyncio.run(model.complete(MESSAGES, max_tokens=50, temperature=0.0, seconds=seconds))


def heard(endpoint: Endpoint, *, seconds: float = 20.0) -> tuple[list[str], EndpointError | None]:
    """The pieces that came, and the failure that ended them."""

    async def listen() -> tuple[list[str], EndpointError | None]:
        pieces: list[str] = []
        try:
            async for piece in ChatModel(endpoint, 10.0).stream(
                MESSAGES, max_tokens=50, temperature=0, seconds=seconds
            ):
                pieces.append(piece)  # what came before a failure counts
        except EndpointError as error:
            return pieces, error
        return pieces, None

    return asyncio.run(listen())


def test_an_answer_comes_piece_by_piece(server: EndpointServer, endpoint: Endpoint) -> None:
    reply = Reply.of(TEXT)
    server.enqueue(reply)
    assert heard(endpoint) == (list(reply.pieces), None)
    (request,) = server.requests
    assert request["path"] == "/v1/chat/completions"
    assert request["messages"] == [{"role": one.role, "content": one.content} for one in MESSAGES]
    assert (request["model"], request["max_tokens"], request["temperature"], request["stream"]) == (MODEL, 50, 0, True)


def test_a_whole_answer_has_its_end_and_its_tokens(server: EndpointServer, endpoint: Endpoint) -> None:
    reply = Reply.of(TEXT, finish="length")
    server.enqueue(reply)
    assert said(endpoint) == Completion(TEXT, "length", Usage(12, len(reply.pieces)))


def test_what_is_no_text_is_passed_over(server: EndpointServer, endpoint: Endpoint) -> None:
    call = {"index": 0, "id": "1", "type": "function", "function": {"name": "search", "arguments": "{}"}}
    no_choices = json.dumps({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": MODEL, "choices": []})
    events = (Raw(delta(reasoning_content="أفكر")), Raw(no_choices), Raw(delta(tool_calls=[call])))
    server.enqueue(Reply(("نعم", *events, " [1]")), Reply(()))
    assert heard(endpoint) == (["نعم", " [1]"], None)
    assert said(endpoint).text == ""


@pytest.mark.parametrize(
    ("fault", "kind", "message"),
    [
        (Fault(401), EndpointRefused, r"HTTP 401.*set MASDAR_LLM_KEY"),
        (Fault(404), EndpointRefused, r"HTTP 404.*correct MASDAR_LLM or MASDAR_LLM_URL"),
        (Fault(400), EndpointRefused, r"HTTP 400"),
        (Fault(429), EndpointUnavailable, r"too many requests \(HTTP 429"),
        (Fault(503), EndpointUnavailable, r"failed \(HTTP 503"),
    ],
)
def test_failures_are_told_with_what_to_do(
    server: EndpointServer, endpoint: Endpoint, fault: Fault, kind: type[EndpointError], message: str
) -> None:
    server.fail(*[fault] * endpoint.tries)
    pieces, error = heard(endpoint)
    assert (pieces, type(error)) == ([], kind)
    with pytest.raises(kind, match=message):
        raise error or AssertionError
    assert len(server.requests) == (endpoint.tries if kind is EndpointUnavailable else 1)


def test_a_busy_server_is_asked_again_when_it_says(server: EndpointServer, endpoint: Endpoint) -> None:
    server.fail(Fault(429, headers={"Retry-After": "1"}), Fault(500))
    server.enqueue(TEXT)
    begun = time.monotonic()
    assert said(endpoint).text == TEXT
    assert time.monotonic() - begun >= 1
    assert len(server.requests) == 3


def test_no_wait_goes_beyond_the_time_for_the_answer(server: EndpointServer, endpoint: Endpoint) -> None:
    server.fail(Fault(429, headers={"Retry-After": "20"}))
    begun = time.monotonic()
    with pytest.raises(EndpointUnavailable, match="HTTP 429"):
        said(endpoint, seconds=2.0)
    assert time.monotonic() - begun < 1.5


BROKEN = Raw('{"id": "chat-1", "choi')
OVERLOADED = Raw(json.dumps({"error": {"message": "overloaded", "code": 503}}))


@pytest.mark.parametrize(
    ("reply", "kind", "message"),
    [
        (Reply(("نعم", " ثم"), cut=True), EndpointUnavailable, "cannot be reached"),
        (Reply(("نعم", BROKEN)), EndpointBadReply, "cannot be read"),
        (Reply(("نعم", OVERLOADED)), EndpointUnavailable, r"broke off \(overloaded\)"),
    ],
)
def test_what_breaks_off_is_not_asked_again(
    server: EndpointServer, endpoint: Endpoint, reply: Reply, kind: type[EndpointError], message: str
) -> None:
    server.enqueue(reply, TEXT)
    pieces, error = heard(endpoint)
    assert pieces in ([], ["نعم"], ["نعم", " ثم"])
    with pytest.raises(kind, match=message):
        raise error or AssertionError


def test_an_error_before_the_first_token_is_asked_again(server: EndpointServer, endpoint: Endpoint) -> None:
    server.enqueue(Reply((OVERLOADED,)), Reply((), cut=True), TEXT)
    assert said(endpoint).text == TEXT


def test_each_try_has_a_limit_for_its_first_token(server: EndpointServer, endpoint: Endpoint) -> None:
    server.enqueue(Reply(("بعد حين",), seconds=1.5), TEXT)
    assert said(endpoint, first=0.5).text == TEXT
    server.enqueue(Reply(("بعد حين",), seconds=1.5))
    with pytest.raises(EndpointUnavailable, match=r"within 0.5 seconds; .*raise MASDAR_LLM_FIRST_SECONDS"):
        said(replace(endpoint, tries=1), first=0.5)


def test_a_model_that_dribbles_is_given_up(server: EndpointServer, endpoint: Endpoint) -> None:
    server.enqueue(Reply(tuple("كلمة بعد كلمة"), seconds=0.2))
    begun = time.monotonic()
    pieces, error = heard(endpoint, seconds=1.0)
    assert pieces
    assert time.monotonic() - begun < 2
    assert "within 1 seconds; try again, or raise MASDAR_LLM_SECONDS" in str(error)


def test_a_listener_who_leaves_ends_the_request(server: EndpointServer, endpoint: Endpoint) -> None:
    async def leave() -> str:
        stream = ChatModel(endpoint, 10.0).stream(MESSAGES, max_tokens=50, temperature=0, seconds=20.0)
        first = await anext(stream)
        await stream.aclose()
        await stream.aclose()
        assert [piece async for piece in stream] == []
        return first

    server.enqueue(Reply(tuple("كلمة بعد كلمة"), seconds=0.05))
    begun = time.monotonic()
    assert asyncio.run(leave()) == "ك"
    assert time.monotonic() - begun < 0.6


def test_a_server_that_is_not_there_and_an_unknown_provider_are_told(endpoint: Endpoint) -> None:
    with pytest.raises(EndpointUnavailable, match=r"cannot be reached .*correct MASDAR_LLM_URL"):
        said(replace(endpoint, url="http://127.0.0.1:9/v1", tries=2))
    with pytest.raises(EndpointRefused, match=r"LLM Provider NOT provided.*correct MASDAR_LLM"):
        said(replace(endpoint, model="nonsense/model"))


def test_the_key_is_shown_nowhere(
    server: EndpointServer, endpoint: Endpoint, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    server.fail(Fault(401))  # its message repeats the key
    _, error = heard(endpoint)
    server.enqueue(TEXT)
    said(endpoint)
    assert "***" in str(error)
    assert KEY not in "".join([str(error), repr(endpoint), caplog.text, *capfd.readouterr()])
