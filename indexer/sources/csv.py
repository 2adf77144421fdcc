"""Tables: .csv and .tsv with a header row, streamed. The delimiter is found from the header.

Quoting is that of RFC 4180: a field with the delimiter, a quote or a line end stands in double
quotes, and a quote in it is doubled. Anything else is reported rather than guessed at.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from itertools import chain
from typing import TypeAlias

from indexer.errors import BadInput
from indexer.sources.items import OpenFile, Problem, ReadOptions, SourceItem, items_from_record

_DELIMITERS = (",", "\t", ";", "|")
_NO_DELIMITER = "\x1f"  # for a header of one column: commas in its rows separate nothing

# What the decoder leaves for a byte that is not UTF-8 (PEP 383).
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")

_Row: TypeAlias = "list[str] | Problem"


def read_table(file: OpenFile, options: ReadOptions) -> Iterator[SourceItem]:
    """Yield the articles of a table; a bad row costs only itself.

    Raises BadInput when no column can be the text, or a line is over the limit of one record;
    UnicodeDecodeError for UTF-16 that is not valid. In UTF-8 a bad byte costs its row.
    """
    most = options.limits.max_record_bytes
    if csv.field_size_limit() < most:  # the setting is the whole process's, so it is only ever raised
        csv.field_size_limit(most)
    errors = "surrogateescape" if file.encoding == "utf-8" else "strict"
    lines = _lines(TextIOWrapper(file.stream, file.encoding, errors, newline=""), most)
    rows = _rows(lines, file.path)
    _, columns = next(rows, (0, []))
    if isinstance(columns, Problem):
        raise BadInput(f"the header cannot be read: {columns.reason}")
    if columns:
        _check_columns(columns, options)
    for line, row in rows:
        if isinstance(row, Problem):
            yield row
        elif fault := _row_fault(row, columns):
            yield Problem(file.path, line, fault)
        else:
            record = dict(zip(columns, row, strict=False))  # a short row lacks its last fields
            yield from items_from_record(record, options, file.path, line)


def _lines(text: TextIOWrapper, max_chars: int) -> Iterator[str]:
    number = 0
    while line := text.readline(max_chars + 1):
        number += 1
        if len(line) > max_chars:
            raise BadInput(f"line {number:,} has more than {max_chars:,} characters: is this file a table?")
        yield line


def _rows(lines: Iterator[str], path: str) -> Iterator[tuple[int, _Row]]:
    """Yield each row that is not blank with the line it begins on; a Problem for lines that are no row."""
    passed = 0
    for first in lines:
        if first.strip():
            break
        passed += 1
    else:
        return
    reader = csv.reader(chain((first,), lines), delimiter=_delimiter(first), strict=True)
    while True:
        begin = passed + reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield begin, Problem(path, begin, _quoting_fault(error, begin, passed + reader.line_num))
        else:
            if any(cell.strip() for cell in row):
                yield begin, row


def _delimiter(header: str) -> str:
    counts = {delimiter: header.count(delimiter) for delimiter in _DELIMITERS}
    best = max(_DELIMITERS, key=counts.__getitem__)  # the first of them where several are as frequent
    return best if counts[best] else _NO_DELIMITER


def _quoting_fault(error: csv.Error, begin: int, end: int) -> str:
    lost = f"lines {begin:,} to {end:,} are lost" if end > begin else "the line is lost"
    return f"wrong quoting ({error}), {lost}: put the field in double quotes and double each quote in it"


def _check_columns(columns: Sequence[str], options: ReadOptions) -> None:
    if fault := _row_fault(columns, columns):
        raise BadInput(f"the header cannot be read: {fault}")
    if not options.fields.finds("text", columns):
        names = ", ".join(columns)[:200]
        raise BadInput(f"no column for the text among: {names}. Name the right one: --field text=COLUMN")


def _row_fault(row: Sequence[str], columns: Sequence[str]) -> str:
    if len(row) > len(columns):
        return (
            f"the row has {len(row)} fields, the header {len(columns)}: "
            "put a field that holds the delimiter in double quotes"
        )
    if any(map(_ESCAPED_BYTE.search, row)):
        return "the row has bytes that are not UTF-8: convert the file, as with iconv -f WINDOWS-1256"
    return ""
