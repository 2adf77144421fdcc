"""Open an index on a Qdrant server, or make one."""

from __future__ import annotations

from qdrant_client import models

from indexer.errors import BadInput, StoreMissing, StoreServerTooOld
from indexer.late import LateInteraction
from indexer.store import points
from indexer.store.manifest import Manifest
from indexer.store.server import ServerStore
from indexer.store.server_calls import OLDEST_TURBO8, Connection, connect
from indexer.store.server_place import ServerPlace
from indexer.store.server_points import (
    ARTICLE_INDEXES,
    CHUNK_INDEXES,
    MANIFEST,
    OURS,
    article_collection,
    chunk_collection,
    manifest_metadata,
    read_metadata,
)


def open_server(
    place: ServerPlace,
    wanted: Manifest | None = None,
    *,
    create: bool = False,
    connection: Connection | None = None,
    lent: str | None = None,
) -> ServerStore:
    """Open the index at ``place``; close it, or use it as a context manager.

    Args:
        place: the server and the name of the index.
        wanted: what the caller would make an index with; compared with what made this one. ``None`` opens any.
        create: make a new index with ``wanted`` where there is none.
        connection: a connection to that server, which the store then closes; None makes one.
        lent: the name under which another process lets this one write; see ``ServerStore.lending``.

    Raises:
        BadInput: the collection is another program's.
        StoreMissing: there is no index and ``create`` is false.
        StoreMismatch: another encoder, text pipeline or version of Masdar made it.
        StoreUnreachable, StoreRefused, StoreServerTooOld: the server cannot be used.
        StoreError: anything else that the server refuses.
    """
    connection = connection or connect(place)
    try:
        store = _opened(connection, wanted, lent, create=create)
        store.settle()
    except BaseException:
        connection.close()
        raise
    return store


def _opened(connection: Connection, wanted: Manifest | None, lent: str | None, *, create: bool) -> ServerStore:
    place = connection.place
    info = _info(connection)
    if info is None:
        if not create or wanted is None:
            raise StoreMissing(f"there is no index {place}; make one with: masdar index PATH")
        _make(connection, wanted)
        info = connection.call(connection.client.get_collection, place.collection)
    manifest = read_metadata(info.config.metadata or {}, str(place))
    if wanted is not None:
        manifest.check(wanted, str(place))
    return ServerStore(connection, manifest, quantised=_is_quantised(info), lent=lent)


def is_server_index(place: ServerPlace) -> bool:
    """Whether there is an index.

    Raises:
        BadInput: the collection is another program's.
        StoreError: the server cannot be used.
    """
    connection = connect(place)
    try:
        return _info(connection) is not None
    finally:
        connection.close()


def _info(connection: Connection) -> models.CollectionInfo | None:
    """What the server tells of the chunks' collection; None where there is no finished index."""
    place = connection.place
    if not connection.call(connection.client.collection_exists, place.collection):
        return None
    info = connection.call(connection.client.get_collection, place.collection)
    metadata = info.config.metadata or {}
    if OURS not in metadata:
        raise BadInput(f"the collection {place} is not an index of Masdar; name another one (MASDAR_QDRANT_COLLECTION)")
    return info if MANIFEST in metadata else None


def _make(connection: Connection, manifest: Manifest) -> None:
    """Make empty collections, the manifest last: without it they do not count as an index."""
    client, place = connection.client, connection.place
    _check_datatype(connection, manifest.late)
    for name, settings, indexes in (
        (place.articles, article_collection(place.scale), ARTICLE_INDEXES),
        (place.collection, chunk_collection(manifest, place.scale), CHUNK_INDEXES),
    ):
        _remove_unfinished(connection, name)
        connection.call(client.create_collection, name, **settings)
        for field, schema in indexes.items():
            connection.call(client.create_payload_index, name, field, schema)
    connection.call(client.update_collection, place.collection, metadata=manifest_metadata(manifest))


def _remove_unfinished(connection: Connection, name: str) -> None:
    """Remove what a creation that was cut short left; a collection of another program is left alone.

    Raises:
        BadInput: it is another program's.
    """
    if not connection.call(connection.client.collection_exists, name):
        return
    info = connection.call(connection.client.get_collection, name)
    if OURS not in (info.config.metadata or {}):
        raise BadInput(
            f"the collection {name!r} at {connection.place.url} is not an index of Masdar; name another one "
            "(MASDAR_QDRANT_COLLECTION)"
        )
    connection.call(connection.client.delete_collection, name)


def _check_datatype(connection: Connection, late: LateInteraction) -> None:
    if late.on and late.datatype == "turbo8" and connection.version < OLDEST_TURBO8:
        raise StoreServerTooOld(
            f"the server at {connection.place.url} is Qdrant {'.'.join(map(str, connection.version))}, and token "
            f"vectors as turbo8 need {'.'.join(map(str, OLDEST_TURBO8))}; upgrade the server, or set "
            "MASDAR_LATE_DATATYPE to another one (turbo4, float16, float32)"
        )


def _is_quantised(info: models.CollectionInfo) -> bool:
    vectors = info.config.params.vectors
    dense = vectors.get(points.DENSE) if isinstance(vectors, dict) else None
    return bool(info.config.quantization_config or (dense and dense.quantization_config))
