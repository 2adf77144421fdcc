"""How stories look in the article records of both engines, and how they are looked up.

The record is the one place where an article's story stands: it is written with the article in one step, and goes with
it. Who stands for a story is not written down anywhere, so that nothing has to be handed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol, cast

from indexer.errors import StoreDamaged
from indexer.store import Alike, Publication, Story
from indexer.store.engine import paged

#: Fields of an article record, both indexed: the name of its story, and what copies are looked up by.
STORY, KEYS = STORY_FIELDS = ("story", "story_keys")
_PUBLICATION = ["id", "source", "url", "published_at", STORY]
ALIKE = ["id", STORY, KEYS]
_LATEST = datetime.max.replace(tzinfo=UTC)


class Records(Protocol):
    """Article records, as both engines keep them."""

    def matching(
        self, field: str, values: Sequence[str], fields: list[str], limit: int | None
    ) -> list[Mapping[str, object]]:
        """The named fields of records whose field has any of these values."""
        ...

    def facet(self, field: str) -> dict[str, int]:
        """Records per value of a field, most first."""
        ...


def story_payload(story: Story | None) -> dict[str, object]:
    """What the record of an article carries of its story."""
    return {} if story is None else {STORY: story.name, KEYS: list(story.keys)}


class StoryLookup:
    """The part of a store that looks stories up; the store has the records."""

    @property
    def _story_records(self) -> Records:
        raise NotImplementedError

    def _records(self, article_ids: Iterable[str], fields: bool | list[str]) -> Iterator[Mapping[str, object]]:
        raise NotImplementedError

    def alike(self, keys: Collection[str], limit: int) -> list[Alike]:
        """Articles whose story has any of these keys, at most ``limit``, in no order."""
        return alike_of(self._story_records.matching(KEYS, list(keys), ALIKE, limit) if keys else [])

    def copies(self, article_ids: Iterable[str]) -> dict[str, tuple[Publication, ...]]:
        """For each of these articles that has any: the others that tell its story, the oldest first."""
        told = {id_: story.name for id_, story in self.told(article_ids).items()}
        by_name = self._by_name(told.values())
        others = {
            id_: tuple(one for one in by_name.get(name, ()) if one.article_id != id_) for id_, name in told.items()
        }
        return {id_: copies for id_, copies in others.items() if copies}

    def told(self, article_ids: Iterable[str]) -> dict[str, Story]:
        """The stories of those of these articles that have one."""
        return {
            str(payload["id"]): Story(str(payload[STORY]), tuple(cast(list[str], payload[KEYS])))
            for payload in self._records(article_ids, ["id", *STORY_FIELDS])
            if STORY in payload and KEYS in payload
        }

    def stories(self) -> Mapping[str, int]:
        """Articles per story, for the stories that several articles tell, most first."""
        return {name: count for name, count in self._story_records.facet(STORY).items() if count > 1}

    def tellers(self, name: str) -> list[Publication]:
        """The articles that tell a story, the oldest first; those without a date last."""
        return self._by_name([name]).get(name, [])

    def _by_name(self, names: Iterable[str]) -> dict[str, list[Publication]]:
        found: dict[str, list[Publication]] = defaultdict(list)
        for page in paged(sorted(set(names))):
            for payload in self._story_records.matching(STORY, page, _PUBLICATION, None):
                found[str(payload[STORY])].append(_publication(payload))
        return {name: sorted(published, key=_age) for name, published in found.items()}


def alike_of(records: Iterable[Mapping[str, object]]) -> list[Alike]:
    """What is looked up by keys, from the fields ``ALIKE`` of records."""
    return [Alike(str(one["id"]), str(one[STORY]), frozenset(cast(list[str], one[KEYS]))) for one in records]


def _age(published: Publication) -> tuple[datetime, str]:
    return published.published_at or _LATEST, published.article_id


def _publication(payload: Mapping[str, object]) -> Publication:
    date = payload.get("published_at")
    try:
        published_at = datetime.fromisoformat(str(date)) if date else None
        return Publication(str(payload["id"]), str(payload["source"]), str(payload["url"]), published_at)
    except (KeyError, ValueError) as error:
        raise StoreDamaged(
            f"the index holds an article record that cannot be read ({dict(payload)!r:.200}); restore it from a backup "
            "or index the articles again into another folder (--store)"
        ) from error
