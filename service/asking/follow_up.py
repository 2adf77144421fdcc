"""Whether a question can be understood without what was said before it.

Rules, not a model: words that point back (pronouns, demonstratives, Arabic pronouns joined to a word), questions with
nothing to ask about ("Why?", «كم عددهم؟»), fragments ("And in Egypt?"), and short questions about a definite thing
that was just spoken of. A word that points back is passed over where its own question says what it stands for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from indexer.arabic import is_arabic, question_language
from indexer.function_words import FUNCTION_WORDS
from indexer.lexical import Token, stem, terms, tokenize
from service.asking import reference_words as words

Dependence = Literal["none", "pointing", "bare", "fragment", "definite"]
#: A question about a definite thing with at most so many content words leans on what was said of it.
_SHORT = 4
#: So does one that goes on ("And who ...?") with at most so many, and any with one.
_SHORT_WHEN_GOING_ON = {"ar": 2, "en": 3}
#: So many content words before a joined pronoun name what it stands for, or so many behind a bound preposition.
_NAMED_BEFORE, _NAMED_BEHIND = 3, 2
#: "Is it true that", "how long does it take to".
_EXPLETIVE = re.compile(
    r"\bit (?:is |was )?(?:true|possible|likely|known|said|expected|necessary)\b"
    r"|\bit (?:take|cost|need|mean)s?\b(?=.*\b(?:to|from|for)\b)|\bit (?:rain|snow)"
)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a question: folded, and as it was written."""

    text: str
    raw: str

    @property
    def bare(self) -> str:
        """Without a joined conjunction before a word of grammar."""
        return _without_conjunction(self.text)

    @property
    def content(self) -> bool:
        """Whether it is more than grammar."""
        return says_something(self.text)

    @property
    def capital(self) -> bool:
        return self.raw[:1].isupper()


def says_something(word: str) -> bool:
    """Whether a folded word is more than grammar, question words included."""
    bare = _without_conjunction(word)
    return bare not in FUNCTION_WORDS and bare not in words.QUESTION_WORDS | words.OPENERS | words.AUXILIARIES


def is_aspect(word: str) -> bool:
    """Whether a folded word is a number or a measure, with which alone a question asks about nothing."""
    return word[0].isdigit() or stem(word) in _ASPECT_STEMS


def _without_conjunction(word: str) -> str:
    rest = word[1:]
    return rest if word[0] in "وف" and (rest in FUNCTION_WORDS or rest in words.QUESTION_WORDS) else word


def dependence(question: str, before: str) -> Dependence:
    """How the question depends on what was said before, or "none".

    Args:
        question: in Arabic or English.
        before: the last question and answer.
    """
    found = [_Word(token.text, _written(question, token)) for token in tokenize(question)]
    about = [word for word in found if word.content and not is_aspect(word.text)]
    if not about:
        return "bare"
    if _points_back(question, found):
        return "pointing"
    if _is_fragment(found):
        return "fragment"
    return "definite" if _is_about_the_same(question, found, about, before) else "none"


_ASPECT_STEMS = frozenset(stem(word) for word in words.ASPECTS)


def _written(question: str, token: Token) -> str:
    return question[token.start : token.end]


def _points_back(question: str, found: Sequence[_Word]) -> bool:
    if question_language(question) == "en":
        return any(_english_pointer(question, found, at) for at in range(len(found)))
    return any(_arabic_pointer(found, at) for at in range(len(found)))


def _english_pointer(question: str, found: Sequence[_Word], at: int) -> bool:
    word = found[at].text.removesuffix("'s")
    named = any(_is_name(earlier, number) for number, earlier in enumerate(found[:at]))
    if word in words.SUBJECTS_AND_POSSESSIVES:
        return not named
    if word not in words.OBJECTS or _is_grammar(question, found, at):
        return False
    return not (named and any(earlier.text in words.CLAUSES for earlier in found[1:at]))


def _is_grammar(question: str, found: Sequence[_Word], at: int) -> bool:
    """Whether an "it", "that", "one" or "there" points at nothing."""
    word = found[at].text
    earlier = found[at - 1] if at else None
    following = found[at + 1].text if at + 1 < len(found) else ""
    if word == "it":
        return _EXPLETIVE.search(question.lower()) is not None
    if earlier is None or not following:
        return False
    return (
        following in words.TIME_NOUNS
        or (word == "there" and earlier.text in words.AUXILIARIES)  # "is there"
        or (word == "one" and not earlier.content)  # "in one day"
        or (word == "that" and earlier.content)  # "the record that Oubella broke"
    )


