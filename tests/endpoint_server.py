"""A server on this machine that speaks OpenAI's embeddings and chat completions, and Cohere's rerank.

It can fail on demand. Its vectors are hashed character trigrams and its rerank scores the trigrams in common, so that
what it says ranks; in conversations it says what it was told to with ``enqueue``, piece by piece.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from threading import Thread
from typing import Any

from fakes import TrigramEncoder

from indexer.arabic import fold_text

KEY = "sk-test-very-secret"
MODEL = "trigrams"


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one request instead of an answer.

    Attributes:
        status: the HTTP status; 200 with a ``body`` is an answer that makes no sense.
        body: what is sent; an error in OpenAI's form where it is empty.
        headers: further headers.
        seconds: how long the server waits before it sends anything.
        dribble: how long it waits after each byte of the body.
    """

    status: int = 500
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    dribble: float = 0.0


def delta(**fields: Any) -> str:
    """A chunk of a streamed answer, as OpenAI sends it."""
    return _chunk([{"index": 0, "delta": fields, "finish_reason": None}])


def _chunk(choices: list[dict[str, Any]], **more: Any) -> str:
    head = {"id": "chat-1", "object": "chat.completion.chunk", "created": 1, "model": MODEL}
    return json.dumps(head | {"choices": choices} | more)


@dataclass(frozen=True, slots=True)
class Reply:
    """A streamed answer.

    Attributes:
        pieces: the pieces of its text; a piece of type ``Raw`` is sent as the data of an event as it is.
        finish: why it ends.
        seconds: how long the server waits before each piece.
        cut: whether the connection breaks after the pieces.
    """

    pieces: tuple[str, ...]
    finish: str = "stop"
    seconds: float = 0.0
    cut: bool = False

    @classmethod
    def of(cls, text: str, size: int = 7, **more: Any) -> Reply:
        """The text in pieces of ``size`` characters."""
        return cls(tuple(text[at : at + size] for at in range(0, len(text), size)), **more)

    def events(self) -> Iterator[str]:
        """The data of the events up to the last piece."""
        yield delta(role="assistant", content="")
        for piece in self.pieces:
            yield piece if isinstance(piece, Raw) else delta(content=piece)

    def ending(self) -> list[str]:
        """The data of the events behind the last piece."""
        usage = {"prompt_tokens": 12, "completion_tokens": len(self.pieces), "total_tokens": 12 + len(self.pieces)}
        return [
            _chunk([{"index": 0, "delta": {}, "finish_reason": self.finish}]),
            _chunk([], usage=usage),
            "[DONE]",
        ]


class Raw(str):
    """The data of an event, sent as it is."""

    __slots__ = ()


@dataclass(slots=True)
class EndpointServer:
    """What tests see of the server: where it is, what it was asked, and the faults it still has to make.

    Attributes:
        replies: what it will say in conversations; without any it answers with status 500.
    """

    url: str
    requests: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)

    def enqueue(self, *replies: str | Reply) -> None:
        """Say this to the next conversations, one each."""
        self.replies.extend(Reply.of(reply) if isinstance(reply, str) else reply for reply in replies)

    @property
    def history(self) -> list[list[dict[str, str]]]:
        """The messages of each conversation."""
        return [request["messages"] for request in self.requests if "messages" in request]

    def fail(self, *faults: Fault) -> None:
        """Make these faults with the next requests, one each."""
        self.faults.extend(faults)


def trigrams_in_common(question: str, text: str) -> float:
    """Share of the question's trigrams that the text has."""
    asked, there = _trigrams(question), _trigrams(text)
    return len(asked & there) / max(1, len(asked))


def _trigrams(text: str) -> set[str]:
    folded = fold_text(text)
    return {folded[at : at + 3] for at in range(len(folded) - 2)}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, dimensions: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.encoder = TrigramEncoder(dimensions)
        self.state = EndpointServer(f"http://127.0.0.1:{self.server_address[1]}/v1")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        state = self.server.state
        state.requests.append({"path": self.path, **asked})
        if state.faults:
            self._fail(state.faults.pop(0))
        elif self.headers["Authorization"] != f"Bearer {KEY}":
            self._fail(Fault(401))
        elif asked["model"] != MODEL:
            self._fail(Fault(404))
        elif "messages" in asked:
            self._stream(state.replies.pop(0)) if state.replies else self._fail(Fault(500))
        else:
            self._send(Fault(200, json.dumps(self._answer(asked))))

    def _stream(self, reply: Reply) -> None:
        try:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for data in reply.events():
                self._event(data, reply.seconds)
            if reply.cut:
                self.connection.shutdown(SHUT_RDWR)
                self.close_connection = True
                return
            for data in reply.ending():
                self._event(data, 0.0)
            self.wfile.write(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):  # the client had enough
            self.close_connection = True

    def _event(self, data: str, seconds: float) -> None:
        time.sleep(seconds)
        content = f"data: {data}\n\n".encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(content), content))
        self.wfile.flush()

    def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        if self.path.endswith("/rerank"):
            scores = [trigrams_in_common(asked["query"], text) for text in asked["documents"]]
            ranked = sorted(range(len(scores)), key=lambda at: -scores[at])
            return {"id": "1", "results": [{"index": at, "relevance_score": scores[at]} for at in ranked]}
        # Neither of unit length nor in order: both are left to the client.
        vectors = [3 * one.vector for one in self.server.encoder.encode(asked["input"], "passage")]
        data = [{"object": "embedding", "index": at, "embedding": one.tolist()} for at, one in enumerate(vectors)]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        return {"object": "list", "model": asked["model"], "usage": usage, "data": data[::-1]}

    def _fail(self, fault: Fault) -> None:
        # Some servers repeat the key that they refuse.
        said = json.dumps({"error": {"message": f"refused {self.headers['Authorization']}"}})
        self._send(replace(fault, body=fault.body or said))

    def _send(self, answer: Fault) -> None:
        content = answer.body.encode()
        plain = {"Content-Type": "application/json", "Content-Length": str(len(content))}
        try:
            time.sleep(answer.seconds)
            self.send_response(answer.status)
            for name, value in {**plain, **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            for at in range(len(content)) if answer.dribble else [slice(None)]:
                self.wfile.write(content[at : at + 1] if isinstance(at, int) else content[at])
                time.sleep(answer.dribble)
        except (BrokenPipeError, ConnectionResetError):  # the client's time was up
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def endpoint_server(dimensions: int = 96) -> Iterator[EndpointServer]:
    """The server, until the block ends."""
    server = _Server(dimensions)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
