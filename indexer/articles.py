"""The article: what Masdar indexes, how a record of a source becomes one, and its stored form.

An article's text is the source's, character for character: citations are positions in it. Nothing
is folded, normalised or trimmed in it; the other fields lose only the spaces around them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from indexer.errors import BadInput, BadRecord
from indexer.languages import contradicts, language_of
from indexer.sources.fields import FieldMap
from indexer.sources.values import (
    MAX_ID_CHARS,
    Warn,
    date_value,
    guess_language,
    id_fault,
    id_value,
    label_value,
    language_value,
    shown_value,
    tags_value,
    text_value,
)

__all__ = [
    "DEFAULT_LIMITS",
    "JSON",
    "MAX_ARTICLE_CHARS",
    "MAX_ID_CHARS",
    "Article",
    "ArticleLimits",
    "FieldMap",
    "article_from_record",
    "from_payload",
    "guess_language",
    "to_payload",
]

JSON: TypeAlias = "str | int | float | bool | list[JSON] | dict[str, JSON] | None"

MAX_ARTICLE_CHARS = 2_000_000  # some four novels: a longer "article" is a concatenation or a broken export

_STRING_FIELDS = ("id", "title", "text", "source", "url", "language", "author")


@dataclass(frozen=True, slots=True)
class ArticleLimits:
    """What an article may be: characters of text, and whether a date after tomorrow is accepted."""

    max_chars: int = MAX_ARTICLE_CHARS
    allow_future: bool = False

    @property
    def max_record_bytes(self) -> int:
        r"""Bytes that one record may take in a file: a character takes up to six, as \u0645 in JSON."""
        return max(1 << 20, 8 * self.max_chars)


DEFAULT_LIMITS = ArticleLimits()


@dataclass(frozen=True, slots=True)
class Article:
    """One news article. Missing strings are empty; `published_at` is None or has a zone.

    `language` is a short BCP 47 tag ("ar", "en"; "und" when unknown). Building one does not check
    the fields (`article_from_record` does), except that a date without a zone raises BadInput.
    """

    id: str
    title: str
    text: str = field(repr=False)
    source: str = ""
    url: str = ""
    published_at: datetime | None = None
    language: str = "und"
    tags: tuple[str, ...] = ()
    author: str = ""

    def __post_init__(self) -> None:
        if self.published_at is not None and self.published_at.utcoffset() is None:
            raise BadInput(f"published_at {self.published_at} has no zone: give one, for example UTC")

    @property
    def content_hash(self) -> str:
        """SHA-256 in hex of every field but `id`: any change changes it. Computed anew at each access."""
        words = (self.title, self.text, self.source, self.url, self.language, self.author)
        return _digest(*words, _iso(self.published_at), list(self.tags))


def to_payload(article: Article) -> dict[str, JSON]:
    """Give the article and its `content_hash` as JSON values, for `from_payload` to read."""
    return {
        "id": article.id,
        "title": article.title,
        "text": article.text,
        "source": article.source,
        "url": article.url,
        "published_at": _iso(article.published_at),
        "language": article.language,
        "tags": list(article.tags),
        "author": article.author,
        "content_hash": article.content_hash,
    }


def from_payload(payload: Mapping[str, object]) -> Article:
    """Give an article equal to the one that `to_payload` wrote; other keys are ignored.

    Raises BadInput, naming the field, when one is missing or of another type.
    """
    tags, date = payload.get("tags"), payload.get("published_at")
    if not isinstance(tags, list | tuple) or not all(isinstance(tag, str) for tag in tags):
        raise _damaged("tags", tags, "a list of strings")
    try:
        published_at = None if date is None else datetime.fromisoformat(str(date))
    except ValueError as error:
        raise _damaged("published_at", date, "an ISO 8601 date") from error
    strings = {name: _stored_string(payload, name) for name in _STRING_FIELDS}
    return Article(published_at=published_at, tags=tuple(tags), **strings)


def article_from_record(
    record: Mapping[str, object],
    fields: FieldMap,
    *,
    path: str,
    line: int | None,
    now: datetime,
    warn: Warn,
    limits: ArticleLimits = DEFAULT_LIMITS,
) -> Article:
    """Build the article that one record of a source holds.

    `path` and `line` say where the record stands; `now` (with a zone) is what a date is in the
    future of. A value that the article can do without (a date, language or tag that cannot be read)
    is left out, and `warn` is called with a sentence on it. Anything else raises BadRecord: no
    text, text that is not a string or is too long, characters that cannot be stored, an unusable
    id, a date more than a day ahead.
    """
    values = fields.pick(record)
    try:
        text = text_value(values["text"], record, limits.max_chars)
        title = label_value("title", values["title"], warn)
        source = label_value("source", values["source"], warn)
        url = label_value("url", values["url"], warn)
        return Article(
            id=id_value(values["id"]) or _derived_id(url, source, title, text),
            title=title,
            text=text,
            source=source,
            url=url,
            published_at=date_value(values["published_at"], now, limits.allow_future, warn),
            language=_language(language_value(values["language"], warn), text, warn),
            tags=tags_value(values["tags"], warn),
            author=label_value("author", values["author"], warn),
        )
    except BadInput as refusal:
        raise BadRecord(path, line, str(refusal)) from refusal


def _language(stated: str, text: str, warn: Warn) -> str:
    """The language that the text is in: what its source states, unless it is surely another one."""
    if not stated:
        return language_of(text)
    if found := contradicts(stated, text):
        warn(f"language is stated as {stated!r} and the text is in {found!r}: kept as {found!r}")
        return found
    return stated


def _derived_id(url: str, source: str, title: str, text: str) -> str:
    return url if url and not id_fault(url) else f"sha-{_digest(source, title, text)[:32]}"


def _stored_string(payload: Mapping[str, object], name: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str):
        raise _damaged(name, value, "a string")
    return value


def _damaged(name: str, value: object, allowed: str) -> BadInput:
    return BadInput(f"stored article: {name} is {shown_value(value)}, not {allowed}; index the article again")


def _iso(date: datetime | None) -> str | None:
    return None if date is None else date.isoformat()


def _digest(*parts: JSON) -> str:
    canonical = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    # surrogatepass: an article built by hand has a hash too, whatever its strings hold
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
