"""The language that a text is written in, and whether that is the one that its source says.

Arabic is told by its letters alone: a text of Arabic letters with hardly any that Arabic lacks (پ, گ, ی, ە, ...). Only
other texts are looked at by py3langid (Lui and Baldwin 2012, "langid.py: An Off-the-shelf Language Identification
Tool"), whose model takes a second to load. Measured in docs/decisions/0025-duplicates-language-quality.md.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

#: Characters that are looked at: more of them change nothing.
_SAMPLE: Final = 1_000
_ARABIC: Final = re.compile("[\u0620-\u064a\u0671-\u06d3\u06d5\ufb50-\ufdff\ufe70-\ufefc]")
_LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f]")
#: Letters of the Arabic script that Arabic lacks. ڤ, چ and پ are not among them: Arab papers write foreign names so.
_FOREIGN: Final = re.compile(
    "[\u06a9\u06cc\u06af\u0698\u0679\u0688\u0691\u06ba\u06be\u06c1\u06d2\u06d5\u06ce\u06c6\u06b5\u0695]"
)
#: Share of foreign letters from which on a text of Arabic letters may be in another language.
_FOREIGN_SHARE: Final = 0.02
#: What the library is asked about: the languages of the region's press, and of its neighbours and readers.
_ASKED: Final = (
    "ar", "arz", "fa", "ur", "ps", "ku", "sdh", "ug", "en", "fr", "de", "es", "it", "pt", "nl", "tr", "ru", "he",
)  # fmt: skip
_NAMES: Final = {"arz": "ar", "sdh": "ckb"}
#: Letters from which on the library is believed about a text that another language was stated for, or that is taken
#: out of an article, and how sure it must be.
_ENOUGH: Final = 120
_SURE: Final = 0.95
#: The same for a text that has letters which Arabic lacks.
_LIKELY: Final = 0.5


def language_of(text: str) -> str:
    """The language of a text as a BCP 47 tag; "und" without letters.

    Short texts of Latin letters count as English unless the library is sure of another language.
    """
    return _told(text)[0]


def contradicts(stated: str, text: str) -> str | None:
    """The language of a text that is surely not in the one stated for it; None for one that may be."""
    sample = text[:_SAMPLE]
    if len(_ARABIC.findall(sample)) + len(_LATIN.findall(sample)) < _ENOUGH:
        return None
    found, sure = _told(text)
    same = found == stated or (found, stated) in {("ckb", "ku"), ("ku", "ckb"), ("ps", "fa"), ("fa", "prs")}
    return None if same or not sure or stated not in _KNOWN else found


_KNOWN: Final = frozenset(_NAMES.get(name, name) for name in _ASKED)


def passage_language(article_language: str, passage: str) -> str:
    """The language of a passage: its article's, unless it is long enough, in the other script, to have its own."""
    arabic, latin = len(_ARABIC.findall(passage)), len(_LATIN.findall(passage))
    own, other = (arabic, latin) if article_language in _ARABIC_SCRIPT else (latin, arabic)
    if other < _ENOUGH or own * 3 > other:
        return article_language
    return language_of(passage)


_ARABIC_SCRIPT: Final = frozenset({"ar", "fa", "ur", "ps", "ckb", "ug"})


def _told(text: str) -> tuple[str, bool]:
    """The language of a text, and whether that is sure."""
    sample = text[:_SAMPLE]
    arabic, latin = len(_ARABIC.findall(sample)), len(_LATIN.findall(sample))
    if arabic >= latin and arabic:
        if len(_FOREIGN.findall(sample)) < _FOREIGN_SHARE * arabic:
            return "ar", True
        return _identified(sample, "ar", _LIKELY)
    if latin or any(map(str.isalpha, sample)):
        return _identified(sample, "en", _SURE)
    return "und", False


def _identified(sample: str, otherwise: str, enough: float) -> tuple[str, bool]:
    """What the library says and whether it is sure, or ``otherwise`` where its probability is not enough."""
    name, probability = _identifier().classify(sample)
    name = "ckb" if name == "ku" and _ARABIC.search(sample) else _NAMES.get(name, name)
    return (name, probability >= _SURE) if probability >= enough else (otherwise, False)


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(_ASKED))
    return identifier
