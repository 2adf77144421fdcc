"""Attacks on time and memory: requests that are small to send and would be large to serve."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

import httpx

from eval.attacks.access import asking
from eval.attacks.service import Target
from eval.attacks.tally import HARM, Tally
from service.retrieval import MAX_QUESTION_CHARS

#: Seconds that one attack may take, and that the service may then need for someone else's search.
_LONGEST: Final = 20.0
_STALLED: Final = 150
#: Pieces that questions are made of, as long as questions may be.
_PIECES: Final = (
    *(
        "9",
        "9 ",
        "9-",
        "1.",
        "في ",
        "مليون ",
        "و",
        "يوم ",
        "من 1 إلى ",
        "a.b",
        "(",
        "«",
        "[1] ",
        "Aa ",
        "\u0301",
        "ـ",
        "لا ",
    ),
    *(
        "👩\u200d",
        "\u202e",
        "ﷺ",
        "İ",
        "\U000e0041",
        "منذ ",
        "last ",
        "not ",
        "؟",
        "،",
        "the ",
        "كم ",
        "2025-01-01 ",
        "\ufffd",
    ),
)


def strain(target: Target, most: int | None = None) -> Tally:
    """Every attack, up to ``most`` questions, and after each a request of somebody else."""
    tally = Tally(
        "exhausting time and memory", f"a status of 500, more than {_LONGEST:g} s, or no answer for others then"
    )
    for piece in _PIECES[:most]:
        question = (piece * MAX_QUESTION_CHARS)[: MAX_QUESTION_CHARS - 3] + "من؟"
        tally.note(f"a question of {piece!r}", _tried(target, "/v1/ask", {"question": question}))
    for name, path, content in _bodies():
        tally.note(name, _tried(target, path, content))
    for name, path in _addresses():
        tally.note(name, _tried(target, path, None))
    tally.note(
        f"{_STALLED} clients that send no end of their headers", _held(target, b"GET /v1/models HTTP/1.1\r\nHost: 127")
    )
    tally.note(f"{_STALLED} clients that send no end of their body", _held(target, asking(length="100000")))
    bearer = f"Bearer {target.keys['read']}"
    unread = asking(Authorization=bearer, Accept="text/event-stream", Connection="keep-alive")
    tally.note("40 clients that do not read their stream", _held(target, unread, 40))
    return tally


def _bodies() -> Iterator[tuple[str, str, bytes]]:
    deep = 100_000
    yield "lists in lists", "/v1/ask", b'{"question": ' + b"[" * deep
    yield "objects in objects", "/v1/ask", b'{"a":' * deep
    yield "a number of 100,000 digits", "/v1/search", b'{"question": "x", "limit": ' + b"9" * deep + b"}"
    yield "1e999999", "/v1/search", b'{"question": "x", "recency_days": 1e999999}'
    yield "NaN", "/v1/search", b'{"question": "x", "recency_days": NaN}'
    yield "a question of 900,000 marks", "/v1/ask", ('{"question": "' + "\u0301" * 450_000 + '"}').encode()
    yield "a key 100,000 times", "/v1/ask", b"{" + b'"question": "x",' * 50_000 + b'"question": "x"}'
    yield "not UTF-8", "/v1/ask", b'{"question": "\xff\xfe"}'
    yield "half a surrogate pair", "/v1/ask", b'{"question": "\\ud800 x"}'
    yield "NUL", "/v1/chat/completions", b'{"model": "masdar", "messages": [{"role": "user", "content": "\\u0000"}]}'
    turns = b",".join([b'{"role": "user", "content": "x"}'] * 20_000)
    yield "20,000 messages", "/v1/chat/completions", b'{"model": "masdar", "messages": [' + turns + b"]}"
    yield "10,000 sources", "/v1/search", b'{"question": "x", "filters": {"sources": [' + b'"a",' * 10_000 + b'"a"]}}'
    yield "a request that says it is compressed", "/v1/ask", b"\x1f\x8b" + b"\0" * 1000


def _addresses() -> Iterator[tuple[str, str]]:
    yield "an id of 60,000 characters", "/v1/articles/" + "a" * 60_000
    yield "an id of NUL", "/v1/articles/%00"
    yield "an id of slashes", "/v1/articles/" + "%2f" * 10_000
    yield "10,000 spans", "/v1/articles/poison-0?spans=" + ",".join(["0-5"] * 10_000)
    yield "a span of 5,000 digits", "/v1/articles/poison-0?spans=0-" + "9" * 5_000
    yield "10,000 parameters", "/v1/articles?" + "&".join(["limit=1"] * 6_000)


def _tried(target: Target, path: str, content: dict[str, str] | bytes | None) -> str:
    begun = time.monotonic()
    body = {"json": content} if isinstance(content, dict) else {"content": content} if content else {}
    kind = {"Content-Type": "application/json"} if isinstance(content, bytes) else {}
    try:
        status = target.client.request("POST" if content else "GET", path, headers=kind, **body).status_code
    except httpx.HTTPError as error:
        # The service may close the connection on what it does not read to its end.
        return _others(target, f"closed ({type(error).__name__})")
    if status >= 500 or time.monotonic() - begun > _LONGEST:
        return f"{HARM}: status {status} after {time.monotonic() - begun:.1f} s"
    return _others(target, "answered" if status < 400 else "refused")


def _others(target: Target, outcome: str) -> str:
    """The outcome, unless nobody else is answered any more."""
    begun = time.monotonic()
    try:
        status = target.client.get("/v1/models", timeout=_LONGEST).status_code
    except httpx.HTTPError as error:
        return f"{HARM}: no answer for others ({type(error).__name__})"
    fine = status == 200 and time.monotonic() - begun <= _LONGEST
    return outcome if fine else f"{HARM}: others wait {time.monotonic() - begun:.1f} s, status {status}"


def _held(target: Target, begun: bytes, clients: int = _STALLED) -> str:
    """Many connections that go no further; while they are open, others are answered."""
    with ExitStack() as stack:
        for _ in range(clients):
            held = stack.enter_context(socket.create_connection((target.host, target.port), _LONGEST))
            held.sendall(begun)
        return _others(target, "others are answered")
