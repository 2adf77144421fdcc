"""How much disk an embedded index takes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from indexer.store.folder import disk_errors

#: The folder of the engine's write-ahead log in each shard.
_JOURNAL = "wal"
#: What ``st_blocks`` counts in, on every system (POSIX).
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class DiskSize:
    """Bytes on disk, in whole blocks as ``du`` counts them: the engine's files are sparse and look larger.

    Attributes:
        data: vectors, payloads and what finds them; grows with the index.
        journal: the write-ahead log, some tens of MB at most, however large the index is.
    """

    data: int
    journal: int

    @property
    def total(self) -> int:
        """Both."""
        return self.data + self.journal


def size_on_disk(folder: Path) -> DiskSize:
    """The size of the index in ``folder``, which may be open.

    Raises:
        StoreError: the folder cannot be read.
    """
    with disk_errors(folder):
        files = [path for path in folder.rglob("*") if path.is_file()]
        sizes = {path.relative_to(folder): path.stat().st_blocks * _BLOCK for path in files}
    journal = sum(size for path, size in sizes.items() if _JOURNAL in path.parts)
    return DiskSize(sum(sizes.values()) - journal, journal)
