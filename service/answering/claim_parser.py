"""Reads a model's answer while it streams: its text without citation markers, and its claims.

A claim is a sentence of the answer (``indexer.sentences``) with the numbers that it cites: those in it and behind it,
up to where the next sentence begins; at the beginning of a line, those before it. What is certain is decided at the
ends of words, never at the ends of the pieces in which the answer comes, so any pieces give the same text and the same
claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from indexer.clauses import Span
from indexer.sentences import sentence_spans
from service.answering.markers import Marker, MarkerFilter

#: The number that a model cites to say that the sentences do not tell.
GAP: Final = 0
_LINE_ENDS: Final = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_LINE: Final = re.compile(r"[^\n]+")
_WORD: Final = re.compile(r"[^\W_]")
_LETTER: Final = re.compile(r"[^\W\d_]")
_WHOLE_WORD: Final = re.compile(r"[^\W_]\S*\s")
#: A stop in round brackets ends no sentence if the bracket closes within so many characters; see indexer.sentences.
_BRACKET_REACH: Final = 200


@dataclass(frozen=True, slots=True)
class Text:
    """Text of the answer, without markers."""

    text: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of the answer; it ends where the text before it ends.

    Attributes:
        numbers: the numbers of sentences that it cites, each once, in their order.
        gap: whether it says what the sentences do not tell: it cites ``GAP``.
    """

    text: str
    numbers: tuple[int, ...]
    gap: bool = False


class ClaimParser:
    """Takes an answer in pieces and gives it back as text and claims.

    Args:
        known: how many sentences the model was shown; they have the numbers 1 to ``known``.

    Attributes:
        unknown: how many numbers were cited that no sentence has.
        gap: whether ``GAP`` was cited, with a sentence or alone.
    """

    def __init__(self, known: int) -> None:
        self.unknown = 0
        self.gap = False
        self._known = known
        self._markers = MarkerFilter()
        #: Text from the end of the last claim on, how much of it was given out, and places in it with cited numbers.
        self._text = ""
        self._given = 0
        self._cited: list[tuple[int, int]] = []
        #: Spaces that are dropped where a marker follows, and whether one was just before.
        self._spaces = ""
        self._after_marker = False

    @property
    def broken(self) -> int:
        """How many markers were opened and never closed."""
        return self._markers.broken

    def feed(self, piece: str) -> Iterator[Text | Claim]:
        """The next piece of the answer: what it makes certain."""
        yield from self._read(self._markers.feed(piece))

    def finish(self) -> Iterator[Text | Claim]:
        """The answer has ended: the rest of it."""
        yield from self._read(self._markers.finish())
        yield from self._settle(last=True)

    def _read(self, parts: Iterator[str | Marker]) -> Iterator[Text | Claim]:
        for part in parts:
            if isinstance(part, Marker):
                self._cite(part)
            elif part in _LINE_ENDS:
                yield from self._end_word("\n")
                self._after_marker = False
            elif part.isspace():
                self._spaces += part
            else:
                yield from self._add(part)

    def _cite(self, marker: Marker) -> None:
        known = [number for number in marker.numbers if number <= self._known]
        self.unknown += len(marker.numbers) - len(known)
        self.gap = self.gap or GAP in known
        self._cited.extend((len(self._text), number) for number in known)
        self._spaces, self._after_marker = "", True

    def _add(self, char: str) -> Iterator[Text | Claim]:
        """A character that is neither space nor in a marker."""
        if self._after_marker:
            opens_line = not self._text or self._text.endswith("\n")
            glued = not self._spaces and _WORD.match(char) is not None
            self._spaces = "" if opens_line else " " if glued else self._spaces
            self._after_marker = False
        if self._spaces:
            yield from self._end_word(self._spaces)
        self._text += char

    def _end_word(self, space: str) -> Iterator[Text | Claim]:
        self._text += space
        self._spaces = ""
        yield from self._settle()

    def _settle(self, *, last: bool = False) -> Iterator[Text | Claim]:
        """Give out the sentences that are certain, and the text of the one that is not."""
        while spans := _sentences(self._text):
            start, end = spans[0][0], max(spans[0][1], self._given)
            following = max(spans[1][0], end) if len(spans) > 1 else len(self._text)
            yield from self._give(end)
            if not last and not (len(spans) > 1 and self._certain(spans)):
                return
            yield from self._claim(start, end, following if len(spans) > 1 else following + 1)
            if len(spans) > 1:
                yield from self._give(following)
            self._text, self._given = self._text[following:], 0

    def _certain(self, spans: list[Span]) -> bool:
        """Whether a whole word of the next sentence is there, and no open bracket that may still close behind it."""
        (start, end), (following, _) = spans[0], spans[1]
        sentence, behind = self._text[start:end], self._text[following:]
        open_bracket = sentence.rfind("(") > sentence.rfind(")") and "\n" not in self._text[end:]
        return _WHOLE_WORD.search(behind) is not None and not (open_bracket and len(behind) < _BRACKET_REACH)

    def _give(self, end: int) -> Iterator[Text]:
        if end > self._given:
            yield Text(self._text[self._given : end])
            self._given = end

    def _claim(self, start: int, end: int, following: int) -> Iterator[Claim]:
        """The sentence as a claim. Without a letter it is none, and what it cites is the next one's."""
        text = self._text[start:end]
        own = [number for place, number in self._cited if place < following]
        self._cited = [(place - following, number) for place, number in self._cited if place >= following]
        if _LETTER.search(text):
            numbers = tuple(dict.fromkeys(number for number in own if number != GAP))
            yield Claim(text, numbers, GAP in own)
        else:
            self._cited[:0] = [(0, number) for number in own]


def _sentences(text: str) -> list[Span]:
    """Sentences line by line: an answer is not hard-wrapped, and a line ends a sentence however the next begins."""
    return [
        (line.start() + start, line.start() + end)
        for line in _LINE.finditer(text)
        for start, end in sentence_spans(line.group())
    ]
