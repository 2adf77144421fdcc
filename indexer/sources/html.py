"""Pages as files (.html, .htm, .xhtml), as crawlers and browsers leave them: one file, one article."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from indexer.errors import BadInput
from indexer.sources.fields import FieldMap
from indexer.sources.items import Loss, OpenFile, Problem, ReadOptions, SourceItem, items_from_record
from indexer.sources.page import Page, read_page

#: A page of news has some 100 kB of markup; parsing takes some 20 times as much memory.
MAX_PAGE_BYTES: Final = 10_000_000

_PAGE_FIELDS: Final = FieldMap()


def read_html(file: OpenFile, options: ReadOptions) -> Iterator[SourceItem]:
    """Yield the article of a page; its id is its canonical address, or its place in the folder where it names none.

    Relative dates ("منذ ساعتين") are not read: when the file was written is not known.
    Raises BadInput for a file over 10 MB or without an article.
    """
    data = file.stream.read(MAX_PAGE_BYTES + 1)
    if len(data) > MAX_PAGE_BYTES:
        raise BadInput(f"more than {MAX_PAGE_BYTES:,} bytes: this is no page of news")
    if not data or data.isspace():
        return
    page = read_page(data)
    yield from page_items(page, page.url or file.relative, options, file.path)


def page_items(
    page: Page,
    article_id: str,
    options: ReadOptions,
    path: str,
    line: int | None = None,
    published: datetime | str | None = None,
) -> Iterator[SourceItem]:
    """Yield what a page gives: warnings and the article, or why there is none.

    Args:
        page: what was read.
        article_id: the id of its article.
        options: how to read; keys that name fields of records are left out of account.
        path: where the page stands, for messages.
        line: the place in it, where it has places.
        published: the date where the page has none.
    """
    for warning in page.warnings:
        yield Problem(path, line, warning, Loss.NOTHING)
    record: dict[str, object] = {
        "id": article_id,
        "title": page.title,
        "text": page.text,
        "source": page.source,
        "url": page.url,
        "published_at": page.published or published or None,
        "language": page.language or None,
        "tags": list(page.tags),
        "author": page.author,
    }
    plain = replace(options, fields=_PAGE_FIELDS)
    yield from items_from_record(record, plain, path, line)
