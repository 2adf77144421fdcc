"""How stories look inside Qdrant: two fields of the article record, and how they are looked up.

The record is the one place where an article's story stands: it is written with the article in one step, and goes with
it. Who stands for a story is not written down anywhere, so that nothing has to be handed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import cast

import qdrant_edge as edge

from indexer.errors import StoreDamaged
from indexer.store import Alike, Publication, Story
from indexer.store.engine import Shard, paged

STORY, KEYS = "story", "story_keys"
STORY_FIELDS = {STORY: edge.PayloadSchemaType.Keyword, KEYS: edge.PayloadSchemaType.Keyword}
_PUBLICATION = ["id", "source", "url", "published_at", STORY]
_LATEST = datetime.max.replace(tzinfo=UTC)


def story_payload(story: Story | None) -> dict[str, object]:
    """What the record of an article carries of its story."""
    return {} if story is None else {STORY: story.name, KEYS: list(story.keys)}


def alike(articles: Shard, keys: Collection[str], limit: int) -> list[Alike]:
    """Articles whose story has any of these keys."""
    found = articles.matching(KEYS, list(keys), ["id", STORY, KEYS], limit) if keys else []
    return [
        Alike(str(payload["id"]), str(payload[STORY]), frozenset(cast(list[str], payload[KEYS]))) for payload in found
    ]


def tellers(articles: Shard, stories: Iterable[str]) -> dict[str, list[Publication]]:
    """The articles that tell each of these stories, the oldest first; those without a date last."""
    told: dict[str, list[Publication]] = defaultdict(list)
    for page in paged(sorted(set(stories))):
        for payload in articles.matching(STORY, page, _PUBLICATION, None):
            told[str(payload[STORY])].append(_publication(payload))
    return {story: sorted(published, key=_age) for story, published in told.items()}


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
