"""What was remembered of addresses, believed only where the index bears it out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from indexer.errors import BadInput
from indexer.fetching.state import Remembered, SqliteState


class CheckedState:
    """A state of fetching beside an index; implements ``indexer.fetching.state.FetchState``.

    An address whose articles are not in the index as they were is as good as new: it is fetched whole. So a state
    that is older or newer than the index, or of another one, costs requests and nothing else.

    Args:
        path: the file; one that cannot be read is begun anew.
        is_there: whether the index has an article as the source last gave it.

    Raises:
        BadInput: the file cannot be made.
    """

    def __init__(self, path: Path, is_there: Callable[[str], bool]) -> None:
        self._path, self._is_there = path, is_there
        try:
            self._state = SqliteState(path)
        except BadInput:
            path.unlink(missing_ok=True)
            self._state = SqliteState(path)

    def get(self, url: str) -> Remembered | None:
        """What was committed of this address, where it still holds and can be read."""
        try:
            remembered = self._state.get(url)
        except BadInput:  # damaged: ``commit`` does away with it
            return None
        return remembered if remembered and all(map(self._is_there, remembered.articles)) else None

    def note(self, url: str, remembered: Remembered) -> None:
        """Note what was seen now; it counts after ``commit``."""
        self._state.note(url, remembered)

    def commit(self) -> None:
        """Make the notes count; a file that they cannot be written to is removed, and the next run begins anew."""
        try:
            self._state.commit()
        except BadInput:
            self._state.close()
            self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        self._state.close()
