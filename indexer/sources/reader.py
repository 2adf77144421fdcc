"""Reading whatever paths a person names: the one entry to all readers."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from indexer.errors import BadInput
from indexer.sources.csv import read_table
from indexer.sources.files import SourceFile, file_format, find_files, open_file, shown_path
from indexer.sources.items import Loss, Problem, Reader, ReadOptions, SourceItem, undecodable
from indexer.sources.jsonl import read_json, read_jsonl
from indexer.sources.plain import read_markdown, read_text

READERS: Mapping[str, Reader] = {
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".json": read_json,
    ".csv": read_table,
    ".tsv": read_table,
    ".txt": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
}


def read_articles(paths: Iterable[Path | str], options: ReadOptions | None = None) -> Iterator[SourceItem]:
    """Read the articles of files and folders, in the order given, one at a time.

    Yields a SourceRecord for each article and a Problem for each thing that went wrong; nothing is
    lost in silence, and no problem stops the rest. Each format may be compressed (.jsonl.gz).
    Raises BadInput at once, before anything is read, for a path that does not exist or a file whose
    extension names no format. Ids are not compared: two records may bear the same one.
    """
    roots = [_checked(Path(path)) for path in paths]
    return _read(roots, options or ReadOptions())


def _checked(path: Path) -> Path:
    try:
        exists = path.exists()
    except OSError as error:
        raise BadInput(f"{shown_path(path)} cannot be reached ({error.strerror}): check it") from error
    if not exists:
        raise BadInput(f"{shown_path(path)} does not exist: check the path")
    if not path.is_dir() and not path.is_file():
        raise BadInput(f"{shown_path(path)} is neither a file nor a folder: write its contents to a file first")
    if path.is_file() and file_format(path) not in READERS:
        allowed = ", ".join(READERS)
        raise BadInput(f"{shown_path(path)} is of no format that is read: name it as one of {allowed}")
    return path


def _read(roots: Iterable[Path], options: ReadOptions) -> Iterator[SourceItem]:
    for root in roots:
        files = find_files(root, READERS) if root.is_dir() else [SourceFile(root, root.name)]
        for file in files:
            if isinstance(file, Problem):
                yield file
            else:
                yield from _read_file(file, options)


def _read_file(file: SourceFile, options: ReadOptions) -> Iterator[SourceItem]:
    """Yield what one file gives; a fault of the file as a whole becomes its last item."""
    empty = True
    try:
        with open_file(file) as opened:
            for item in READERS[file_format(file.path)](opened, options):
                empty = False
                yield item
    except UnicodeDecodeError as error:
        yield Problem(file.shown, None, f"{undecodable(error)}; the rest of the file was not read", Loss.FILE)
    except BadInput as refusal:
        yield Problem(file.shown, None, str(refusal), Loss.FILE)
    except (OSError, EOFError, zlib.error) as error:  # the last two: a damaged .gz
        reason = f"cannot be read ({error}); the rest of the file is lost: check the file and its permissions"
        yield Problem(file.shown, None, reason, Loss.FILE)
    else:
        if empty:
            yield Problem(file.shown, None, "no records: the file is empty, blank or only a header", Loss.FILE)
