"""Sitemaps, indexes of them, and news sitemaps (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final
from xml.etree.ElementTree import ParseError

import httpx
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from indexer.errors import BadInput, FetchError, FetchRefused
from indexer.fetching.state import ListedPage
from indexer.fetching.urls import checked_url, page_key, same_site
from indexer.sources.dates import parse_date
from indexer.sources.items import Loss, Problem

#: What the protocol allows in one file; of pages as many are kept of all sitemaps of an index together.
MAX_SITEMAP_BYTES: Final = 50_000_000
MAX_SITEMAP_PAGES: Final = 50_000
_MAX_ELEMENTS: Final = 20 * MAX_SITEMAP_PAGES  # each takes memory, whatever it is
#: Sitemaps that one index may lead to.
MAX_SITEMAPS: Final = 200


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap lists.

    Attributes:
        pages: in its order.
        sitemaps: further sitemaps, where it is an index.
        foreign: how many addresses of other sites it lists; they are left out, for a site speaks for itself alone.
        warning: what is wrong with it.
    """

    pages: tuple[ListedPage, ...]
    sitemaps: tuple[ListedPage, ...]
    foreign: int = 0
    warning: str = ""


def listed_pages(
    data: bytes, url: httpx.URL, get: Callable[[str], tuple[bytes, httpx.URL]]
) -> Iterator[ListedPage | Problem]:
    """Yield the pages of a sitemap and, where it is an index, of those that it lists, the newest of these first.

    Args:
        data: the sitemap.
        url: where it came from.
        get: gives the bytes at an address, and the address that gave them; raises FetchError.

    Raises:
        BadInput: it is no sitemap. One that it lists and that is none is a Problem.
    """
    sitemap = read_sitemap(data, url)
    yield from _told(sitemap, str(url))
    waiting, met, count = list(sitemap.sitemaps), {str(url)}, len(sitemap.pages)
    waiting.sort(key=stamp, reverse=True)
    while waiting and count < MAX_SITEMAP_PAGES and len(met) <= MAX_SITEMAPS:
        listed = waiting.pop(0)
        if listed.url in met:
            continue
        met.add(listed.url)
        try:
            below = read_sitemap(*get(listed.url))
        except (FetchError, BadInput) as refusal:
            yield Problem(listed.url, None, str(refusal), Loss.FILE)
            continue
        count += len(below.pages)
        waiting += sorted(below.sitemaps, key=stamp, reverse=True)
        yield from _told(below, listed.url)
    if waiting:
        yield Problem(
            str(url), None, f"{len(waiting):,} of its sitemaps are left out: they list too many", Loss.NOTHING
        )


def stamp(page: ListedPage) -> datetime:
    """When a page changed, as its listing says; long ago where it does not."""
    return parse_date(page.stamp) or datetime(1, 1, 2, tzinfo=UTC)


def _told(sitemap: Sitemap, where: str) -> Iterator[ListedPage | Problem]:
    if sitemap.warning:
        yield Problem(where, None, sitemap.warning, Loss.NOTHING)
    if sitemap.foreign:
        reason = f"{sitemap.foreign:,} addresses are left out: they are of another site, or none"
        yield Problem(where, None, reason, Loss.NOTHING)
    yield from sitemap.pages


def read_sitemap(data: bytes, url: httpx.URL) -> Sitemap:
    """What a sitemap lists. Raises BadInput where it is none, or declares entities."""
    pages: list[ListedPage] = []
    maps: list[ListedPage] = []
    foreign, warning = 0, ""
    try:
        for number, (_, element) in enumerate(iterparse(BytesIO(data), forbid_dtd=True)):
            if number > _MAX_ELEMENTS:
                raise BadInput(f"more than {_MAX_ELEMENTS:,} elements: no sitemap has as many")
            kind = _name(element)
            if kind not in {"url", "sitemap"}:
                continue
            listed = _listed(element, url)
            element.clear()
            if listed is None:
                foreign += 1
            else:
                (pages if kind == "url" else maps).append(listed)
            if len(pages) + len(maps) >= MAX_SITEMAP_PAGES:
                warning = f"more than {MAX_SITEMAP_PAGES:,} addresses: the rest is left out"
                break
    except DefusedXmlException as error:
        raise BadInput(
            f"XML that declares entities is not read ({type(error).__name__}): sitemaps need none"
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        if not pages and not maps:
            raise BadInput(f"no sitemap: {error}") from error
        warning = f"the sitemap is broken ({error}); what stands before that was read"
    return Sitemap(tuple(pages), tuple(maps), foreign, warning)


def _listed(element: Any, base: httpx.URL) -> ListedPage | None:
    """One entry; None where its address is none, or of another site."""
    found: dict[str, str] = {}
    for child in element.iter():
        if child.text and child.text.strip():
            found.setdefault(_name(child), child.text.strip())
    try:
        url = checked_url(found.get("loc", ""), base)
    except FetchRefused:
        return None
    if not found.get("loc") or not same_site(url, base):
        return None
    published = found.get("publication_date", "")
    keywords = tuple(word.strip() for word in found.get("keywords", "").split(",") if word.strip())
    return ListedPage(
        url=page_key(url),
        title=found.get("title", ""),
        published=published,
        stamp=found.get("lastmod", "") or published,
        tags=keywords,
    )


def _name(element: Any) -> str:
    """The name of an element without its namespace, which sites write in many ways."""
    return str(element.tag).rpartition("}")[2]
