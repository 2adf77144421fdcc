"""The folder of an embedded index: who may use it, how it comes to be, and whether it was closed in order.

::

    <folder>/manifest.json   what made the index; without it the folder is no index
    <folder>/chunks/         dense, lexical and late-interaction vectors, offsets, filters
    <folder>/articles/       article records, the commit point
    <folder>/settled.json    how much the shards hold; absent while writes are under way or after a crash
    <folder>/lock            held by the one process that has the index open
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from filelock import FileLock, Timeout

from indexer.errors import BadInput, StoreError, StoreLocked
from indexer.store import Counts, shards
from indexer.store.engine import create_shard
from indexer.store.manifest import FILE_NAME, UNFINISHED, Manifest, write_manifest

LOCK_SECONDS = 3.0
#: The engine maps its files into memory: on a full disk its process is killed (SIGBUS) without a word.
MIN_FREE_BYTES = 256 * 1024 * 1024
LOCK, SETTLED = "lock", "settled.json"
_OURS = {LOCK, SETTLED, f"{SETTLED}.new", UNFINISHED, *shards.INDEXED}


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn OSError into a StoreError that names the folder."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"the index folder {folder} cannot be used ({error.strerror or error}); see whether it may be written to, "
            "or name another one (--store)"
        ) from error


def is_index(folder: Path) -> bool:
    """Whether there is an index.

    Raises:
        BadInput: the path is a file.
        StoreError: the folder cannot be looked into.
    """
    with disk_errors(folder):
        if folder.is_file():
            raise BadInput(f"{folder} is a file; an index is a folder: name an empty or new one (--store)")
        return (folder / FILE_NAME).exists()


def lock_folder(folder: Path) -> FileLock:
    """Take the folder for this process; the lock goes with the process, however that ends.

    Raises:
        StoreLocked: it is taken, and was for ``LOCK_SECONDS``.
        StoreError: the folder cannot be written to.
    """
    # Not bound to a thread: a server may open the index in one and close it in another.
    lock = FileLock(folder / LOCK, timeout=LOCK_SECONDS, thread_local=False)
    with disk_errors(folder):
        try:
            lock.acquire()
        except Timeout as error:  # which is an OSError, too
            raise StoreLocked(
                f"the index {folder} is open already, here or in another process; wait until that ends or stop it "
                "(an embedded index belongs to one process at a time)"
            ) from error
    return lock


def make_folder(folder: Path) -> None:
    """Make the folder of a new index where there is none.

    Raises:
        BadInput: it holds something else; nothing in it is touched.
        StoreError: it cannot be made or read.
    """
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        ours = _OURS if (folder / UNFINISHED).exists() else {LOCK}
        foreign = sorted(entry.name for entry in folder.iterdir() if entry.name not in ours)
    if foreign:
        raise BadInput(
            f"{folder} is not an index and not empty (it holds {foreign[0]!r}); name an empty or new folder (--store)"
        )


def create_index(folder: Path, manifest: Manifest) -> None:
    """Make empty shards, the manifest last: without it the folder does not count as an index.

    Raises:
        BadInput: the folder holds something else.
        StoreError: the folder cannot be written.
    """
    make_folder(folder)
    check_space(folder)
    with disk_errors(folder):
        (folder / UNFINISHED).touch()
        for name in shards.INDEXED:  # left by a creation that was cut short
            if (folder / name).exists():
                shutil.rmtree(folder / name)
    create_shard(folder / "chunks", shards.chunk_config(manifest.dimensions, manifest.late), shards.INDEXED["chunks"])
    create_shard(folder / "articles", shards.article_config(), shards.INDEXED["articles"])
    write_settled(folder, Counts(0, 0))
    with disk_errors(folder):
        write_manifest(folder, manifest)
        _sync(folder)


def check_space(folder: Path) -> None:
    """Refuse to write to a disk that is nearly full.

    Raises:
        StoreError: fewer than ``MIN_FREE_BYTES`` are free.
    """
    free = _free_bytes(folder)
    if free < MIN_FREE_BYTES:
        raise StoreError(
            f"the disk of the index {folder} has {free // 1_000_000} MB free, and writing to it needs at least "
            f"{MIN_FREE_BYTES // 1_000_000} MB; make room, then run the command again: it goes on where it stopped"
        )


def has_room(folder: Path, wanted: int) -> bool:
    """Whether so many bytes may be written before the disk is nearly full.

    Raises:
        StoreError: the folder cannot be looked into.
    """
    return _free_bytes(folder) - MIN_FREE_BYTES >= wanted


def _free_bytes(folder: Path) -> int:
    with disk_errors(folder):
        return shutil.disk_usage(folder).free


def write_settled(folder: Path, counts: Counts) -> None:
    """Note that the shards are whole and how much they hold."""
    with disk_errors(folder):
        temporary = folder / f"{SETTLED}.new"
        temporary.write_text(json.dumps(asdict(counts)) + "\n", "utf-8")
        temporary.replace(folder / SETTLED)
        _sync(folder)


def unsettle(folder: Path) -> None:
    """Note, for good, that the shards are being written to."""
    with disk_errors(folder):
        (folder / SETTLED).unlink(missing_ok=True)
        _sync(folder)


def read_settled(folder: Path) -> Counts | None:
    """How much the shards held when the index was closed in order; None when it was not or cannot be told."""
    try:
        return Counts(**json.loads((folder / SETTLED).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _sync(folder: Path) -> None:
    """Make names that were added to or removed from a folder durable, where the system can."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
