"""What a run remembers of the articles that passed through it, on disk: memory does not grow with the corpus.

The notes are a temporary database of SQLite, which the system removes with the process; its cache is 2 MB.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType

from indexer.errors import StoreError

_TABLES = """
CREATE TABLE known (id BLOB PRIMARY KEY, version TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE seen (id BLOB PRIMARY KEY, path BLOB NOT NULL, line INTEGER, version TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run remembers of an article that it has read."""

    path: str
    line: int | None
    version: str

    @property
    def place(self) -> str:
        """Where it was read."""
        return self.path if self.line is None else f"{self.path}:{self.line}"


class Passed:
    """Which articles the store had before the run, and which the run has read; closed at the end of its block.

    Args:
        known: ids and content hashes of what the store had: a mapping, which is kept, or pairs, which are noted.

    Raises:
        StoreError: the system's folder for temporary files cannot be written to; so may every method.
    """

    def __init__(self, known: Mapping[str, str] | Iterable[tuple[str, str]]) -> None:
        self._known = known if isinstance(known, Mapping) else None
        # Without a name it is a file of this connection alone, written once the cache is full.
        self._notes = sqlite3.connect("", isolation_level=None)
        self.count = 0
        with _disk_errors():
            self._notes.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_TABLES} BEGIN")
            if not isinstance(known, Mapping):
                pairs = ((_blob(article_id), version) for article_id, version in known)
                self._notes.executemany("INSERT OR REPLACE INTO known VALUES (?, ?)", pairs)

    def __enter__(self) -> Passed:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Forget everything."""
        self._notes.close()

    def known(self, article_id: str) -> str | None:
        """The content hash of an article that the store had before the run; None where it had none of this id."""
        if self._known is not None:
            return self._known.get(article_id)
        with _disk_errors():
            found = self._notes.execute("SELECT version FROM known WHERE id = ?", (_blob(article_id),)).fetchone()
        return None if found is None else str(found[0])

    def first(self, article_id: str, this: Seen) -> Seen | None:
        """Note an article as read; None where it is the first of its id, else what was noted of the first."""
        row = (_blob(article_id), _blob(this.path), this.line, this.version)
        with _disk_errors():
            if self._notes.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?)", row).rowcount:
                self.count += 1
                return None
        return self[article_id]

    def __getitem__(self, article_id: str) -> Seen:
        """What was noted of an article that was read. Raises KeyError where none of this id was."""
        with _disk_errors():
            rows = self._notes.execute("SELECT path, line, version FROM seen WHERE id = ?", (_blob(article_id),))
            found = rows.fetchone()
        if found is None:
            raise KeyError(article_id)
        return Seen(_text(found[0]), found[1], found[2])

    def unseen(self) -> Iterator[str]:
        """Ids of articles that the store had and that the run has not read, in order."""
        if self._known is not None:
            yield from sorted(article_id for article_id in self._known if not self._has_seen(article_id))
            return
        with _disk_errors():
            for (found,) in self._notes.execute("SELECT id FROM known WHERE id NOT IN (SELECT id FROM seen)"):
                yield _text(found)

    def _has_seen(self, article_id: str) -> bool:
        with _disk_errors():
            rows = self._notes.execute("SELECT 1 FROM seen WHERE id = ?", (_blob(article_id),))
            return rows.fetchone() is not None


def _blob(text: str) -> bytes:
    """File names may hold lone surrogates, which SQLite's text cannot."""
    return text.encode("utf-8", "surrogatepass")


def _text(blob: bytes) -> str:
    return blob.decode("utf-8", "surrogatepass")


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(
            f"the notes of this run cannot be kept in the system's folder for temporary files ({error}); make room "
            "there, or name another one in TMPDIR"
        ) from error
