"""Text out of a tree of markup: blocks stand apart by an empty line, lines of one block and cells of a row by less.

Letters stay as they are, presentation forms and invisible joiners among them. Of white space only what markup gives no
meaning to goes: runs of it are one space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

_SKIPPED: Final = frozenset(
    {
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "form",
        "button",
        "figure",
        "svg",
        "title",
        "graphic",
    }
)
_BREAKS: Final = frozenset({"br", "lb"})
_CELLS: Final = frozenset({"td", "th", "cell"})
#: Their text runs on in the line: of HTML, and of trafilatura's own tags.
_INLINE: Final = frozenset(
    {
        *(
            "a",
            "abbr",
            "acronym",
            "b",
            "bdi",
            "bdo",
            "big",
            "cite",
            "code",
            "data",
            "del",
            "dfn",
            "em",
            "font",
            "hi",
            "i",
        ),
        *(
            "ins",
            "kbd",
            "mark",
            "q",
            "ref",
            "s",
            "samp",
            "small",
            "span",
            "strike",
            "strong",
            "sub",
            "sup",
            "time",
            "tt",
        ),
        *("u", "var", "wbr"),
    }
)
_SPACE: Final = re.compile(r"[ \t\r\n\f\u00a0]+")
# They stand for what a tag means while text is collected; no parser leaves such characters in text.
_END, _BREAK, _NEXT_CELL = "\0", "\1", "\2"


def block_text(tree: Any) -> str:
    """The text of an lxml element, its blocks apart; empty where it has none."""
    blocks = (_lines(block) for block in "".join(_pieces(tree)).split(_END))
    return "\n\n".join(block for block in blocks if block)


def _lines(block: str) -> str:
    lines = (_SPACE.sub(" ", line).strip(f" {_NEXT_CELL}") for line in block.split(_BREAK))
    return "\n".join(lines).strip("\n").replace(_NEXT_CELL, "\t")


def _pieces(tree: Any) -> Iterator[str]:
    """The text in order, with an end of block around each element that is not inline; without recursion."""
    waiting: list[Any] = [tree]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
            continue
        tag = item.tag if isinstance(item.tag, str) else ""
        tail = (item.tail or "") if item is not tree else ""
        if not tag or tag in _SKIPPED:  # comments and processing instructions have no name
            yield tail
            continue
        before, after = _around(tag)
        waiting += [tail, after]
        waiting += reversed(item)
        waiting += [item.text or "", before]


def _around(tag: str) -> tuple[str, str]:
    """What stands before and after an element's text."""
    if tag in _CELLS:
        return "", _NEXT_CELL
    if tag in _BREAKS:
        return "", _BREAK
    return ("", "") if tag in _INLINE else (_END, _END)
