"""Whether the point behind a word belongs to the word or ends a sentence; no look at anything but words."""

from __future__ import annotations

from indexer import sentence_words as data


def point_ends(word: str, earlier: str, following: str, starts: bool) -> bool:
    """Whether a point between `word` and `following` ends a sentence.

    All words are folded. `word` keeps the points inside it ("ق.م"), `earlier` is the word before it, empty at
    the start of a sentence, and `starts` says whether `following` is a word that usually opens a sentence.
    """
    if word in data.LEADING_ABBREVIATIONS or _is_spelled_inside(word, following):
        return False
    if word in data.NUMBERED_ABBREVIATIONS:
        return not following[:1].isdigit()
    if word in data.UNIT_ABBREVIATIONS:
        return following not in data.UNIT_CONTINUATIONS
    if word in data.CLOSING_ABBREVIATIONS or _is_spelled_inside(earlier, word):
        return starts
    letters = word.split(".")
    if all(len(letter) == 1 and letter.isalpha() for letter in letters):
        return _initials_end(letters, earlier, following, starts)
    return True


def _is_spelled_inside(word: str, following: str) -> bool:
    """Whether both words are names of letters that spell initials apart: بي. إن. سبورتس."""
    return word in data.SPELLED_LETTERS and following in data.LETTER_NAMES


def is_dotted_name(word: str, following: str) -> bool:
    """Whether `word`.`following`, with no space between, is one name: العربية.نت, آي.بي.إم, أ.ف.ب, د.محمد."""
    parts = word.split(".")
    if following in data.SITE_ENDINGS or len(parts[-1]) == 1:
        return True
    if {parts[-1], following} <= data.LETTER_NAMES:
        return True
    return not data.SPELLED_LETTERS.isdisjoint({*parts, following})


def _initials_end(letters: list[str], earlier: str, following: str, starts: bool) -> bool:
    """Whether the point behind initials ends a sentence.

    Several initials (ق.م, أ ف ب, U.S.) may stand last, and so may a letter that is a label; a lone letter
    is a title or a first name (د. طه, ج. حداد) and the name follows.
    """
    if len(letters) > 1:
        return starts
    letter = letters[0]
    if letter in data.ERA_LETTERS and earlier.isdigit():
        return following not in data.UNIT_CONTINUATIONS
    is_chain = len(earlier) == 1 and earlier.isalpha()
    return starts and (is_chain or earlier in data.LABELLED or letter.isascii())
