"""Plain text (.txt) and Markdown (.md, .markdown): one file, one article, known by its place in the folder.

The text of the article is the file's, line ends and heading included, so that all of it can be
cited; only a Markdown file's front matter is taken off, and its keys fill the other fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from indexer.sources.fields import FieldMap, folded_key
from indexer.sources.items import OpenFile, ReadOptions, SourceItem, items_from_record

MAX_TITLE_CHARS = 200

_LINE = re.compile(r"[^\r\n]+")
_HEADING = re.compile(r"^#[ \t](.+)$", re.MULTILINE)
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_PAIR = re.compile(r"([^\s:#-][^:]*):(?:[ \t]+(.*))?")


def read_text(file: OpenFile, options: ReadOptions) -> Iterator[SourceItem]:
    """Yield the article that the file is. Raises BadInput when it is too long or not in its encoding.

    The title is the first line with words, if it has at most 200 characters and more text follows.
    """
    text = file.read_text(options.limits.max_record_bytes)
    yield from _article({"title": _first_line(text)}, text, file, options)


def read_markdown(file: OpenFile, options: ReadOptions) -> Iterator[SourceItem]:
    """Yield the article that the file is, less its front matter. Raises BadInput as `read_text` does.

    Front matter is read as lines of `key: value`, with lists as `[a, b]` or as lines of `- a`; it
    is not YAML. The title is its `title`, else the first `# ` heading, else as in plain text.
    """
    whole = file.read_text(options.limits.max_record_bytes)
    front = _FRONT_MATTER.match(whole)
    text = whole[front.end() :] if front else whole
    given = _pairs(front[1]) if front else {}
    if not _MATTER_FIELDS.pick(given)["title"]:
        heading = _HEADING.search(text)
        given["title"] = heading[1].strip(" \t\r#") if heading else _first_line(text)
    yield from _article(given, text, file, options)


_MATTER_FIELDS = FieldMap()


def _article(given: dict[str, object], text: str, file: OpenFile, options: ReadOptions) -> Iterator[SourceItem]:
    if not text or text.isspace():
        return
    record = {"id": file.relative, **given, "text": text}
    # The overrides of `options.fields` name keys of records, not of front matter.
    plain = replace(options, fields=_MATTER_FIELDS)
    yield from items_from_record(record, plain, file.path, None)


def _first_line(text: str) -> str:
    lines = (words for line in _LINE.finditer(text) if (words := line[0].strip()))
    first, second = next(lines, ""), next(lines, "")
    return first if second and len(first) <= MAX_TITLE_CHARS else ""


def _pairs(matter: str) -> dict[str, object]:
    pairs: dict[str, object] = {}
    key, items = "", []
    for line in matter.splitlines():
        if line.lstrip().startswith("- ") and key:
            items.append(_unquoted(line.lstrip()[2:]))
            pairs[key] = items
        elif found := _PAIR.fullmatch(line.rstrip()):
            key, items = folded_key(found[1]), []
            pairs[key] = _matter_value(found[2] or "")
    return pairs


def _matter_value(value: str) -> object:
    value = value.strip()
    if value.startswith("[") and value.endswith("]"):
        return [_unquoted(part) for part in re.split("[,،]", value[1:-1])]
    return _unquoted(value)


def _unquoted(value: str) -> str:
    value = value.strip()
    quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value
