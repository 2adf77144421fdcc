"""The words of a text as the checks read them: folded, with what an Arabic word carries in front taken off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from indexer.arabic import fold_text
from indexer.lexical import stem, tokenize

_JOINED = "بلكف"
#: 1.5bn, 21st, 1990s: a number and what is written close behind it.
_SUFFIXED = re.compile(r"(?<![\w.,])([0-9][0-9.,]*)(bn|mn|tn|m|k|st|nd|rd|th|s|km|kg)(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its place in the text.

    Attributes:
        text: folded.
        raw: as it is written.
        start, end: offsets into the text.
    """

    text: str
    raw: str
    start: int
    end: int

    @property
    def is_arabic(self) -> bool:
        """Whether it is written in Arabic letters."""
        return not self.text.isascii()

    @property
    def is_number(self) -> bool:
        """Whether it is written in digits."""
        return self.text[0].isdigit()

    @property
    def stem(self) -> str:
        """Its light stem, as the lexical signal has it."""
        return stem(self.text.removesuffix("'s"))


@lru_cache(maxsize=4096)
def read_words(text: str) -> tuple[Word, ...]:
    """The words and numbers of a text in order."""
    parted = [part for match in _SUFFIXED.finditer(text) for part in _parts(match)]
    spans = [match.span() for match in _SUFFIXED.finditer(text)]
    whole = [
        Word(token.text, text[token.start : token.end], token.start, token.end)
        for token in tokenize(text)
        if not any(start <= token.start < end for start, end in spans)
    ]
    return tuple(sorted((*whole, *parted), key=lambda word: word.start))


def _parts(match: re.Match[str]) -> Iterator[Word]:
    for group in (1, 2):
        offset = match.start(group)
        for token in tokenize(match[group]):
            yield Word(token.text, match[group][token.start : token.end], offset + token.start, offset + token.end)


def bare_forms(word: str) -> Iterator[tuple[str, bool]]:
    """An Arabic word as it stands and without what may be joined in front; with whether و ("and") came off.

    The article stays: «المئة» is no number and «الاثنين» is a day.
    """
    yield word, False
    if word[:1] in _JOINED and len(word) > 3:
        yield word[1:], False
    if word[:1] == "و" and len(word) > 2:
        yield word[1:], True
        if word[1] in _JOINED and len(word) > 4:
            yield word[2:], True


def without_article(word: str) -> str:
    """The word without ال or لل."""
    for article in ("ال", "لل"):
        if word.startswith(article) and len(word) > 4:
            return word[2:]
    return word


def table(*rows: str) -> dict[str, str]:
    """``name: word word | name: word`` rows as folded word -> name."""
    found: dict[str, str] = {}
    for row in "|".join(rows).split("|"):
        name, _, words = row.partition(":")
        found.update(dict.fromkeys(fold_text(words).split(), name.strip()))
    return found
