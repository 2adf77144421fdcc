"""Pages, feeds and sitemaps of other machines: what stands at an address is told by its first bytes.

A feed or sitemap is a list of pages; each page is fetched and read like one that was named itself. Where a feed has the
whole text of an entry, its page is not fetched.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, Literal

import httpx

from indexer.errors import BadInput, FetchError, FetchGone, FetchRefused
from indexer.fetching.client import Fetched, Fetcher
from indexer.fetching.decoding import gunzip
from indexer.fetching.state import FetchState, ListedPage, NoState, Remembered
from indexer.fetching.urls import checked_url, page_key
from indexer.sources.dates import parse_date
from indexer.sources.encodings import decode
from indexer.sources.feeds import Feed, FeedEntry, read_feed
from indexer.sources.html import page_items
from indexer.sources.items import Loss, Problem, ReadOptions, SourceItem
from indexer.sources.page import Page, parsed, read_page
from indexer.sources.sitemaps import MAX_SITEMAP_BYTES, listed_pages, stamp
from indexer.sources.structured import feed_links

_ROOT: Final = re.compile(rb"<(?:\w+:)?(rss|feed|rdf|urlset|sitemapindex|html|head|body|!doctype\s+html)[\s>]", re.I)
_KINDS: Final = {"rss": "feed", "feed": "feed", "rdf": "feed", "urlset": "sitemap", "sitemapindex": "sitemap"}

_HEAD_BYTES: Final = 1_000_000  # comments and document types stand before the first element

Kind = Literal["feed", "sitemap", "page"]


@dataclass(frozen=True, slots=True)
class Remote:
    """What fetches, and what is remembered of earlier runs.

    Attributes:
        fetcher: gets what stands at an address.
        state: what earlier runs saw; addresses are noted as soon as their articles were given on.
        pages: pages of one feed or sitemap that are looked at, the first ones of a feed, the newest of a sitemap.
        revisit: seconds for which a page is not asked again, where its feed or sitemap says that it is unchanged.
        kept: called with the ids of articles that are as they were, and are not read again.
        gone: called with the address of a page that is not there any more (404, 410), and the ids of its articles.
    """

    fetcher: Fetcher
    state: FetchState = field(default_factory=NoState)
    pages: int = 500
    revisit: float = 0.0
    kept: Callable[[Sequence[str]], None] = lambda ids: None
    gone: Callable[[str, Sequence[str]], None] = lambda url, ids: None


def read_remote(url: str, remote: Remote, options: ReadOptions) -> Iterator[SourceItem]:
    """Yield the articles at an address: of its page, or of the pages that its feed or sitemap lists.

    What cannot be fetched or read is a Problem, of the whole (``Loss.FILE``) or of one page (``Loss.RECORD``).
    """
    reading = _Reading(remote, options)
    try:
        yield from reading.address(url)
    except (FetchError, BadInput) as refusal:
        yield Problem(url, None, str(refusal), Loss.FILE)


def read_pages(urls: Sequence[str], remote: Remote, options: ReadOptions) -> Iterator[SourceItem]:
    """Yield the articles of pages that are asked for one by one, where they changed.

    What cannot be fetched or read is a Problem of one page.
    """
    yield from _Reading(remote, options).pages([ListedPage(url) for url in urls])


def kind_of(data: bytes, media: str) -> Kind | None:
    """What a body is, by its first element; None where it is neither page, feed nor sitemap."""
    found = _ROOT.search(data[:_HEAD_BYTES].replace(b"\0", b""))
    if found is None:
        return "page" if media in {"text/html", "application/xhtml+xml"} else None
    kind = _KINDS.get(found[1].decode("ascii").lower(), "page")
    return "feed" if kind == "feed" else "sitemap" if kind == "sitemap" else "page"


class _Reading:
    """One run over one address: which pages it has met."""

    def __init__(self, remote: Remote, options: ReadOptions) -> None:
        self._remote = remote
        self._options = options
        self._met: set[str] = set()

    def address(self, url: str) -> Iterator[SourceItem]:
        key = page_key(checked_url(url))
        known = self._remote.state.get(key)
        fetched = self._remote.fetcher.get(url, known, max(MAX_SITEMAP_BYTES, self._remote.fetcher.max_bytes))
        if fetched.unchanged and known is not None:
            yield from self._unchanged(key, known)
            return
        fetched = replace(fetched, body=_unpacked(fetched.body))
        kind = kind_of(fetched.body, fetched.media)
        if kind == "feed":
            yield from self._feed(key, fetched)
        elif kind == "sitemap":
            yield from self._sitemap(key, fetched)
        elif kind == "page" and known is not None and known.listing:
            raise FetchRefused(
                f"{fetched.url} was a feed or sitemap and is a page now, most likely an error page; look at it. A "
                "source that is to be a page needs another name"
            )
        elif kind == "page":
            yield from self._page(ListedPage(key), fetched, known_as_page=True)
        else:
            raise FetchRefused(f"{fetched.url} is neither a page, a feed nor a sitemap ({fetched.media or 'no type'})")

    def _unchanged(self, key: str, known: Remembered) -> Iterator[SourceItem]:
        """A listing, or a page, that is as it was: its pages may have changed nevertheless."""
        self._remote.kept(known.articles)
        self._remote.state.note(key, replace(known, checked=time.time()))
        yield from self._listed(known.pages, key)

    def _feed(self, key: str, fetched: Fetched) -> Iterator[SourceItem]:
        feed = read_feed(self._checked(fetched), fetched.url, fetched.charset, self._remote.pages)
        if feed.warning:
            yield Problem(key, None, feed.warning, Loss.NOTHING)
        if not feed.entries:
            yield Problem(key, None, "the feed has no entries", Loss.NOTHING)
        whole = [entry for entry in feed.entries if entry.text]
        ids: list[str] = []
        for entry in whole:
            ids.append(entry.page.url or entry.key)
            yield from self._entry(entry, feed, key)
        pages = tuple(entry.page for entry in feed.entries if not entry.text and entry.page.url)
        yield from self._unlinked(feed.entries, key)
        self._note(key, fetched, Remembered(articles=tuple(ids), pages=pages, listing=True))
        yield from self._listed(pages, key)
        if feed.more:
            yield _left_out(key, feed.more)

    def _unlinked(self, entries: Iterable[FeedEntry], key: str) -> Iterator[SourceItem]:
        for entry in entries:
            if not entry.text and not entry.page.url:
                yield Problem(key, None, f"the entry {entry.page.title[:80]!r} has neither its text nor a link to it")

    def _entry(self, entry: FeedEntry, feed: Feed, key: str) -> Iterator[SourceItem]:
        """An article whose whole text the feed has."""
        if self._is_met(entry.page.url or entry.key):
            return
        page = Page(
            text=entry.text,
            title=entry.page.title,
            url=entry.page.url,
            source=feed.title,
            published=parse_date(entry.page.published) or entry.page.published,
            author=entry.page.author,
            tags=entry.page.tags,
        )
        yield from page_items(page, entry.page.url or entry.key, self._options, key)

    def _sitemap(self, key: str, fetched: Fetched) -> Iterator[SourceItem]:
        pages: list[ListedPage] = []
        for listed in listed_pages(fetched.body, fetched.url, self._sub_sitemap):
            if isinstance(listed, Problem):
                yield listed
            else:
                pages.append(listed)
        pages.sort(key=stamp, reverse=True)  # stable: without dates they stay in the order of the sitemap
        # Without validators: an index does not change when a sitemap that it lists does.
        self._remote.state.note(key, Remembered(checked=time.time(), listing=True))
        yield from self._listed(pages, key)

    def _sub_sitemap(self, url: str) -> tuple[bytes, httpx.URL]:
        fetched = self._remote.fetcher.get(url, None, MAX_SITEMAP_BYTES)
        return _unpacked(fetched.body), fetched.url

    def pages(self, pages: Sequence[ListedPage]) -> Iterator[SourceItem]:
        for page in pages:
            if self._is_met(page.url):
                continue
            try:
                yield from self._listed_page(page)
            except (FetchError, BadInput) as refusal:
                yield Problem(page.url, None, str(refusal))

    def _listed(self, pages: Sequence[ListedPage], key: str) -> Iterator[SourceItem]:
        yield from self.pages(pages[: self._remote.pages])
        if len(pages) > self._remote.pages:
            yield _left_out(key, len(pages) - self._remote.pages)

    def _listed_page(self, page: ListedPage) -> Iterator[SourceItem]:
        known = self._remote.state.get(page.url)
        if known is not None and self._is_fresh(page, known):
            self._remote.kept(known.articles)
            return
        try:
            fetched = self._remote.fetcher.get(page.url, known)
        except FetchGone:
            self._remote.gone(page.url, known.articles if known and known.articles else (page.url,))
            raise
        if fetched.unchanged and known is not None:
            self._remote.kept(known.articles)
            self._remote.state.note(page.url, replace(known, stamp=page.stamp, checked=time.time()))
            return
        yield from self._page(page, fetched)

    def _is_fresh(self, page: ListedPage, known: Remembered) -> bool:
        return bool(page.stamp) and page.stamp == known.stamp and time.time() - known.checked < self._remote.revisit

    def _page(self, listed: ListedPage, fetched: Fetched, *, known_as_page: bool = False) -> Iterator[SourceItem]:
        body = self._checked(fetched)
        try:
            page = read_page(body, str(fetched.url), fetched.charset, datetime.now(UTC))
        except BadInput as refusal:
            self._note(listed.url, fetched, Remembered(stamp=listed.stamp))
            raise BadInput(f"{refusal}{_hint(fetched) if known_as_page else ''}") from refusal
        if page.closed or "noindex" in fetched.headers.get("x-robots-tag", "").lower():
            raise BadInput("the page asks not to be indexed (noindex)")
        page = replace(
            page,
            title=page.title or listed.title,
            tags=page.tags or listed.tags,
            author=page.author or listed.author,
        )
        yield from page_items(page, page.url, self._options, listed.url, published=listed.published)
        self._note(listed.url, fetched, Remembered(stamp=listed.stamp, articles=(page.url,)))

    def _checked(self, fetched: Fetched) -> bytes:
        """The body, if it is no longer than a page or feed may be; it was fetched as a sitemap, which may be longer."""
        most = self._remote.fetcher.max_bytes
        if len(fetched.body) > most:
            raise BadInput(f"more than {most:,} bytes: it is not read; raise MASDAR_FETCH_BYTES if that is right")
        return fetched.body

    def _note(self, key: str, fetched: Fetched, seen: Remembered) -> None:
        noted = replace(seen, etag=fetched.etag, last_modified=fetched.last_modified, checked=time.time())
        self._remote.state.note(key, noted)

    def _is_met(self, url: str) -> bool:
        if url in self._met:
            return True
        self._met.add(url)
        return False


def _left_out(key: str, more: int) -> Problem:
    return Problem(key, None, f"{more:,} further pages are left out: raise MASDAR_FETCH_PAGES", Loss.NOTHING)


def _unpacked(body: bytes) -> bytes:
    """The contents of a .gz file, as sitemaps are often sent; other bytes as they are."""
    return gunzip(body, MAX_SITEMAP_BYTES) if body.startswith(b"\x1f\x8b") else body


def _hint(fetched: Fetched) -> str:
    """The feeds that a page without an article names: likely what was meant."""
    links = [_absolute(link, fetched.url) for link in feed_links(parsed(decode(fetched.body, fetched.charset).text))]
    named = ", ".join(link for link in links[:3] if link)
    return f"; it names these feeds: {named}" if named else ""


def _absolute(link: str, base: httpx.URL) -> str:
    try:
        return str(checked_url(link, base))
    except FetchRefused:
        return ""
