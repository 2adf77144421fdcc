"""What the service keeps on disk beside the index: feedback, and articles that were accepted and are not indexed yet.

::

    <index>.service/feedback.jsonl    what readers said of answers
    <index>.service/spool/            articles on their way into the index, a file a job
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.errors import StoreError

FEEDBACK, SPOOL = "feedback.jsonl", "spool"


def state_folder(index: Path) -> Path:
    """The folder beside an index."""
    return index.with_name(f"{index.name}.service")


@contextmanager
def state_errors(folder: Path) -> Iterator[None]:
    """Turn OSError into a StoreError that names the folder."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"the service's folder {folder} cannot be used ({error.strerror or error}); see whether it may be written "
            "to and whether the disk is full"
        ) from error


def write_durably(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; it is on the disk when this returns."""
    with state_errors(path.parent):
        temporary = path.with_name(f"{path.name}.new")
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync(path.parent)


def append_durably(path: Path, line: bytes) -> None:
    """Add a line to a file; it is on the disk when this returns."""
    with state_errors(path.parent), path.open("ab") as file:
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make a new name in a folder durable, where the system can."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
