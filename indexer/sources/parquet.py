"""Parquet tables, read in small batches of the columns that are fields of an article. Needs the extra ``parquet``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pyarrow
import pyarrow.parquet

from indexer.errors import BadInput
from indexer.sources.fields import DEFAULT_KEYS
from indexer.sources.items import OpenFile, ReadOptions, SourceItem, items_from_record

_BATCH_ROWS: Final = 64


def read_parquet(file: OpenFile, options: ReadOptions) -> Iterator[SourceItem]:
    """Yield the articles of a Parquet file; the line of each is the number of its row, from 1.

    Raises BadInput when no column can be the text, or the file is damaged.
    """
    try:
        with pyarrow.parquet.ParquetFile(file.stream, pre_buffer=False) as table:
            columns = _columns(table.schema_arrow.names, options)
            row = 0
            for batch in table.iter_batches(_BATCH_ROWS, columns=columns, use_threads=False):
                for record in batch.to_pylist():
                    row += 1
                    yield from items_from_record(_plain(record), options, file.path, row)
    except (pyarrow.ArrowException, OSError) as error:
        raise BadInput(f"no readable Parquet file ({str(error)[:200]}): write it again") from error


def _columns(names: list[str], options: ReadOptions) -> list[str]:
    """The columns that hold a field; the others are not decoded."""
    kept = [name for name in names if any(options.fields.finds(field, [name]) for field in DEFAULT_KEYS)]
    if not options.fields.finds("text", kept):
        raise BadInput(
            f"no column for the text among: {', '.join(names)[:200]}. Name the right one: --field text=COLUMN"
        )
    return kept


def _plain(record: dict[str, Any]) -> dict[str, object]:
    """A row whose bytes are text where they are UTF-8: some writers do not say that a column is of strings."""
    return {name: _text(value) if isinstance(value, bytes) else value for name, value in record.items()}


def _text(value: bytes) -> object:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value
