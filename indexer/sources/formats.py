"""Formats of files by their extension: how each is opened and read, and which library it needs."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

from indexer.extras import needing
from indexer.sources.csv import read_table
from indexer.sources.files import SourceFile, open_bytes, open_file
from indexer.sources.items import OpenFile, Reader, ReadOptions, SourceItem
from indexer.sources.jsonl import read_json, read_jsonl
from indexer.sources.plain import read_markdown, read_text


@dataclass(frozen=True, slots=True)
class Format:
    """How files of one extension are read.

    Attributes:
        read: the reader.
        opened: what opens a file for it.
        library: what it needs besides the default install; empty for nothing.
        extra: the extra that brings it.
    """

    read: Reader
    opened: Callable[[SourceFile], AbstractContextManager[OpenFile]] = open_file
    library: str = ""
    extra: str = ""

    @property
    def available(self) -> bool:
        """Whether the library is installed."""
        return not self.library or find_spec(self.library) is not None


def _loaded(module: str, function: str, extra: str, what: str) -> Reader:
    """A reader whose module, and with it its library, is imported when the first file of its format is read."""

    def read(file: OpenFile, options: ReadOptions) -> Iterator[SourceItem]:
        with needing(extra, what):
            reader: Reader = getattr(importlib.import_module(module), function)
        yield from reader(file, options)

    return read


_HTML: Final = Format(
    _loaded("indexer.sources.html", "read_html", "sources", "reading HTML pages"), open_bytes, "trafilatura", "sources"
)
FORMATS: Final[Mapping[str, Format]] = {
    ".jsonl": Format(read_jsonl),
    ".ndjson": Format(read_jsonl),
    ".json": Format(read_json),
    ".csv": Format(read_table),
    ".tsv": Format(read_table),
    ".txt": Format(read_text),
    ".md": Format(read_markdown),
    ".markdown": Format(read_markdown),
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": _HTML,
    ".warc": Format(
        _loaded("indexer.sources.warc", "read_warc", "sources", "reading WARC files"), open_bytes, "warcio", "sources"
    ),
    ".parquet": Format(
        _loaded("indexer.sources.parquet", "read_parquet", "parquet", "reading Parquet"),
        open_bytes,
        "pyarrow",
        "parquet",
    ),
}
