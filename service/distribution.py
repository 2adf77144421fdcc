"""A run of the indexer on a Ray cluster, wired from the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from indexer.distributed.cluster import Cluster
from indexer.distributed.engine import RayIndexer
from indexer.distributed.work import Equipment
from indexer.pipeline import default_transformations
from indexer.store import Store
from indexer.store.manifest import Manifest
from indexer.store.server_place import ServerPlace
from service.models import build_encoder
from service.stores import Place, place_of

if TYPE_CHECKING:
    from llama_index.core.schema import TransformComponent

    from indexer.index_report import Watcher
    from indexer.stages import StageClock
    from indexer.store.server import ServerStore
    from service.settings import Settings


@contextmanager
def ray_indexer(
    settings: Settings, store: Store, chunk_tokens: int, cluster: Cluster, watcher: Watcher, clock: StageClock
) -> Iterator[RayIndexer]:
    """What indexes into an open store on a cluster, while the block lasts.

    Args:
        settings: go to each worker as they are, keys included, but for the threads of its encoder.
        store: the index that they name; where it is on a server, workers write to it themselves.
        chunk_tokens: longest chunk, in tokens of the model.
        cluster: where the workers are.
        watcher: told how it goes.
        clock: told what the time of this process goes to.

    Raises:
        StoreLocked: another process writes to the index.
    """
    place = place_of(settings)
    own = settings.model_copy(update={"threads": cluster.cores})
    recipe = partial(transformations, own, store.manifest, chunk_tokens, str(place))
    with _opening(place, store) as opening:
        equipment = Equipment(recipe, opening)
        yield RayIndexer(store, equipment, cluster, watcher, rules=settings.intake, clock=clock)


def transformations(
    settings: Settings, manifest: Manifest, chunk_tokens: int, place: str
) -> Sequence[TransformComponent]:
    """In a worker: the transformations that make the chunks of an index.

    Raises:
        StoreMismatch: the encoder or the version of Masdar on this machine is not what made the index.
        EncoderError: the encoder cannot be loaded.
    """
    encoder = build_encoder(settings)
    manifest.check(Manifest.of(encoder.identity, chunk_tokens, manifest.late), place)
    return default_transformations(encoder, chunk_tokens, manifest.late)


@contextmanager
def _opening(place: Place, store: Store) -> Iterator[Callable[[], ServerStore] | None]:
    """What opens the index in a worker to write to; None where it is a folder, which one process has."""
    if not isinstance(place, ServerPlace):
        yield None
        return
    from indexer.store.server import ServerStore
    from indexer.store.server_index import open_server

    if not isinstance(store, ServerStore):
        raise TypeError(f"the index {place} is on a server, and was opened as {type(store).__name__}")
    with store.lending() as name:
        yield partial(open_server, place, store.manifest, lent=name)
