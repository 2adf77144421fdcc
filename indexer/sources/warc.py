"""WARC files (ISO 28500), as web archives and crawlers write them: the pages among their records. Read by warcio."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed

from indexer.errors import BadInput, FetchError
from indexer.fetching.decoding import decoded
from indexer.fetching.urls import checked_url
from indexer.sources.dates import parse_date
from indexer.sources.html import MAX_PAGE_BYTES, page_items
from indexer.sources.items import Loss, OpenFile, Problem, ReadOptions, SourceItem
from indexer.sources.page import read_page

_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})
_STEP: Final = 1 << 16
#: What warcio raises on a damaged file: besides its own error what comes of a header that is required and not there.
_DAMAGES: Final = (ArchiveLoadFailed, AttributeError, IndexError, TypeError, ValueError)


def read_warc(file: OpenFile, options: ReadOptions) -> Iterator[SourceItem]:
    """Yield the articles of the pages in a WARC file; the id of each is its address.

    What was archived otherwise (images, scripts, errors of servers) is counted in one warning at the end. A page
    that is no article costs only itself. Raises BadInput where the file is no WARC file, or breaks off.
    """
    others: Counter[str] = Counter()
    for number, record in enumerate(_records(file.stream), start=1):
        kind = _kind(record)
        if kind in _PAGES:
            yield from _page(record, options, file.path, number)
        elif record.rec_type == "response":
            others[kind] += 1
    if others:
        kinds = ", ".join(f"{kind} ({count})" for kind, count in others.most_common(5))
        yield Problem(
            file.path, None, f"{others.total():,} answers are no pages and are left out: {kinds}", Loss.NOTHING
        )


def _records(stream: BinaryIO) -> Iterator[Any]:
    records = iter(ArchiveIterator(stream))
    while True:
        try:
            record = next(records)
        except StopIteration:
            return
        except _DAMAGES as error:
            raise BadInput(f"no readable WARC file ({error}): fetch it again") from error
        yield record


def _kind(record: Any) -> str:
    """The kind of content of an answer that gave a page, or its status."""
    if record.rec_type != "response" or record.http_headers is None:
        return ""
    status = record.http_headers.get_statuscode()
    media = (record.http_headers.get_header("Content-Type") or "").partition(";")[0].strip().lower()
    return media if status == "200" else f"status {status}"


def _page(record: Any, options: ReadOptions, path: str, number: int) -> Iterator[SourceItem]:
    headers = record.rec_headers
    address = headers.get_header("WARC-Target-URI") or ""
    try:
        url = str(checked_url(address.strip("<>")))
        page = read_page(_body(record), url, _charset(record), parse_date(headers.get_header("WARC-Date") or ""))
    except (BadInput, FetchError) as refusal:
        yield Problem(path, number, f"{address[:200]}: {refusal}")
        return
    yield from page_items(page, page.url, options, path, number)


def _body(record: Any) -> bytes:
    """The body of an answer without transfer and content codings; of limited size, however it is compressed."""
    stream = record.raw_stream
    if (record.http_headers.get_header("Transfer-Encoding") or "").lower() == "chunked":
        stream = ChunkedDataReader(stream, decomp_type=None)
    chunks = iter(lambda: stream.read(_STEP), b"")
    return decoded(chunks, record.http_headers.get_header("Content-Encoding") or "", MAX_PAGE_BYTES)


def _charset(record: Any) -> str:
    _, _, rest = (record.http_headers.get_header("Content-Type") or "").lower().partition("charset=")
    return str(rest.partition(";")[0].strip(" \"'"))
