"""What is remembered of addresses between runs: for conditional requests, and to know what a source still has.

A run reads what earlier runs committed and notes what it sees. Notes count from the moment that ``commit`` is
called, which belongs after the articles are in the index: a crash before it costs a second fetch, never an article.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from indexer.errors import BadInput


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A page as a feed or sitemap lists it, with what the listing says of it; empty where it says nothing.

    ``stamp`` is the listing's own time of change, as written: when it is the same, so is the page.
    """

    url: str
    title: str = ""
    published: str = ""
    stamp: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remembered:
    """An address at its last successful reading.

    Attributes:
        etag, last_modified: headers of the answer, sent back as ``If-None-Match`` and ``If-Modified-Since``.
        stamp: see ``ListedPage``.
        checked: when it was asked last, in seconds since 1970.
        articles: ids of the articles that came of it directly.
        pages: where it is a feed or sitemap: what it listed.
        listing: whether it is a feed or sitemap.
    """

    etag: str = ""
    last_modified: str = ""
    stamp: str = ""
    checked: float = 0.0
    articles: tuple[str, ...] = ()
    pages: tuple[ListedPage, ...] = ()
    listing: bool = False


class FetchState(Protocol):
    """Remembers addresses for one source or for many."""

    def get(self, url: str) -> Remembered | None:
        """What was committed of this address."""

    def note(self, url: str, remembered: Remembered) -> None:
        """Note what was seen now; it counts after ``commit``."""

    def commit(self) -> None:
        """Make the notes count."""


class NoState:
    """Remembers nothing: every run fetches everything."""

    def get(self, url: str) -> Remembered | None:
        """None, always."""
        return None

    def note(self, url: str, remembered: Remembered) -> None:
        """Forgotten at once."""

    def commit(self) -> None:
        """Nothing to do."""


class SqliteState:
    """Remembers in one SQLite file; a commit is there whole or not at all, also after a crash.

    Raises:
        BadInput: the file cannot be opened, or is no such file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._notes: dict[str, Remembered] = {}
        try:
            self._base = sqlite3.connect(path, timeout=10.0)
            self._base.execute("CREATE TABLE IF NOT EXISTS seen (url TEXT PRIMARY KEY, remembered TEXT NOT NULL)")
            self._base.commit()
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def __enter__(self) -> SqliteState:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def get(self, url: str) -> Remembered | None:
        """What was committed of this address; None where that cannot be read any more."""
        try:
            row = self._base.execute("SELECT remembered FROM seen WHERE url = ?", (url,)).fetchone()
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        return _loaded(row[0]) if row else None

    def note(self, url: str, remembered: Remembered) -> None:
        """Note what was seen now; it counts after ``commit``."""
        self._notes[url] = remembered

    def commit(self) -> None:
        """Write the notes, all or none."""
        rows = [(url, json.dumps(asdict(one), ensure_ascii=False)) for url, one in self._notes.items()]
        try:
            with self._base:
                self._base.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?)", rows)
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        self._notes.clear()

    def forget(self, urls: Sequence[str]) -> None:
        """Remove what was committed of these addresses."""
        try:
            with self._base:
                self._base.executemany("DELETE FROM seen WHERE url = ?", [(url,) for url in urls])
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def close(self) -> None:
        """Close the file; notes that were not committed are lost."""
        self._base.close()

    def _unusable(self, error: sqlite3.Error) -> BadInput:
        return BadInput(f"the state file {self._path} cannot be used ({error}): remove it, and all is fetched anew")


def _loaded(text: str) -> Remembered | None:
    """What ``commit`` wrote; None for a row of another version, which only costs a fetch."""
    try:
        values: dict[str, Any] = json.loads(text)
        pages = tuple(ListedPage(**page | {"tags": tuple(page["tags"])}) for page in values.pop("pages"))
        return Remembered(**values | {"articles": tuple(values["articles"]), "pages": pages})
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
