"""Models behind an address, through LiteLLM, against a real server on this machine."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from endpoint_server import KEY, MODEL, EndpointServer, Fault, endpoint_server

from indexer import endpoints
from indexer.endpoints import Endpoint, embed, rerank
from indexer.errors import EndpointBadReply, EndpointError, EndpointRefused, EndpointUnavailable

pytestmark = pytest.mark.slow  # LiteLLM takes seconds to import

PASSAGES = ["رسوم عبور السفن", "اتفاق المعادن في واشنطن", "نهائي الكأس"]


@pytest.fixture
def server() -> Iterator[EndpointServer]:
    with endpoint_server() as running:
        yield running


@pytest.fixture
def encoder(server: EndpointServer, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    monkeypatch.setattr(endpoints, "FIRST_WAIT", 0.01)
    return Endpoint(f"openai/{MODEL}", server.url, KEY, seconds=20.0, tries=3)


@pytest.fixture(params=["hosted_vllm", "cohere", "jina_ai", "infinity"])
def reranker(request: pytest.FixtureRequest, encoder: Endpoint) -> Endpoint:
    """The same server in the dialect of each provider that has an address of its own."""
    return replace(encoder, model=f"{request.param}/{MODEL}", setting="MASDAR_RERANKER")


def test_vectors_come_in_the_order_of_the_texts(server: EndpointServer, encoder: Endpoint) -> None:
    together = embed(encoder, PASSAGES)
    assert together == [embed(encoder, [passage])[0] for passage in PASSAGES]
    assert together[0] != together[1]
    assert {request["path"] for request in server.requests} == {"/v1/embeddings"}


def test_scores_come_in_the_order_of_the_passages(reranker: Endpoint) -> None:
    scores = rerank(reranker, "أين وُقّع اتفاق المعادن؟", PASSAGES)
    assert max(scores) == scores[1] > scores[0]


@pytest.mark.parametrize(
    ("fault", "kind", "message"),
    [
        (Fault(401), EndpointRefused, r"HTTP 401.*key is missing or wrong; set MASDAR_ENCODER_KEY"),
        (Fault(403), EndpointRefused, r"HTTP 403.*set another MASDAR_ENCODER_KEY"),
        (Fault(404), EndpointRefused, r"HTTP 404.*no such model or address; correct MASDAR_ENCODER"),
        (Fault(400), EndpointRefused, r"HTTP 400.*correct MASDAR_ENCODER or MASDAR_ENCODER_URL"),
        (Fault(429), EndpointUnavailable, r"too many requests \(HTTP 429.*try again later"),
        (Fault(500), EndpointUnavailable, r"failed \(HTTP 500"),
        (Fault(503), EndpointUnavailable, r"failed \(HTTP 503"),
        (Fault(200, "<html>"), EndpointBadReply, r"cannot be read"),
        (Fault(200, "{}"), EndpointBadReply, r"answered 0 of 3 texts"),
    ],
)
def test_failures_are_told_with_what_to_do(
    server: EndpointServer, encoder: Endpoint, fault: Fault, kind: type[EndpointError], message: str
) -> None:
    server.fail(*[fault] * encoder.tries)
    with pytest.raises(kind, match=message) as caught:
        embed(encoder, PASSAGES)
    assert str(caught.value).startswith(f"openai/{MODEL} at 127.0.0.1:")
    assert len(server.requests) == (encoder.tries if kind is EndpointUnavailable else 1)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(401), EndpointRefused),
        (Fault(404), EndpointRefused),
        (Fault(429), EndpointUnavailable),
        (Fault(500), EndpointUnavailable),
        (Fault(200, "<html>"), EndpointBadReply),
        (Fault(200, "{}"), EndpointBadReply),
        (Fault(200, '{"results": [{"index": 0}]}'), EndpointBadReply),
        (Fault(200, '{"results": [{"index": 0, "relevance_score": 1}]}'), EndpointBadReply),
    ],
)
def test_rerankers_fail_alike_whichever_the_provider(
    server: EndpointServer, reranker: Endpoint, fault: Fault, kind: type[EndpointError]
) -> None:
    server.fail(*[fault] * reranker.tries)
    with pytest.raises(kind):
        rerank(reranker, "سؤال", PASSAGES)
    assert len(server.requests) == (reranker.tries if kind is EndpointUnavailable else 1)


def _reply(vectors: list[object], indices: list[int] | None = None) -> Fault:
    places = indices or list(range(len(vectors)))
    data = [{"object": "embedding", "index": at, "embedding": one} for at, one in zip(places, vectors, strict=True)]
    body = {"object": "list", "model": MODEL, "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}
    return Fault(200, json.dumps(body))


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (_reply([[1.0]]), "answered 1 of 2 texts"),
        (_reply([[1.0], [2.0]], [0, 0]), "of 2 texts"),
        (_reply([[1.0], [2.0]], [1, 2]), "of 2 texts"),
        (_reply([[1.0], [2.0, 3.0]]), r"vectors of \[1, 2\] values"),
        (_reply([[], []]), "vectors of"),
        (_reply([[1.0], [float("nan")]]), "nan where a finite number must be"),
        (_reply([[1.0], [None]]), "None where a finite number must be"),
    ],
)
def test_vectors_that_make_no_sense_are_refused(
    server: EndpointServer, encoder: Endpoint, fault: Fault, message: str
) -> None:
    server.fail(fault)
    with pytest.raises(EndpointBadReply, match=message):
        embed(encoder, PASSAGES[:2])


def test_a_busy_server_is_asked_again_when_it_says(server: EndpointServer, encoder: Endpoint) -> None:
    server.fail(Fault(429, headers={"Retry-After": "1"}))
    begun = time.monotonic()
    assert embed(encoder, PASSAGES) == embed(encoder, PASSAGES)
    assert time.monotonic() - begun >= 1
    assert len(server.requests) == 3


def test_the_longest_wait_is_ours(server: EndpointServer, encoder: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "LONGEST_WAIT", 0.05)
    server.fail(Fault(503, headers={"Retry-After": "3600"}), Fault(503, headers={"Retry-After": "Wed, 21 Oct 2026"}))
    assert len(embed(encoder, PASSAGES)) == 3


@pytest.mark.parametrize("fault", [Fault(200, seconds=2.0), Fault(200, "{" + " " * 100 + "}", dribble=0.1)])
def test_a_server_that_is_silent_or_dribbles_is_given_up(
    server: EndpointServer, encoder: Endpoint, fault: Fault
) -> None:
    server.fail(fault)
    begun = time.monotonic()
    with pytest.raises(EndpointUnavailable, match=r"no answer within 0.5 seconds; .*MASDAR_ENDPOINT_SECONDS"):
        embed(replace(encoder, seconds=0.5, tries=1), PASSAGES)
    assert time.monotonic() - begun < 1.5


def test_a_server_that_is_not_there_is_told(encoder: Endpoint) -> None:
    gone = replace(encoder, url="http://127.0.0.1:9/v1", tries=2)
    with pytest.raises(EndpointUnavailable, match=r"cannot be reached .*correct MASDAR_ENCODER_URL"):
        embed(gone, PASSAGES)


def test_an_unknown_provider_is_told(encoder: Endpoint) -> None:
    with pytest.raises(EndpointRefused, match=r"LLM Provider NOT provided.*correct MASDAR_RERANKER"):
        rerank(replace(encoder, model="nonsense/model", setting="MASDAR_RERANKER"), "سؤال", PASSAGES)


def test_the_key_is_shown_nowhere(
    server: EndpointServer, encoder: Endpoint, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    server.fail(Fault(401), Fault(401))  # its message repeats the key
    messages = [repr(encoder), str(encoder)]
    for ask in (lambda: embed(encoder, PASSAGES), lambda: rerank(encoder, "سؤال", PASSAGES)):
        with pytest.raises(EndpointError) as caught:
            ask()
        messages.append(str(caught.value))
    assert "***" in messages[2]
    assert KEY not in "".join([*messages, caplog.text, *capfd.readouterr()])


def test_without_a_key_none_is_taken_from_the_environment(
    server: EndpointServer, encoder: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with pytest.raises(EndpointRefused, match="HTTP 401"):
        embed(replace(encoder, key=None), PASSAGES)


def test_without_litellm_the_extra_is_named(encoder: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "litellm", None)
    endpoints.litellm_module.cache_clear()
    with pytest.raises(EndpointError, match=r"package litellm .*pip install 'masdar\[llm\]'"):
        embed(encoder, PASSAGES)
    endpoints.litellm_module.cache_clear()
