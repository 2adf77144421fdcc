"""Finding source files and opening them: folders, encodings, compression, and what is no text at all."""

from __future__ import annotations

import codecs
import gzip
import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from indexer.errors import BadInput
from indexer.sources.items import Loss, OpenFile, Problem

# UTF-32 first: its little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEAD_BYTES = 8192


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read, and its place in the folder that was asked for (its name if there was none)."""

    path: Path
    relative: str

    @property
    def shown(self) -> str:
        """The path for messages: a name that is not valid UTF-8 has U+FFFD in it."""
        return shown_path(self.path)


def shown_path(path: Path) -> str:
    """Give a path as text that can be written anywhere."""
    return os.fsencode(path).decode("utf-8", "replace")


def file_format(path: Path) -> str:
    """Give the extension that says how to read a file: lower case, that under `.gz` for a compressed one."""
    name = path.name.lower().removesuffix(".gz")
    return Path(name).suffix


def find_files(
    root: Path, formats: Collection[str], missing: Mapping[str, str] | None = None
) -> Iterator[SourceFile | Problem]:
    """Yield the files of `formats` in `root`, sorted, those of a folder before those of its subfolders.

    Hidden files and folders are passed over. Links are followed, each folder being read once. A
    folder that cannot be read is a Problem in its place; all files of other formats are one at the end.
    `missing` has for formats that could be read what would have to be installed.
    """
    other: Counter[str] = Counter()
    seen: set[Path] = set()
    found, waiting = False, [root]
    while waiting:
        folder = waiting.pop()
        if (real := folder.resolve()) in seen:
            continue
        seen.add(real)
        try:
            subfolders, files = _entries(folder)
        except OSError as error:
            yield Problem(shown_path(folder), None, f"cannot be read ({error.strerror}): check it", Loss.FILE)
            continue
        waiting += reversed(subfolders)
        for entry in files:
            if file_format(entry) in formats and entry.is_file():
                found = True
                yield SourceFile(entry, entry.relative_to(root).as_posix())
            else:
                other[file_format(entry) if file_format(entry) in (missing or {}) else _kind(entry)] += 1
    yield from _left_out(root, other, formats, missing or {}, found=found)


def _entries(folder: Path) -> tuple[list[Path], list[Path]]:
    """Give the subfolders and the other entries of a folder that are not hidden, each sorted."""
    entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    folders = [entry for entry in entries if entry.is_dir()]
    return folders, sorted(set(entries).difference(folders))


def _kind(entry: Path) -> str:
    if not entry.exists():
        return "broken link"
    return shown_path(Path(entry.suffix.lower())) if entry.suffix else "no extension"


def _left_out(
    root: Path, other: Counter[str], formats: Collection[str], missing: Mapping[str, str], *, found: bool
) -> Iterator[Problem]:
    allowed = ", ".join(sorted(formats))
    if other:
        kinds = ", ".join(
            f"{kind} ({count}{', needs ' + missing[kind] if kind in missing else ''})"
            for kind, count in other.most_common(10)
        )
        reason = f"{other.total():,} files of other formats are left out: {kinds}; read are {allowed}"
        yield Problem(shown_path(root), None, reason, Loss.NOTHING)
    if not found:
        yield Problem(shown_path(root), None, f"no file to read in this folder; read are {allowed}", Loss.FILE)


@contextmanager
def open_bytes(file: SourceFile) -> Iterator[OpenFile]:
    """Open a file whose reader looks at the bytes itself, decompressed if its name ends in .gz.

    Raises as `open_file` does, whatever is in it.
    """
    compressed = file.path.name.lower().endswith(".gz")
    with gzip.open(file.path) if compressed else file.path.open("rb") as stream:
        yield OpenFile(cast(BinaryIO, stream), "", 0, file.shown, file.relative)


@contextmanager
def open_file(file: SourceFile) -> Iterator[OpenFile]:
    """Open a file for reading after its byte-order mark, decompressed if its name ends in .gz.

    Raises BadInput for binary data, OSError (or, for broken compression, EOFError or zlib.error
    on reading) when it cannot be read.
    """
    compressed = file.path.name.lower().endswith(".gz")
    with gzip.open(file.path) if compressed else file.path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
        mark, encoding = next(((m, name) for m, name in _MARKS if head.startswith(m)), (b"", "utf-8"))
        if encoding == "utf-8" and b"\0" in head:
            raise BadInput(
                f"binary data (a NUL at byte {head.index(0) + 1:,}), not text: "
                "remove the file, or export it as UTF-8 text"
            )
        stream.seek(len(mark))
        yield OpenFile(cast(BinaryIO, stream), encoding, len(mark), file.shown, file.relative)
