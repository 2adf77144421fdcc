"""What a reader is told and what it yields: articles with their place, and what went wrong on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import BinaryIO, TypeAlias

from indexer.articles import DEFAULT_LIMITS, Article, ArticleLimits, article_from_record
from indexer.errors import BadInput, BadRecord
from indexer.sources.defaults import NO_DEFAULTS, Defaults
from indexer.sources.fields import FieldMap


class Loss(StrEnum):
    """How much a problem cost."""

    NOTHING = "nothing"  # a warning: the article is kept, or what was left out is no article
    RECORD = "record"  # this record is lost, the rest of its file is read
    REFUSED = "refused"  # what was read is no article, and is left out for that
    FILE = "file"  # the file, or the rest of it, was not read


@dataclass(frozen=True, slots=True)
class Problem:
    """What a person should know about a source: where (lines count from 1), why, and how much was lost."""

    path: str
    line: int | None
    reason: str
    loss: Loss = Loss.RECORD

    @property
    def lost(self) -> bool:
        """Tell whether something may exist that was not read."""
        return self.loss in {Loss.RECORD, Loss.FILE}

    @property
    def fatal(self) -> bool:
        """Tell whether the file, or the rest of it, was not read."""
        return self.loss is Loss.FILE

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """An article and where it stands: the file, and the line on which its record begins, if it has lines."""

    article: Article
    path: str
    line: int | None


SourceItem: TypeAlias = SourceRecord | Problem


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read: which keys hold what, what an article may be, the moment that counts as now, and the defaults."""

    fields: FieldMap = field(default_factory=FieldMap)
    limits: ArticleLimits = DEFAULT_LIMITS
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    defaults: Defaults = NO_DEFAULTS


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A source file open for reading, past its byte-order mark.

    `path` is for messages; `relative`, with forward slashes, is the file's place in the folder that
    was asked for; `encoding` is what its first bytes say; `first_byte` is the size of its mark.
    A file of bytes (Parquet, WARC, HTML) is open at its beginning, its mark unread.
    """

    stream: BinaryIO
    encoding: str
    first_byte: int
    path: str
    relative: str

    def read_text(self, max_bytes: int) -> str:
        """Read the rest of the file, line ends as they are. Raises BadInput if it is long or garbled."""
        data = self.stream.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise BadInput(f"more than {max_bytes:,} bytes: split it, or write the articles as JSON Lines")
        try:
            return data.decode(self.encoding)
        except UnicodeDecodeError as error:
            raise BadInput(undecodable(error, self.first_byte)) from error


Reader: TypeAlias = Callable[[OpenFile, ReadOptions], Iterator[SourceItem]]


def undecodable(error: UnicodeDecodeError, offset: int = 0) -> str:
    """Say where the bytes stop being text; `offset` is the place in the file of the first decoded one."""
    value = error.object[error.start]
    return (
        f"byte 0x{value:02X} at position {offset + error.start + 1:,} is not {error.encoding.upper()}: "
        "convert the file to UTF-8, for example with: iconv -f WINDOWS-1256 -t UTF-8"
    )


def items_from_record(
    record: Mapping[str, object], options: ReadOptions, path: str, line: int | None, prefix: str = ""
) -> Iterator[SourceItem]:
    """Yield what one record gives: a Problem for each warning and the article, or why there is none.

    `prefix` names the record in messages where a line does not ("item 3: ").
    """
    warnings: list[str] = []
    try:
        article = article_from_record(
            options.defaults.completed(record, options.fields),
            options.fields,
            path=path,
            line=line,
            now=options.now,
            warn=warnings.append,
            limits=options.limits,
        )
    except BadRecord as refusal:
        yield Problem(path, line, prefix + refusal.reason)
        return
    for warning in warnings:
        yield Problem(path, line, prefix + warning, Loss.NOTHING)
    yield SourceRecord(options.defaults.tagged(article), path, line)
