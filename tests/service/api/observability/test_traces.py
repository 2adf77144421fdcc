"""Traces: the steps of an answer below the request that asked for it, without what was asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from indexer.errors import BadInput
from service.api.observability.traces import install_traces, provider_of
from service.settings import Settings

QUESTION = "بنسبة كم زيادة رسوم عبور السفن؟"


@pytest.fixture(scope="module")
def exporter() -> Iterator[InMemorySpanExporter]:
    """The spans of this process; a provider can be set once."""
    spans = InMemorySpanExporter()
    trace.set_tracer_provider(provider_of(SimpleSpanProcessor(spans)))
    yield spans
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    provider.shutdown()


@pytest.fixture
def asked(exporter: InMemorySpanExporter, shared_client: TestClient) -> dict[str, ReadableSpan]:
    exporter.clear()
    sent = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    assert shared_client.post("/v1/ask", json={"question": QUESTION}, headers=sent).status_code == 200
    return {span.name: span for span in exporter.get_finished_spans()}


def test_the_steps_of_an_answer_are_spans_below_the_request(asked: dict[str, ReadableSpan]) -> None:
    request = asked["POST /v1/ask"]
    total = asked["masdar.total"]
    assert total.parent is not None
    assert request.context is not None
    assert total.parent.span_id == request.context.span_id
    for step in ("masdar.encode", "masdar.retrieve", "masdar.answer"):
        assert asked[step].parent == total.context
    assert {span.resource.attributes["service.name"] for span in asked.values()} == {"masdar"}


def test_a_trace_that_came_with_a_request_goes_on(asked: dict[str, ReadableSpan]) -> None:
    traces = {span.context.trace_id for span in asked.values() if span.context}
    assert traces == {0x0AF7651916CD43DD8448EB211C80319C}


def test_spans_do_not_say_what_was_asked(asked: dict[str, ReadableSpan]) -> None:
    written = "".join(span.to_json() for span in asked.values())
    for word in QUESTION.split():
        assert word not in written
        assert word.encode("unicode_escape").decode() not in written


def test_without_an_address_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise AssertionError("a provider was set")

    monkeypatch.setattr(trace, "set_tracer_provider", refuse)
    install_traces(Settings())


def test_an_address_without_the_packages_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(BadInput, match=r"pip install 'masdar\[otel\]'"):
        install_traces(Settings(otlp_endpoint="http://127.0.0.1:4318/v1/traces"))
