"""Figures of a sentence, with what they count: 14 percent, 1,240,000 visitors, 15 June."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from indexer.function_words import FUNCTION_WORDS
from indexer.lexical import Token, stem, tokenize
from service.asking.time_words import MONTHS, NUMBERS

PERCENT: Final = "%"
_THOUSAND: Final = 1e3
_MAGNITUDES: Final = {
    **dict.fromkeys(("الف", "الفا", "الاف", "thousand"), 1e3),
    **dict.fromkeys(("مليون", "مليونا", "ملايين", "million"), 1e6),
    **dict.fromkeys(("مليار", "مليارا", "مليارات", "billion"), 1e9),
}
_WORDS: Final = {word: number for word, number in NUMBERS.items() if not word.isascii() and number > 2}
_PERCENT: Final = re.compile(r"\s*(?:%|٪|(?:في|ب)\s?الم[ئا]+[يئ]?ة|بالم[ئا]+[يئ]?ة|percent|per cent)")
#: Between the parts of one number, and between two numbers of one unit: «مليون و240 ألفا», "from 3.1 to 3.4 percent".
_JOINING: Final = frozenset(("و", "الي", "او", "to", "and", "or", "لا", "not"))
#: The first year that a number of four figures may be.
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit.

    Attributes:
        value: the number; of a day, 100 times the month and the day.
        unit: ``PERCENT``, "date", "year", the stem of what is counted, or empty where nothing stands beside it.
        start, end: where it stands in the text, with what is counted.
    """

    value: float
    unit: str
    start: int
    end: int


def figures(text: str) -> list[Figure]:
    """The figures of a text in order; a number between two others of one unit has that unit too."""
    tokens = tokenize(text)
    found: list[Figure] = []
    at = 0
    while at < len(tokens):
        value, behind = _number(tokens, at)
        if value is None:
            at += 1
            continue
        found.append(_with_unit(text, tokens, at, behind, value))
        at = behind
    return _with_shared_units(text, found)


def _number(tokens: Sequence[Token], at: int) -> tuple[float | None, int]:
    """The number that begins at a token, and the token behind it."""
    value = _value(tokens[at].text)
    if value is None:
        return None, at
    behind = at + 1
    if tokens[at].text not in _MAGNITUDES and behind < len(tokens) and tokens[behind].text in _MAGNITUDES:
        value, behind = value * _MAGNITUDES[tokens[behind].text], behind + 1
    if value >= _THOUSAND and behind + 1 < len(tokens) and tokens[behind].text == "و":
        rest, end = _number(tokens, behind + 1)
        if rest is not None and rest < value and tokens[end - 1].text in _MAGNITUDES:
            return value + rest, end
    return value, behind


def _value(word: str) -> float | None:
    if word[0].isdigit():
        return float(word) if re.fullmatch(r"\d+(?:\.\d+)?", word) else None
    return _WORDS.get(word) or _MAGNITUDES.get(word)


def _with_unit(text: str, tokens: Sequence[Token], at: int, behind: int, value: float) -> Figure:
    start, end = tokens[at].start, tokens[behind - 1].end
    if percent := _PERCENT.match(text, end):
        return Figure(value, PERCENT, start, percent.end())
    counted = tokens[behind] if behind < len(tokens) else None
    month = _month(tokens, behind)
    if month and value <= 31:
        return Figure(100 * month[0] + value, "date", start, tokens[month[1] - 1].end)
    if _FIRST_YEAR <= value <= _LAST_YEAR and value.is_integer() and text[start:end].isalnum():
        return Figure(value, "year", start, end)
    if counted is None or counted.text in FUNCTION_WORDS or counted.text[0].isdigit() or _is_apart(text, end, counted):
        return Figure(value, "", start, end)
    return Figure(value, stem(counted.text), start, counted.end)


def _is_apart(text: str, end: int, counted: Token) -> bool:
    """Whether a sign stands between a number and the word behind it."""
    return bool(text[end : counted.start].strip(" \u00a0-ـ«"))


def _month(tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
    """The month that begins at a token and the token behind it."""
    for length in (2, 1):
        name = " ".join(token.text for token in tokens[at : at + length])
        if name in MONTHS and at + length <= len(tokens):
            return MONTHS[name], at + length
    return None


def _with_shared_units(text: str, found: Sequence[Figure]) -> list[Figure]:
    whole = list(found)
    for at in reversed(range(len(whole) - 1)):
        if not whole[at].unit and _joined(text, whole[at], whole[at + 1]):
            following = whole[at + 1]
            scale = 1.0 if whole[at].value >= _THOUSAND else _scale(text, following)
            whole[at] = replace(whole[at], unit=following.unit, value=whole[at].value * scale)
    for at in range(1, len(whole)):
        if not whole[at].unit and _joined(text, whole[at - 1], whole[at]):
            whole[at] = replace(whole[at], unit=whole[at - 1].unit)
    return whole


def _scale(text: str, figure: Figure) -> float:
    """The magnitude that a figure is written with: a million for «2.45 مليون», which «من 2.3» before it shares."""
    written = (_MAGNITUDES.get(token.text) for token in tokenize(text[figure.start : figure.end]))
    return next((scale for scale in written if scale), 1.0)


def _joined(text: str, left: Figure, right: Figure) -> bool:
    between = [token.text for token in tokenize(text[left.end : right.start])]
    return bool(between) and between[0] in _JOINING and len(between) <= 2
