"""Sizes, types and times of requests."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

Client = Callable[..., TestClient]
MakeKey = Callable[..., str]
Serve = Callable[..., tuple[str, int]]
QUESTION = {"question": "ماذا تقول الهيئة؟"}
HEAD = b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_a_body_that_says_that_it_is_too_large_is_not_read(client: Client) -> None:
    read: list[int] = []

    def body() -> Iterator[bytes]:
        read.append(1)
        yield b"{}"

    limited = client(max_body=1_000)
    answered = limited.post(
        "/v1/ask", content=body(), headers={"Content-Length": "1001", "Content-Type": "application/json"}
    )
    assert answered.status_code == 413
    assert answered.json()["detail"] == "the request has more than 1000 bytes; send less"


def test_a_body_at_the_limit_is_read(client: Client) -> None:
    text = json.dumps({"question": ""})
    filled = json.dumps({"question": "q" * (1_000 - len(text))})
    limited = client(max_body=1_000)
    sent = {"Content-Type": "application/json"}
    assert limited.post("/v1/ask", content=filled, headers=sent).status_code == 200
    assert limited.post("/v1/ask", content=filled + " ", headers=sent).status_code == 413


def test_a_chunked_body_is_counted(serve: Serve) -> None:
    with socket.create_connection(serve(max_body=10_000), timeout=10) as connection:
        connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        answer = b""
        chunk = b"400\r\n" + b" " * 1024 + b"\r\n"
        for _ in range(9):
            connection.sendall(chunk)
        connection.sendall(chunk + b"0\r\n\r\n")
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 413")


def test_an_endless_chunked_body_is_cut_off(serve: Serve) -> None:
    endless = b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n"
    with socket.create_connection(serve(max_body=10_000), timeout=10) as connection:
        connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        with pytest.raises(OSError, match=r"Broken pipe|reset"):
            connection.sendall(endless * 2_000)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"Content-Type: application/json\r\nContent-Length: 2000000\r\n", b"413"),
        (b"Content-Type: text/plain\r\nContent-Length: 2000000\r\n", b"415"),
        (b"Authorization: Bearer msd_wrong\r\nContent-Length: 2000000\r\n", b"401"),
    ],
)
def test_a_refusal_can_be_read_by_one_who_is_still_sending(
    serve: Serve, make_key: MakeKey, said: bytes, status: bytes
) -> None:
    said = said if b"Authorization" in said else said + f"Authorization: Bearer {make_key('read')}\r\n".encode()
    make_key("read", name="other")
    with socket.create_connection(serve(max_body=10_000), timeout=10) as connection:
        connection.sendall(b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\n" + said + b"\r\n")
        first = connection.recv(65_536)
        # Closed too early, the connection would fail here, and an unread answer would be lost.
        for _ in range(20):
            connection.sendall(b" " * 100_000)
        rest = b"".join(iter(lambda: connection.recv(65_536), b""))
    answer = first + rest
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert b"connection: close" in answer.lower()
    assert answer.endswith(b"}")


def test_one_who_asks_before_sending_is_refused_at_once(serve: Serve) -> None:
    with socket.create_connection(serve(max_body=10_000), timeout=10) as connection:
        begun = time.monotonic()
        connection.sendall(HEAD + b"Content-Length: 2000000\r\nExpect: 100-continue\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 413")
    assert time.monotonic() - begun < 1.5


def test_the_rest_of_a_refused_request_is_not_waited_for_long(serve: Serve) -> None:
    with socket.create_connection(serve(max_body=10_000), timeout=10) as connection:
        connection.sendall(HEAD + b"Content-Length: 2000000\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 413")


def test_a_length_that_is_not_true_does_not_help(serve: Serve) -> None:
    # Fewer bytes announced than sent: the rest is no part of the request.
    with socket.create_connection(serve(max_body=10_000), timeout=10) as connection:
        connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}" + b"x" * 100_000)
        assert connection.recv(4096).startswith(b"HTTP/1.1 422")


def test_a_body_that_trickles_in_is_not_waited_for(serve: Serve) -> None:
    with socket.create_connection(serve(body_seconds=0.3), timeout=10) as connection:
        connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
        begun = time.monotonic()
        connection.settimeout(0.05)
        answer = b""
        while not answer and time.monotonic() - begun < 5:
            connection.sendall(b" ")
            try:
                answer = connection.recv(4096)
            except TimeoutError:
                continue
    assert answer.startswith(b"HTTP/1.1 408")
    assert time.monotonic() - begun < 2


def test_a_body_that_is_slow_does_not_hold_up_others(serve: Serve) -> None:
    address = serve(body_seconds=5)
    slow = [socket.create_connection(address, timeout=10) for _ in range(50)]
    for connection in slow:
        connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n{")
    body = json.dumps(QUESTION).encode()
    with socket.create_connection(address, timeout=2) as quick:
        quick.sendall(HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        assert quick.recv(4096).startswith(b"HTTP/1.1 200")
    for connection in slow:
        connection.close()


def test_nothing_is_read_of_someone_without_a_key(serve: Serve, make_key: MakeKey) -> None:
    make_key("read")
    with socket.create_connection(serve(), timeout=5) as connection:
        connection.sendall(HEAD + b"Content-Length: 900000\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 401")


def test_articles_may_be_large_where_they_may_be_indexed(client: Client, make_key: MakeKey) -> None:
    reader, writer = make_key("read", name="reader"), make_key("read", "write", name="writer")
    limited = client(max_body=1_000, max_upload=10_000)
    article = {"text": "نص " * 1_000}
    assert limited.post("/v1/articles", json=article, headers=bearer(writer)).status_code == 200
    assert limited.post("/v1/articles", json=article, headers=bearer(reader)).status_code == 413
    assert limited.post("/v1/ask", json={"question": "س" * 1_000}, headers=bearer(writer)).status_code == 413
    assert limited.post("/v1/articles", json={"text": "س" * 9_000}, headers=bearer(writer)).status_code == 413


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json"]
)
def test_a_form_that_any_page_can_send_is_refused(client: Client, kind: str) -> None:
    answered = client().post("/v1/ask", content=json.dumps(QUESTION), headers={"Content-Type": kind})
    assert answered.status_code == 415
    assert "send application/json" in answered.json()["detail"]


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_is_taken(client: Client, kind: str) -> None:
    answered = client().post("/v1/ask", content=json.dumps(QUESTION), headers={"Content-Type": kind})
    assert answered.status_code == 200


def test_a_compressed_body_is_refused(client: Client) -> None:
    sent = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert client().post("/v1/ask", content=b"\x1f\x8b", headers=sent).status_code == 415


@pytest.mark.parametrize("body", ["[" * 100_000, '{"question": ' + "[" * 50_000, "{", "\x00", '{"a": NaN', "9" * 5_000])
def test_json_made_to_break_a_parser_is_refused_as_any_other(client: Client, body: str) -> None:
    answered = client().post("/v1/ask", content=body, headers={"Content-Type": "application/json"})
    assert answered.status_code in {400, 422}


def test_what_takes_too_long_is_ended(client: Client) -> None:
    begun = time.monotonic()
    answered = client(request_seconds=0.2).get("/v1/slow")
    assert answered.status_code == 504
    assert "no answer within 0.2 seconds" in answered.json()["detail"]
    assert time.monotonic() - begun < 5


def test_a_stream_that_does_not_end_is_broken_off(serve: Serve) -> None:
    with socket.create_connection(serve(stream_seconds=0.3), timeout=10) as connection:
        connection.sendall(b"GET /v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = b""
        while part := connection.recv(4096):
            answer += part
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.count(b"part") > 1
    assert not answer.endswith(b"0\r\n\r\n")  # nobody takes it for the whole


def test_a_timeout_of_the_application_is_a_fault_of_its_own(client: Client) -> None:
    answered = client().get("/v1/own-timeout")
    assert answered.status_code == 500
    assert "X-Request-ID" in answered.headers
