"""JSON Lines (.jsonl, .ndjson), one record a line, streamed; and .json with one record or a list of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import TextIOWrapper

from indexer.sources.items import (
    Loss,
    OpenFile,
    Problem,
    ReadOptions,
    SourceItem,
    items_from_record,
    undecodable,
)
from indexer.sources.values import shown_value

MAX_JSON_BYTES = 64 << 20  # a .json file is read whole, and takes several times its size in memory


def read_jsonl(file: OpenFile, options: ReadOptions) -> Iterator[SourceItem]:
    """Yield the articles of a JSON Lines file; a bad line costs only itself. Blank lines are passed over.

    At most `options.limits.max_record_bytes` of the file are in memory at a time. A line in UTF-8
    that is not valid is reported with the position of the byte; UTF-16 that is not valid raises
    UnicodeDecodeError, since the lines after it cannot be found.
    """
    for number, line in _lines(file, options.limits.max_record_bytes):
        if isinstance(line, Problem):
            yield line
        elif not line.isspace():
            yield from _items_from_line(line, options, file.path, number)


def read_json(file: OpenFile, options: ReadOptions) -> Iterator[SourceItem]:
    """Yield the articles of a .json file: one object, a list of objects, or lines of objects.

    Raises BadInput for a file over 64 MiB: JSON Lines has no such limit.
    """
    text = file.read_text(MAX_JSON_BYTES)
    if not text or text.isspace():
        return
    value, fault = _parsed(text)
    if not fault:
        yield from _items_from_value(value, options, file.path)
    elif _is_json_lines(text):
        for number, line in enumerate(text.split("\n"), start=1):
            if line and not line.isspace():
                yield from _items_from_line(line, options, file.path, number)
    else:
        yield Problem(file.path, None, fault, Loss.FILE)


def _is_json_lines(text: str) -> bool:
    """Tell whether text that is not one JSON value has one on its first line, as some exports do."""
    first, _, rest = text.strip().partition("\n")
    return first.startswith("{") and bool(rest) and not _parsed(first)[1]


def _lines(file: OpenFile, max_bytes: int) -> Iterator[tuple[int, str | Problem]]:
    if file.encoding != "utf-8":
        return _decoded_lines(file, max_bytes)
    return _utf8_lines(file, max_bytes)


def _utf8_lines(file: OpenFile, max_bytes: int) -> Iterator[tuple[int, str | Problem]]:
    number = 0
    while line := file.stream.readline(max_bytes + 1):
        number += 1
        if len(line) > max_bytes and not line.endswith(b"\n"):
            while (rest := file.stream.readline(max_bytes)) and not rest.endswith(b"\n"):
                pass
            yield number, _too_long(file.path, number, max_bytes)
            continue
        try:
            yield number, line.decode()
        except UnicodeDecodeError as error:
            yield number, Problem(file.path, number, undecodable(error))


def _decoded_lines(file: OpenFile, max_chars: int) -> Iterator[tuple[int, str | Problem]]:
    text = TextIOWrapper(file.stream, file.encoding, newline="\n")
    number = 0
    while line := text.readline(max_chars + 1):
        number += 1
        if len(line) > max_chars and not line.endswith("\n"):
            while (rest := text.readline(max_chars)) and not rest.endswith("\n"):
                pass
            yield number, _too_long(file.path, number, max_chars)
            continue
        yield number, line


def _too_long(path: str, number: int, most: int) -> Problem:
    return Problem(path, number, f"the line is longer than the {most:,} bytes allowed: split the article")


def _items_from_line(line: str, options: ReadOptions, path: str, number: int) -> Iterator[SourceItem]:
    value, fault = _parsed(line)
    if fault:
        yield Problem(path, number, fault)
    elif isinstance(value, dict):
        yield from items_from_record(value, options, path, number)
    else:
        yield Problem(path, number, f"{shown_value(value)} is not an object: write one {{...}} per line")


def _items_from_value(value: object, options: ReadOptions, path: str) -> Iterator[SourceItem]:
    items = value if isinstance(value, list) else [value]
    for number, item in enumerate(items, start=1):
        prefix = f"item {number}: " if isinstance(value, list) else ""
        if isinstance(item, dict):
            yield from items_from_record(item, options, path, None, prefix)
        else:
            yield Problem(path, None, f"{prefix}{shown_value(item)} is not an object: write articles as {{...}}")


def _parsed(text: str) -> tuple[object, str]:
    """Give the JSON value and "", or None and what is wrong."""
    try:
        return json.loads(text), ""
    except json.JSONDecodeError as error:
        where = f"column {error.colno}" if error.lineno == 1 else f"line {error.lineno}, column {error.colno}"
        return None, f"not JSON at {where}: {error.msg}"
    except RecursionError:
        return None, "not usable JSON: brackets nested too deep; an article is one flat object"
    except ValueError as error:  # a number of more digits than Python converts
        return None, f"not usable JSON: {error}"
