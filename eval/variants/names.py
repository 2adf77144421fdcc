"""Names in Latin letters: which words are names, and how they are misspelt across languages (Zelensky, Zelenskiy)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eval.variants.material import Material
from indexer.function_words import FUNCTION_WORDS

_CAPITALISED = re.compile(r"(?<![^\W_])[A-ZÀ-ÖØ-Þ][^\W_]*(?:[-'’.][^\W_]+)*")
_LEAST = 4
#: Imperatives that open a question and are no names.
_ASKING = frozenset({"name", "list", "tell", "explain", "describe", "give", "according", "there"})
#: What is written in several ways when a name crosses languages: an ending or letters inside, and what stands for them.
_ACROSS = (
    (re.compile(r"(?<=.)yy?$"), "i"),
    (re.compile(r"(?<=[^aeiou])i$"), "y"),
    (re.compile(r"(?<=.)ck"), "k"),
    (re.compile(r"(?<=[^c])k(?=[aeiou])"), "c"),
    (re.compile(r"(?<=.)c(?=[aou])"), "k"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"kh"), "h"),
    (re.compile(r"(?<=.)ou"), "u"),
    (re.compile(r"(?<=.)ee"), "i"),
    (re.compile(r"(?<=.)ei"), "ie"),
    (re.compile(r"(?<=.)ie(?=.)"), "ei"),
    (re.compile(r"(?<=.)u(?=[^aeiou])"), "ou"),
    (re.compile(r"(?<=.)e(?=[^aeiou])"), "i"),
    (re.compile(r"(?<=[^aeiou])a(?=[^aeiou])"), "e"),
    (re.compile(r"(?<=.)o(?=[^aeiou])"), "u"),
    (re.compile(r"(?<=.)([lmnrst])\1"), r"\1"),
    (re.compile(r"(?<=[aeiou])([lmnst])(?=[aeiou])"), r"\1\1"),
    (re.compile(r"q"), "k"),
    (re.compile(r"(?<=.)th"), "t"),
)


def names_of(text: str) -> Iterator[re.Match[str]]:
    """Capitalised words in Latin letters that are no question or function words."""
    for match in _CAPITALISED.finditer(text):
        if match.group().lower().removesuffix("'s") not in FUNCTION_WORDS | _ASKING:
            yield match


def misspelt_names(text: str, material: Material) -> str:
    """Every name of four letters or more spelt as another language might: one change each, vowels, y/i, c/k, ph/f."""
    for match in reversed(list(names_of(text))):
        text = text[: match.start()] + _misspelt(match.group(), material) + text[match.end() :]
    return text


def _misspelt(name: str, material: Material) -> str:
    fitting = [(pattern, other) for pattern, other in _ACROSS if pattern.search(name)]
    if len(name) < _LEAST or name.isupper() or not fitting:
        return name
    pattern, other = material.draw.choice(fitting)
    return pattern.sub(other, name, count=1)
