"""A loopback server that speaks as much of Qdrant's REST interface as the store uses, over Qdrant's in-memory client.

What it adds to that client is the wire: requests and answers go through JSON and the client's own models. It can want a
key, claim a version and fail on demand.
"""

from __future__ import annotations

import json
import re
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from pydantic import BaseModel, TypeAdapter
from qdrant_client import QdrantClient, models
from qdrant_client.http.models.models import PointsList

Answer = Any
_UPDATED = models.UpdateResult(operation_id=1, status=models.UpdateStatus.COMPLETED)


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one request instead of an answer.

    Attributes:
        status: the HTTP status.
        body: what is sent; an error in Qdrant's form where it is empty.
        seconds: how long the server waits before it sends anything.
        headers: further headers.
    """

    status: int = 500
    body: str = ""
    seconds: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class QdrantServer:
    """The server's address, and what it does.

    Attributes:
        version: what it says it is.
        key: what it wants as API key; None lets everyone in.
        reads_only: whether the key may only read.
        faults: for the next requests, one each.
        calls: method and path of every request.
        before: called before each request that is answered.
    """

    version: str = "1.20.0"
    key: str | None = None
    reads_only: bool = False
    faults: list[Fault] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    client: QdrantClient = field(default_factory=lambda: QdrantClient(":memory:"))
    lock: threading.RLock = field(default_factory=threading.RLock)
    url: str = ""
    before: Callable[[str], None] = lambda call: None

    def answer(self, method: str, path: str, body: dict[str, Any]) -> Answer:
        """What the in-memory client does with a request."""
        if path == "/readyz":
            return "all shards are ready"
        if path == "/":
            return {"title": "qdrant - vector search engine", "version": self.version}
        for pattern, do in _ROUTES.items():
            found = re.fullmatch(pattern, f"{method} {path}")
            if found:
                with self.lock, warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    return {"result": do(self.client, found[1], body), "status": "ok", "time": 0.001}
        raise LookupError(f"no route for {method} {path}")


def _create(client: QdrantClient, name: str, body: dict[str, Any]) -> Answer:
    made = models.CreateCollection(**body)
    return client.create_collection(
        name,
        made.vectors,  # type: ignore[arg-type]  # a mapping of names, here
        made.sparse_vectors,
        metadata=made.metadata,
    )


def _upsert(client: QdrantClient, name: str, body: dict[str, Any]) -> Answer:
    batch = PointsList(**body)
    return client.upsert(name, batch.points, update_filter=batch.update_filter)


def _delete(client: QdrantClient, name: str, body: dict[str, Any]) -> Answer:
    which = models.PointIdsList(**body) if "points" in body else models.FilterSelector(**body)
    return client.delete(name, which)


def _query(client: QdrantClient, name: str, body: dict[str, Any]) -> Answer:
    asked = models.QueryRequest(**body)
    return client.query_points(
        name,
        asked.query,
        using=asked.using,
        query_filter=asked.filter,
        search_params=asked.params,
        limit=asked.limit or 10,
        with_payload=asked.with_payload or False,
    )


def _scroll(client: QdrantClient, name: str, body: dict[str, Any]) -> Answer:
    asked = models.ScrollRequest(**body)
    points, offset = client.scroll(
        name,
        asked.filter,
        limit=asked.limit or 10,
        offset=asked.offset,
        with_payload=asked.with_payload or False,
        with_vectors=asked.with_vector or False,
    )
    return models.ScrollResult(points=points, next_page_offset=offset)


def _retrieve(client: QdrantClient, name: str, body: dict[str, Any]) -> Answer:
    asked = models.PointRequest(**body)
    return client.retrieve(name, asked.ids, asked.with_payload or False, asked.with_vector or False)


def _facet(client: QdrantClient, name: str, body: dict[str, Any]) -> Answer:
    asked = models.FacetRequest(**body)
    return client.facet(name, asked.key, asked.filter, asked.limit or 10)


_NAME = "/collections/([^/]+)"
_ROUTES: dict[str, Callable[[QdrantClient, str, dict[str, Any]], Answer]] = {
    f"GET {_NAME}/exists": lambda client, name, body: {"exists": client.collection_exists(name)},
    f"GET {_NAME}": lambda client, name, body: client.get_collection(name),
    f"PUT {_NAME}": _create,
    f"PATCH {_NAME}": lambda client, name, body: client.update_collection(name, metadata=body["metadata"]),
    f"DELETE {_NAME}": lambda client, name, body: client.delete_collection(name),
    f"PUT {_NAME}/index": lambda client, name, body: _UPDATED,  # the in-memory client needs none
    f"PUT {_NAME}/points": _upsert,
    f"POST {_NAME}/points": _retrieve,
    f"POST {_NAME}/points/delete": _delete,
    f"POST {_NAME}/points/query": _query,
    f"POST {_NAME}/points/count": lambda client, name, body: client.count(name, models.CountRequest(**body).filter),
    f"POST {_NAME}/points/scroll": _scroll,
    f"POST {_NAME}/facet": _facet,
}


def _json(value: Answer) -> bytes:
    kind = type(value) if isinstance(value, BaseModel) else Any
    return TypeAdapter(kind).dump_json(value)


def _handler(server: QdrantServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments: object) -> None:
            pass

        def handle_one(self) -> None:
            path = unquote(self.path.split("?")[0])
            body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
            server.calls.append(f"{self.command} {path}")
            if server.faults:
                fault = server.faults.pop(0)
                time.sleep(fault.seconds)
                said = fault.body or json.dumps({"status": {"error": "out of order"}, "time": 0.0})
                return self.send(fault.status, said.encode(), fault.headers)
            if server.key is not None and path not in {"/", "/readyz"} and self.headers.get("api-key") != server.key:
                return self.send(401, b"Must provide an API key or an Authorization bearer token")
            if server.reads_only and (self.command in {"PUT", "PATCH", "DELETE"} or path.endswith("/delete")):
                return self.send(403, b'{"status": {"error": "Forbidden: Global manage access is required"}}')
            server.before(f"{self.command} {path}")
            try:
                return self.send(200, _json(server.answer(self.command, path, body)))
            except (ValueError, LookupError) as error:
                status = 404 if "not found" in str(error) else 400
                return self.send(status, json.dumps({"status": {"error": str(error)}, "time": 0.0}).encode())

        def send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"content-length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(BrokenPipeError):  # who asked may have stopped waiting
                self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = handle_one  # the names that http.server calls

    return Handler


@contextmanager
def running(**settings: Any) -> Iterator[QdrantServer]:
    """A server that runs until the block ends."""
    server = QdrantServer(**settings)
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    http.daemon_threads = True
    server.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
        server.client.close()
