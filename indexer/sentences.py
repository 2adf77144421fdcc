"""Sentence boundaries of Arabic and English news text, as raw offsets.

The rules, in the order in which they are asked:

- A line ends a sentence, unless the text is hard-wrapped (every line as long as its width lets it be) or the
  line is only the marker of a list item.
- A full stop, question or exclamation mark ends a sentence with the quotes and brackets that close behind it.
- It does not when it is part of a word: a number, an address, initials, an abbreviation; nor when what
  follows goes on with the sentence: a comma, a lower-case word, the speaker of a quotation that just closed.
- Dots of omission (...) end a sentence before a word that opens one; two dots (..) are the pause that
  Arabic editors write for a dash, and end nothing but a line.
- The semicolon ؛, the colon and the comma ، end nothing: a citation is a whole sentence. `split_long` cuts
  there when a sentence is too long for its reader.

Where Latin text would show a capital letter, Arabic shows none: the words that usually open a sentence
stand in for it (`indexer.sentence_words`). Every decision looks at a bounded stretch of text on either side
of the mark and no further back than its own sentence, so the time is linear in the length of the text, and
a sentence that was found is found again when it is looked at alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from indexer import sentence_words as data
from indexer.abbreviations import is_dotted_name, point_ends
from indexer.arabic import fold_text, is_arabic
from indexer.clauses import Span, clauses, split_long, trim

__all__ = ["Span", "clauses", "sentence_spans", "split_long"]

_LINE: Final = re.compile("[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_MARKER: Final = re.compile(
    rf"[{data.BULLETS}*·o-]{{1,2}}|[(\[]?(?:\d{{1,3}}|[^\W\d_]\u0640?|[ivxIVX]{{1,5}})\s?[.)\]-]+(?:\s?[.)-])?"
)
_EVENT: Final = re.compile(
    r"(?P<address>(?:https?://|www\.)[^\s«»\"()<>،؛]*[^\s«»\"()<>،؛.!?؟…:,;])"
    rf"|(?P<stop>[{data.STOPS}](?:[ \u00a0]?[{data.STOPS}])*)"
    rf"|(?P<bullet>(?<=\s)[{data.BULLETS}](?=\s))"
    r"|(?P<sign>[\"()])"
)
_WORD_CHARACTER: Final = re.compile(r"[^\W_]")
_NEXT_WORD: Final = re.compile(r"[^\w]{0,8}((?:[^\W_]|[\u064b-\u065f\u0670\u0640]){1,24})")
_LAST_WORD: Final = re.compile(r"((?:[^\W_]|[\u064b-\u065f\u0670\u0640.])+)\Z")
_ITEM: Final = re.compile(r"(?<!\S)\d{1,2}\Z")
_EARLIER_WORD: Final = re.compile(r"([^\W_]+)[.\u0640]?\s*\Z")
_LOOK_BACK: Final = 32  # characters; longer than any abbreviation with the word before it
_BRACKET_REACH: Final = 200  # characters; a bracket that closes no nearer than this does not hold a sentence


def sentence_spans(text: str) -> list[Span]:
    """Sentences of `text` as raw character spans, in order, trimmed of white space, never empty.

    Together they cover every character that is not white space. Any Python string will do.
    """
    spans: list[Span] = []
    for start, end in _blocks(text):
        spans.extend(_Block(text, start, end).sentences())
    return spans


def _blocks(text: str) -> Iterator[Span]:
    """Stretches of text that newlines part: lines, or paragraphs where the text is hard-wrapped."""
    lines = [trim(text, *match.span()) for match in _LINE.finditer(text)]
    lines = [(start, end) for start, end in lines if start < end]
    width = _wrap_width(text, lines)
    block_start: int | None = None
    for index, (start, end) in enumerate(lines):
        block_start = start if block_start is None else block_start
        following = lines[index + 1] if index + 1 < len(lines) else None
        if following is None or not _runs_on(text, (start, end), following, width):
            yield block_start, end
            block_start = None


def _runs_on(text: str, line: Span, following: Span, width: int | None) -> bool:
    """Whether the newline after `line` is inside a sentence's paragraph."""
    if _MARKER.fullmatch(text, *line):
        return True
    return width is not None and _is_full(text, line, following, width) and not _opens_item(text, following)


def _opens_item(text: str, line: Span) -> bool:
    """Whether the line begins with the marker of a list item."""
    marker = _MARKER.match(text, *line)
    return marker is not None and text[marker.end() : marker.end() + 1].isspace()


