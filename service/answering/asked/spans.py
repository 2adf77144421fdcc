"""Spans of a sentence by the kind of question they may answer: amounts, dates, people, places, reasons, quotations.

Rules over words, Arabic and English: a number and the unit beside it, a title and what follows, a place that the
lexicon knows. They find what kind of thing stands in a sentence, not which one is meant.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from indexer.function_words import FUNCTION_WORDS
from indexer.lexical import Token, stem, terms, tokenize
from indexer.lexicon import bundled
from service.answering.asked import span_words as words
from service.answering.asked.kinds import Kind

#: Words after a title, or after a verb of saying, that are taken as the name.
_NAME_WORDS: Final = 3
#: Bounded: a text of opening signs alone would otherwise be read from each of them to its end.
_QUOTED: Final = re.compile('[«“"]([^»”"]{3,1000})[»”"]')
_CURRENCY_SIGNS: Final = "$€£"
_CAPITALISED: Final = re.compile(r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)+")
#: 15/7/2025, 2025-07-15, 7/2025
_NUMERIC_DATE: Final = re.compile(r"(?:\d{1,2}[/.-]){1,2}\d{4}|\d{4}[/-]\d{1,2}[/-]\d{1,2}")
_FIRST_YEAR, _LAST_YEAR = 1000, 2100


@dataclass(frozen=True, slots=True)
class TypedSpan:
    """A stretch of a sentence.

    Attributes:
        kind: the kind of question that it may answer.
        start, end: offsets in the sentence (characters).
        noun: of an amount, the folded word that it counts or measures; empty where none follows.
    """

    kind: Kind
    start: int
    end: int
    noun: str = ""


def typed_spans(sentence: str) -> list[TypedSpan]:
    """All spans, by where they begin."""
    tokens = tokenize(sentence)
    found = [
        *_numbers(sentence, tokens),
        *_dates(tokens),
        *_names(tokens),
        *_places(tokens),
        *_of_words(tokens, words.ORGANISATIONS, "organisation", 2),
        *_of_words(tokens, words.REASONS, "reason", 4),
        *(TypedSpan("quotation", *match.span()) for match in _QUOTED.finditer(sentence)),
        *(TypedSpan("person", *match.span()) for match in _CAPITALISED.finditer(sentence)),
    ]
    return sorted(found, key=lambda span: (span.start, span.end, span.kind))


def is_number(token: Token) -> bool:
    """Whether the word is a number, in digits or spelled out, with or without و before it."""
    return token.text[0].isdigit() or token.text in words.NUMBER_WORDS or _bare(token) in words.NUMBER_WORDS


def _bare(token: Token) -> str:
    return token.text[1:] if token.text[0] in "وبلف" and len(token.text) > 3 else token.text


def _numbers(sentence: str, tokens: Sequence[Token]) -> Iterator[TypedSpan]:
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if _bare(token) in words.DUALS:
            yield TypedSpan("duration", token.start, token.end, _bare(token))
        if not is_number(token):
            at += 1
            continue
        last = at
        while last + 1 < len(tokens) and (is_number(tokens[last + 1]) or tokens[last + 1].text in words.SCALES):
            last += 1
        yield from _amount(sentence, tokens, at, last)
        at = last + 1


def _amount(sentence: str, tokens: Sequence[Token], first: int, last: int) -> Iterator[TypedSpan]:
    """What the number of words ``first`` to ``last`` is an amount of."""
    start, end = tokens[first].start, tokens[last].end
    if _NUMERIC_DATE.fullmatch(sentence[start:end]):
        yield TypedSpan("date", start, end)
        return
    following = [token.text for token in tokens[last + 1 : last + 3]]
    unit = following[0] if following else ""
    before = {form for token in tokens[max(0, first - 3) : first] for form in (token.text, _bare(token))}
    kind = _kind_of_unit(following, sentence[max(0, start - 2) : start], sentence[end : end + 2])
    if kind is None and _is_year(sentence[start:end]):  # as it stands there: 1,340 is none
        yield TypedSpan("date", start, end)
        if not _is_counted(tokens[max(0, first - 1) : first], tokens[first], tokens[last + 1 : last + 2]):
            return
    close = tokens[last + 1].end if following and kind != "percentage" else end
    dying = kind == "duration" and first > 0 and tokens[first - 1].text == "عن"  # «توفي عن 82 عاما»
    if dying or (kind in (None, "duration") and (before | set(following)) & words.AGES):
        yield TypedSpan("age", start, close, unit)
    yield TypedSpan(kind or "count", start, close, "" if unit in words.MONTHS else unit)


def _kind_of_unit(following: Sequence[str], before: str, after: str) -> Kind | None:
    if any(word in words.PERCENT for word in following) or after.strip()[:1] in ("%", "٪"):
        return "percentage"
    if any(word in words.CURRENCIES for word in following) or any(sign in before + after for sign in _CURRENCY_SIGNS):
        return "money"
    unit = following[0] if following else ""
    kinds: tuple[tuple[frozenset[str], Kind], ...] = (
        (words.TIMES, "duration"),
        (words.MEASURES, "measure"),
        (words.MONTHS, "date"),
    )
    return next((kind for units, kind in kinds if unit in units), None)


def _is_counted(before: Sequence[Token], number: Token, after: Sequence[Token]) -> bool:
    """Whether what may be a year may be a number of things as well: «1500 عداء», unlike «عام 2025» and «2025، حين»."""
    if any(token.text in words.DATED or _bare(token) in words.DATED for token in before):
        return False
    return any(token.start == number.end + 1 and token.text not in FUNCTION_WORDS for token in after)


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdecimal() and _FIRST_YEAR <= int(word) <= _LAST_YEAR


def _dates(tokens: Sequence[Token]) -> Iterator[TypedSpan]:
    for token in tokens:
        if _bare(token) in words.MONTHS or token.text in words.MONTHS | words.DAYS:
            yield TypedSpan("date", token.start, token.end)
    for one, other in itertools.pairwise(tokens):  # «الأسبوع المقبل», "next week"
        pair = (one.text, other.text) if other.text in words.NEXT else (other.text, one.text)
        if pair[1] in words.NEXT and pair[0].removeprefix("ال") in words.TIMES | words.DAYS:
            yield TypedSpan("date", one.start, other.end)


def _names(tokens: Sequence[Token]) -> Iterator[TypedSpan]:
    """What follows a title or a verb of saying."""
    for at, token in enumerate(tokens[:-1]):
        if tokens[at + 1].text in FUNCTION_WORDS:  # «قال إن ...»
            continue
        if token.text in words.TITLES or _bare(token) in words.TITLES or token.text in words.SAYING:
            last = min(at + _NAME_WORDS, len(tokens) - 1)
            yield TypedSpan("person", tokens[at + 1].start, tokens[last].end)


def _places(tokens: Sequence[Token]) -> Iterator[TypedSpan]:
    known = _known_places()
    for at, token in enumerate(tokens):
        if token.text not in FUNCTION_WORDS and stem(token.text) in known:  # «في» has the stem of «فيينا»
            yield TypedSpan("place", token.start, token.end)
        if _bare(token) in words.PLACE_NOUNS and at + 1 < len(tokens):
            yield TypedSpan("place", token.start, tokens[at + 1].end)


def _of_words(tokens: Sequence[Token], cues: frozenset[str], kind: Kind, length: int) -> Iterator[TypedSpan]:
    """The cue and up to ``length`` words after it."""
    for at, token in enumerate(tokens):
        if token.text in cues or _bare(token) in cues:
            yield TypedSpan(kind, token.start, tokens[min(at + length, len(tokens) - 1)].end)


@lru_cache(maxsize=1)
def _known_places() -> frozenset[str]:
    """Stems of the places' one-word names, in both languages."""
    english = bundled().english
    names = [*words.PLACES, *(name for place in words.PLACES for name in english.get(tuple(place.split()), ()))]
    return frozenset(found[0] for name in names if len(found := terms(name)) == 1)
