"""The table of refusals in docs/sources.md: every row is tried against a real server, and comes out as there."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import brotli
import pytest
import zstandard
from hostile import BOMBS, OnlyTheSite, bombed, endless, targets
from web_server import Page, Site, fetcher, serving

from indexer.errors import FetchError
from indexer.fetching.client import Fetcher
from indexer.fetching.options import FetchOptions
from indexer.sources.items import Problem, ReadOptions
from indexer.sources.remote import Remote, read_remote

ROOT = Path(__file__).parents[3]
ZEROS = b"\0" * 60_000_000
_PART = re.compile(r"<!-- refusals -->\n(.*)<!-- end -->", re.DOTALL)


def answers() -> Iterator[tuple[str, Page]]:
    """What a server may send: how a person would call it, and the answer."""
    for coding, pack in (
        ("gzip", gzip.compress),
        ("br", _brotli),
        ("zstd", zstandard.compress),
        ("gzip, gzip", _twice),
    ):
        packed = pack(ZEROS)
        assert len(packed) < 60_000
        yield f"{coding}: 60 MB of zeros in less than 60 kB", Page(packed, headers={"Content-Encoding": coding})
    yield "a body without end", Page(endless)
    yield "a body that says that it has 99 GB", Page(b"x", length=99_000_000_000)
    yield "three compressions, one in another", Page(b"x", headers={"Content-Encoding": "gzip, gzip, gzip"})
    yield "a byte now and then", Page(b"x" * 500, dribble=0.05)
    yield "headers without end", Page(b"x", header_dribble=0.01)
    yield "silence", Page(b"", wait=2.0)
    yield "a redirect to itself", Page(status=302, headers={"Location": "/x"})
    yield "a film", Page(b"", media="video/mp4")
    for name in BOMBS:
        yield f"XML, {name}, as a feed", Page(bombed(name, "feed"), media="text/xml")
        yield f"XML, {name}, as a sitemap", Page(bombed(name, "sitemap"), media="text/xml")
    many = " ".join(f"a{number}=1" for number in range(100_000))
    yield "HTML, 100,000 attributes of one element", Page(f"<html><body><p {many}>خبر</p></body></html>".encode())
    yield "HTML, 100,000 elements in each other", Page(b"<html><body>" + b"<div>" * 100_000)


@pytest.mark.slow  # waits for servers that say nothing, and unpacks 240 MB
def test_everything_in_the_table_is_refused_as_it_says() -> None:
    with serving() as site:
        rows = [*_led_inside(site), *_answered(site)]
    table = "".join(f"| {what} | {reason} |\n" for what, reason in [("what", "what is said"), ("---", "---"), *rows])
    written = _PART.search((ROOT / "docs" / "sources.md").read_text("utf-8"))
    assert written is not None
    assert written[1].strip() == table.strip(), f"the table in docs/sources.md is not this one:\n{table}"


def _led_inside(site: Site) -> Iterator[tuple[str, str]]:
    """Each target, asked for and redirected to; nothing is connected to."""
    for what, target in targets():
        site.pages.clear()
        site.redirect("/x", target)
        for asked in (target, f"{site.address}/x"):
            guard = OnlyTheSite(site)
            with Fetcher(FetchOptions(interval=0.0), guard, sleep=lambda seconds: None) as client:
                reason = _refusal(lambda client=client, asked=asked: client.get(asked))  # type: ignore[misc]
            assert guard.connected == []
        yield f"{what}: `{target}`", reason


def _answered(site: Site) -> Iterator[tuple[str, str]]:
    for what, page in answers():
        site.pages.clear()
        site.pages["/x"] = page
        with fetcher(max_seconds=1.0, tries=1) as client:
            items = list(read_remote(f"{site.address}/x", Remote(client), ReadOptions()))
        assert [type(item) for item in items] == [Problem]
        yield what, _clean(str(items[0]).partition("/x: ")[2])


def _refusal(fetch: Callable[[], object]) -> str:
    try:
        fetch()
    except FetchError as error:
        return _clean(str(error))
    raise AssertionError("it was let through")


def _clean(message: str) -> str:
    """Without what is another one at every run, and without the advice."""
    message = re.sub(r"^http://127\.0\.0\.1:\d+/x: ", "", message)
    short = re.sub(r"http://127\.0\.0\.1:\d+/x", "https://news.example/x", message).partition("; ")[0]
    return re.sub(r"https?://\S+/robots\.txt: ", "", short).replace("|", "\\|").strip()


def _brotli(data: bytes) -> bytes:
    return bytes(brotli.compress(data, quality=4))


def _twice(data: bytes) -> bytes:
    return gzip.compress(gzip.compress(data, mtime=0), mtime=0)
