"""The same words written otherwise: signs, stretched letters, other digits and code points, spaces, case."""

from __future__ import annotations

import re
import unicodedata

from eval.extras import library
from eval.variants.material import Material
from indexer.arabic import question_language

_LETTER = re.compile(r"[ء-غف-ي]")
_SIGNS = "\u064e\u064f\u0650\u0652"  # fatha, damma, kasra, sukun
#: Between a letter that joins to the left and the letter that follows.
_STRETCH = re.compile(r"(?<=[ئبتثجحخسشصضطظعغفقكلمنهي])(?=[ء-غف-ي])")
_TATWEEL = "\u0640"
_DIGITS = str.maketrans("0123456789٠١٢٣٤٥٦٧٨٩", "٠١٢٣٤٥٦٧٨٩0123456789")
#: Words that hurried writers join to the next one: و قال, ما هي, عبد الله.
_JOINS = re.compile(r"(?<![^\W\d_])(و|ما|من|لا|يا|عبد|أبو|ابو) +(?=[ء-غف-ي]{2})")
#: The conjunction before the article: with fewer letters behind, or as والد, it may be the word's own.
_CONJUNCTION = re.compile(r"(?<![^\W\d_])و(?=ال[ء-غف-ي]{3})(?!الد)")


def plain(text: str, _: Material) -> str:
    """Lower case, no punctuation."""
    kept = "".join(" " if unicodedata.category(char).startswith("P") else char for char in text.lower())
    return " ".join(kept.split())


def joined(text: str, _: Material) -> str:
    """Without the space behind و, ما, من, لا, يا, عبد and أبو."""
    return _JOINS.sub(r"\1", text)


def apart(text: str, _: Material) -> str:
    """With a space between the conjunction و and a word with the article."""
    return _CONJUNCTION.sub("و ", text)


def diacritics(text: str, material: Material) -> str:
    """A vowel sign on every second Arabic letter or so."""
    return _LETTER.sub(
        lambda match: match.group() + material.draw.choice(("", _SIGNS[material.draw.randrange(4)])), text
    )


def tatweel(text: str, material: Material) -> str:
    """Letters stretched here and there."""
    return _STRETCH.sub(lambda _: _TATWEEL * material.draw.choice((0, 0, 1, 2)), text)


def digits(text: str, _: Material) -> str:
    """The other digits in an Arabic question: Arabic-Indic for European ones, and the other way round."""
    return text.translate(_DIGITS) if question_language(text) == "ar" else text


def presentation(text: str, _: Material) -> str:
    """Arabic in presentation forms, the code points of printed shapes that old PDF files give.

    Raises:
        BadInput: arabic-reshaper is not installed.
    """
    return str(library("arabic_reshaper").reshape(text)) if _LETTER.search(text) else text
