"""What a question takes for granted, as a statement that a model of inference can hold against a text.

«متى افتُتح الخط؟» takes for granted «افتُتح الخط». Only question words that stand before a whole statement are taken
off: Arabic ones that ask when, where, why, how and whether, and English ones in the place of the subject. Where more
would have to be moved about, there is no statement.
"""

from __future__ import annotations

import re
from typing import Final

#: The beginning of a question and what stands in its place; the first that matches counts.
_BEGINNINGS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), instead)
    for pattern, instead in (
        (r"^[وف]?(?:(?:منذ|حتى|إلى) متى|(?:من|إلى) أين|متى|أين|لماذا|كيف|هل)\s+", ""),
        (r"^[وف]?(?:في|إلى|من|منذ|خلال|على|عن) (?:أيّ|أي|أية)\s+\S+\s+", ""),
        (r"^[وف]?من (?:الذي|التي)\s+(?!هو|هي)", "أحدهم "),
        (r"^who\s+(?!(?:did|does|do|is|was|are|were|else)\b)", "Someone "),
        (r"^what\s+(?=(?:caused|led|prompted|triggered|delayed|happened)\b)", "Something "),
    )
)
_END: Final = " ؟?!.\t\n"


def statement(question: str) -> str | None:
    """What the question takes for granted; None where that cannot be told by taking off its beginning."""
    asked = question.strip(_END)
    for beginning, instead in _BEGINNINGS:
        rest = beginning.sub(instead, asked, count=1)
        if rest != asked and rest.removeprefix(instead):
            return f"{rest}."
    return None
