"""The log: one JSON object a line on standard error, of this service, of uvicorn, and of every other library."""

from __future__ import annotations

import logging
import sys
from typing import Final, TextIO

import structlog
from pydantic import SecretStr
from structlog.typing import Processor

from service.api.observability.redaction import Exceptions, Redactor, without_content
from service.settings import Settings

#: What these say is in the line of each request already, or of no use to whoever runs the service.
_QUIETER: Final = {"uvicorn.access": logging.CRITICAL, "httpx": logging.WARNING, "httpx2": logging.WARNING}


def install_logs(settings: Settings, stream: TextIO | None = None) -> None:
    """Have everything that is logged in this process written as the settings say.

    Its server must be told to leave logging alone: ``uvicorn.run(..., log_config=None)``.

    Args:
        settings: level, form, and whether questions and answers may be written.
        stream: where to; standard error by default.
    """
    chain = configure_events(settings)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=chain,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(settings)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
        logger.setLevel(logging.NOTSET)
    for name, level in _QUIETER.items():
        logging.getLogger(name).setLevel(level)


def configure_events(settings: Settings) -> list[Processor]:
    """Have this service's own events go through ``logging``, whoever reads that; what happens to each on its way.

    Unconfigured, structlog would write them to standard output, with the variables of every frame of an exception.
    """
    chain = _chain(settings)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *chain,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,  # loggers of modules are made before this is called
    )
    return chain


def _chain(settings: Settings) -> list[Processor]:
    """What happens to every event, whoever logged it."""
    content: list[Processor] = [] if settings.log_content else [without_content]
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        Exceptions(messages=settings.log_content),
        *content,
        Redactor(secrets_of(settings)),
    ]


def _renderer(settings: Settings) -> Processor:
    if settings.log_format == "console":
        return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def secrets_of(settings: Settings) -> list[str]:
    """The secrets of the settings, as texts."""
    return [value.get_secret_value() for _, value in settings if isinstance(value, SecretStr)]
