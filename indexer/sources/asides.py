"""What stands in an article and is none of it: "Read also" lines, captions of photographs, their credits.

A caption is text about a picture that is not indexed; quoted as an answer it would lack what it speaks of. Lines that
lead to other articles bring those articles' words into this one.
"""

from __future__ import annotations

import re
from typing import Final

from lxml.etree import XPath
from lxml.html import HtmlElement

from indexer.arabic import fold_text
from indexer.boilerplate import LEADS_ELSEWHERE

_MARKERS: Final = (
    *LEADS_ELSEWHERE,
    *("اقرأ/ي أيضا", "اقرؤوا أيضا", "إقرأ أيضا", "إقرأ المزيد", "طالع المزيد", "شاهد المزيد", "تابع أيضا", "انظر أيضا"),
    *("مقالات ذات صلة", "مواضيع متعلقة", "قد يهمك أيضا", "قد يهمك", "قد يعجبك أيضا", "لمزيد من التفاصيل", "للمزيد"),
    *("you may also like", "more on this story", "recommended", "related news", "related topics", "related"),
    *("lire aussi", "à lire aussi", "voir aussi", "sur le même sujet"),
)
_MARKER: Final = re.compile(
    r"\W*(?:" + "|".join(sorted((re.escape(fold_text(text)) for text in _MARKERS), key=len, reverse=True)) + r")(?!\w)"
)
_COLON: Final = re.compile(r"\s*(?:[:：…|»>-]|\.{2,}|$)")
_LONGEST: Final = 300  # characters of a line that leads elsewhere; a paragraph that begins so and is longer is prose
_LINKED: Final = 0.5  # share of its letters that stand in links

_BLOCKS: Final = XPath(
    "//p|//li|//div|//section|//aside|//blockquote|//ul|//ol|//h2|//h3|//h4|//h5|//h6|//strong|//b|//span|//a"
)
_CAPTIONS: Final = XPath(
    "//figcaption|//p[@class]|//div[@class]|//span[@class]|//small[@class]|//em[@class]|//dd[@class]"
)
_CAPTION_CLASS: Final = re.compile(r"(?:^|[-_\s])(?:caption|credits?|figcaption)(?:$|[-_\s])", re.I)


def is_aside(line: str) -> bool:
    """Whether a line of text leads to other articles: "اقرأ أيضا: ..."."""
    if len(line) > _LONGEST:
        return False
    folded = fold_text(line.strip())
    found = _MARKER.match(folded)
    return found is not None and _COLON.match(folded, found.end()) is not None


def remove_asides(tree: HtmlElement) -> None:
    """Take captions, credits and what leads to other articles out of a page."""
    for element in _CAPTIONS(tree):
        named = element.tag == "figcaption" or _CAPTION_CLASS.search(element.get("class") or "")
        if named and len(_text(element)) <= _LONGEST:
            _drop(element)
    for element in _BLOCKS(tree):
        if _leads_elsewhere(element):
            _drop_with_links_below(element)


def _leads_elsewhere(element: HtmlElement) -> bool:
    head = element.text_content()[: _LONGEST * 4]
    found = _MARKER.match(fold_text(head.strip()[:80]))
    if found is None:
        return False
    text = _text(element)
    return len(text) <= _LONGEST and (is_aside(text) or _linked_share(element, text) >= _LINKED)


def _drop_with_links_below(element: HtmlElement) -> None:
    """Drop a line; where it is but a heading, the links under it too."""
    alone = _COLON.fullmatch(_MARKER.sub("", fold_text(_text(element)), count=1)) is not None
    parent, following = element.getparent(), element.getnext()
    if alone and following is None and parent is not None and _text(parent) == _text(element):
        following = parent.getnext()  # the heading stands in an element of its own
    _drop(element)
    while alone and following is not None and isinstance(following.tag, str):
        below, following = following, following.getnext()
        text = _text(below)
        if text and _linked_share(below, text) < 0.8:
            return
        _drop(below)


def _linked_share(element: HtmlElement, text: str) -> float:
    links = [element] if element.tag == "a" else element.iter("a")
    return sum(len(_text(link)) for link in links) / max(1, len(text))


def _text(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()
