"""Places inside a sentence where it may be cut when it is longer than its reader can take.

A citation is a whole sentence wherever that is possible; these cuts are for the few that are too long, and
for text without punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from typing import Final

Span = tuple[int, int]
"""Start and end (exclusive), in characters of the raw text."""

_CLOSING: Final = r"[»”’)\"']*"
# From the strongest cut to the weakest; a cut is where the match ends. Points and commas inside numbers have
# no space behind them and stay whole.
_CLAUSE_CUTS: Final = (
    re.compile(rf"(?:[.!?؟…۔]+{_CLOSING}|[؛;]|\.\.+|…)\s+|؛\s*"),
    re.compile(r":\s+"),
    re.compile(rf"[،,]{_CLOSING}\s+|،"),
    re.compile(r"\s+[-–—]+\s+"),
)
_WORD_CUTS: Final = (re.compile(r"\s+(?=و[ء-ي]{2})"), re.compile(r"\s+"))
_CUTS: Final = _CLAUSE_CUTS + _WORD_CUTS
_JOINER: Final = "\u200d"
_NEVER_FIRST: Final = frozenset("\u200c\u200d\u0640")


def trim(text: str, start: int, end: int) -> Span:
    """The span without the white space at its ends; empty when it holds nothing else."""
    piece = text[start:end]
    first = start + len(piece) - len(piece.lstrip())
    return first, max(first, end - len(piece) + len(piece.rstrip()))


def clauses(text: str, start: int, end: int) -> list[Span]:
    """Clauses of `text[start:end]`, trimmed: cut behind ؛ ; : ، , dots of omission, and around dashes."""
    edges = sorted({cut for pattern in _CLAUSE_CUTS for cut in _ends(pattern, text, start, end)} | {end})
    return _trimmed(text, [start, *edges])


def split_long(text: str, start: int, end: int, fits: Callable[[int, int], bool]) -> list[Span]:
    """Cut `text[start:end]` into trimmed spans that fit, as few and at places as natural as can be.

    `fits(start, end)` says whether a raw span is short enough, by whatever measure (tokens, characters); a
    span inside one that fits must fit. The cuts are tried from the strongest to the weakest: semicolons and
    other stops, colons, commas, dashes, before the conjunction و, white space, and last between characters,
    but never inside one (a letter and its vowel signs, a joined emoji, a pair of surrogates). A single
    character that does not fit is given as it is. The spans cover all that is not white space. `fits` is
    called O(log n) times for each span given.
    """
    return _split(text, *trim(text, start, end), fits, 0)


def _split(text: str, start: int, end: int, fits: Callable[[int, int], bool], level: int) -> list[Span]:
    """`split_long` with cuts of `level` and weaker ones; the span is trimmed."""
    if start == end:
        return []
    if level > len(_CUTS) or fits(start, end):
        return [(start, end)]
    edges = [*_level_cuts(text, start, end, level), end]
    spans: list[Span] = []
    position, index = start, 0
    while index < len(edges):
        count = _fitting(text, position, edges, index, fits)
        if count:
            spans.append(trim(text, position, edges[index + count - 1]))
        else:
            spans.extend(_split(text, *trim(text, position, edges[index]), fits, level + 1))
        index += count or 1
        position = edges[index - 1]
    return spans


def _fitting(text: str, start: int, edges: list[int], index: int, fits: Callable[[int, int], bool]) -> int:
    """How many pieces from `edges[index]` on, taken together, fit: by doubling, then by halving."""

    def fit(count: int) -> bool:
        return fits(*trim(text, start, edges[index + count - 1]))

    most, low, high = len(edges) - index, 0, 1
    while high <= most and fit(high):
        low, high = high, high * 2
    high = min(high, most + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fit(middle) else (low, middle)
    return low


def _level_cuts(text: str, start: int, end: int, level: int) -> list[int]:
    """Cut positions of one level, strictly inside the span; the last level is between characters."""
    if level < len(_CUTS):
        return _ends(_CUTS[level], text, start, end)
    return [position for position in range(start + 1, end) if _is_between_characters(text, position)]


def _ends(pattern: re.Pattern[str], text: str, start: int, end: int) -> list[int]:
    """Ends of the matches strictly inside the span."""
    return [match.end() for match in pattern.finditer(text, start, end) if start < match.end() < end]


def _is_between_characters(text: str, position: int) -> bool:
    """Whether a cut at `position` leaves what a reader sees as one character whole."""
    before, after = text[position - 1], text[position]
    if after in _NEVER_FIRST or before == _JOINER or unicodedata.category(after) in {"Mn", "Mc", "Me"}:
        return False
    if "\U0001f3fb" <= after <= "\U0001f3ff":  # skin tones
        return False
    return not ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")


def _trimmed(text: str, edges: list[int]) -> list[Span]:
    """Trimmed spans between neighbouring edges, those of white space only left out."""
    spans = [trim(text, start, end) for start, end in pairwise(edges)]
    return [(start, end) for start, end in spans if start < end]
