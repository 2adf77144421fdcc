"""Folding of Arabic (and Latin) spelling, with a map from every folded character back to the raw text.

Search compares folded text, a citation quotes raw text; the map joins the two. Folding is context-free:
each character becomes zero, one or several characters whatever stands beside it, and every character that
comes out folds to itself. That alone makes folding idempotent and lets a span be folded by itself.

What is folded follows the usual orthographic normalisation of Arabic retrieval (Larkey, Ballesteros and
Connell, "Improving Stemming for Arabic Information Retrieval", SIGIR 2002) on top of the compatibility
decompositions of the Unicode Standard (Annex 15): vowel signs, tatweel and invisible characters vanish;
alef forms, hamza seats, final yeh and teh marbuta unify; presentation forms, ligatures, digits, quotation
marks, dashes, Latin case and Latin accents become plain.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

Script = Literal["arab", "latn", "other"]
Language = Literal["ar", "en"]

_LETTERS: Final = {
    # alef wasla and wavy alefs; alef and seats with a hamza or madda lose it by decomposition
    **dict.fromkeys("ٱٲٳ", "ا"),
    # final forms that writers exchange
    "ى": "ي",
    "ة": "ه",
    # Persian and Urdu letters typed for Arabic ones
    **dict.fromkeys("کڪګڬ", "ك"),
    **dict.fromkeys("یېےۍؽؾؿ", "ي"),
    **dict.fromkeys("ھہەۃ", "ه"),
    # sounds that Arabic lacks: papers write them with or without the added dots (ڤيينا, فيينا)
    "پ": "ب",
    "چ": "ج",
    "ڤ": "ف",
    "ڨ": "ق",
    "گ": "ك",
    # letters with a stroke or joined letters, which Unicode does not decompose
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "ł": "l",
    "ħ": "h",
    "ŧ": "t",
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
}
_PUNCTUATION: Final = {
    **dict.fromkeys("‘’‚‛′‵`´ʼʻ‹›", "'"),
    **dict.fromkeys("“”„‟″‶«»", '"'),
    **dict.fromkeys("‐‑‒–—―−⁃", "-"),
    "٫": ".",
    "٬": ",",
    "٪": "%",
    "\ufdfd": "بسم الله الرحمن الرحيم",
}
_SINGLE: Final = {**_LETTERS, **_PUNCTUATION}

# Written over, under or between letters, and part of the word that they stand in: a raw span keeps them.
_TATWEEL: Final = "\u0640"
_JOINERS: Final = "\u200c\u200d"
_WORD_SIGNS: Final = frozenset(_TATWEEL + _JOINERS + "\u0674\u06e5\u06e6")  # high hamza, small waw, small yeh

# Combining classes of the Unicode Standard (table 4-3): 10 to 36 are Hebrew, Arabic and Syriac points, 200
# and more are accents. Classes 7 to 9 (nukta, kana voicing, virama) and 0 spell other scripts: they stay.
_POINTS: Final = range(10, 37)
_ACCENTS: Final = range(200, 241)

_ARABIC_LETTERS: Final = re.compile(
    "[\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06fc\u06ff"
    "\u0750-\u077f\u0870-\u0887\u0889-\u088e\u08a0-\u08c9\ufb50-\ufbb1\ufbd3-\ufd3d\ufd50-\ufdfc\ufe70-\ufefc]"
)
_LATIN_LETTERS: Final = re.compile("[a-z\u0180-\u02af\u1d00-\u1d25\u2c60-\u2c7f\ua722-\ua7ff\uab30-\uab5a]")
_QUESTION_WORD: Final = re.compile(
    r"\W*[وف]?(?:ما|ماذا|من|متي|اين|كيف|كم|هل|لماذا|لما|لم|بم|بكم|عم|مم|ممن|لمن|اي|ايه|علي|في|الي|منذ)\b"
)


def _is_dropped(char: str) -> bool:
    """Whether a decomposed character leaves no trace: a point, an accent or an invisible control."""
    if char in _WORD_SIGNS or unicodedata.category(char) == "Cf":
        return True
    if 0xFE00 <= ord(char) <= 0xFE0F or 0xE0100 <= ord(char) <= 0xE01EF or char == "\u034f":
        return True  # variation selectors and the grapheme joiner
    combining = unicodedata.combining(char)
    return combining in _POINTS or combining in _ACCENTS


def _fold_once(text: str) -> str:
    """One pass: singles, compatibility decomposition, case, dropped characters, digits, recomposition."""
    kept: list[str] = []
    decomposed = unicodedata.normalize("NFKD", "".join(_SINGLE.get(char, char) for char in text))
    for char in unicodedata.normalize("NFKD", decomposed.casefold()):
        if not _is_dropped(char):
            digit = unicodedata.decimal(char, None)
            kept.append(_SINGLE.get(char, char) if digit is None else str(digit))
    return unicodedata.normalize("NFC", "".join(kept))


def _fold_character(char: str) -> str:
    """What one character becomes; passes repeat until nothing changes, so that folding is idempotent."""
    if "\ufc5e" <= char <= "\ufc63" or "\ufe70" <= char <= "\ufe7f":
        return ""  # a vowel sign standing alone: Unicode decomposes it to a space and the sign
    folded = char
    while (again := _fold_once(folded)) != folded:
        folded = again
    return folded


class _Table(dict[int, str]):
    """Code point -> folded text, worked out when a code point is first met; for `str.translate`."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        self[code] = folded
        return folded


