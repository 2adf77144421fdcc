"""Titles, sources and addresses of articles where they stand beside words of ours: nothing in them may pass for those.

An article's text is never changed; these are the labels around its quotes, which whoever wrote the article chose, too.
"""

from __future__ import annotations

import re
from typing import Final

#: Characters of a label that are shown.
LONGEST: Final = 300
#: What is there and not seen, or turns what is seen: control characters, marks of direction, tags, variation selectors,
#: fillers. The joiners of Persian and the signs of Arabic (end of ayah, number sign) are seen, and are none.
HIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]+"
)
#: Marks that turn the text behind them, beyond what they are set around.
TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]+")
#: Signs with which an answer quotes and numbers.
_SIGNS: Final = str.maketrans("[]【】［］“”", "()()()‘’")
_QUOTES: Final = str.maketrans("«»", "‹›")


def label(text: str) -> str:
    """A headline on one line, without what is hidden, without brackets that could be a marker, at most ``LONGEST``."""
    seen = " ".join(HIDDEN.sub(" ", text).translate(_SIGNS).split())
    return seen if len(seen) <= LONGEST else f"{seen[: LONGEST - 1].rstrip()}…"


def name(text: str) -> str:
    """A publisher's name: a label that cannot quote either."""
    return label(text).translate(_QUOTES)


def visible(text: str) -> str:
    """The text, lines and all, without what is there and not seen."""
    return HIDDEN.sub(lambda found: "".join(char for char in found[0] if char in "\n\t"), text)


def web_address(url: str) -> str:
    """The address, if it is one of the web; else nothing: no script, no file, no host alone."""
    whole = url.strip()
    started = re.match(r"https?://[^\s/?#]", whole, re.IGNORECASE)
    return whole if started and not re.search(r"[\s<>\"\\^`{|}]", HIDDEN.sub(" ", whole)) else ""
