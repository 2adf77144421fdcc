"""How to fetch: limits, manners, and which addresses of this network are allowed."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

#: The name by which robots.txt addresses this program.
ROBOTS_NAME = "masdar"


def default_agent() -> str:
    """The ``User-Agent`` of requests: the name and the installed version."""
    try:
        return f"{ROBOTS_NAME}/{version('masdar')}"
    except PackageNotFoundError:  # run from a folder, not installed
        return ROBOTS_NAME


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """Limits and manners.

    Attributes:
        agent: the ``User-Agent``; a contact in it lets a site write instead of blocking.
        allow: networks that are not public and may be reached nevertheless, such as ``10.0.0.0/24``.
        max_bytes: bytes of one answer after decompression.
        max_seconds: seconds that one try may take, from looking up the name to the last byte.
        connect_seconds: seconds for a connection.
        redirects: redirects that are followed.
        tries: how often one request is tried.
        interval: seconds between two requests to one host; a longer ``Crawl-delay`` counts instead.
        longest_wait: the longest ``Crawl-delay`` or ``Retry-After`` that is waited for, in seconds.
        robots: whether robots.txt is obeyed.
    """

    agent: str = ""
    allow: tuple[str, ...] = ()
    max_bytes: int = 10_000_000
    max_seconds: float = 30.0
    connect_seconds: float = 10.0
    redirects: int = 5
    tries: int = 3
    interval: float = 1.0
    longest_wait: float = 60.0
    robots: bool = True

    @property
    def user_agent(self) -> str:
        """What is sent as ``User-Agent``."""
        return self.agent or default_agent()
