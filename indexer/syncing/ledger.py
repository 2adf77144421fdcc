"""What each source of an index has, and when to look at it again: one SQLite file beside the index.

It is never trusted where the index can be asked, and can be lost: it is then made anew out of the history. Before
an article is written it is claimed for its source, so that a crash leaves none that nobody remembers. What happened
is kept here until it stands in the history: both know all of it, each event once.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Final

from indexer.errors import StoreError
from indexer.syncing.history import Event, History

_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS held (
    source TEXT NOT NULL, id TEXT NOT NULL, hash TEXT, checked REAL NOT NULL DEFAULT 0, PRIMARY KEY (source, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS held_by_id ON held (id);
CREATE TABLE IF NOT EXISTS kept_out (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pace (source TEXT PRIMARY KEY, due REAL NOT NULL, failures INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS believed (source TEXT PRIMARY KEY, articles INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (n INTEGER PRIMARY KEY, event TEXT NOT NULL);
"""
#: Events after which a source has the article, and after which it has it no longer.
_HAS: Final = frozenset({"added", "changed", "found", "restored"})
_LOST: Final = frozenset({"withdrawn", "unlisted", "pruned"})


@dataclass(frozen=True, slots=True)
class Happened:
    """An event before it has its number and time; see ``Event``."""

    source: str
    article: str
    what: str
    old: str | None = None
    new: str | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """When a source is to be looked at again, in seconds since 1970, and how often in a row it failed."""

    due: float = 0.0
    failures: int = 0


