"""Marks that make Arabic and English in one line read in the right order (Unicode Standard Annex 9).

Slack gives each line the direction of its first letter. So each line begins with a mark of the answer's direction,
quotations are isolated, and where the other script's letters end inside a line, a mark keeps figures and punctuation
behind them on the line's side. The marks are invisible; ``without_marks`` takes them out again.

One also parts ``]`` from ``(``, so that no article can write a link in Markdown.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LEFT, RIGHT = "\u200e", "\u200f"
ISOLATE, END = "\u2068", "\u2069"
_MARKS: Final = re.compile(f"[{LEFT}{RIGHT}{ISOLATE}{END}]")
_OPENING, _CLOSING = "«“", "»”"
#: What makes a link or its definition of a bracket that it follows.
_LINKING: Final = frozenset("(:")
_RTL: Final = frozenset({"R", "AL"})


def without_marks(text: str) -> str:
    """The text without direction marks."""
    return _MARKS.sub("", text)


def isolated(text: str) -> str:
    """A piece of text that keeps its own direction inside a line of another."""
    return f"{ISOLATE}{text}{END}" if text else ""


class Marker:
    """Adds marks to a text that comes in pieces; what comes out for a piece does not depend on later ones.

    Args:
        language: of the answer; "ar" lines run from right to left, all others from left to right.
    """

    def __init__(self, language: str) -> None:
        self._mark = RIGHT if language == "ar" else LEFT
        self._line_start = True
        self._depth = 0
        self._other = False  # the last letter was of the other direction
        self._last = ""

    def add(self, text: str) -> str:
        """The next piece with its marks; marks that it carried itself are taken out."""
        return "".join(map(self._add, without_marks(text)))

    def _add(self, char: str) -> str:
        parted = self._mark if self._last == "]" and char in _LINKING else ""
        self._last = char
        return parted + self._marked(char)

    def _marked(self, char: str) -> str:
        if char == "\n":
            self._line_start, self._depth, self._other = True, 0, False
            return char
        before = self._mark if self._line_start else ""
        self._line_start = False
        if char in _OPENING:
            self._depth += 1
            before, self._other = before or self._after_other(), False
            return f"{before}{ISOLATE}{char}"
        if char in _CLOSING and self._depth:
            self._depth -= 1
            return f"{char}{END}"
        return before + (self._inside(char) if not self._depth else "") + char

    def _inside(self, char: str) -> str:
        """What must stand before a character outside quotations."""
        kind = unicodedata.bidirectional(char)
        if kind in _RTL or kind == "L":
            self._other = (kind == "L") == (self._mark == RIGHT)
            return ""
        latin_figure = self._mark == RIGHT and kind == "EN"  # "G 20" stays together in an Arabic line
        if (kind in {"NSM", "WS", "BN", "CS"} and char.isspace()) or kind in {"NSM", "BN"} or latin_figure:
            return ""
        return self._after_other()

    def _after_other(self) -> str:
        mark = self._mark if self._other else ""
        self._other = False
        return mark
