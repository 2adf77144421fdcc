"""What happened to the articles of an index: one line of JSON each, only ever added to.

A line that a crash cut short is removed before the next one is written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from indexer.errors import StoreError

_TAIL_BYTES: Final = 1 << 16  # many times the longest line: ids and names are bounded


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an article.

    Attributes:
        n: number, counted up by one from 1.
        at: when, as ISO 8601 in UTC.
        source: name of the source that it came by; empty where a person did it.
        article: its id.
        what: ``added``, ``changed``, ``withdrawn`` by a source; ``found`` in the index when the source was first read;
            ``restored``, which the index had lost; ``unlisted``, when one of several sources has it no longer;
            ``deleted``, ``readmitted`` or ``pruned`` by a person.
        old, new: content hashes before and after; None where there was or is no article.
    """

    n: int
    at: str
    source: str
    article: str
    what: str
    old: str | None = None
    new: str | None = None


class History:
    """The file of events.

    Every method may raise StoreError where the file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def events(self) -> Iterator[Event]:
        """All events, oldest first; lines that cannot be read are passed over."""
        try:
            with self.path.open(encoding="utf-8", errors="replace") as lines:
                for line in lines:
                    event = _event(line)
                    if event:
                        yield event
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._unusable(error) from error

    def repair(self) -> int:
        """Remove a line that was cut short, and give the number of the last event; 0 where there is none."""
        try:
            if not self.path.exists():
                return 0
            with self.path.open("r+b") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - _TAIL_BYTES))
                tail = file.read()
                whole = tail.rfind(b"\n") + 1
                if whole < len(tail):
                    file.truncate(size - len(tail) + whole)
        except OSError as error:
            raise self._unusable(error) from error
        found = (_event(line.decode("utf-8", "replace")) for line in reversed(tail[:whole].splitlines()))
        return next((event.n for event in found if event), 0)

    def append(self, events: Sequence[Event]) -> None:
        """Add events; they are on the disk when this returns."""
        lines = "".join(json.dumps(asdict(event), ensure_ascii=False) + "\n" for event in events)
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> StoreError:
        return StoreError(f"the history {self.path} cannot be used ({error.strerror or error}): see whether it may be")


def _event(line: str) -> Event | None:
    try:
        values: dict[str, Any] = json.loads(line)
        return Event(**values)
    except (ValueError, TypeError):
        return None
