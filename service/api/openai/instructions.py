"""What a system message may ask for: the language, the number of quotes, and who writes. All else is told back unread.

A service whose answers are bound to articles cannot take orders on what they say. It reads a system message sentence
by sentence for a short list of wishes, in English or Arabic; a sentence with a condition or a negation is not read, for
its wish does not always hold. docs/openai.md lists the phrases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from indexer.arabic import Language, fold_text
from service.wishes import Wishes

Mode = Literal["extractive", "generative"]
Value = TypeVar("Value")
#: More quotes than any answer has: a larger number in a system message is no wish for quotes.
_MOST: Final = 20
_SENTENCE_END: Final = re.compile(r"(?<=[.!?؟;؛])\s+|\n+")
#: Patterns are held against folded text: no case, no vowel signs, bare alef, heh for teh marbuta, western digits.
_LANGUAGE: Final = re.compile(
    r"\b(?:answers?|answering|respond(?:s|ing)?|repl(?:y|ies|ying)|writ(?:e|es|ing)|speaks?)(?:\s+[\w']+){0,3}?"
    r"\s+in\s+(?P<en>english|arabic)\b"
    r"|\blanguage(?:\s+of\s+(?:the\s+)?answers?)?\s*(?::|=|is)\s*(?P<name>english|arabic|en|ar)\b"
    r"|(?:اجب|اجيبي?|اجيبوا|رد|اكتب|جاوب|تحدث|الاجابه|اجاباتك|الرد)(?:\s+\w+){0,3}?\s+"
    r"(?:ب?اللغه\s+ال|بال)(?P<ar>عربيه|انجليزيه|انكليزيه)"
)
_LANGUAGES: Final[dict[str, Language]] = {
    **dict.fromkeys(("english", "en", "انجليزيه", "انكليزيه"), "en"),
    **dict.fromkeys(("arabic", "ar", "عربيه"), "ar"),
}
#: What the service does without being told.
_OWN_LANGUAGE: Final = re.compile(
    r"\bin\s+the\s+(?:same\s+)?language\s+(?:of|as)\s+the\s+(?:question|user)\b|بلغه\s+السوال"
)
_QUOTES: Final = re.compile(
    r"\b(?P<en>\d{1,3}|an?|one|a\s+single|two|three)(?:\s+(?:short|direct|verbatim))?"
    r"\s+(?:quotes?|quotations?|citations?)\b"
    r"|\b[وفبل]{0,2}(?P<one>اقتباسا?|استشهادا?)\s+واحدا?\b"
    r"|\b[وفبل]{0,2}(?P<two>اقتباس(?:ين|ان)|استشهاد(?:ين|ان))\b"
    r"|\b[وفبل]{0,2}(?P<ar>\d{1,3}|ثلاثه?)\s+(?:اقتباسات|استشهادات)\b"
)
_NUMBERS: Final = {"a": 1, "an": 1, "one": 1, "a single": 1, "two": 2, "three": 3, "ثلاثه": 3, "ثلاث": 3}
_EXTRACTIVE: Final = re.compile(
    r"\b(?:quotes?|quotations?)\s+only\b|\bonly\s+(?:in\s+|with\s+|verbatim\s+)?(?:quotes?|quotations?)\b"
    r"|\bextractive\b|\bverbatim\b|\b(?:do\s+not|don't|never|without)\s+paraphras(?:e|ing)\b"
    r"|\b(?:اقتباسات|باقتباسات|بالاقتباسات|الاقتباسات)\s+فقط\b|\bحرفيا\b|\bدون\s+اعاده\s+صياغه\b"
)
_GENERATIVE: Final = re.compile(r"\bgenerative\b|\bin\s+your\s+own\s+words\b|\bبكلماتك\b|\bباسلوبك\b|\bبصياغتك\b")
_CONDITION: Final = re.compile(
    r"\b(?:not|never|don't|doesn't|avoid|unless|if|when|except|at\s+least|minimum|without)\b"
    r"|\b(?:لا|لم|لن|اذا|ان\s+كان|عندما|الا|تجنب|دون|علي\s+الاقل)\b"
)


@dataclass(frozen=True, slots=True)
class Instructions:
    """What system messages ask for.

    Attributes:
        language, quotes, mode: the wish, None where there is none; of two the later counts.
        unread: the sentences that nothing was taken from, as they were written.
    """

    language: Language | None = None
    quotes: int | None = None
    mode: Mode | None = None
    unread: tuple[str, ...] = ()

    def wishes(self, *, extractive: bool) -> Wishes:
        """The form of the answer; ``extractive`` is what the model's name asks for, whatever the messages say."""
        return Wishes(self.language, self.quotes, extractive or self.mode == "extractive")

    def honoured(self) -> dict[str, str | int]:
        """The wishes by name, those alone that there are."""
        wishes = {"language": self.language, "quotes": self.quotes, "mode": self.mode}
        return {name: value for name, value in wishes.items() if value is not None}


def read_instructions(messages: Iterable[str]) -> Instructions:
    """Read system messages, the first one first."""
    read = [(sentence, _read(sentence)) for text in messages for sentence in _sentences(text)]
    return Instructions(
        language=_last(found.language for _, found in read),
        quotes=_last(found.quotes for _, found in read),
        mode=_last(found.mode for _, found in read),
        unread=tuple(sentence for sentence, found in read if not found.known),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What one sentence asks for; ``known`` is whether anything in it was understood."""

    language: Language | None = None
    quotes: int | None = None
    mode: Mode | None = None
    known: bool = False


def _read(sentence: str) -> _Found:
    folded = fold_text(sentence)
    # "do not paraphrase" is a wish with a negation in it, which must not keep the rest from being read.
    if _CONDITION.search(_EXTRACTIVE.sub(" ", folded)):
        return _Found()
    language, quotes, mode = _language(folded), _quotes(folded), _mode(folded)
    return _Found(language, quotes, mode, bool(language or quotes or mode or _OWN_LANGUAGE.search(folded)))


def _last(values: Iterable[Value | None]) -> Value | None:
    return next((value for value in reversed(list(values)) if value is not None), None)


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCE_END.split(text) if any(map(str.isalnum, part))]


def _language(folded: str) -> Language | None:
    found = _LANGUAGE.search(folded)
    return _LANGUAGES[next(filter(None, found.groups()))] if found else None


def _quotes(folded: str) -> int | None:
    found = _QUOTES.search(folded)
    if found is None:
        return None
    if found["one"] or found["two"]:
        return 1 if found["one"] else 2
    said = " ".join((found["en"] or found["ar"]).split())
    number = _NUMBERS.get(said) or (int(said) if said.isdigit() else 0)
    return number if 1 <= number <= _MOST else None


def _mode(folded: str) -> Mode | None:
    if _EXTRACTIVE.search(folded):
        return "extractive"
    return "generative" if _GENERATIVE.search(folded) else None
