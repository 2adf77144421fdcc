"""Slips of the hand and of the ear: letters left out, doubled, exchanged, taken from the next key or a like sound."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random

from eval.variants.material import Material

#: Shorter words are seldom mistyped, and a slip makes other words of them.
_WORD = re.compile(r"[A-Za-z]{4,}|[ء-غف-ي]{4,}")
#: Rows of keys: QWERTY, and Arabic (101) as Windows and macOS have it; "." is the key of لا, no letter of its own.
_KEYBOARDS = (("qwertyuiop", "asdfghjkl", "zxcvbnm"), ("ضصثقفغعهخحجد", "شسيبلاتنمكط", "ئءؤر.ىةوزظ"))
#: Letters that are exchanged for how they sound or look, in the direction in which it happens.
_ALIKE = {"ذ": "د", "د": "ذ", "ض": "ظ", "ظ": "ض", "ث": "ت", "ص": "س", "ط": "ت"}
#: What hurried spelling leaves out everywhere, not now and then.
_HURRIED = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ؤ": "و", "ئ": "ي", "ة": "ه", "ى": "ي"})


def _neighbours(rows: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Each letter with those of the keys left and right of it, above and below."""
    for at, row in enumerate(rows):
        for place, letter in enumerate(row):
            near = row[max(0, place - 1) : place] + row[place + 1 : place + 2]
            near += "".join(other[place : place + 1] for other in rows[max(0, at - 1) : at] + rows[at + 1 : at + 2])
            yield letter, near.replace(".", "")


_NEAR: Mapping[str, str] = dict(pair for rows in _KEYBOARDS for pair in _neighbours(rows))


def _dropped(word: str, at: int, _: Random) -> str:
    return word[:at] + word[at + 1 :]


def _doubled(word: str, at: int, _: Random) -> str:
    return word[: at + 1] + word[at:]


def _swapped(word: str, at: int, _: Random) -> str:
    at = min(at, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _next_key(word: str, at: int, draw: Random) -> str:
    near = _NEAR.get(word[at].lower(), "")
    return word[:at] + draw.choice(near) + word[at + 1 :] if near else word


_SLIPS: Sequence[Callable[[str, int, Random], str]] = (_dropped, _doubled, _swapped, _next_key)


def slips(text: str, material: Material) -> str:
    """A slip in a share of the words: a letter left out, doubled, swapped with the next, or from the next key.

    The first letter stays: it is the one that people type right (Pollock and Zamora 1984).
    """

    def slip(word: str) -> str:
        return material.draw.choice(_SLIPS)(word, material.draw.randrange(1, len(word)), material.draw)

    return _in_some_words(text, material, lambda word: True, slip)


def letters(text: str, material: Material) -> str:
    """A letter taken for one that sounds or looks like it (ذ/د, ض/ظ, ث/ت, ص/س), in some of the words that have one."""

    def confuse(word: str) -> str:
        at = material.draw.choice([at for at, letter in enumerate(word) if letter in _ALIKE])
        return word[:at] + _ALIKE[word[at]] + word[at + 1 :]

    return _in_some_words(text, material, lambda word: any(letter in _ALIKE for letter in word), confuse)


def hamza(text: str, _: Material) -> str:
    """Hurried spelling everywhere: no hamza, ه for ة, ي for ى."""
    return re.sub(r"(?<=[ء-ي])ء(?![ء-ي])", "", text.translate(_HURRIED))


def _in_some_words(text: str, material: Material, fits: Callable[[str], bool], change: Callable[[str], str]) -> str:
    words = [match for match in _WORD.finditer(text) if fits(match.group())]
    if not words:
        return text
    count = max(1, round(material.rate * len(words)))
    # From the end: what is before keeps its place.
    for at in sorted(material.draw.sample(range(len(words)), count), reverse=True):
        start, end = words[at].span()
        text = text[:start] + change(words[at].group()) + text[end:]
    return text
