"""A language model behind an address that hangs, lies, floods, breaks off or talks nonsense."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Literal, get_args

Mood = Literal["hangs", "lies", "floods", "breaks off", "fails", "talks nonsense"]
MOODS: Final[tuple[Mood, ...]] = get_args(Mood)
_LIE: Final = "أعلنت البلدية إفلاسها يوم الأحد الماضي [1]. وقال الوزير إن الخسائر بلغت 900 مليون دولار [7]."


class Endpoint:
    """What stands at the address; made by ``endpoint``.

    Attributes:
        url: the address, for OpenAI's protocol.
        mood: what it does with the next requests.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.mood: Mood = "lies"
        self.over = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    state: Endpoint

    def do_POST(self) -> None:
        """Answer as the mood is."""
        self.rfile.read(int(self.headers["Content-Length"]))
        mood = self.state.mood
        with suppress(OSError):  # who asked may have stopped waiting
            if mood == "hangs":
                self.state.over.wait(60)
            elif mood == "fails":
                self.send_error(500)
            elif mood == "talks nonsense":
                self._begin("text/html")
                self.wfile.write(b"<html>Bad gateway</html>")
            else:
                self._stream(mood)

    def _stream(self, mood: Mood) -> None:
        self._begin("text/event-stream")
        for piece in self._pieces(mood):
            choice = {"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": None}
            chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
            self.wfile.write(f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode())
            self.wfile.flush()
        if mood != "breaks off":
            self.wfile.write(b"data: [DONE]\n\n")

    def _pieces(self, mood: Mood) -> Iterator[str]:
        yield _LIE[:20]
        if mood == "floods":
            until = time.monotonic() + 60
            while time.monotonic() < until and not self.state.over.is_set():
                yield "كلام " * 200
        if mood == "lies":
            yield _LIE[20:]

    def _begin(self, media: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """The endpoint, until the block ends."""

    class Handler(_Handler):
        """That of this endpoint."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        state = Handler.state = Endpoint(f"http://127.0.0.1:{server.server_port}/v1")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield state
        finally:
            state.over.set()
            server.shutdown()
            thread.join()
