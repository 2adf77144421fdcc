"""What a page says of itself for machines: schema.org in JSON-LD, and the ``meta`` elements about its date.

Read are the types of https://schema.org/Article and below it. Nothing in it is followed or run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from lxml.html import HtmlElement

_MAX_JSON_CHARS: Final = 2_000_000
_MAX_NODES: Final = 2_000
_LIVE: Final = "LiveBlogPosting"
_DATE_METAS: Final = (
    *("article:published_time", "og:article:published_time", "datepublished", "og:pubdate", "pubdate", "publishdate"),
    *("publish-date", "publish_date", "publication_date", "parsely-pub-date", "sailthru.date", "dc.date.issued"),
    *("dcterms.created", "dcterms.issued", "dc.date", "date"),
)


@dataclass(frozen=True, slots=True)
class Structured:
    """What the page says: raw values, empty where it says nothing.

    ``bodies`` is its text where the page has it for machines: of a live blog one for each update.
    """

    published: str = ""
    title: str = ""
    author: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    live: bool = field(default=False)


def structured(tree: HtmlElement) -> Structured:
    """What a page says of its article; of several the first that has a date or a text."""
    nodes = [node for node in _nodes(tree) if _types(node) & _article_types(node)]
    if not nodes:
        return Structured(published=_meta_date(tree))
    node = max(
        nodes, key=lambda one: (_LIVE in _types(one), bool(one.get("datePublished")), bool(one.get("articleBody")))
    )
    return Structured(
        published=_text(node.get("datePublished")) or _meta_date(tree),
        title=_text(node.get("headline")),
        author=", ".join(_names(node.get("author"))),
        source=", ".join(_names(node.get("publisher"))[:1]),
        tags=tuple(_tags(node.get("keywords"))),
        bodies=tuple(_bodies(node)),
        live=_LIVE in _types(node),
    )


def _nodes(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """The objects of all JSON-LD of the page, those of lists and ``@graph`` too."""
    waiting: list[Any] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and len(script.text or "") <= _MAX_JSON_CHARS:
            waiting.append(_parsed(script.text or ""))
    for _ in range(_MAX_NODES):
        if not waiting:
            return
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            yield value
            waiting += [value.get("@graph"), value.get("mainEntity")]


def _parsed(text: str) -> Any:
    try:
        return json.loads(text.strip().removeprefix("<!--").removesuffix("-->"), strict=False)
    except (ValueError, RecursionError):  # broken, or nested to break readers
        return None


def _types(node: dict[str, Any]) -> set[str]:
    given = node.get("@type")
    values = given if isinstance(given, list) else [given]
    return {value.rpartition("/")[2] for value in values if isinstance(value, str)}


def _article_types(node: dict[str, Any]) -> set[str]:
    return {name for name in _types(node) if name.endswith(("Article", "Posting")) and not name.startswith("Job")}


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _names(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    names = (_text(one.get("name")) if isinstance(one, dict) else _text(one) for one in values)
    return [name for name in names if name and not name.startswith(("http:", "https:"))]


def _tags(value: Any) -> list[str]:
    values = value.replace("،", ",").split(",") if isinstance(value, str) else value
    return [one.strip() for one in values if isinstance(one, str) and one.strip()] if isinstance(values, list) else []


def _bodies(node: dict[str, Any]) -> Iterator[str]:
    updates = node.get("liveBlogUpdate")
    for update in updates if isinstance(updates, list) else []:
        if isinstance(update, dict) and (body := _text(update.get("articleBody"))):
            headline = _text(update.get("headline"))
            yield f"{headline}\n{body}" if headline and not body.startswith(headline) else body
    if body := _text(node.get("articleBody")):
        yield body


def _meta_date(tree: HtmlElement) -> str:
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        if content := (meta.get("content") or "").strip():
            found.setdefault(name, content)
    return next((found[name] for name in _DATE_METAS if name in found), "")


def feed_links(tree: HtmlElement) -> list[str]:
    """The feeds that a page names, as they stand in it."""
    links = (link for link in tree.iter("link") if "alternate" in (link.get("rel") or "").lower())
    return [
        link.get("href")
        for link in links
        if (link.get("type") or "").endswith(("rss+xml", "atom+xml")) and link.get("href")
    ]
