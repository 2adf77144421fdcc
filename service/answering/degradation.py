"""Why a model's answer is not served."""

from __future__ import annotations

from typing import Literal

from indexer.errors import EndpointBadReply, EndpointRefused, EndpointUnavailable, MasdarError

#: unavailable, refused, bad_reply, failed: it or its checking could not be had. The others are what was wrong with it.
Code = Literal[
    "unavailable",
    "refused",
    "bad_reply",
    "failed",
    "declined",
    "empty",
    "too_long",
    "no_citations",
    "wrong_language",
    "leaked",
    "linked",
    "unsupported",
    "misquoted",
]


class Degraded(Exception):
    """The model's answer is not served; its text is ``code: sentence``, as in ``Answer.degraded_reason``."""

    def __init__(self, code: Code, why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code


def reason_of(error: Degraded | MasdarError) -> str:
    """The failure as ``Answer.degraded_reason``."""
    if isinstance(error, Degraded):
        return str(error)
    codes: tuple[tuple[type[MasdarError], Code], ...] = (
        (EndpointUnavailable, "unavailable"),
        (EndpointRefused, "refused"),
        (EndpointBadReply, "bad_reply"),
        (MasdarError, "failed"),
    )
    return f"{next(code for kind, code in codes if isinstance(error, kind))}: {error}"
