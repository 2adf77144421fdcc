"""The fetcher against a real server on this machine: redirects, retries, manners, and what lies or swells."""

from __future__ import annotations

import gzip
import random
import socket
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard
from hostile import OnlyTheSite, endless, targets
from web_server import HERE, Page, Site, fetcher, serving

from indexer.errors import FetchGone, FetchRefused, FetchUnavailable
from indexer.fetching.addresses import AddressGuard
from indexer.fetching.client import Fetcher
from indexer.fetching.options import FetchOptions
from indexer.fetching.state import ListedPage, Remembered, SqliteState

PAGE = "<html><body><p>افتتح الوزير المعرض.</p></body></html>"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as served:
        yield served


# What is fetched


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("br", brotli.compress),
        ("zstd", zstandard.compress),
        ("", bytes),
        ("identity", bytes),
        ("gzip, br", lambda body: brotli.compress(gzip.compress(body))),
        ("gzip", lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:]) + b"\0\0"),
    ],
    ids=["gzip", "br", "zstd", "none", "identity", "two", "members"],
)
def test_a_page_comes_out_of_its_compression(site: Site, coding: str, pack: Any) -> None:
    body = PAGE.encode() * 3000
    site.put("/a", pack(body), headers={"Content-Encoding": coding} if coding else {})
    with fetcher() as client:
        got = client.get(f"{site.address}/a")
    assert got.body == body
    assert (got.media, got.charset) == ("text/html", "utf-8")
    assert "masdar" in site.headers["/a"][0]["user-agent"]
    assert "cookie" not in site.headers["/a"][0]


def test_redirects_are_followed_to_the_last_address(site: Site) -> None:
    site.redirect("/a", "/b", 301)
    site.redirect("/b", f"{site.address}/c?x=1", 308)
    site.put("/c?x=1", PAGE)
    with fetcher() as client:
        assert str(client.get(f"{site.address}/a").url) == f"{site.address}/c?x=1"


def test_what_did_not_change_is_not_sent_again(site: Site) -> None:
    site.put("/a", PAGE, headers={"ETag": '"v1"', "Last-Modified": "Sat, 13 Apr 2024 10:00:00 GMT"})
    with fetcher() as client:
        first = client.get(f"{site.address}/a")
        known = Remembered(first.etag, first.last_modified)
        second = client.get(f"{site.address}/a", known)
        site.put("/a", PAGE + "جديد", headers={"ETag": '"v2"'})
        third = client.get(f"{site.address}/a", known)
    assert (first.unchanged, second.unchanged, third.unchanged) == (False, True, False)
    assert second.body == b""
    assert site.headers["/a"][1]["if-modified-since"] == "Sat, 13 Apr 2024 10:00:00 GMT"


def test_a_304_that_nobody_asked_for_is_no_page(site: Site) -> None:
    site.put("/a", b"", status=304)
    with fetcher() as client, pytest.raises(FetchRefused, match="304"):
        client.get(f"{site.address}/a")


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_told_apart(site: Site, status: int) -> None:
    site.put("/a", b"", status=status)
    with fetcher() as client, pytest.raises(FetchGone, match=f"{site.address}/a.*{status}"):
        client.get(f"{site.address}/a")


# Trying again


def test_a_fault_of_the_server_is_tried_again_with_growing_waits(site: Site) -> None:
    site.pages["/a"] = [Page(status=503), Page(status=500), Page(PAGE.encode())]
    waits: list[float] = []
    with fetcher(waits.append) as client:
        assert client.get(f"{site.address}/a").body == PAGE.encode()
    assert len(waits) == 2
    assert 0.5 <= waits[0] <= 1.5
    assert 1.0 <= waits[1] <= 3.0


@pytest.mark.parametrize("dated", [False, True])
def test_a_server_is_left_alone_as_long_as_it_says(site: Site, dated: bool) -> None:
    said = format_datetime(datetime.now(UTC) + timedelta(seconds=7), usegmt=True) if dated else "7"
    site.pages["/a"] = [Page(status=429, headers={"Retry-After": said}), Page(PAGE.encode())]
    waits: list[float] = []
    with fetcher(waits.append) as client:
        assert client.get(f"{site.address}/a").body == PAGE.encode()
    assert 5.0 <= sum(waits) <= 7.1


def test_a_server_that_wants_to_be_left_alone_for_an_hour_is_asked_once(site: Site) -> None:
    site.put("/a", b"", status=503, headers={"Retry-After": "3600"})
    with fetcher() as client:
        for _ in range(2):  # neither now nor for the next page of the host
            with pytest.raises(FetchUnavailable):
                client.get(f"{site.address}/a")
    assert site.asked.count("/a") == 1


def test_a_connection_that_nobody_takes_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with fetcher() as client, pytest.raises(FetchUnavailable, match="after 3 tries"):
        client.get(f"http://127.0.0.1:{port}/")


# Manners


