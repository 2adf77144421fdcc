"""Attacks on who may ask and how often: raw requests, as no client library would send them."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from typing import Final

from eval.attacks.service import Target
from eval.attacks.tally import HARM, Tally

#: Seconds without an answer after which there is none.
_SECONDS: Final = 4
_BODY: Final = '{"question": "متى يفتتح الجسر؟"}'
#: Requests within which a rate must have said no; the service under attack allows 30 a minute.
_MANY: Final = 80
_STATUS: Final = re.compile(rb"HTTP/1\.[01] (\d{3})")


def sent(target: Target, request: bytes, source: str = "127.0.0.1") -> list[int]:
    """The statuses of all answers to raw bytes; none where the connection is closed without one.

    Args:
        target: the service.
        request: what is sent.
        source: loopback address that it is sent from.
    """
    answers = b""
    with socket.create_connection((target.host, target.port), _SECONDS, (source, 0)) as connection:
        connection.sendall(request)
        try:
            while part := connection.recv(1 << 16):
                answers += part
        except (TimeoutError, ConnectionResetError):
            pass  # what came until then is judged
    return [int(status) for status in _STATUS.findall(answers)]


def asking(line: str = "POST /v1/ask HTTP/1.1", body: str = _BODY, length: str | None = None, **headers: str) -> bytes:
    """A question as bytes; headers by name, with ``_`` for ``-``."""
    content = body.encode()
    given = {"Host": "127.0.0.1", "Content_Type": "application/json", "Connection": "close", **headers}
    lines = [line, *(f"{name.replace('_', '-')}: {value}" for name, value in given.items())]
    lines += [f"Content-Length: {length if length is not None else len(content)}", "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + content


def without_key(target: Target) -> Tally:
    """Ways to what needs a key, without one that is right."""
    tally = Tally("getting in without a key, or with the wrong scope", "an answer, or a change of the index")
    for name, request in _intrusions(target):
        statuses = sent(target, request)
        let_in = [status for status in statuses if status < 400]
        tally.note(name, f"{HARM}: status {let_in[0]}" if let_in else "refused" if statuses else "closed")
    for name, body, expected in _smuggled(target):
        statuses = sent(target, body)
        tally.note(
            name,
            f"{HARM}: statuses {statuses}" if len([one for one in statuses if one < 400]) > expected else "refused",
        )
    return tally


def _intrusions(target: Target) -> Iterator[tuple[str, bytes]]:
    key, bearer = target.keys["read"], f"Bearer {target.keys['read']}"
    for path in _PATHS:
        yield f"path {path}", asking(f"POST {path} HTTP/1.1")
        yield f"GET {path}", asking(f"GET {path.replace('ask', 'articles')} HTTP/1.1", body="")
    for method in ("GET", "HEAD", "PUT", "PATCH", "TRACE", "CONNECT", "OPTIONS", "post", "PROPFIND", "X"):
        yield f"method {method}", asking(f"{method} /v1/articles HTTP/1.1")
    for version in ("HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.1 "):
        yield version, asking(f"POST /v1/ask {version}")
    for name, headers in _HEADERS.items():
        yield name, asking(**headers)
    almost = [
        key[:-1],
        key + "x",
        key.upper(),
        key[4:],
        key.replace("msd_", "msd-"),
        f"{key[:20]}\t{key[20:]}",
        f'"{key}"',
    ]
    for wrong in [*almost, "msd_" + "A" * 43, "", "null", "undefined", "\u0660" * 40, "*", "' OR 1=1 --", "A" * 60_000]:
        yield f"key {wrong[:12]!r}", asking(Authorization=f"Bearer {wrong}")
    yield "key in the query", asking(f"POST /v1/ask?api_key={key} HTTP/1.1")
    yield "key in the query, encoded", asking(f"POST /v1/ask?k=%6d{key[1:]} HTTP/1.1")
    yield "key in a cookie", asking(Cookie=f"key={key}")
    yield "key in the body", asking(body=f'{{"question": "متى؟", "key": "{key}"}}')
    yield "two keys", asking(Authorization=bearer, X_API_Key="msd_" + "A" * 43)
    yield "Basic", asking(Authorization=f"Basic {key}")
    yield "read key, other scope: write", asking("POST /v1/articles HTTP/1.1", '{"text": "x"}', Authorization=bearer)
    yield "read key, other scope: delete", asking("DELETE /v1/articles/poison-0 HTTP/1.1", "", Authorization=bearer)
    override = {"X_HTTP_Method_Override": "DELETE", "X_Method_Override": "DELETE", "Authorization": bearer}
    yield "method override", asking("PUT /v1/articles/poison-0?_method=DELETE HTTP/1.1", '{"text": "x"}', **override)
    yield "read key, other scope: metrics", asking("GET /metrics HTTP/1.1", "", Authorization=bearer)
    yield "write key, other scope: ask", asking(Authorization=f"Bearer {target.keys['write']}")
    yield "another host's page", asking(Authorization=bearer, Origin="http://evil.example")
    yield "another host's name", asking(Host="evil.example", Authorization=bearer)
    yield "a form", asking(Content_Type="text/plain", Authorization=bearer)


_PATHS: Final = (
    *("/v1/ask", "//v1/ask", "/v1//ask", "/v1/ask/", "/v1/./ask", "/v1/x/../ask", "/static/../v1/ask", "/%76%31/ask"),
    *("/v1%2fask", "/%2e/v1/ask", "/x/%2e%2e/v1/ask", "/V1/ASK", "/v1/ask;x", "/v1/ask%00", "/v1/ask%20", "/v1\\ask"),
    *(
        "/healthz/../v1/ask",
        "/v1/ask#x",
        "http://127.0.0.1/v1/ask",
        "/v1/ask?x=/healthz",
        "*",
        "/../v1/ask",
        "/v1/as\u212a",
    ),
    *("/ｖ1/ask", "/v1/ask\x0b", "/masdar/v1/ask", "/.%2e/v1/ask", "/v1/%61sk", "/metrics", "/metrics/", "//metrics"),
)
_HEADERS: Final[dict[str, dict[str, str]]] = {
    "X-Forwarded-For": {"X_Forwarded_For": "127.0.0.1"},
    "X-Real-IP": {"X_Real_IP": "127.0.0.1"},
    "Forwarded": {"Forwarded": "for=127.0.0.1;proto=https"},
    "X-Original-URL": {"X_Original_URL": "/healthz"},
    "X-Rewrite-URL": {"X_Rewrite_URL": "/v1/ask"},
    "X-Forwarded-Prefix": {"X_Forwarded_Prefix": "/v1"},
    "X-Forwarded-Host": {"X_Forwarded_Host": "localhost"},
    "X-User": {"X_Remote_User": "admin", "X_Forwarded_User": "admin"},
    "an internal header": {"masdar.caller": "admin"},
    "empty key": {"Authorization": ""},
    "Bearer alone": {"Authorization": "Bearer"},
}


def _smuggled(target: Target) -> Iterator[tuple[str, bytes, int]]:
    """Two requests in one, of which the second must not be taken: the name, the bytes, answers that are allowed."""
    bearer = f"Bearer {target.keys['read']}"
    hidden = asking(Authorization=bearer)
    chunked = {"Transfer_Encoding": "chunked", "Connection": "keep-alive"}
    yield "length and chunks", asking(body="0\r\n\r\n", length="4", **chunked) + hidden, 1
    yield "two lengths", asking(body="", length="0\r\nContent-Length: 44", Connection="keep-alive") + hidden, 0
    yield (
        "two codings",
        asking(body="0\r\n\r\n", Transfer_Encoding="chunked, identity", Connection="keep-alive") + hidden,
        0,
    )
    yield (
        "coding with a tab",
        asking(body="0\r\n\r\n", Transfer_Encoding="\x0bchunked", Connection="keep-alive") + hidden,
        0,
    )
    # It ends a line (RFC 9112, section 2.2, allows that): the key is one that was sent.
    yield "a bare line feed", asking(X_A="b\nAuthorization: " + bearer), 1
    yield "a folded header", asking(X_A="b\r\n Authorization: " + bearer), 0
    yield "a negative length", asking(length="-1") + hidden, 0
    yield "a length with a sign", asking(length="+5", body="x") + hidden, 0


def rates(target: Target) -> Tally:
    """Ways around the rates. 127.0.0.2 is the proxy that is trusted, and no other address."""
    tally = Tally("getting around the rates", f"{_MANY} requests are let through where 30 a minute are")
    key = target.keys["read"]
    wrong = "msd_" + "B" * 43

    def models(**headers: str) -> bytes:
        return asking("GET /v1/models HTTP/1.1", "", **headers)

    ways: list[tuple[str, Callable[[int], bytes], str]] = [
        (
            "one key from many addresses",
            lambda at: models(Authorization=f"Bearer {key}", X_Forwarded_For=f"198.51.100.{at}"),
            "127.0.0.2",
        ),
        ("wrong keys, each another one", lambda at: models(Authorization=f"Bearer {wrong[:-3]}{at:03}"), "127.0.0.3"),
        (
            "X-Forwarded-For of nobody's proxy",
            lambda at: models(Authorization=f"Bearer {wrong}", X_Forwarded_For=f"203.0.113.{at}"),
            "127.0.0.4",
        ),
        (
            "addresses of one IPv6 network",
            lambda at: models(Authorization=f"Bearer {wrong}", X_Forwarded_For=f"2001:db8::{at:x}"),
            "127.0.0.2",
        ),
        (
            "an IPv4 address as IPv6, too",
            lambda at: models(
                Authorization=f"Bearer {wrong}", X_Forwarded_For=("::ffff:" if at % 2 else "") + "192.0.2.7"
            ),
            "127.0.0.2",
        ),
        (
            "a forged hop before the proxy's",
            lambda at: models(Authorization=f"Bearer {wrong}", X_Forwarded_For=f"10.0.0.{at}, 192.0.2.9"),
            "127.0.0.2",
        ),
        ("without any key", lambda at: models(X_A=str(at)), "127.0.0.5"),
        (
            "queries that differ",
            lambda at: asking(f"GET /v1/models?x={at} HTTP/1.1", "", Authorization=f"Bearer {wrong}"),
            "127.0.0.6",
        ),
    ]
    for name, request, source in ways:
        statuses = [status for at in range(_MANY) for status in sent(target, request(at), source)]
        tally.note(name, f"refused after {statuses.index(429)}" if 429 in statuses else f"{HARM}: never refused")
    return tally
