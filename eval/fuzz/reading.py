"""Targets that take files: what sources, settings and the service itself have written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import httpx
from pydantic import ValidationError

from indexer.errors import MasdarError
from indexer.fetching.urls import checked_url, page_key
from indexer.sources.feeds import read_feed
from indexer.sources.items import ReadOptions, SourceRecord
from indexer.sources.reader import read_articles
from indexer.sources.sitemaps import read_sitemap
from indexer.syncing.listing import read_listing
from service.api.security.keys import KeyFile
from service.api.spool import Spool
from service.settings import Settings

_BASE = httpx.URL("http://a.example/feed")
_NOW = datetime(2025, 5, 1, 12, tzinfo=UTC)


@cache
def _folder() -> Path:
    """A folder of this process."""
    return Path(tempfile.mkdtemp(prefix="masdar-fuzz-"))


def _written(name: str, data: bytes) -> Path:
    path = _folder() / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


def _read(name: str, data: bytes) -> None:
    """Articles of a file are storable; whatever else is in it is told as a problem."""
    for item in read_articles([_written(name, data)], ReadOptions(now=_NOW)):
        if isinstance(item, SourceRecord):
            item.article.text.encode()
            assert item.article.id
            assert item.article.text
        else:
            str(item).encode()


def jsonl(data: bytes) -> None:
    """JSON Lines."""
    _read("a.jsonl", data)


def json_file(data: bytes) -> None:
    """One JSON document."""
    _read("a.json", data)


def csv(data: bytes) -> None:
    """Tables."""
    _read("a.csv", data)


def front_matter(data: bytes) -> None:
    """Markdown with a head."""
    _read("a.md", data)


def html(data: bytes) -> None:
    """Pages."""
    _read("a.html", data)


def warc(data: bytes) -> None:
    """Archives of pages."""
    _read("a.warc", data)


def feed(data: bytes) -> None:
    """RSS and Atom."""
    with suppress(MasdarError):
        read_feed(data, _BASE)


def sitemap(data: bytes) -> None:
    """Sitemaps."""
    with suppress(MasdarError):
        read_sitemap(data, _BASE)


def listing(data: bytes) -> None:
    """The list of sources."""
    with suppress(MasdarError):
        read_listing(_written("sources.toml", data))


def settings(data: bytes) -> None:
    """Variables of the environment, a line each; pydantic's refusal is what ``load_settings`` words."""
    lines = [line.partition("=") for line in data.decode("utf-8", "ignore").replace("\0", "").split("\n")]
    known = {name.upper() for name in Settings.model_fields}
    given = {f"MASDAR_{name}": value for name, _, value in lines if name in known}
    with _environment(given), suppress(ValidationError):
        Settings()


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def spool(data: bytes) -> None:
    """Articles that wait: a damaged file is said to be one."""
    _written("spool/job_1.jsonl", data)
    kept = Spool(_folder() / "spool")
    with suppress(MasdarError):
        for job in kept.jobs():
            kept.articles(job)


def keys(data: bytes) -> None:
    """The file of keys."""
    path = _written("keys.json", data)
    path.chmod(0o600)
    with suppress(MasdarError):
        KeyFile(path).read()


def addresses(data: bytes) -> None:
    """An address that is taken is one of the web and without a password, also relative to another."""
    text = data.decode("utf-8", "replace")
    for base in (None, _BASE):
        with suppress(MasdarError):
            url = checked_url(text, base)
            assert url.scheme in {"http", "https"}
            assert url.host
            assert not url.userinfo
            page_key(url)