class Ledger:
    """Who has what. One process at a time; several threads may use it.

    Every method may raise StoreError where the files cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "ledger.sqlite"
        self._history = History(folder / "history.jsonl")
        self._lock = RLock()
        try:
            self._base = self._opened()
        except sqlite3.DatabaseError:  # damaged: everything in it can be had again
            for name in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + name).unlink(missing_ok=True)
            with self._told():
                self._base = self._opened()
        self._last = self._history.repair()
        with self._told(), self._base:
            if self._base.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                self._replay()
            self._base.execute("DELETE FROM outbox WHERE n <= ?", (self._last,))
        self._deliver()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()

    def held(self, source: str) -> dict[str, str | None]:
        """Ids that a source has, each with its content hash; None for one that was about to be written."""
        with self._told():
            return dict(self._base.execute("SELECT id, hash FROM held WHERE source = ?", (source,)))

    def holders(self, ids: Iterable[str]) -> dict[str, set[str]]:
        """For each id the names of the sources that have it."""
        found: dict[str, set[str]] = {}
        with self._told():
            for article_id in ids:
                rows = self._base.execute("SELECT source FROM held WHERE id = ?", (article_id,))
                found[article_id] = {name for (name,) in rows}
        return found

    def ids(self, sources: Iterable[str]) -> set[str]:
        """What any of these sources has."""
        return {article_id for source in sources for article_id in self.held(source)}

    def sources(self) -> list[str]:
        """Names of the sources that have anything, listed or not."""
        with self._told():
            return [name for (name,) in self._base.execute("SELECT DISTINCT source FROM held ORDER BY source")]

    def kept_out(self) -> set[str]:
        """Ids that a person deleted, and that no source brings back."""
        with self._told():
            return {name for (name,) in self._base.execute("SELECT id FROM kept_out")}

    def claim(self, source: str, ids: Iterable[str]) -> None:
        """Note, before they are written, that articles come from a source."""
        rows = [(source, article_id) for article_id in ids]
        with self._told():
            # On the disk before the article can be. All else that a failing machine may lose here is found again.
            self._base.execute("PRAGMA synchronous = FULL")
            with self._base:
                self._base.executemany("INSERT OR IGNORE INTO held (source, id, hash) VALUES (?, ?, NULL)", rows)
            self._base.execute("PRAGMA synchronous = NORMAL")

    def settle(self, source: str, versions: Mapping[str, str], happened: Sequence[Happened] = ()) -> None:
        """Note that a source has these versions, and what happened, all or none."""
        if not versions:
            return
        with self._told(), self._base:
            rows = [(source, article_id, version) for article_id, version in versions.items()]
            self._base.executemany(
                "INSERT INTO held (source, id, hash) VALUES (?, ?, ?) "
                "ON CONFLICT (source, id) DO UPDATE SET hash = excluded.hash",
                rows,
            )
            self._post(happened)
        self._deliver()

    def drop(self, source: str, ids: Iterable[str], happened: Sequence[Happened] = ()) -> None:
        """Note that a source has these articles no longer, and what happened, all or none."""
        with self._told(), self._base:
            self._base.executemany(
                "DELETE FROM held WHERE source = ? AND id = ?", [(source, article_id) for article_id in ids]
            )
            self._post(happened)
        self._deliver()

    def keep_out(self, ids: Sequence[str], happened: Sequence[Happened]) -> None:
        """Note that a person does not want these articles."""
        with self._told(), self._base:
            self._base.executemany("INSERT OR IGNORE INTO kept_out VALUES (?)", [(one,) for one in ids])
            self._post(happened)
        self._deliver()

    def readmit(self, ids: Sequence[str], happened: Sequence[Happened]) -> None:
        """Note that sources may bring these articles again."""
        with self._told(), self._base:
            self._base.executemany("DELETE FROM kept_out WHERE id = ?", [(one,) for one in ids])
            self._post(happened)
        self._deliver()

    def pace(self, source: str) -> Pace:
        """When to look at a source; at once where nothing is known."""
        with self._told():
            row = self._base.execute("SELECT due, failures FROM pace WHERE source = ?", (source,)).fetchone()
        return Pace(*row) if row else Pace()

    def set_pace(self, source: str, pace: Pace) -> None:
        """Note when to look at a source."""
        with self._told(), self._base:
            self._base.execute("INSERT OR REPLACE INTO pace VALUES (?, ?, ?)", (source, pace.due, pace.failures))

    def believed(self, source: str) -> int | None:
        """How many articles a source had when it was last believed altogether; None where that is not known."""
        with self._told():
            row = self._base.execute("SELECT articles FROM believed WHERE source = ?", (source,)).fetchone()
        return row[0] if row else None

    def set_believed(self, source: str, articles: int) -> None:
        """Note that a source is believed to have so many articles."""
        with self._told(), self._base:
            self._base.execute("INSERT OR REPLACE INTO believed VALUES (?, ?)", (source, articles))

    def unchecked(self, source: str, most: int, but: set[str]) -> list[str]:
        """Articles of a source that were not asked for by themselves for the longest, without some; now they are."""
        now = datetime.now(UTC).timestamp()
        with self._told(), self._base:
            rows = self._base.execute("SELECT id FROM held WHERE source = ? ORDER BY checked, id", (source,))
            chosen = [name for (name,) in rows if name not in but][:most]
            self._base.executemany(
                "UPDATE held SET checked = ? WHERE source = ? AND id = ?", [(now, source, one) for one in chosen]
            )
        return chosen

    def _opened(self) -> sqlite3.Connection:
        base = sqlite3.connect(self._path, timeout=10.0, check_same_thread=False)
        try:
            base.execute("PRAGMA journal_mode = WAL")
            base.execute("PRAGMA synchronous = NORMAL")
            _check(base)
            base.executescript(_SCHEMA)
        except sqlite3.DatabaseError:
            base.close()
            raise
        return base

    def _replay(self) -> None:
        """Fill an empty ledger with what the history tells."""
        for event in self._history.events():
            if event.what in _HAS:
                values = (event.source, event.article, event.new)
                self._base.execute("INSERT OR REPLACE INTO held (source, id, hash) VALUES (?, ?, ?)", values)
            elif event.what in _LOST:
                self._base.execute("DELETE FROM held WHERE source = ? AND id = ?", (event.source, event.article))
            elif event.what == "deleted":
                self._base.execute("INSERT OR IGNORE INTO kept_out VALUES (?)", (event.article,))
            elif event.what == "readmitted":
                self._base.execute("DELETE FROM kept_out WHERE id = ?", (event.article,))
        self._base.execute(f"PRAGMA user_version = {_VERSION}")

    def _post(self, happened: Sequence[Happened]) -> None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        waiting = self._base.execute("SELECT max(n) FROM outbox").fetchone()[0] or 0
        first = max(self._last, waiting) + 1
        numbered = enumerate(happened, start=first)
        events = [Event(n, at, one.source, one.article, one.what, one.old, one.new) for n, one in numbered]
        rows = [(event.n, json.dumps(asdict(event), ensure_ascii=False)) for event in events]
        self._base.executemany("INSERT INTO outbox VALUES (?, ?)", rows)

    def _deliver(self) -> None:
        """Write what waits into the history, then forget it here; after a crash between, its number tells."""
        with self._told():
            rows = self._base.execute("SELECT event FROM outbox ORDER BY n").fetchall()
            if not rows:
                return
            events = [Event(**json.loads(text)) for (text,) in rows]
            self._history.append(events)
            self._last = events[-1].n
            with self._base:
                self._base.execute("DELETE FROM outbox WHERE n <= ?", (self._last,))

    @contextmanager
    def _told(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise StoreError(
                    f"the ledger {self._path} cannot be used ({error}); make room or see whether it may be written to. "
                    "It can be removed: the next sync makes it anew"
                ) from error


def _check(base: sqlite3.Connection) -> None:
    fault = base.execute("PRAGMA quick_check(1)").fetchone()[0]
    if fault != "ok":
        raise sqlite3.DatabaseError(fault)
