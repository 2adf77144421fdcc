"""Whether an index is whole: whether every write that began came to its end, and what its folder says of that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.store import Counts
from indexer.store.folder import check_space, unsettle, write_settled


class Writes:
    """The writes to an open index.

    Attributes:
        noted: whether the shards are as the folder's note says.
        whole: whether no write is under way, and none was broken off.
        begun: how many writes have begun.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.noted, self.whole = True, True
        self.begun = 0

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Around a write: before, the folder says that one is under way; after an error, searches filter.

        Raises:
            StoreError: the disk is nearly full, or the folder cannot be written.
        """
        check_space(self._folder)
        if self.noted:
            unsettle(self._folder)
            self.noted = False
        whole_before = self.whole
        self.begun += 1
        self.whole = False
        yield
        self.whole = whole_before

    def since(self) -> tuple[bool, int]:
        """What ``undisturbed`` compares with."""
        return self.whole, self.begun

    def undisturbed(self, since: tuple[bool, int]) -> bool:
        """Whether nothing was under way then, nor has begun since."""
        whole, begun = since
        return whole and begun == self.begun

    def note(self, counts: Counts) -> None:
        """Have the folder say that the shards, flushed, are whole and hold so much.

        Raises:
            StoreError: the folder cannot be written.
        """
        write_settled(self._folder, counts)
        self.noted = True
