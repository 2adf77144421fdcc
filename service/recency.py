"""Let newer articles come first among passages that fit about equally well.

How fresh an article is comes from the engine (``Store.freshness``). What it may change is bounded: from the oldest
article to the newest, ``SHARE`` of the best score. An article without a date keeps its score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from indexer.chunks import Chunk
from indexer.store import NEUTRAL_FRESHNESS

if TYPE_CHECKING:
    from service.fusion import Fused

#: What separates the newest article from the oldest, as a share of the best score. See
#: docs/decisions/0009-search-options.md.
SHARE = 0.1


def by_recency(ranked: Sequence[Fused], freshness: Mapping[Chunk, float]) -> list[Fused]:
    """The passages with their scores shifted by freshness, best first; equals stay in their order.

    Args:
        ranked: passages, best first.
        freshness: 0..1 by chunk; a chunk that is not there keeps its score.
    """
    weight = SHARE * abs(ranked[0].score) if ranked else 0.0
    shifted = [
        replace(found, score=found.score + weight * (freshness.get(found.chunk, NEUTRAL_FRESHNESS) - NEUTRAL_FRESHNESS))
        for found in ranked
    ]
    return sorted(shifted, key=lambda found: -found.score)
