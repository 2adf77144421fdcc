"""Targets of fuzzing hold on what they begin with, on what was found, and on examples of hypothesis."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.fuzz.targets import TARGETS, seeds_of

_DEEP = b"[" * 100_000
_NUMBER = b"9" * 5_000
_HEAD = b'{"job": "job_1", "total": 1, "submitted_at": "2025-01-01T00:00:00+00:00", "refused": [], "warnings": []}\n'

#: Inputs that raised something when they were found.
FOUND = [
    (
        "feed",
        b"<rss version='2.0'><channel><item><link>http:/Date></item></a>1</link></item></channel></rss>",
    ),
    ("words", _NUMBER),
    ("words", "³²¹²".encode()),
    ("events", b"data: " + _DEEP + b"\n\n"),
    ("events", b'data: {"a": ' + _NUMBER + b"}\n\n"),
    ("spool", _DEEP),
    ("spool", _HEAD + _DEEP),
    ("spool", _HEAD + b'{"id": "a", "tags": {}}\n'),
    ("listing", b"a = " + b"[" * 10_000),
    ("listing", b'source = [{name = "a", path = "b", revisit = ' + _NUMBER + b"}]"),
]


@pytest.mark.parametrize(("target", "case"), FOUND, ids=[f"{name}-{at}" for at, (name, _) in enumerate(FOUND)])
def test_what_was_found_is_answered_now(target: str, case: bytes) -> None:
    TARGETS[target](case)


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_holds_on_what_it_begins_with(target: str) -> None:
    for seed in seeds_of(target):
        TARGETS[target](seed)


@pytest.mark.parametrize(
    "target", ["folding", "sentences", "dates", "terminal", "slack", "markdown", "claims", "thoughts"]
)
def test_targets_hold_on_any_text(target: str) -> None:
    @settings(max_examples=40)
    @given(st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")))
    def holds(data: bytes) -> None:
        TARGETS[target](data)

    holds()
