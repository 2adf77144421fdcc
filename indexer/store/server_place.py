"""Where an index on a Qdrant server is, how it is asked, and how its collections are laid out for scale."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Literal
from urllib.parse import urldefrag, urlsplit

from indexer.errors import BadInput, StoreError

Quantisation = Literal["none", "scalar", "turbo"]
#: Characters that Qdrant does not take in the name of a collection.
_REFUSED = frozenset('<>:"/\\|?*#\0')


@dataclass(frozen=True, slots=True)
class Scale:
    """How the collections of a new index are laid out; one that is there keeps what it was made with.

    Attributes:
        on_disk: vectors and graphs are read from disk, not kept in memory.
        quantisation: of sentence vectors; candidates come from small vectors in memory, scored again by the whole
            ones. ``scalar`` is a byte a dimension, ``turbo`` (TurboQuant) half a byte.
        shards: parts of each collection, spread over the servers of a cluster; 0 leaves it to the server.
        replicas: copies of each shard.
        write_consistency: copies that must have a write before it counts.
    """

    on_disk: bool = False
    quantisation: Quantisation = "none"
    shards: int = 0
    replicas: int = 1
    write_consistency: int = 1

    def __post_init__(self) -> None:
        if self.write_consistency > self.replicas:
            raise BadInput(
                f"{self.write_consistency} copies must have a write (MASDAR_QDRANT_WRITE_CONSISTENCY) and there are "
                f"{self.replicas} (MASDAR_QDRANT_REPLICAS); ask for no more than there are"
            )


@dataclass(frozen=True, slots=True)
class ServerPlace:
    """An index on a Qdrant server.

    Attributes:
        url: address of the server's REST interface.
        collection: name of the index; its collections are NAME and NAME_articles.
        key: API key; None where the server asks for none.
        grpc_port: port of the gRPC interface, used where it answers; 0 is REST alone.
        seconds: the longest that one try may take.
        tries: how often to ask before giving up.
        scale: layout of a new index.

    Raises:
        BadInput: the address or the name is not one.
    """

    url: str
    collection: str = "masdar"
    key: str | None = field(default=None, repr=False)
    grpc_port: int = 6334
    seconds: int = 10
    tries: int = 4
    scale: Scale = field(default_factory=Scale)

    def __post_init__(self) -> None:
        check_address(self.url)
        if not self.collection or len(self.collection) > 200 or _REFUSED & set(self.collection):
            raise BadInput(
                f"the collection is named {self.collection!r}; give 1 to 200 characters, none of them "
                f"{' '.join(sorted(_REFUSED - {chr(0)}))}"
            )

    def __str__(self) -> str:
        return f"{self.collection!r} at {self.url}"

    @property
    def articles(self) -> str:
        """The collection of article records."""
        return f"{self.collection}_articles"


def check_address(url: str) -> None:
    """Refuse what is no address of a server.

    Raises:
        BadInput: another scheme than HTTP, no host, a user name or a password, or a port that is no number.
    """
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise BadInput(f"the Qdrant address is {url!r}; it should be like http://127.0.0.1:6333 or https://HOST")
    if parts.username or parts.password:
        raise BadInput("the Qdrant address has a user name or a password; give the key as MASDAR_QDRANT_KEY instead")


def split_address(text: str, default: str) -> tuple[str, str]:
    """Address and collection of ``http://HOST:6333#COLLECTION``; the default collection where none is named."""
    url, collection = urldefrag(text)
    return url.rstrip("/"), collection or default


def check_client() -> None:
    """Tell that the client of a Qdrant server is not installed.

    Raises:
        StoreError: it is not.
    """
    if find_spec("qdrant_client") is None:
        raise StoreError(
            "an index on a Qdrant server needs the package qdrant-client; run: pip install 'masdar[qdrant]'"
        )
