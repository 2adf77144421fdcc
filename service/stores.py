"""Where the index is: a folder, or a Qdrant server where one is set; the one place that tells them apart."""

from __future__ import annotations

from pathlib import Path

from indexer.errors import StoreMissing
from indexer.store import Store
from indexer.store.embedded import open_store
from indexer.store.folder import is_index, make_folder
from indexer.store.manifest import Manifest, read_manifest
from indexer.store.server_place import ServerPlace, check_client
from service.settings import Settings

Place = Path | ServerPlace


def place_of(settings: Settings, folder: Path | None = None) -> Place:
    """Where the settings say the index is: on the server of ``qdrant_url``, or else in the folder.

    Args:
        settings: ``Settings.at`` gives those of a folder that a person named, which comes before a server.
        folder: the folder; None is the settings'.

    Raises:
        BadInput: the server's settings are not allowed.
    """
    return settings.qdrant_place or folder or settings.store


def has_index(place: Place) -> bool:
    """Whether there is an index.

    Raises:
        BadInput: the place holds something else.
        StoreError: the place cannot be looked into.
    """
    if isinstance(place, Path):
        return is_index(place)
    check_client()
    from indexer.store.server_index import is_server_index

    return is_server_index(place)


def check_place(place: Place) -> None:
    """Tell at once, without a lock or a model, that there is no index.

    Raises:
        StoreMissing: there is none.
        StoreError: the place or the index's manifest cannot be read.
    """
    if not has_index(place):
        raise StoreMissing(_no_index(place))
    if isinstance(place, Path):
        read_manifest(place)


def prepare(place: Place) -> None:
    """See, before anything slow happens, that a new index can be made there.

    Raises:
        BadInput: the folder holds something else.
        StoreError: the folder cannot be made.
    """
    if isinstance(place, Path):
        make_folder(place)


def open_place(place: Place, wanted: Manifest | None = None, *, create: bool = False) -> Store:
    """Open the index; close it, or use it as a context manager.

    Args:
        place: where it is.
        wanted: what the caller would make an index with; compared with what made this one. ``None`` opens any.
        create: make a new index with ``wanted`` where there is none.

    Raises:
        StoreError: it cannot be opened; see ``open_store`` and ``open_server``.
    """
    if isinstance(place, Path):
        return open_store(place, wanted, create=create)
    check_client()
    from indexer.store.server_index import open_server

    return open_server(place, wanted, create=create)


def _no_index(place: Place) -> str:
    if isinstance(place, Path):
        return f"there is no index in {place}; make one with: masdar index PATH --store {place}"
    return f"there is no index {place}; make one with: masdar index PATH"
