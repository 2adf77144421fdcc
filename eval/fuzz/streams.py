"""Targets that take streams: a model's words, and a service's events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from eval.fuzz.texts import text_of
from indexer.errors import ServiceError
from service.answering.claim_parser import Claim, ClaimParser, Text
from service.answering.thoughts import ThoughtFilter
from service.slack.sse import events

_KNOWN = 5


def _parsed(pieces: Sequence[str]) -> tuple[str, list[Claim], int, bool, int]:
    parser = ClaimParser(_KNOWN)
    parts = [part for piece in pieces for part in parser.feed(piece)]
    parts += list(parser.finish())
    text = "".join(part.text for part in parts if isinstance(part, Text))
    return text, [part for part in parts if isinstance(part, Claim)], parser.unknown, parser.gap, parser.broken


def _pieces(data: bytes) -> tuple[str, list[str]]:
    size = 1 + (data[0] % 9 if data else 0)
    text = text_of(data[1:])
    return text, [text[at : at + size] for at in range(0, len(text), size)]


def claims(data: bytes) -> None:
    """Any pieces of an answer give the same claims, which cite sentences that there are."""
    text, pieces = _pieces(data)
    whole = _parsed([text])
    assert whole == _parsed(pieces)
    assert all(1 <= number <= _KNOWN for claim in whole[1] for number in claim.numbers)
    assert all(claim.text in whole[0] for claim in whole[1])


def _without_thoughts(pieces: Sequence[str]) -> str:
    thoughts = ThoughtFilter()
    return "".join([*map(thoughts.feed, pieces), thoughts.finish()])


def thoughts(data: bytes) -> None:
    """Any pieces leave out the same thoughts."""
    text, pieces = _pieces(data)
    assert _without_thoughts([text]) == _without_thoughts(pieces)


def server_events(data: bytes) -> None:
    """A stream gives events with objects, or the service is said to be none."""
    asyncio.run(_read(text_of(data).split("\n")))


async def _read(lines: Sequence[str]) -> None:
    async def stream() -> AsyncIterator[str]:
        for line in lines:
            yield line

    try:
        async for event in events(stream()):
            assert isinstance(event.data, dict)
    except ServiceError:
        pass
