"""One page of HTML: its article and what it says of it. Trafilatura finds the text; nothing of the page is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import httpx
from lxml.etree import LxmlError, ParserError
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura import bare_extraction

from indexer.arabic import fold_text
from indexer.errors import BadInput, FetchRefused
from indexer.fetching.urls import checked_url, page_key, same_site
from indexer.sources.asides import is_aside, remove_asides
from indexer.sources.blocks import block_text
from indexer.sources.dates import parse_date
from indexer.sources.encodings import decode
from indexer.sources.html_guard import check_html
from indexer.sources.structured import Structured, structured
from indexer.sources.values import guess_language

#: What trafilatura gives for a page that is no article may be a line or two of its menu.
_MIN_CHARS: Final = 80
_ARABIC_SCRIPT: Final = frozenset({"ar", "fa", "ur", "ps", "ckb", "ug", "sd", "ku", "arz", "apc", "ary"})
_MAX_DATE_TEXT: Final = 100
_DATED: Final = re.compile(r"(?:^|[-_ ])(?:date|time|timestamp|published|pubdate|posted|datetime)(?:$|[-_ ])", re.I)
_SITE_SUFFIX: Final = re.compile(r"\s+[|–—-]\s+[^|–—-]{2,60}$")


@dataclass(frozen=True, slots=True)
class Page:
    """An article as its page has it; missing strings are empty.

    Attributes:
        url: the address by which it is known: the canonical one where the page may name it, else its own.
        published: a moment, or a text that is no date known here.
        closed: whether the page asks not to be indexed (``noindex``).
        warnings: what a person should know.
    """

    text: str
    title: str = ""
    url: str = ""
    source: str = ""
    published: datetime | str | None = None
    language: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()
    closed: bool = False
    warnings: tuple[str, ...] = field(default=())


def read_page(data: bytes, url: str = "", charset: str = "", now: datetime | None = None) -> Page:
    """The article of a page.

    Args:
        data: the page as it came.
        url: where it came from; empty for a file.
        charset: the encoding that the server says.
        now: when it came; relative dates ("two hours ago") count from here, and are not read without it.

    Raises:
        BadInput: there is no article in it.
    """
    decoded = decode(data, charset)
    tree = parsed(decoded.text)
    facts = structured(tree)
    closed = _is_closed(tree)
    canonical = _canonical(tree, url)
    shown = _visible_date(tree, now)
    remove_asides(tree)
    found = bare_extraction(
        tree,
        url=canonical or None,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    title = _title(found, facts, tree)
    text = _best_text(found, facts, title)
    if len(text) < _MIN_CHARS:
        raise BadInput(
            f"no article on this page ({len(text)} characters of text): a menu, a teaser, or text that a script loads"
        )
    return Page(
        text=text,
        title=title,
        url=canonical,
        source=_of(found, "sitename") or facts.source or _host(canonical),
        published=_published(facts.published, shown, _of(found, "date")),
        language=_language(tree, text),
        author=facts.author or _of(found, "author").replace(";", ","),
        tags=facts.tags or tuple(_list(found, "tags") or _list(found, "categories")),
        closed=closed,
        warnings=tuple(_warnings(decoded.broken, decoded.encoding)),
    )


def fragment_text(markup: str) -> str:
    """The text of a piece of HTML, as feeds have it, without what leads to other articles; empty for none."""
    if not markup.strip():
        return ""
    tree = parsed(f"<div>{markup}</div>")
    remove_asides(tree)
    return _without_asides(block_text(tree))


def parsed(text: str) -> HtmlElement:
    """The tree of a page. Raises BadInput where there is none."""
    data = text.replace("\0", "").encode("utf-8", "replace")
    check_html(data)
    try:
        # No entity is loaded, no network used; trees too deep are cut (libxml2's limit holds: huge_tree is off).
        return document_fromstring(data, parser=HTMLParser(encoding="utf-8", no_network=True, huge_tree=False))
    except (LxmlError, ParserError, ValueError) as error:
        raise BadInput(f"no page of HTML ({error}): it is empty, or something else") from error


def _best_text(found: Any, facts: Structured, title: str) -> str:
    """What stands on the page; what it has for machines where that is the same or more than twice as much.

    The same: trafilatura takes it from there where the page shows nothing, without its paragraphs.
    """
    body = getattr(found, "body", None)
    shown = _without_asides(block_text(body)) if body is not None else ""
    heading, _, rest = shown.partition("\n\n")
    if rest and fold_text(heading) == fold_text(title):
        shown = rest
    told = "\n\n".join(fragment_text(text.replace("\n", "<br>")) for text in facts.bodies)
    same = bool(told) and " ".join(told.split()) == " ".join(shown.split())
    return told if same or len(told) > max(2 * len(shown), _MIN_CHARS) else shown


def _without_asides(text: str) -> str:
    return "\n\n".join(block for block in text.split("\n\n") if not is_aside(block))


def _title(found: Any, facts: Structured, tree: HtmlElement) -> str:
    title = facts.title or _of(found, "title")
    if title:
        return " ".join(title.split())
    element = tree.find(".//title")
    return _SITE_SUFFIX.sub("", " ".join((element.text_content() if element is not None else "").split()))


def _published(told: str, shown: datetime | None, guessed: str) -> datetime | str | None:
    """What the page tells machines, else what readers see, else what htmldate finds in its markup."""
    return parse_date(told) or shown or parse_date(guessed) or told or None


def _visible_date(tree: HtmlElement, now: datetime | None) -> datetime | None:
    """The first date that stands on the page in an element for dates."""
    for element in _dated_elements(tree):
        for written in (element.get("datetime") or "", " ".join(element.text_content()[:500].split())):
            if written and len(written) <= _MAX_DATE_TEXT and (moment := parse_date(written, now)):
                return moment
    return None


def _dated_elements(tree: HtmlElement) -> Iterator[HtmlElement]:
    yield from tree.iter("time")
    for element in tree.iter("span", "div", "p", "li", "small", "em", "td"):
        if _DATED.search(element.get("class") or "") or _DATED.search(element.get("id") or ""):
            yield element


def _canonical(tree: HtmlElement, url: str) -> str:
    """The address that the page wants to be known by, if it is of the same site and not the site's front page.

    A page that names another site's address is not believed: it would replace that site's article.
    """
    own = checked_url(url) if url else None
    for link in tree.iter("link"):
        if (link.get("rel") or "").lower() == "canonical" and link.get("href"):
            try:
                named = checked_url(link.get("href"), own)
            except FetchRefused:
                continue
            if (own is None or same_site(named, own)) and named.path.strip("/"):
                return page_key(named)
    return page_key(own) if own else ""


def _host(url: str) -> str:
    return httpx.URL(url).host.removeprefix("www.") if url else ""


def _is_closed(tree: HtmlElement) -> bool:
    names = {"robots", "masdar"}
    metas = (meta for meta in tree.iter("meta") if (meta.get("name") or "").lower() in names)
    wishes = {wish.strip() for meta in metas for wish in (meta.get("content") or "").lower().split(",")}
    return not wishes.isdisjoint({"noindex", "none"})


def _language(tree: HtmlElement, text: str) -> str:
    """The language that the page names, where its script agrees; templates are often in another language."""
    root = tree if tree.tag == "html" else tree.getroottree().getroot()
    tag = (root.get("lang") or "").strip().lower().replace("_", "-")
    arabic = guess_language(text) == "ar"
    return tag if tag and (tag.partition("-")[0] in _ARABIC_SCRIPT) == arabic else ""


def _warnings(broken: int, encoding: str) -> Iterator[str]:
    if broken:
        yield f"{broken:,} places are not {encoding.upper()} and stand as U+FFFD in the text"


def _of(found: Any, name: str) -> str:
    value = getattr(found, name, None)
    return value.strip() if isinstance(value, str) else ""


def _list(found: Any, name: str) -> list[str]:
    value = getattr(found, name, None)
    return [one.strip() for one in value if isinstance(one, str)] if isinstance(value, list) else []
