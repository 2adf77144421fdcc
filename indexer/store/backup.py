"""Backups: the files of an index that nobody writes to, with a checksum of each.

::

    <backup>/backup.json     what is in it, written last; without it the folder is no backup
    <backup>/index/...       the folder of the index
    <backup>/sync/...        its history (docs/sync.md)
    <backup>/service/...     what a service keeps beside it (service/api/state_folder.py)
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final

from indexer.errors import BadInput, StoreDamaged, StoreLocked
from indexer.store import Counts, shards
from indexer.store.embedded import open_store
from indexer.store.folder import LOCK, disk_errors, is_index, lock_folder, read_settled

FILE: Final = "backup.json"
INDEX, SYNC, SERVICE = "index", "sync", "service"
_PARTS: Final = (INDEX, SYNC, SERVICE)
_FORMAT: Final = 1
_BLOCK: Final = 1 << 20
_ZEROS: Final = bytes(_BLOCK)


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds.

    Attributes:
        made_at: when, as ISO 8601 in UTC.
        articles, chunks: of its index.
        files: bytes and SHA-256 in hex of every file, by its path in the backup.
    """

    made_at: str
    articles: int
    chunks: int
    files: Mapping[str, tuple[int, str]]

    @property
    def size(self) -> int:
        """Bytes of all files, as they look; sparse ones take less."""
        return sum(size for size, _ in self.files.values())


def write_backup(folder: Path, beside: Mapping[str, Path], target: Path) -> Backup:
    """Copy the index in ``folder`` and files beside it; holds the writer's lock meanwhile.

    Args:
        folder: of the index.
        beside: further files by their path in the backup, such as ``sync/history.jsonl``.
        target: a new or empty folder.

    Raises:
        BadInput: the target holds something.
        StoreLocked: another process has the index open.
        StoreError: there is no index, it is damaged, or the disk does not take the backup.
    """
    _check_empty(target)
    open_store(folder).close()  # clears up what a crash left, and refuses what is damaged
    lock = lock_folder(folder)
    try:
        counts = read_settled(folder)
        if counts is None:
            raise StoreLocked(f"the index {folder} was written to meanwhile; run the command again")
        with disk_errors(target):
            return _write({**_files_of(folder), **beside}, target, counts)
    finally:
        lock.release()


def _check_empty(target: Path) -> None:
    with disk_errors(target):
        if target.is_file() or (target.is_dir() and any(target.iterdir())):
            raise BadInput(f"{target} is a file or not empty; name a new or empty folder for the backup")


def _files_of(folder: Path) -> dict[str, Path]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / LOCK)
    return {f"{INDEX}/{path.relative_to(folder).as_posix()}": path for path in paths}


def _write(files: Mapping[str, Path], target: Path, counts: Counts) -> Backup:
    written: dict[str, tuple[int, str]] = {}
    for name, path in files.items():
        written[name] = copy_file(path, target / name)
    backup = Backup(datetime.now(UTC).isoformat(timespec="seconds"), counts.articles, counts.chunks, written)
    temporary = target / f"{FILE}.new"
    with temporary.open("w", encoding="utf-8") as file:
        file.write(json.dumps({"format": _FORMAT, **asdict(backup)}, indent=1, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target / FILE)
    return backup


def read_backup(folder: Path) -> Backup:
    """What the backup in ``folder`` says that it holds.

    Raises:
        BadInput: it is no backup, or one that was broken off.
        StoreDamaged: its list of files cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        raise BadInput(f"{folder} is no backup, or one that was broken off: it has no {FILE}; name another folder")
    try:
        values = json.loads(path.read_text("utf-8"))
        return _backup_of(values)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreDamaged(f"{path} cannot be read ({error}); take another backup") from error


def _backup_of(values: Any) -> Backup:
    if values["format"] != _FORMAT:
        raise ValueError(f"its format is {values['format']!r}, and this version of Masdar reads {_FORMAT}")
    files = {str(name): (int(size), str(digest)) for name, (size, digest) in values["files"].items()}
    for name in files:
        parts = PurePosixPath(name).parts
        if not parts or parts[0] not in _PARTS or ".." in parts:
            raise ValueError(f"it lists {name!r}, which is no file of a backup")
    return Backup(str(values["made_at"]), int(values["articles"]), int(values["chunks"]), files)


def restore_backup(source: Path, folder: Path, beside: Mapping[str, Path], *, replace: bool = False) -> Backup:
    """Put the index of a backup into ``folder``, after every file of the backup was compared with its checksum.

    An index that is there is replaced only where that is asked for, and only once the whole backup stands beside it.
    Files beside the index that are there stay: a history is longer than the one of the backup.

    Args:
        source: the backup.
        folder: where the index goes.
        beside: folders of the other parts of a backup, by part.
        replace: whether to replace an index that is there.

    Raises:
        BadInput: it is no backup, or there is an index and ``replace`` is false, or something else is there.
        StoreLocked: another process has the index that would be replaced open.
        StoreDamaged: the backup is not what was written; nothing was changed.
        StoreError: the disk does not take it.
    """
    backup = read_backup(source)
    _check_target(folder, replace=replace)
    with disk_errors(folder):
        fresh = folder.with_name(f"{folder.name}.restoring")
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            _copy_out(source, backup, fresh)
            open_store(fresh / INDEX).close()
            _exchange(fresh / INDEX, folder)
            _put_beside(fresh, backup, beside)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return backup


def _check_target(folder: Path, *, replace: bool) -> None:
    there = {entry.name for entry in folder.iterdir()} if folder.is_dir() else set()
    if is_index(folder) or there & set(shards.INDEXED):  # also one whose manifest is lost
        if not replace:
            raise BadInput(f"there is an index in {folder}; name another folder (--store), or replace it (--replace)")
    elif there:
        raise BadInput(f"{folder} is not an index and not empty; name an empty or new folder (--store)")


def _copy_out(source: Path, backup: Backup, fresh: Path) -> None:
    for name, wanted in backup.files.items():
        path = source / name
        got = copy_file(path, fresh / name) if path.is_file() else None
        if got != wanted:
            what = "is missing" if got is None else "is not what was written (its size or checksum differs)"
            raise StoreDamaged(f"the backup {source} is damaged: {path} {what}; nothing was restored. Take another one")


def _exchange(fresh: Path, folder: Path) -> None:
    """Put the new index in its place; the old one goes when the new one stands there."""
    old = folder.with_name(f"{folder.name}.replaced")
    if folder.is_dir():
        lock = lock_folder(folder)  # nobody has it open
        try:
            shutil.rmtree(old, ignore_errors=True)
            folder.rename(old)
        finally:
            lock.release()
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _put_beside(fresh: Path, backup: Backup, beside: Mapping[str, Path]) -> None:
    for name in backup.files:
        part, _, rest = name.partition("/")
        if part in beside and not (beside[part] / rest).exists():
            (beside[part] / rest).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(fresh / name, beside[part] / rest)


def copy_file(path: Path, target: Path) -> tuple[int, str]:
    """Copy a file, holes left as holes, durable when it returns; bytes and SHA-256 in hex. Raises OSError."""
    digest, size = hashlib.sha256(), 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with path.open("rb") as source, target.open("wb") as copy:
        while block := source.read(_BLOCK):
            digest.update(block)
            size += len(block)
            if block == _ZEROS[: len(block)]:
                copy.seek(len(block), os.SEEK_CUR)
            else:
                copy.write(block)
        copy.truncate(size)
        copy.flush()
        os.fsync(copy.fileno())
    return size, digest.hexdigest()
