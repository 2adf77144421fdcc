"""A bilingual lexicon: what words and names of a question are called in the other language.

``news.txt`` beside this module, written for this project, has ``english|english = arabic|arabic`` a line. Questions
alone are looked up: articles keep their own words, so a change of the lexicon needs no new index.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from importlib import resources
from typing import Final, NamedTuple

from indexer.function_words import FUNCTION_WORDS
from indexer.lexical import Token, terms, tokenize

FILE: Final = "news.txt"
#: The heading in the file behind the last entry that is a name: of a state, a place, an organisation, a person.
NAMES_END: Final = "# the state and its offices"
#: Words looked at for one entry.
LONGEST: Final = 5

#: Words or terms that stand side by side.
Phrase = tuple[str, ...]
#: What an entry's words are called, as written in the file.
_Table = Mapping[Phrase, Sequence[str]]
_Forms = Callable[[str], Iterable[str]]

#: English endings with what takes their place, tried in order: studies, watches, ruled, killing.
_ENDINGS: Final = (
    *(("'s", ""), ("ies", "y"), ("s", ""), ("es", "")),
    *(("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"), ("er", ""), ("er", "e"), ("ers", "")),
)
#: Stopped, running.
_DOUBLED: Final = re.compile(r"(.+([^aeiou]))\2(?:ed|ing|er)")
_PLAIN_ENGLISH: Final = re.compile(r"[a-z]+(?: [a-z]+)*", re.IGNORECASE)


class Translation(NamedTuple):
    """Words ``first`` to ``end`` (exclusive) of a text, and the terms of everything that they may be called."""

    first: int
    end: int
    phrases: tuple[Phrase, ...]


class Lexicon:
    """Entries in both directions.

    Args:
        lines: ``english|english = arabic|arabic``; empty lines and those with # in front are passed over.

    Raises:
        ValueError: a line has no " = ".
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._entries = [_entry(line) for line in lines if line and not line.startswith("#")]
        #: English words that count only in capitals: US, WHO.
        self.capitals = frozenset(word.lower() for english, _ in self._entries for word in english if word.isupper())

    @cached_property
    def english(self) -> _Table:
        """Arabic names by folded English words."""
        return _table((_english_words, english, arabic) for english, arabic in self._entries)

    @cached_property
    def arabic(self) -> _Table:
        """English names by the terms of Arabic words; made when the first Arabic word is looked up."""
        return _table((_phrase, arabic, english) for english, arabic in self._entries)


@lru_cache(maxsize=1)
def bundled() -> Lexicon:
    """The lexicon of the data file."""
    return Lexicon(resources.files(__name__).joinpath(FILE).read_text("utf-8").splitlines())


@lru_cache(maxsize=1)
def names() -> frozenset[Phrase]:
    """The terms of the English names in the data file: states, peoples, places, organisations, months and days."""
    lines = resources.files(__name__).joinpath(FILE).read_text("utf-8").splitlines()
    entries = (_entry(line) for line in lines[: lines.index(NAMES_END)] if line and not line.startswith("#"))
    return frozenset(_phrase(english) for spellings, _ in entries for english in spellings)


def _entry(line: str) -> tuple[list[str], list[str]]:
    english, equals, arabic = line.partition(" = ")
    if not equals:
        raise ValueError(f"the line {line!r} is no entry; write it as: english|english = arabic|arabic")
    return english.split("|"), arabic.split("|")


def _table(entries: Iterable[tuple[Callable[[str], Phrase], Sequence[str], Sequence[str]]]) -> dict[Phrase, list[str]]:
    """Names by key; those of several entries with one key together."""
    table: dict[Phrase, list[str]] = {}
    for key_of, spellings, names in entries:
        for key in filter(None, map(key_of, spellings)):
            table.setdefault(key, []).extend(names)
    return table


def _english_words(spelling: str) -> Phrase:
    if _PLAIN_ENGLISH.fullmatch(spelling):  # nearly all; without it the file takes four times as long to read
        return tuple(spelling.lower().split(" "))
    return tuple(token.text for token in tokenize(spelling))


@lru_cache(maxsize=1 << 14)
def _phrase(text: str) -> Phrase:
    return tuple(terms(text))


def translations(text: str, tokens: Sequence[Token], lexicon: Lexicon | None = None) -> list[Translation]:
    """What the words of a text are called in the other language, in the text's order; longest entries first.

    Args:
        text: the text, raw.
        tokens: its words, as ``lexical.tokenize`` gives them; positions in the result count them.
        lexicon: another than the bundled one.
    """
    entries = lexicon or bundled()
    english = [_english(token, text, entries) for token in tokens]
    arabic = ["" if token.text.isascii() else "".join(_phrase(token.text)) for token in tokens]
    found = [*_longest(english, entries.english, _lemmas)]
    if any(arabic):
        found += _longest(arabic, entries.arabic, lambda term: (term,))
    return sorted(one for one in found if one.phrases and not _is_grammar(one, text, tokens))


def _english(token: Token, text: str, lexicon: Lexicon) -> str:
    """The word to look up; none where it is written small and the lexicon asks for capitals."""
    small = not text[token.start : token.end].isupper()
    return "" if small and token.text in lexicon.capitals else token.text


def _is_grammar(found: Translation, text: str, tokens: Sequence[Token]) -> bool:
    """Whether it is a lone function word: "may" is no month, "May" is one."""
    word = tokens[found.first]
    return found.end - found.first == 1 and word.text in FUNCTION_WORDS and not text[word.start].isupper()


def _longest(words: Sequence[str], table: _Table, forms: _Forms) -> Iterator[Translation]:
    """The longest entries from left to right; the last word of an entry may stand in any of its forms."""
    first = 0
    while first < len(words):
        count, names = _longest_entry(words[first : first + LONGEST], table, forms)
        if names:
            yield Translation(first, first + count, tuple(dict.fromkeys(filter(None, map(_phrase, names)))))
        first += count


def _longest_entry(words: Sequence[str], table: _Table, forms: _Forms) -> tuple[int, Sequence[str]]:
    """How many of the words the longest entry takes, and its names; one and none where there is no entry."""
    for count in range(len(words), 0, -1):
        for last in forms(words[count - 1]):
            if names := table.get((*words[: count - 1], last)):
                return count, names
    return 1, ()


def _lemmas(word: str) -> Iterator[str]:
    """The word, and what it may be a regular plural or verb form of."""
    yield word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            yield word[: -len(ending)] + instead
    if doubled := _DOUBLED.fullmatch(word):
        yield doubled.group(1)
