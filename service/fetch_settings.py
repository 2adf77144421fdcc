"""Settings of fetching from other machines; ``service.settings.Settings`` has these too."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import Field
from pydantic_settings import BaseSettings

from indexer.extras import needing
from service.serving_settings import Networks

if TYPE_CHECKING:
    from indexer.sources.remote import Remote


class FetchSettings(BaseSettings):
    """How pages, feeds and sitemaps are fetched."""

    fetch_allow: Networks = Field(default=(), description="Networks that are not public and may be fetched from")
    fetch_agent: str = Field(default="", max_length=200, description="User-Agent of requests; put a contact in it")
    fetch_bytes: int = Field(default=10_000_000, ge=1_000, le=1_000_000_000, description="Bytes of one page, unpacked")
    fetch_seconds: float = Field(default=30.0, gt=0, le=3600, description="The longest that one try may take")
    fetch_interval: float = Field(default=1.0, ge=0, le=3600, description="Seconds between requests to one host")
    fetch_wait: float = Field(default=60.0, ge=0, le=3600, description="The longest that a host may make us wait")
    fetch_pages: int = Field(default=500, ge=1, le=1_000_000, description="Pages of one feed or sitemap in a run")
    fetch_robots: bool = Field(default=True, description="Whether robots.txt is obeyed")


def open_remote(settings: FetchSettings, sleep: Callable[[float], None] = time.sleep) -> Remote:
    """What fetches pages as the settings say, waiting by ``sleep``; its fetcher is to be closed.

    Raises:
        MissingLibrary: the extra ``sources`` is not installed.
    """
    with needing("sources", "fetching pages and feeds"):
        from indexer.fetching.client import Fetcher
        from indexer.fetching.options import FetchOptions
        from indexer.sources.remote import Remote
    options = FetchOptions(
        agent=settings.fetch_agent,
        allow=settings.fetch_allow,
        max_bytes=settings.fetch_bytes,
        max_seconds=settings.fetch_seconds,
        interval=settings.fetch_interval,
        longest_wait=settings.fetch_wait,
        robots=settings.fetch_robots,
    )
    return Remote(Fetcher(options, sleep=sleep), pages=settings.fetch_pages)