def test_what_robots_txt_forbids_is_not_asked_for(site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /private/\n", media="text/plain")
    site.put("/private/a", PAGE)
    site.put("/a", PAGE)
    with fetcher() as client:
        with pytest.raises(FetchRefused, match=r"robots\.txt"):
            client.get(f"{site.address}/private/a")
        assert client.get(f"{site.address}/a").body
    assert site.asked == ["/robots.txt", "/a"]


def test_a_redirect_does_not_lead_round_robots_txt(site: Site) -> None:
    site.put("/robots.txt", "User-agent: masdar\nDisallow: /private/\n", media="text/plain")
    site.redirect("/a", "/private/a")
    with fetcher() as client, pytest.raises(FetchRefused, match=r"robots\.txt"):
        client.get(f"{site.address}/a")
    assert "/private/a" not in site.asked


def test_a_robots_txt_that_cannot_be_had_forbids_everything(site: Site) -> None:
    site.put("/robots.txt", b"", status=503)
    site.put("/a", PAGE)
    with fetcher() as client, pytest.raises(FetchUnavailable, match=r"robots\.txt cannot be read"):
        client.get(f"{site.address}/a")
    assert "/a" not in site.asked


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_host_without_robots_txt_forbids_nothing(site: Site, status: int) -> None:
    site.put("/robots.txt", b"", status=status)
    site.put("/a", PAGE)
    with fetcher() as client:
        assert client.get(f"{site.address}/a").body


def test_one_host_is_asked_at_its_own_pace(site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nCrawl-delay: 3\n", media="text/plain")
    site.put("/a", PAGE)
    waits: list[float] = []
    clock = time.monotonic()
    options = FetchOptions(allow=HERE, interval=1.0)
    with Fetcher(options, sleep=waits.append, clock=lambda: clock + sum(waits)) as client:
        for _ in range(3):
            client.get(f"{site.address}/a")
    assert [round(wait) for wait in waits] == [1, 3, 3]


def test_a_delay_of_an_hour_is_not_waited_for(site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nCrawl-delay: 3600\n", media="text/plain")
    with fetcher() as client, pytest.raises(FetchRefused, match="3,600 s between requests"):
        client.get(f"{site.address}/a")


# Nothing but the public internet


@pytest.mark.parametrize(("what", "target"), targets(), ids=[what for what, _ in targets()])
@pytest.mark.parametrize("way", ["asked for", "redirected to", "redirected to late", "robots.txt redirected to"])
def test_no_way_leads_inside(site: Site, what: str, target: str, way: str) -> None:
    start = {"asked for": target, "redirected to": f"{site.address}/a", "redirected to late": f"{site.address}/b"}
    site.redirect("/a", target)
    site.redirect("/b", "/a", 307)
    if way.startswith("robots"):
        site.redirect("/robots.txt", target)
        site.put("/page", PAGE)
    guard = OnlyTheSite(site)
    with Fetcher(FetchOptions(interval=0.0), guard, sleep=lambda seconds: None) as client, pytest.raises(FetchRefused):
        client.get(start.get(way, f"{site.address}/page"))
    assert guard.connected == []
    assert "/page" not in site.asked


def test_a_name_that_changes_its_address_gains_nothing(site: Site) -> None:
    """DNS rebinding: public when it is checked, private when it is connected to. There is one lookup for both."""
    port = int(site.address.rsplit(":", 1)[1])
    given = [["127.0.0.1"], ["127.0.0.2"]]
    asked: list[str] = []

    def rebinding(host: str, port: int, **more: Any) -> Any:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in given[len(asked) - 1]]

    site.put("/a", PAGE)
    guard = AddressGuard(["127.0.0.1"], rebinding)
    with Fetcher(FetchOptions(robots=False), guard, sleep=lambda seconds: None) as client:
        assert client.get(f"http://news.example:{port}/a").body
        assert asked == ["news.example"]
        site.put("/a", PAGE, headers={"Connection": "close"})
        client.get(f"http://news.example:{port}/a")
        with pytest.raises(FetchRefused, match=r"127\.0\.0\.2"):
            client.get(f"http://news.example:{port}/a")


def test_a_proxy_of_the_environment_is_not_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    site.put("/a", PAGE)
    with fetcher() as client:
        assert client.get(f"{site.address}/a").body


# Servers that lie, swell, or never end

ZEROS = b"\0" * 20_000_000


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("br", lambda body: brotli.compress(body, quality=4)),
        ("zstd", zstandard.compress),
        ("gzip, gzip", lambda body: gzip.compress(gzip.compress(body))),
        ("gzip", lambda body: gzip.compress(body[:9_000_000]) * 2),
    ],
    ids=["gzip", "br", "zstd", "twice", "members"],
)
def test_a_body_that_swells_is_stopped(site: Site, coding: str, pack: Any) -> None:
    packed = pack(ZEROS)
    site.put("/a", packed, headers={"Content-Encoding": coding})
    assert len(packed) < 200_000
    with fetcher(max_bytes=10_000_000) as client, pytest.raises(FetchRefused, match="more than 10,000,000 bytes"):
        client.get(f"{site.address}/a")


