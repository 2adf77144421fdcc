"""Connections that send no request, over real sockets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from service.api.connections import impatient


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    """A server that waits half a second for headers, and answers after a whole one."""

    async def answer(scope: object, receive: object, send: object) -> None:
        import asyncio

        await asyncio.sleep(1)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": b"ok"})  # type: ignore[operator]

    config = uvicorn.Config(answer, http=impatient(0.5), lifespan="off", log_config=None)  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while thread.is_alive() and not server.started:
            time.sleep(0.01)
        yield listener.getsockname()[:2]
        server.should_exit = True
        thread.join()


@pytest.mark.slow
@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: "])
def test_a_connection_without_the_end_of_its_headers_is_closed(address: tuple[str, int], begun: bytes) -> None:
    with socket.create_connection(address, 20) as connection:
        connection.sendall(begun)
        assert connection.recv(100) == b""


@pytest.mark.slow
def test_an_answer_that_takes_longer_than_headers_may_is_given_and_so_is_the_next(address: tuple[str, int]) -> None:
    with socket.create_connection(address, 20) as connection:
        for _ in range(2):
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            said = b""
            while not said.endswith(b"ok"):
                part = connection.recv(1000)
                assert part
                said += part
        connection.sendall(b"GET / HT")  # and no more
        assert connection.recv(100) == b""
