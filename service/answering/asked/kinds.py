"""What kind of answer a question expects, told from its question words and the noun that they ask about."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal, cast, get_args

from indexer.arabic import fold_text, is_arabic
from indexer.function_words import FUNCTION_WORDS
from indexer.lexical import tokenize
from service.answering.asked.asking_words import ASKING
from service.answering.asked.kind_words import ROWS

Kind = Literal[
    "count", "money", "percentage", "date", "duration", "age", "measure", "person", "place", "organisation", "reason",
    "manner", "yes_no", "quotation", "other",
]  # fmt: skip
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
#: Kinds whose answer has a number in it.
NUMERIC: Final[frozenset[Kind]] = frozenset(("count", "money", "percentage", "duration", "age", "measure"))

_COUNTED: Final = re.compile(
    r" [وفبل]?(?:كم|how many|ما عدد|ما هو عدد|عدد|the number of)"
    r"(?: عدد| من| يبلغ عدد| بلغ عدد| كان عدد| وصل عدد| of the| the| more)* (\S+)"
)


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    return tuple((cast(Kind, kind), re.compile(_pattern(before, after))) for kind, before, after in ROWS)


def _pattern(before: str, after: str) -> str:
    """The row as a pattern over folded words parted by one space, with a space at both ends."""
    last = f" (?:ال)?(?:{_alternatives(after)})(?= )"
    if before == "^":
        return f"^ ?[وف]?(?:{_alternatives(after)}) "
    return f" [وفبل]?(?:{_alternatives(before)}){last}" if before else f" [وفبل]?(?:{_alternatives(after)})(?= )"


def _alternatives(phrases: str) -> str:
    folded = (re.escape(fold_text(phrase)) for phrase in phrases.split("|"))
    return "|".join(one.replace(r"\*", r"\w*").replace(r"\ ", " ").replace("_", r"\w+") for one in folded)


def _words(question: str) -> str:
    """The question's folded words, parted by single spaces, with a space at both ends."""
    return f" {' '.join(token.text for token in tokenize(question))} "


@lru_cache(maxsize=1024)
def expected_kind(question: str) -> Kind:
    """The kind of answer that the question expects; "other" where no row matches.

    The first row that matches decides. English asks with the words that stand first («who was president when ...»), so
    that there of rows that match at different places the one that matches first does.
    """
    words = _words(question)
    found = [(match.start(), kind) for kind, pattern in _patterns() if (match := pattern.search(words))]
    if not found:
        return "other"
    return found[0][1] if any(map(is_arabic, words)) else min(found, key=lambda one: one[0])[1]


def counted_noun(question: str) -> str:
    """The folded word that a question counts ("كم صحافيا", "how many engines"); empty where it counts none."""
    found = _COUNTED.search(_words(question))
    noun = found.group(1) if found else ""
    return "" if noun in FUNCTION_WORDS or noun in ASKING else noun
