"""Traces: a span for each request, by FastAPI, and below it one for each step of an answer (``service/wiring.py``)."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from opentelemetry import trace

from indexer.errors import BadInput
from service.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider


def install_traces(settings: Settings) -> None:
    """Send the spans of this process where the settings say; nowhere where they say nothing.

    Raises:
        BadInput: an address is set, and what sends spans is not installed.
    """
    if settings.otlp_endpoint is None:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise BadInput(
            f"MASDAR_OTLP_ENDPOINT is set, and traces need more packages ({error}); run: pip install 'masdar[otel]'"
        ) from error
    trace.set_tracer_provider(provider_of(BatchSpanProcessor(OTLPSpanExporter(endpoint=settings.otlp_endpoint))))


def provider_of(processor: SpanProcessor) -> TracerProvider:
    """What gives spans of this service to the processor; it finishes with the process."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider

    provider = TracerProvider(
        resource=Resource.create({"service.name": "masdar", "service.version": version("masdar")})
    )
    provider.add_span_processor(processor)
    return provider
