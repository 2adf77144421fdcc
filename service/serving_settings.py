"""Settings of the HTTP service: who may ask, how much, and what is written down about it."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal

from limits import parse
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode

OFF = "off"
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?|https?://\[[0-9A-Fa-f:]+\](:[0-9]+)?")
_HOST = re.compile(r"(\*\.)?[A-Za-z0-9.-]+|\[?[0-9A-Fa-f:.]+\]?")


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise ValueError("it should be names or addresses without a port, such as 'news.example' or '*.news.example'")
    return value.strip("[]").lower()


def _origin(value: str) -> str:
    if not _ORIGIN.fullmatch(value):
        raise ValueError("it should be origins such as 'https://news.example', without a path")
    return value.lower()


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value))
    except ValueError as error:
        raise ValueError("it should be addresses or networks such as '10.0.0.7' or '10.0.0.0/24'") from error


def _rate(value: str) -> str:
    if value == OFF:
        return value
    wanted = f"it should be '{OFF}' or such as '300/minute'"
    try:
        amount = parse(value).amount
    except ValueError as error:
        raise ValueError(wanted) from error
    if amount < 1:
        raise ValueError(wanted)
    return value


Rate = Annotated[str, AfterValidator(_rate)]
#: A list is written with commas in its variable.
Hosts = Annotated[tuple[Annotated[str, AfterValidator(_host)], ...], NoDecode, BeforeValidator(_split)]
Origins = Annotated[tuple[Annotated[str, AfterValidator(_origin)], ...], NoDecode, BeforeValidator(_split)]
Networks = Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], NoDecode, BeforeValidator(_split)]


class ServingSettings(BaseSettings):
    """How the service is guarded and watched; ``service.settings.Settings`` has these too."""

    keys: Path = Field(default=Path(".masdar/keys.json"), description="File of the API keys' digests")
    allow_open: bool = Field(default=False, description="Serve other machines without keys")
    hosts: Hosts = Field(default=(), description="Names that the service is called by; empty: of this machine, or any")
    origins: Origins = Field(default=(), description="Origins of other pages that may call the service")
    trusted_proxies: Networks = Field(default=(), description="Proxies whose X-Forwarded-For is believed")
    rate_key: Rate | None = Field(default=None, description="Requests of one key")
    rate_address: Rate | None = Field(default=None, description="Requests from one address")
    rate_failures: Rate = Field(default="10/minute", description="Wrong keys from one address")
    max_body: int = Field(default=1_000_000, ge=1_000, le=100_000_000, description="Bytes of a request")
    max_upload: int = Field(default=32_000_000, ge=1_000, le=1_000_000_000, description="Bytes of articles to index")
    body_seconds: float = Field(default=20.0, gt=0, le=3600, description="The longest that a request may take to come")
    stream_seconds: float = Field(default=300.0, gt=0, le=3600, description="The longest that an answer may stream")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="What is logged")
    log_format: Literal["json", "console"] = Field(default="json", description="How it is written")
    log_content: bool = Field(default=False, description="Whether questions and answers may stand in the log")
    otlp_endpoint: str | None = Field(default=None, description="Where traces are sent, over OTLP and HTTP")
