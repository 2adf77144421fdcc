r"""The text of an answer as Markdown, which most chat clients take a message's content for.

A quote may hold ``![](http://...)``: a client that rendered it would fetch the image, and tell its host who reads this
and when. So brackets, ``<`` and backslashes are escaped (CommonMark 0.31, section 2.4): what is rendered is the quote,
character for character, and nothing of it is an image, a link or HTML. Our own markers, ``[1]``, stay as they are: they
are no links where nothing defines them.
"""

from __future__ import annotations

import re
from typing import Final

_ACTIVE: Final = re.compile(r"(?<![!\]\\])(?:\[\d{1,4}\])+(?![(:\[])|[\\\[\]<]")


def escaped(text: str) -> str:
    """The text, to be rendered as it is."""
    return _ACTIVE.sub(lambda found: found[0] if len(found[0]) > 1 else f"\\{found[0]}", text)
