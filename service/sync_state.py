"""What is kept beside an index to keep it in step with its sources: the ledger, the history, states of fetching.

It stands in a folder next to that of the index, named after it with ``.sync``. For an index on a Qdrant server the
folder is on this machine, next to where an embedded index would be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout

from indexer.errors import StoreError, StoreLocked
from indexer.syncing.history import History
from indexer.syncing.ledger import Ledger
from service.settings import Settings
from service.stores import place_of

if TYPE_CHECKING:
    from collections.abc import Collection

_LOCK_SECONDS: Final = 3.0


def sync_folder(settings: Settings) -> Path:
    """The folder for the index of the settings; it need not be there.

    Raises:
        BadInput: the server's settings are not allowed.
    """
    place = place_of(settings)
    if isinstance(place, Path):
        return place.parent / f"{place.name}.sync"
    digest = hashlib.sha256(place.url.encode()).hexdigest()[:12]
    return settings.store.parent / f"{place.collection}-{digest}.sync"


def history_of(settings: Settings) -> History:
    """What happened to the articles of the index."""
    return History(sync_folder(settings) / "history.jsonl")


@contextmanager
def open_ledger(settings: Settings) -> Iterator[tuple[Path, Ledger]]:
    """The folder and its ledger, for this process alone until the block ends.

    Raises:
        StoreLocked: another process has it.
        StoreError: the folder cannot be written to.
    """
    folder = sync_folder(settings)
    with locked(folder, "lock"), Ledger(folder) as ledger:
        yield folder, ledger


@contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    """Hold a lock in the folder, which is made; the lock goes with the process, however that ends.

    Raises:
        StoreLocked: another process holds it.
        StoreError: the folder cannot be written to.
    """
    lock = FileLock(folder / name, timeout=_LOCK_SECONDS, thread_local=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise StoreLocked(
            f"another process keeps this index in step ({folder / name} is locked); wait until it ends, or stop it"
        ) from error
    except OSError as error:
        raise StoreError(
            f"the folder {folder} cannot be used ({error.strerror or error}); see whether it may"
        ) from error
    try:
        yield
    finally:
        lock.release()


def remove_stale_states(folder: Path, digests: Collection[str]) -> None:
    """Remove states of fetching of sources that are read otherwise now, or not at all."""
    for path in folder.glob("fetched-*.sqlite"):
        if path.stem.removeprefix("fetched-") not in digests:
            path.unlink(missing_ok=True)