def _is_name(word: _Word, position: int) -> bool:
    return position > 0 and word.capital and word.content


def _arabic_pointer(found: Sequence[_Word], at: int) -> bool:
    word, behind = found[at], found[at + 1 :]
    following = behind[0].text if behind else ""
    if word.bare in words.DEMONSTRATIVES:
        return following not in words.TIME_NOUNS
    before = [earlier for earlier in found[:at] if earlier.content]
    if word.bare in words.PRONOUNS:
        asks = at > 0 and found[at - 1].bare in words.COPULAS and bool(following)
        return not asks and len(before) < _NAMED_BEFORE
    relative = any(earlier.text in words.RELATIVES for earlier in found[1:at])
    if relative or len(before) >= _NAMED_BEFORE:
        return False
    if word.bare in words.BOUND_PREPOSITIONS:
        return sum(later.content for later in behind) < _NAMED_BEHIND
    return _has_joined_pronoun(word)


def _has_joined_pronoun(word: _Word) -> bool:
    text = word.text
    if text.startswith(("ال", "وال", "بال", "لل")) or text in words.NOT_BOUND or text[1:] in words.NOT_BOUND:
        return False
    if not is_arabic(text[0]) or _last_letter(word.raw) == "ة":
        return False
    return any(text.endswith(suffix) and len(text) >= len(suffix) + 3 for suffix in words.SUFFIXES)


def _last_letter(raw: str) -> str:
    return next((char for char in reversed(raw) if is_arabic(char)), "")


def _is_fragment(found: Sequence[_Word]) -> bool:
    """Whether it continues a question instead of asking one: "And in Egypt?", «وفي مصر؟», "What about Egypt?"."""
    first, second = found[0].text, found[1].text if len(found) > 1 else ""
    if (first in {"what", "how"} and second == "about") or (first in {"وماذا", "ماذا"} and second == "عن"):
        return True
    asks = any(word.bare in words.QUESTION_WORDS or word.text in words.AUXILIARIES for word in found)
    joined = first[0] == "و" and first not in FUNCTION_WORDS and len(first) > 3
    continues = first in words.OPENERS or joined or first[1:] in FUNCTION_WORDS
    return continues and not asks


def _is_about_the_same(question: str, found: Sequence[_Word], about: Sequence[_Word], before: str) -> bool:
    if len(about) > _SHORT or any(_is_name(word, number) for number, word in enumerate(found)):
        return False
    language = question_language(question)
    if len(about) == 1 and not _asks_what_it_is(found) and not _is_place(found, about[0]):
        return True
    if _goes_on(found[0].text) and len(about) <= _SHORT_WHEN_GOING_ON[language]:
        return True
    definite = [word for number, word in enumerate(found) if word.content and _is_definite(found, number)]
    if language == "en" and definite and len(about) <= _SHORT_WHEN_GOING_ON[language]:
        return True  # no name, and yet "the company": one that was spoken of
    known = set(terms(before))
    return any(stem(word.text) in known for word in definite)


def _asks_what_it_is(found: Sequence[_Word]) -> bool:
    """Whether it asks what or who something is, which anybody may ask at any time: "What is inflation?"."""
    between = {word.bare for word in found[1:-1]}
    if found[0].bare in {"من", "what", "who"}:
        return len(found) == 3 and bool(between & {"هو", "هي", "is", "are", "was"})
    return found[0].bare == "ما" and between <= {"هو", "هي"}


def _is_place(found: Sequence[_Word], word: _Word) -> bool:
    """Whether it stands behind "in": "What happened in Kyiv?" is about Kyiv, which needs no introduction."""
    at = found.index(word)
    return at > 0 and found[at - 1].text in {"في", "in"}


def _goes_on(first: str) -> bool:
    return first in words.CONNECTIVES or (first[0] in "وف" and first[1:] in words.QUESTION_WORDS)


def _is_definite(found: Sequence[_Word], number: int) -> bool:
    return found[number].text.startswith(("ال", "لل", "بال", "وال")) or (number > 0 and found[number - 1].text == "the")
