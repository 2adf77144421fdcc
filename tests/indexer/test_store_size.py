"""What an index takes on disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.store.size import size_on_disk


@pytest.mark.skipif(os.name != "posix", reason="blocks are POSIX's")
def test_the_journal_is_told_from_what_grows_and_holes_take_nothing(tmp_path: Path) -> None:
    for name, size in (("chunks/wal/open-1", 100_000), ("chunks/segments/a/vectors", 300_000)):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_bytes(os.urandom(size))
    before = size_on_disk(tmp_path)
    assert before.data >= 300_000 > before.journal >= 100_000
    assert before.total == before.data + before.journal
    with (tmp_path / "chunks/segments/a/sparse").open("wb") as file:
        file.truncate(50_000_000)
    assert size_on_disk(tmp_path).data < before.data + 1_000_000
