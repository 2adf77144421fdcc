"""An index of the server adapter in Qdrant's in-memory client, and how long-lived tests keep that client."""

from __future__ import annotations

import warnings

from qdrant_client import QdrantClient

from indexer.store.manifest import Manifest
from indexer.store.server import ServerStore
from indexer.store.server_calls import Connection
from indexer.store.server_index import open_server
from indexer.store.server_place import ServerPlace

PLACE = ServerPlace("http://127.0.0.1:6333", "memory")
VERSION = (1, 20)


class KeptConnection(Connection):
    """Closes for its store only: the client, which has the data, is the test's."""

    def close(self) -> None:
        self._open = False


def in_memory(client: QdrantClient, manifest: Manifest, place: ServerPlace = PLACE) -> ServerStore:
    """Open, or make, an index in an in-memory client."""
    with warnings.catch_warnings():
        # It says once that it needs no payload indexes, which a server does need.
        warnings.filterwarnings("ignore", message="Payload indexes have no effect")
        return open_server(place, manifest, create=True, connection=KeptConnection(client, place, VERSION))