_TABLE: Final = _Table()

# Per code point, for the vectorised map: how many characters it becomes, and whether it lengthens the raw
# span of the character before it. Filled as code points are met; 255 marks one not met yet.
_UNMET: Final = 255
_WIDTHS: Final[npt.NDArray[np.uint8]] = np.full(0x110000, _UNMET, dtype=np.uint8)
_TRAILS: Final[npt.NDArray[np.bool_]] = np.zeros(0x110000, dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Folded:
    """Raw text, its folded text, and the raw span that each folded character came from.

    `starts[i]` and `ends[i]` (exclusive) bound, in characters of `raw`, what folded character `i` came from.
    A base character's span reaches over the vowel signs, combining marks, tatweel and joiners that follow
    it, also where bidi controls stand between; other dropped characters (bidi controls, zero-width spaces,
    soft hyphens, a byte order mark) belong to no folded character unless they stand between a base and one
    of its marks. All characters of an expanded ligature have the span of the whole ligature.
    """

    raw: str
    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Raw span of the folded span `start:end`; it includes the marks on the last character.

        An empty span gives an empty raw span before the character at `start`, or after the last one.
        Raises ValueError where 0 <= start <= end <= len(text) does not hold.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(
                f"folded span {start}:{end} is outside the folded text; give 0 <= start <= end <= {len(self.text)}"
            )
        if start < end:
            return self.starts[start], self.ends[end - 1]
        if start < len(self.text):
            return self.starts[start], self.starts[start]
        last = self.ends[-1] if self.text else 0
        return last, last


def fold_text(text: str) -> str:
    """Folded form of `text`, any Python string; equal to `fold(text).text`, without the cost of the map."""
    return text.translate(_TABLE)


def fold(text: str) -> Folded:
    """Folded form of `text`, any Python string, with the raw span of every folded character."""
    starts, ends = _raw_spans(text)
    return Folded(text, fold_text(text), _int_array(starts), _int_array(ends))


def _raw_spans(text: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Raw start and end of every folded character, two arrays of shape (len(folded),)."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    widths = _WIDTHS[codes]
    if (widths == _UNMET).any():
        _meet(codes[widths == _UNMET])
        widths = _WIDTHS[codes]
    bases = np.flatnonzero(widths)
    ends = bases + 1
    trailing = np.flatnonzero(_TRAILS[codes])
    owners = np.cumsum(widths != 0)[trailing] - 1
    owned = owners >= 0  # marks before the first base belong to nothing
    np.maximum.at(ends, owners[owned], trailing[owned] + 1)
    return np.repeat(bases, widths[bases]), np.repeat(ends, widths[bases])


def _meet(codes: npt.NDArray[np.uint32]) -> None:
    """Fill the per-code-point arrays for code points met for the first time."""
    for code in np.unique(codes).tolist():
        char = chr(code)
        dropped = not _TABLE[code]
        _TRAILS[code] = dropped and (char in _WORD_SIGNS or unicodedata.category(char) != "Cf")
        _WIDTHS[code] = len(_TABLE[code])  # last: another thread reads the other arrays once this is set


def _int_array(values: npt.NDArray[np.int64]) -> array[int]:
    """The values as an array of Python integers, which compares and indexes as a sequence does."""
    return array("q", values.astype(np.int64).tobytes())


def is_arabic(char: str) -> bool:
    """Whether `char` is one letter of the Arabic script, presentation forms and ligatures included."""
    return char.isalpha() and _ARABIC_LETTERS.fullmatch(char) is not None


def _letter_counts(text: str) -> tuple[int, int, int]:
    """Number of Arabic, Latin and other letters in the folded text."""
    folded = fold_text(text)
    arabic = len(_ARABIC_LETTERS.findall(folded))
    latin = len(_LATIN_LETTERS.findall(folded))
    return arabic, latin, sum(map(str.isalpha, folded)) - arabic - latin


def script_of(text: str) -> Script:
    """Script of most letters of `text`; "other" without letters or where another script leads."""
    arabic, latin, other = _letter_counts(text)
    if arabic >= max(latin, other, 1):
        return "arab"
    return "latn" if latin >= max(other, 1) else "other"


def question_language(text: str) -> Language:
    """Language to answer a question in: "ar" when at least half of its Arabic and Latin letters are Arabic.

    Long foreign names do not turn an Arabic question into an English one: with fewer Arabic letters it is
    still "ar" when it opens with an Arabic question word or preposition, or has the Arabic question mark.
    A question without letters is "ar", the language of the articles.
    """
    arabic, latin, _ = _letter_counts(text)
    if arabic >= latin:
        return "ar"
    opens_arabic = _QUESTION_WORD.match(fold_text(text)) is not None
    return "ar" if opens_arabic or (arabic and "؟" in text) else "en"