@pytest.mark.parametrize(
    ("page", "kind", "why"),
    [
        (Page(endless), FetchRefused, "more than 1,000,000 bytes"),
        (Page(b"x" * 2_000_000), FetchRefused, "2,000,000 bytes of 1,000,000"),
        (Page(PAGE.encode(), length=9_999), FetchUnavailable, "failed"),
        (Page(gzip.compress(PAGE.encode())[:-9], headers={"Content-Encoding": "gzip"}), FetchUnavailable, "incomplete"),
        (Page(zstandard.compress(PAGE.encode())[:-9], headers={"Content-Encoding": "zstd"}), FetchUnavailable, "zstd"),
        (Page(brotli.compress(PAGE.encode())[:-9], headers={"Content-Encoding": "br"}), FetchUnavailable, "br"),
        (Page(PAGE.encode(), headers={"Content-Encoding": "gzip"}), FetchUnavailable, "decompressed"),
        (Page(PAGE.encode(), headers={"Content-Encoding": "snappy"}), FetchRefused, "snappy"),
        (Page(PAGE.encode(), headers={"Content-Encoding": "gzip, gzip, gzip"}), FetchRefused, "3 times"),
        (Page(b"%PDF", media="application/pdf"), FetchRefused, "application/pdf"),
        (Page(b"", media="video/mp4"), FetchRefused, "video/mp4"),
        (Page(b"", status=302), FetchRefused, "circle"),
        (Page(b"", status=302, headers={"Location": "http://["}), FetchRefused, "no host"),
        (Page(b"", status=204), FetchRefused, "204"),
        (Page(b"", status=401), FetchRefused, "401"),
        (Page(b"", wait=3.0), FetchUnavailable, "in time"),
        (Page(b"x" * 500, dribble=0.05), FetchUnavailable, "in time"),
        (Page(b"x", header_dribble=0.05), FetchUnavailable, "in time"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_server_gets_up_to_is_named(site: Site, page: Page, kind: type[Exception], why: str) -> None:
    site.pages["/a"] = page
    begun = time.monotonic()
    with fetcher(max_bytes=1_000_000, max_seconds=1.0, tries=1) as client, pytest.raises(kind, match=why):
        client.get(f"{site.address}/a")
    assert time.monotonic() - begun < 2.5


def test_a_body_that_is_longer_than_it_says_ends_where_it_says(site: Site) -> None:
    site.put("/a", PAGE + "x" * 100, length=len(PAGE.encode()))
    with fetcher() as client:
        assert client.get(f"{site.address}/a").body == PAGE.encode()


@pytest.mark.parametrize("hops", [["/a"], ["/a", "/b", "/a"], ["/a", "/b", "/c", "/a"]])
def test_circles_are_found(site: Site, hops: list[str]) -> None:
    for here, there in zip(hops, hops[1:] or hops, strict=False):
        site.redirect(here, there)
    with fetcher() as client, pytest.raises(FetchRefused, match="in a circle"):
        client.get(f"{site.address}/a")


def test_a_chain_without_end_is_left(site: Site) -> None:
    for number in range(50):
        site.redirect(f"/{number}", f"/{number + 1}")
    with fetcher() as client, pytest.raises(FetchRefused, match="more than 5 times"):
        client.get(f"{site.address}/0")
    assert len([path for path in site.asked if path != "/robots.txt"]) == 6


@pytest.mark.parametrize("noise", range(20))
def test_garbage_instead_of_an_answer_is_a_failed_connection(noise: int) -> None:
    junk = random.Random(noise).randbytes(400)
    with socket.create_server(("127.0.0.1", 0)) as server:
        from threading import Thread

        def talk() -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(4096)
                peer.sendall(junk)

        thread = Thread(target=talk)
        thread.start()
        with fetcher(tries=1, robots=False) as client, pytest.raises(FetchUnavailable):
            client.get(f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()


def test_compressed_data_of_all_kinds_survive_being_cut_anywhere() -> None:
    from indexer.fetching.decoding import decoded

    body = ("نص " * 5000).encode()
    deflated = {"gzip": gzip.compress(body), "br": brotli.compress(body), "zstd": zstandard.compress(body)}
    for coding, packed in deflated.items():
        for size in (1, 7, 64, 100_000):
            pieces = [packed[at : at + size] for at in range(0, len(packed), size)]
            assert decoded(pieces, coding, 10**6) == body
    assert zlib.crc32(body)


# What is remembered


def test_notes_count_from_the_commit_on_and_survive(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    page = ListedPage("https://news.example/1", "عنوان", "2024-04-13", "s", "سلمى", ("سياسة",))
    seen = Remembered('"v1"', "Sat, 13 Apr 2024 10:00:00 GMT", "s", 12.5, ("1",), (page,))
    with SqliteState(path) as state:
        state.note("a", seen)
        assert state.get("a") is None
        state.commit()
        state.note("b", seen)
    with SqliteState(path) as state:
        assert state.get("a") == seen
        assert state.get("b") is None
        state.forget(["a"])
        assert state.get("a") is None


def test_a_file_that_is_no_state_is_named(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    path.write_text("no database, but a text that is long enough to be read as one" * 20)
    with pytest.raises(Exception, match="remove it, and all is fetched anew"):
        SqliteState(path)
