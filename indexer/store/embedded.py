"""The embedded store: Qdrant's engine (Qdrant Edge) in this process, two shards in a folder (see ``folder.py``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Self

import qdrant_edge as edge
from filelock import FileLock

from indexer.articles import Article, from_payload
from indexer.errors import BadInput, StoreDamaged, StoreError, StoreMissing
from indexer.store import NO_STORIES, Counts, Story, points
from indexer.store.batch import Batch, latest_of
from indexer.store.chunk_searches import ChunkSearches
from indexer.store.committed import stored_versions
from indexer.store.engine import Shard, paged
from indexer.store.folder import (
    check_space,
    create_index,
    has_room,
    is_index,
    lock_folder,
    make_folder,
    read_settled,
)
from indexer.store.manifest import Manifest, read_manifest
from indexer.store.shards import COMPACTION_BYTES, INDEXED, chunk_config, closes_segments
from indexer.store.story_records import STORY_FIELDS, Records, StoryLookup, story_payload
from indexer.store.sweep import sweep
from indexer.store.writes import Writes

#: Chunks that the engine is given at once.
PUT_CHUNKS = 8


def open_store(folder: Path, wanted: Manifest | None = None, *, create: bool = False) -> EmbeddedStore:
    """Open the index in ``folder``; close it, or use it as a context manager.

    Args:
        folder: the index's folder.
        wanted: what the caller would make an index with; compared with what made this one. ``None`` opens any.
        create: make a new index with ``wanted`` where there is none.

    Raises:
        BadInput: the folder is a file or, with ``create``, holds something else.
        StoreMissing: there is no index and ``create`` is false.
        StoreMismatch: another encoder, text pipeline or version of Masdar made it.
        StoreLocked: it is open already, here or in another process.
        StoreDamaged: its files cannot be read.
        StoreError: the folder cannot be used, or the disk is nearly full.
    """
    if not is_index(folder):
        if not create or wanted is None:
            raise StoreMissing(f"there is no index in {folder}; make one with: masdar index PATH --store {folder}")
        make_folder(folder)
    else:
        _checked_manifest(folder, wanted)  # before the lock, whose file is not to be left in a folder not ours
    lock = lock_folder(folder)
    try:
        if wanted is not None and not is_index(folder):
            create_index(folder, wanted)
        return EmbeddedStore(folder, _checked_manifest(folder, wanted), lock)
    except BaseException:
        lock.release()
        raise


def _checked_manifest(folder: Path, wanted: Manifest | None) -> Manifest:
    manifest = read_manifest(folder)
    if wanted is not None:
        manifest.check(wanted, str(folder))
    return manifest


class EmbeddedStore(ChunkSearches, StoryLookup):
    """An open index; made by ``open_store``.

    The engine's calls hold the GIL, so threads gain nothing, but several may read while one writes.
    """

    def __init__(self, folder: Path, manifest: Manifest, lock: FileLock) -> None:
        self.folder = folder
        self._manifest = manifest
        self._lock = lock
        self._writes = Writes(folder)
        #: Chunks per language, and after how many writes they were counted.
        self._languages: tuple[int, Mapping[str, int]] = (-1, {})
        with ExitStack() as opened:
            self._chunks = Shard(folder / "chunks")
            opened.callback(self._chunks.close)
            self._articles = Shard(folder / "articles")
            opened.callback(self._articles.close)
            self._settle()
            #: Whether segments are closed as they fill: in indexes made since that is so.
            self._closes_segments = closes_segments(self._chunks.index_settings("article_id"))
            opened.pop_all()

    @property
    def manifest(self) -> Manifest:
        """What made this index."""
        return self._manifest

    def put(self, batch: Batch, stories: Mapping[str, Story] = NO_STORIES) -> None:
        """Add articles or replace those of the same id; see ``Store.put``."""
        latest = latest_of(batch, self._manifest)
        if not latest:
            return
        new = [(article, chunk) for article, chunks in latest.values() for chunk in chunks]
        records = [
            points.article_point(article, len(chunks), stories.get(id_)) for id_, (article, chunks) in latest.items()
        ]
        with self._writing():
            self._index_stories(stories)
            # A few at a time: as points, token vectors are Python numbers, eight times their size, and no other thread
            # runs while the engine takes them.
            for few in paged(new, PUT_CHUNKS):
                self._chunks.update(points.upsert([points.chunk_point(article, chunk) for article, chunk in few]))
            # On the disk before the record that makes them count, so that this holds when the machine fails too.
            self._chunks.flush()
            self._articles.update(points.upsert(records))
            self._articles.flush()
            stale = points.other_chunks(list(latest), {points.chunk_key(encoded.chunk) for _, encoded in new})
            self._chunks.update(edge.UpdateOperation.delete_points_by_filter(stale))

    def delete(self, article_ids: Iterable[str]) -> int:
        """Remove articles, then their chunks; returns how many articles there were."""
        known = sorted(stored_versions(article_ids, self._records))
        for page in paged(known):
            with self._writing():
                # The record first: it is the commit point, and chunks without it are not found by searches.
                self._articles.update(edge.UpdateOperation.delete_points([points.article_key(i) for i in page]))
                self._articles.flush()
                self._chunks.update(edge.UpdateOperation.delete_points_by_filter(points.chunks_of(page)))
        return len(known)

    def articles(self, article_ids: Iterable[str]) -> dict[str, Article]:
        """The articles of these ids that the index has."""
        try:
            found = [from_payload(payload) for payload in self._records(article_ids, fields=True)]
        except BadInput as error:
            raise StoreDamaged(f"the index {self.folder} holds an article that cannot be read: {error}") from error
        return {article.id: article for article in found}

    def content(self, article_ids: Iterable[str]) -> Batch:
        """The articles of these ids with all their chunks, as ``put`` takes them."""
        articles = self.articles(article_ids)
        found = self._chunks.vectors_of(points.chunks_of(list(articles))) if articles else ()
        return points.content_of(articles, found)

    def versions(self) -> Iterator[tuple[str, str]]:
        """Id and content hash of every article."""
        for _, payload in self._articles.scroll(["id", "content_hash"]):
            yield points.stored_string(payload, "id"), points.stored_string(payload, "content_hash")

    def retell(self, stories: Mapping[str, Story]) -> None:
        """Give articles that are there other stories; see ``Store.retell``."""
        for page in paged(sorted(stored_versions(stories, self._records))):
            with self._writing():
                self._index_stories(stories)
                for id_ in page:
                    told = story_payload(stories[id_])
                    self._articles.update(edge.UpdateOperation.set_payload([points.article_key(id_)], told))
                self._articles.flush()

    def counts(self) -> Counts:
        """How many articles and chunks there are."""
        return Counts(self._articles.count(), self._chunks.count())

    def sources(self) -> Mapping[str, int]:
        """Chunks per source, most first."""
        return self._chunks.facet("source")

    def languages(self) -> Mapping[str, int]:
        """Chunks per language, most first; counted again only after a write."""
        self._chunks.check_open()
        since = self._writes.since()
        if self._languages[0] != since[1]:
            counted = {name: chunks for name, chunks in self._chunks.facet("language").items() if chunks}
            if not self._writes.undisturbed(since):
                return counted  # while a write is under way: true now, and soon no longer
            self._languages = (since[1], counted)
        return self._languages[1]

    def compact(self) -> None:
        """Close segments that have filled up, see ``shards.py``; nothing in an older index or on a disk without room.

        Holds the GIL for its whole time, mostly a second or so: in a process that serves, when nobody asks.
        """
        self._chunks.check_open()
        if self._closes_segments and has_room(self.folder, COMPACTION_BYTES):
            self._optimise()

    def optimise(self) -> None:
        """Build search indexes and reclaim space. Holds the GIL for its whole time: never in a process that serves."""
        self._chunks.check_open()
        check_space(self.folder)
        if self._closes_segments:
            self._chunks.reload(chunk_config(self._manifest.dimensions, self._manifest.late, graph=True))
        self._optimise()

    def _optimise(self) -> None:
        self._chunks.optimise()
        self._articles.optimise()

    def close(self) -> None:
        """Write everything out and give the index free for other processes; nothing the second time."""
        if not self._lock.is_locked:
            return
        with ExitStack() as closing:
            closing.callback(self._lock.release)
            closing.callback(self._articles.close)
            closing.callback(self._chunks.close)
            self._note()

    def __enter__(self) -> Self:
        """The store itself."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the store; after an error that one is told, not what closing says of the same trouble."""
        with suppress(StoreError) if any(exception) else nullcontext():
            self.close()

    def _records(self, article_ids: Iterable[str], fields: bool | list[str]) -> Iterator[Mapping[str, object]]:
        keys: list[edge.PointId] = [points.article_key(article_id) for article_id in dict.fromkeys(article_ids)]
        return self._articles.payloads(keys, fields)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._chunks.check_open()
        with self._writes.writing():
            yield

    def _index_stories(self, stories: Mapping[str, Story]) -> None:
        """Have the engine index stories; an index made before there were any gets it with its first ones."""
        for field in STORY_FIELDS if stories else ():
            self._articles.ensure_index(field, INDEXED["articles"][field])

    @property
    def _story_records(self) -> Records:
        return self._articles

    def _settle(self) -> None:
        """On opening: clear up what a crash left half done, or see that all is there that was there on closing."""
        noted = read_settled(self.folder)
        if noted is None:
            self._writes.noted = False
            check_space(self.folder)
            sweep(self._chunks, self._articles)
            self._note()
        elif noted != self.counts():
            counts = self.counts()
            raise StoreDamaged(
                f"the index {self.folder} was closed with {noted.articles} articles and {noted.chunks} chunks and now "
                f"holds {counts.articles} and {counts.chunks}; restore it from a backup or index the articles again "
                "into another folder (--store)"
            )

    def _note(self) -> None:
        """Have the folder say that the shards are whole, unless a write was broken off: opening clears that up."""
        if self._writes.noted or not self._writes.whole:
            return
        self._chunks.flush()
        self._articles.flush()
        self._writes.note(self.counts())
