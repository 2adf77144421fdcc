"""Which words of a question stand in a sentence, its title or its article, across scripts.

A word counts as found by its stem, by one of its translations (``indexer/lexicon``), or by how it sounds
(``indexer/transliteration.py``); numbers and names that are nowhere tell a near miss.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from indexer.arabic import is_arabic
from indexer.chunks import Span
from indexer.function_words import FUNCTION_WORDS
from indexer.lexical import Token, stem, terms, tokenize
from indexer.lexicon import translations
from indexer.transliteration import sound_keys
from service.answering.asked.asking_words import ASKING

#: Letters that two Arabic stems must share from the front to count as forms of one word; one more where the first three
#: are those of a verb pattern («مستشار», «مستشفى»; «استثمار», «استثناء»).
_SHARED: Final = 4
_PATTERNED: Final = ("مست", "است", "تست", "يست")
#: Sound keys of a Latin word that are looked for.
_KEYS: Final = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """A content word of a question, or several that the lexicon takes together.

    Attributes:
        text: as the question writes it.
        span: offsets in the question.
        forms: what it may be called: stems, one or several words that must all be there.
        sounds: how it may sound where it is Latin and no translation is known.
        named: whether it is a number or is written as a name.
        asks: whether it only says what is asked for (number, cost), which few answers repeat.
        known: whether its forms in the other language are known; those of a number and a name are.
    """

    text: str
    span: Span
    forms: tuple[tuple[str, ...], ...]
    sounds: frozenset[str]
    named: bool
    asks: bool
    known: bool


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text: their stems and fronts; their sounds are made out when they are asked for."""

    text: str
    stems: frozenset[str]
    fronts: frozenset[str]

    def sounds(self) -> frozenset[str]:
        """Sound keys of its words."""
        return _sounds_of(self.text)


@lru_cache(maxsize=256)
def words_of(text: str) -> Words:
    """The words of a sentence, a title or an article."""
    stems = frozenset(terms(text))
    return Words(text, stems, frozenset(_front(one) for one in stems if len(one) >= _SHARED))


@lru_cache(maxsize=256)
def _sounds_of(text: str) -> frozenset[str]:
    return frozenset(
        key for token in tokenize(text) if token.text not in FUNCTION_WORDS for key in _skeletons(token.text)
    )


@lru_cache(maxsize=1 << 15)
def _skeletons(word: str) -> tuple[str, ...]:
    return tuple(key.text for key in sound_keys(word.removesuffix("'s")).skeletons[:_KEYS])


@lru_cache(maxsize=64)
def asked_words(question: str) -> tuple[Asked, ...]:
    """The question's content words in order, without those that only ask or cannot be looked for."""
    return tuple(word for word in content_words(question) if word.known and not word.asks)


@lru_cache(maxsize=64)
def content_words(question: str) -> tuple[Asked, ...]:
    """All of the question's content words in order."""
    return tuple(_asked(question, tokenize(question)))


def _asked(question: str, tokens: Sequence[Token]) -> Iterator[Asked]:
    at = 0
    entries = {one.first: one for one in translations(question, tokens)}
    while at < len(tokens):
        entry = entries.get(at)
        end = entry.end if entry else at + 1
        part = tokens[at:end]
        at = end
        if all(token.text in FUNCTION_WORDS for token in part):
            continue
        own = tuple(stem(token.text) for token in part if token.text not in FUNCTION_WORDS)
        forms = (own, *(entry.phrases if entry else ()))
        span = part[0].start, part[-1].end
        text = question[slice(*span)]
        latin = not is_arabic(text[0]) and not entry
        sounds = frozenset(_skeletons(part[0].text)) if latin else frozenset()
        named = _is_named(text, part[0].start)
        asks = all(token.text in FUNCTION_WORDS or token.text in ASKING for token in part)
        yield Asked(text, span, forms, sounds, named, asks, bool(entry) or named or is_arabic(text[0]))


def _is_named(text: str, start: int) -> bool:
    """Whether it is a number, or is written with a capital elsewhere than at the beginning."""
    return text[0].isdigit() or (start > 0 and not is_arabic(text[0]) and text[0].isupper())


def is_found(asked: Asked, words: Words) -> bool:
    """Whether the word stands in a text in one of its forms."""
    if any(all(_stands(part, words) for part in form) for form in asked.forms):
        return True
    return bool(asked.sounds) and bool(asked.sounds & words.sounds())


def _stands(part: str, words: Words) -> bool:
    if part in words.stems:
        return True
    return len(part) > _SHARED and is_arabic(part[0]) and _front(part) in words.fronts


def _front(word: str) -> str:
    return word[: _SHARED + 1] if word.startswith(_PATTERNED) else word[:_SHARED]
