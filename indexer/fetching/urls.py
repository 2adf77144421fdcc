"""Addresses of pages: which are accepted, and which of them are one and the same page."""

from __future__ import annotations

import re
from typing import Final

import httpx

from indexer.errors import FetchRefused

MAX_URL_CHARS: Final = 2_048

# Browsers read over these, parsers do not agree on them, and no link needs them.
_ODD: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\\\u2028\u2029]")
_HOST: Final = re.compile(rb"[a-z0-9._-]+|[0-9a-f:.]+")
_SITE_PREFIX: Final = re.compile(r"^(?:www|m|amp|mobile)\.")
#: Parameters that say where a reader came from; the page is the same without them.
_TRACKING: Final = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|igshid|yclid|at_medium|at_campaign)"
)


def checked_url(text: str, base: httpx.URL | None = None) -> httpx.URL:
    """The address that ``text`` is, relative to ``base`` where there is one.

    Raises:
        FetchRefused: it is no address of a page: another scheme, a user name, a control character.
    """
    text = text.strip(" \t\r\n\f")
    shown = repr(text[:200])
    if len(text) > MAX_URL_CHARS:
        raise FetchRefused(f"the address {shown}... has {len(text):,} characters of {MAX_URL_CHARS:,} allowed")
    if found := _ODD.search(text):
        raise FetchRefused(f"the address {shown} has the character U+{ord(found[0]):04X}: write it as % and its code")
    try:
        url = base.join(text) if base else httpx.URL(text)
        port = url.port
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise FetchRefused(f"{shown} is no address ({error}): write it as https://news.example/page") from error
    if url.scheme not in {"http", "https"}:
        raise FetchRefused(f"the address {shown} is not http:// or https://: nothing else is fetched")
    if not _HOST.fullmatch(url.raw_host) or not 1 <= (80 if port is None else port) <= 65_535:
        raise FetchRefused(f"the address {shown} has no host: write it as https://news.example/page")
    if url.userinfo:
        raise FetchRefused(f"the address of {url.host} has a user name in it: pages behind a login are not fetched")
    return url


def page_key(url: httpx.URL) -> str:
    """The address by which a page is known: without fragment, standard port and parameters of tracking."""
    kept = [(name, value) for name, value in url.params.multi_items() if not _TRACKING.fullmatch(name.lower())]
    if len(kept) < len(url.params.multi_items()):
        url = url.copy_with(params=kept) if kept else url.copy_with(query=None)
    return str(url.copy_with(fragment=None))


def same_site(one: httpx.URL, other: httpx.URL) -> bool:
    """Whether two addresses are of one site: of the same host, but for ``www.``, ``m.`` and their like."""
    return _SITE_PREFIX.sub("", one.host) == _SITE_PREFIX.sub("", other.host)


def host_key(url: httpx.URL) -> str:
    """The scheme, host and port of an address: what has one robots.txt and one rate."""
    return str(url.copy_with(path="/", query=None, fragment=None)).rstrip("/")