def _is_full(text: str, line: Span, following: Span, width: int) -> bool:
    """Whether the next line, with no blank line between, begins with a word that this one had no room for."""
    gap = text[line[1] : following[0]]
    if gap.count("\n") > 1:
        return False
    first = re.compile(r"\S{1,40}").match(text, *following)
    return line[1] - line[0] + 1 + (first.end() - first.start() if first else 0) > width


def _wrap_width(text: str, lines: list[Span]) -> int | None:
    """The column at which the text was hard-wrapped, None when its newlines end paragraphs.

    Wrapped text has a narrow longest line, and nearly every line that another follows is full: the next
    word would not have fitted. Lists and verse fail one or the other.
    """
    width = max((end - start for start, end in lines), default=0)
    if not 40 <= width <= 120 or len(lines) < 4:
        return None
    joins = [pair for pair in pairwise(lines) if text[pair[0][1] : pair[1][0]].count("\n") <= 1]
    full = sum(_is_full(text, line, following, width) for line, following in joins)
    return width if full >= 3 and full >= 0.7 * len(joins) else None


class _Block:
    """Scans one block once from left to right; what it remembers is about the sentence that it is in."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text, self.end = text, end
        self.item = 0
        self._begin(start)

    def _begin(self, start: int) -> None:
        """Start a new sentence: no quote or bracket is open, no word has been seen."""
        while start < self.end and self.text[start].isspace():
            start += 1
        self.start = self.searched = start
        self.has_word = self.quote_open = False
        self.bracket: int | None = None

    def sentences(self) -> Iterator[Span]:
        """Trimmed spans of the sentences of the block."""
        position = self.start
        for event in _EVENT.finditer(self.text, self.start, self.end):
            if event.start() < position:
                continue  # a quote or bracket that closed the sentence before
            cut = self._cut(event)
            if cut is not None:
                yield trim(self.text, self.start, cut)
                self._begin(cut)
                position = cut
        rest = trim(self.text, self.start, self.end)
        if rest[0] < rest[1]:
            yield rest

    def _cut(self, event: re.Match[str]) -> int | None:
        """Where the sentence ends at this event, None when it goes on."""
        kind, position = event.lastgroup, event.start()
        if kind == "sign":
            self._note_sign(event.group(), position)
        if kind in {"sign", "address"} or not self._has_word_before(position):
            return None
        if kind == "bullet":
            return position
        number = self._list_number(event)
        if number is not None:
            return number if self.item > 1 and number > self.start else None
        close = self._closing_end(event.end())
        return close if self._ends(event, close) else None

    def _note_sign(self, sign: str, position: int) -> None:
        """Remember straight quotes and round brackets that open and close."""
        if sign == '"':
            self.quote_open = not self.quote_open
        else:
            self.bracket = position if sign == "(" else None

    def _list_number(self, event: re.Match[str]) -> int | None:
        """Start of the number before `event` when it counts on in a list within a line: 1. .. 2. .. 3."""
        number = _ITEM.search(self.text, max(self.start, event.start() - 4), event.start())
        if number is None or event.group() != "." or int(number.group()) != self.item + 1:
            return None
        if not self.text[event.end() : event.end() + 1].isspace():
            return None
        before = self.text[max(self.start, number.start() - 2) : number.start()].rstrip()
        if self.item == 0 and before and not before.endswith(":"):
            return None
        self.item += 1
        return number.start()

    def _has_word_before(self, position: int) -> bool:
        """Whether the sentence has a letter or digit before `position`; each character is looked at once."""
        if not self.has_word:
            self.has_word = _WORD_CHARACTER.search(self.text, self.searched, position) is not None
            self.searched = position
        return self.has_word

    def _closing_end(self, position: int) -> int:
        """End of the quotes and brackets that close at `position`, white space before them included."""
        text, quote_open = self.text, self.quote_open
        while True:
            look = position
            while look < self.end and text[look].isspace():
                look += 1
            char = text[look] if look < self.end else ""
            if char and char in data.CLOSING:
                position = look + 1
            elif char in {'"', "'"} and (quote_open or look == position) and self._is_loose(look + 1):
                position, quote_open = look + 1, False
            elif char and look == position and unicodedata.category(char) in {"Mn", "Cf"}:
                position += 1
            elif char == '"' and quote_open and look == position:
                position, quote_open = look + 1, False
            else:
                return position

    def _is_loose(self, position: int) -> bool:
        """Whether no letter or digit stands at `position`."""
        return position >= self.end or not self.text[position].isalnum()

    def _ends(self, event: re.Match[str], close: int) -> bool:
        """Whether the stop at `event`, with its closing signs up to `close`, ends the sentence."""
        text, stop = self.text, "".join(event.group().split())
        after = close
        while after < self.end and text[after].isspace():
            after += 1
        if after == self.end or stop[-1] in data.IDEOGRAPHIC_STOPS:
            return True
        if text[after] in "،؛,;:" + data.CLOSING + data.STOPS or self._in_bracket(event, close):
            return False
        if after == close and not self._parts_glued(event.start(), after):
            return False
        if close > event.end() and self._goes_on_after_quote(stop, after):
            return False
        return self._stop_decides(stop, event.start(), after)

    def _stop_decides(self, stop: str, position: int, after: int) -> bool:
        """Whether the kind of stop ends a sentence before the text at `after`."""
        if self._is_lower_latin(position, after):
            return False
        if data.QUESTIONS.intersection(stop):
            return True
        if stop in {".", "۔"}:
            return self._point_ends(position, after)
        return stop != ".." and self._opens(after)

    def _in_bracket(self, event: re.Match[str], close: int) -> bool:
        """Whether the stop is in round brackets that opened inside the sentence and close nearby."""
        bracket = self.bracket
        if bracket is None or event.start() - bracket > _BRACKET_REACH:
            return False
        if not _WORD_CHARACTER.search(self.text, max(self.start, bracket - _LOOK_BACK), bracket):
            return False
        return ")" in self.text[event.end() : min(self.end, max(close, event.end() + _BRACKET_REACH))]

    def _parts_glued(self, position: int, after: int) -> bool:
        """Whether a stop without a space behind it parts two sentences rather than the parts of a word."""
        following = self._word_at(after)
        if not following or not is_arabic(following[0]) or len(following) < 2:
            return False
        if self.text[position] != ".":
            return True
        return not is_dotted_name(self._word_before(position), following)

    def _goes_on_after_quote(self, stop: str, after: int) -> bool:
        """Whether the text at `after` goes on with a sentence whose quotation has just closed."""
        if self._word_at(after) in data.ATTRIBUTIONS:
            return True
        return stop not in {".", "۔"} and not self._opens(after)

    def _is_lower_latin(self, position: int, after: int) -> bool:
        """Whether a Latin word goes on in lower case: abc. def."""
        before = self.text[position - 1] if position > self.start else ""
        return before.isascii() and self.text[after].isascii() and self.text[after].islower()

    def _word_at(self, position: int) -> str:
        """Folded word that begins at or just after `position`, quotes and dashes skipped; may be empty."""
        match = _NEXT_WORD.match(self.text, position, self.end)
        return fold_text(match.group(1)) if match else ""

    def _word_before(self, position: int) -> str:
        """Folded word that ends at `position`, with the points inside it; may be empty."""
        stretch = self.text[max(self.start, position - _LOOK_BACK) : position].rstrip()
        match = _LAST_WORD.search(stretch)
        return fold_text(match.group(1)).strip(".") if match else ""

    def _earlier_word(self, position: int, word: str) -> str:
        """Folded word before the one that ends at `position` and folds to `word`."""
        stretch = fold_text(self.text[max(self.start, position - _LOOK_BACK) : position]).rstrip()
        match = _EARLIER_WORD.search(stretch.removesuffix(word))
        return match.group(1) if match else ""

    def _opens(self, after: int) -> bool:
        """Whether the text at `after` looks like the opening of a sentence: such a word, or a capital."""
        return self._starts(after) or self._first_letter(after).isupper()

    def _starts(self, after: int) -> bool:
        """Whether the word at `after` is one of those that open sentences, Arabic or English."""
        word = self._word_at(after)
        if self._first_letter(after).isupper():
            return word in data.ENGLISH_OPENERS
        return word in data.OPENERS or (len(word) > 3 and word[0] == "و" and word not in data.OWN_WAW)

    def _first_letter(self, after: int) -> str:
        """First letter or digit within a few characters of `after`, empty without one."""
        match = _WORD_CHARACTER.search(self.text, after, min(self.end, after + 8))
        return match.group() if match else ""

    def _point_ends(self, position: int, after: int) -> bool:
        """Whether a single point ends the sentence rather than a marker, initials or an abbreviation."""
        if _MARKER.fullmatch(self.text, self.start, position + 1):
            return False
        word = self._word_before(position)
        return point_ends(word, self._earlier_word(position, word), self._word_at(after), self._starts(after))
