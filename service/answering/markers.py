"""Finds citation markers in an answer while it streams, and holds back what may become one.

A marker is a bracket with numbers: ``[1]``, ``[1, 2]``, ``[1-3]``, ``【1】``, ``[١، ٢]``, ``[source 4]``; also OpenAI's
own form, which ends in a dagger and lines: ``【3†L1-L4】``. Every character is looked at alone, so that the pieces in
which an answer comes make no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_OPENING: Final = "[【［"
_CLOSING: Final = "]】］"
_OPEN, _CLOSE = re.escape(_OPENING), re.escape(_CLOSING)
_LINE_ENDS: Final = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
#: Characters from a bracket on that may be a marker.
LONGEST_MARKER: Final = 48
#: Numbers that a range may stand for; a longer one counts as its two ends.
LONGEST_RANGE: Final = 20
_LABEL: Final = (
    r"(?:[\^#]|(?:no\.?|sources?|sentences?|ref(?:erence)?s?|(?:ال)?(?:مصدر|مصادر|جملة|جمل|مرجع)(?:\s+رقم)?)\s*:?)"
)
_DASH: Final = r"(?:[-–—‑]|to|إلى)"
_JOIN: Final = rf"(?:[,،;؛&+]|and|و|{_DASH})"
_MARKER: Final = re.compile(
    rf"(?:[{_OPEN}]\s*)+(?:{_LABEL}\s*)?(?P<numbers>\d{{1,4}}(?:\s*{_JOIN}?\s*(?:{_LABEL}\s*)?\d{{1,4}})*)"
    rf"\s*{_JOIN}?\s*(?:†[^{_OPEN}{_CLOSE}]*)?(?:\s*[{_CLOSE}])+",
    re.IGNORECASE,
)
_HALF: Final = re.compile(rf"(?:[{_OPEN}]\s*)+(?:{_LABEL}\s*)?\d+(?:\s*{_JOIN}?\s*\d+)*\s*{_JOIN}?", re.IGNORECASE)
_RANGE: Final = re.compile(rf"(\d{{1,4}})(?:\s*{_DASH}\s*(\d{{1,4}}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Marker:
    """A citation marker: its numbers, each once, in their order."""

    numbers: tuple[int, ...]


class MarkerFilter:
    """Takes an answer in pieces and gives back its characters and its markers.

    Attributes:
        broken: how many markers were opened and never closed.
    """

    def __init__(self) -> None:
        self.broken = 0
        #: An opening bracket and what follows it, while that may become a marker.
        self._held = ""

    def feed(self, piece: str) -> Iterator[str | Marker]:
        """The next piece: characters that are in no marker, one by one, and markers."""
        for char in piece:
            if self._held:
                yield from self._hold(char)
            else:
                yield from self._begin(char)

    def finish(self) -> Iterator[str | Marker]:
        """The answer has ended: a bracket that is still open is half a marker, dropped and counted."""
        markers, rest = _taken_out(self._held)
        yield from markers
        self.broken += bool(rest)
        self._held = ""

    def _begin(self, char: str) -> Iterator[str | Marker]:
        if char in _OPENING:
            self._held = char
        else:
            yield char

    def _hold(self, char: str) -> Iterator[str | Marker]:
        another = char in _OPENING and self._held.strip(_OPENING + " \t")
        if another or char in _LINE_ENDS or len(self._held) == LONGEST_MARKER:
            yield from self._release()
            yield from self._begin(char)
            return
        self._held += char
        if char in _CLOSING and _count(self._held, _CLOSING) >= _count(self._held, _OPENING):
            yield from self._release()

    def _release(self) -> Iterator[str | Marker]:
        """What is held is complete, or too long to be a marker: its markers, and the rest as text."""
        markers, rest = _taken_out(self._held)
        self._held = ""
        half = _HALF.match(rest)
        if half:
            self.broken += 1
            rest = rest[half.end() :]
        yield from markers
        yield from rest


def _taken_out(held: str) -> tuple[list[Marker], str]:
    """The markers in a short text and what is left of it; taking one out may make another."""
    markers: list[Marker] = []
    while found := _MARKER.search(held):
        markers.append(Marker(tuple(dict.fromkeys(_numbers(found["numbers"])))))
        held = held[: found.start()] + held[found.end() :]
    return markers, held


def _numbers(text: str) -> Iterator[int]:
    for found in _RANGE.finditer(text):
        first, last = int(found[1]), int(found[2] or found[1])
        yield from range(first, last + 1) if 0 <= last - first < LONGEST_RANGE else (first, last)


def _count(text: str, characters: str) -> int:
    return sum(map(characters.count, text))
