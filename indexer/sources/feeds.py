"""RSS and Atom, read by feedparser out of bytes that were fetched here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import feedparser
import httpx

from indexer.errors import BadInput, FetchRefused
from indexer.fetching.state import ListedPage
from indexer.fetching.urls import checked_url, page_key
from indexer.sources.encodings import decode
from indexer.sources.page import fragment_text
from indexer.sources.xml_guard import check_xml

#: Text of an entry from which on it is taken for the whole article: no teaser is as long.
FULL_CHARS: Final = 800
#: The encoding that the feed says: it is UTF-8 by the time that feedparser reads it.
_DECLARED: Final = re.compile(r"""(\A\s*<\?xml[^>]*?)\s+encoding\s*=\s*["'][^"'>]*["']""")
#: What feedparser raises where elements end that did not begin, and the like.
_DAMAGES: Final = (AssertionError, AttributeError, LookupError, TypeError, ValueError)
_CUT: Final = ("...", "…", "[...]", "[…]", "المزيد", "read more", "continue reading")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry: its page, and its text where the feed has the whole of it.

    ``page.url`` is empty where the entry has no link.
    """

    page: ListedPage
    key: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its name and language, its entries in its order, how many more it has, and what is wrong with it."""

    title: str
    language: str
    entries: tuple[FeedEntry, ...]
    more: int = 0
    warning: str = ""


def read_feed(data: bytes, url: httpx.URL, charset: str = "", most: int = 500) -> Feed:
    """The entries of a feed.

    Args:
        data: the feed as it came.
        url: where it came from; links are relative to it.
        charset: the encoding that the server says.
        most: entries that are looked at, from the first on.

    Raises:
        BadInput: it is no feed, or declares entities.
    """
    data = _DECLARED.sub(r"\1", decode(data, charset).text, count=1).encode("utf-8", "replace")
    whole = check_xml(data)
    parsed = _parsed(data)
    if not parsed.get("version") and not parsed.entries:
        raise BadInput("no feed: neither RSS nor Atom can be read in it")
    feed = parsed.feed
    return Feed(
        _string(feed, "title"),
        _string(feed, "language"),
        tuple(_entry(entry, url) for entry in parsed.entries[:most]),
        max(0, len(parsed.entries) - most),
        "" if whole else "the feed is broken XML; what could be read of it was",
    )


def _parsed(data: bytes) -> Any:
    # In a BytesIO: a string would be taken for an address or a path. No HTML is kept, so none is cleaned.
    try:
        return feedparser.parse(
            BytesIO(data),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except _DAMAGES as error:
        raise BadInput(f"no feed: it is broken XML ({type(error).__name__}: {error})") from error


def _entry(entry: Any, base: httpx.URL) -> FeedEntry:
    try:
        link = page_key(checked_url(_string(entry, "link"), base)) if _string(entry, "link") else ""
    except FetchRefused:
        link = ""
    published = _string(entry, "published") or _string(entry, "updated") or _string(entry, "created")
    tags = tuple(_string(tag, "term") for tag in entry.get("tags") or () if _string(tag, "term"))
    page = ListedPage(
        url=link,
        title=_plain(_string(entry, "title")),
        published=published,
        stamp=_string(entry, "updated") or published,
        author=_string(entry, "author"),
        tags=tags,
    )
    return FeedEntry(page, _string(entry, "id"), _full_text(entry))


def _full_text(entry: Any) -> str:
    """The text of an entry where it is the whole article, not its beginning."""
    texts = [_plain(_string(content, "value")) for content in entry.get("content") or ()]
    text = max([*texts, _plain(_string(entry, "summary"))], key=len)
    ending = text[-40:].rstrip().rstrip("»> ").lower()
    return text if len(text) >= FULL_CHARS and not ending.endswith(_CUT) else ""


def _plain(markup: str) -> str:
    """The text of markup; empty where it cannot be read, and the page is fetched instead."""
    try:
        return fragment_text(markup)
    except BadInput:
        return ""


def _string(values: Any, name: str) -> str:
    value = values.get(name) if name in values else None  # get() alone gives `published` for a missing `updated`
    return value.strip() if isinstance(value, str) else ""
