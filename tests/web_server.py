"""A server on this machine whose pages tests write down, and that can be slow, broken, lying or endless."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from indexer.fetching.client import Fetcher
from indexer.fetching.options import FetchOptions

#: What lets a fetcher reach the server: the guard refuses loopback addresses otherwise.
HERE = ("127.0.0.0/8",)


@dataclass(frozen=True, slots=True)
class Page:
    """What one path answers.

    Attributes:
        body: bytes, or a function that gives pieces without end.
        media: the value of Content-Type.
        status: of the answer.
        headers: further ones.
        length: what Content-Length says; None is the truth.
        wait: seconds before the status line.
        dribble: seconds after each piece of the body.
        header_dribble: seconds after each byte of a header that never ends.
    """

    body: bytes | Callable[[], Iterator[bytes]] = b""
    media: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    wait: float = 0.0
    dribble: float = 0.0
    header_dribble: float = 0.0


class Site:
    """The pages of the server by path, and what it was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, Page | list[Page]] = {}
        self.asked: list[str] = []
        self.headers: dict[str, list[dict[str, str]]] = defaultdict(list)
        self.address = ""

    def put(self, path: str, body: bytes | str = b"", **more: object) -> None:
        """Let a path answer with this body; the other arguments are those of ``Page``."""
        self.pages[path] = Page(body.encode() if isinstance(body, str) else body, **more)  # type: ignore[arg-type]

    def redirect(self, path: str, to: str, status: int = 302) -> None:
        """Let a path lead elsewhere."""
        self.pages[path] = Page(status=status, headers={"Location": to})

    def answer(self, path: str) -> Page:
        """What a path answers now: of several pages the first, until the last one is left."""
        found = self.pages.get(path, Page(b"nothing here", status=404))
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found


@contextmanager
def serving(host: str = "127.0.0.1") -> Iterator[Site]:
    """A site that is served while the block runs."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked.append(self.path)
            site.headers[self.path].append({name.lower(): value for name, value in self.headers.items()})
            try:
                _send(self, site.answer(self.path), self.headers.get("If-None-Match", ""))
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer((host, 0), Handler) as server:
        server.daemon_threads = True
        site.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


def _send(handler: BaseHTTPRequestHandler, page: Page, match: str) -> None:
    time.sleep(page.wait)
    if match and match == page.headers.get("ETag"):
        handler.send_response(304)
        handler.send_header("ETag", match)
        handler.end_headers()
        return
    pieces = [page.body] if isinstance(page.body, bytes) else page.body()
    handler.send_response(page.status)
    if page.media:
        handler.send_header("Content-Type", page.media)
    for name, value in page.headers.items():
        handler.send_header(name, value)
    if page.header_dribble:
        _dribble_header(handler, page.header_dribble)
    if isinstance(page.body, bytes):
        handler.send_header("Content-Length", str(len(page.body) if page.length is None else page.length))
    else:
        handler.send_header("Connection", "close")
    handler.end_headers()
    for piece in pieces:
        for part in [piece] if not page.dribble else (piece[at : at + 1] for at in range(len(piece))):
            handler.wfile.write(part)
            time.sleep(page.dribble)
    handler.close_connection = page.length is not None or not isinstance(page.body, bytes)


def _dribble_header(handler: BaseHTTPRequestHandler, seconds: float) -> None:
    handler.flush_headers()
    for _ in range(1000):
        handler.wfile.write(b"X: y\r\n")
        time.sleep(seconds)


def fetcher(sleep: Callable[[float], None] = lambda seconds: None, **options: object) -> Fetcher:
    """A fetcher that may reach the server and does not wait between requests."""
    quick = {"allow": HERE, "interval": 0.0, "max_seconds": 5.0} | options
    return Fetcher(FetchOptions(**quick), sleep=sleep)  # type: ignore[arg-type]
