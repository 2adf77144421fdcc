"""HTML that is made to break readers is refused before a tree is built of it.

Trees take time that grows with the square of the attributes of one element: 100,000 on one ``<p>``, 800 kB, took
283 seconds. Counting them while parsing takes a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lxml.etree import HTMLParser, LxmlError, fromstring

from indexer.errors import BadInput

MAX_ATTRIBUTES: Final = 500
MAX_ELEMENTS: Final = 300_000


class _Counter:
    """A target of lxml's parser: told of every element, keeps none."""

    def __init__(self) -> None:
        self._elements = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._elements += 1
        if len(attributes) > MAX_ATTRIBUTES:
            raise BadInput(f"an element <{tag[:20]}> of the page has {len(attributes):,} attributes: it is not read")
        if self._elements > MAX_ELEMENTS:
            raise BadInput(f"the page has more than {MAX_ELEMENTS:,} elements: it is not read")

    def close(self) -> None:
        return None


def check_html(data: bytes) -> None:
    """Look a page in UTF-8 over. Raises BadInput for one that would take too long to read."""
    try:
        fromstring(data, parser=HTMLParser(target=_Counter(), encoding="utf-8"))
    except LxmlError:  # what is no page is told by what builds the tree
        return
