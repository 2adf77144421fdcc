"""What can be tried without a cluster: how evenly ids fall into shards, and how search without a graph grows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import numpy as np

from indexer.store import points

RESULT: Final = Path(__file__).parents[1] / "results" / "search_100000.json"


@dataclass(frozen=True, slots=True)
class Balance:
    """Points in shards: of how many points, how many shards, and the fullest shard to the mean of all."""

    points: int
    shards: int
    fullest: float


def real_balance(articles: int, shards: int) -> Balance:
    """Ids of article records as the store makes them, by their first 64 bits into shards of equal range."""
    heads = np.fromiter(
        (UUID(str(points.article_key(f"news-{number}"))).int >> 64 for number in range(articles)), np.uint64, articles
    )
    # The range of each shard is a 64-bit number apart: what a ring of hashes comes to with many places on it.
    counts = np.bincount((heads // np.uint64(-(-(2**64) // shards))).astype(np.int64), minlength=shards)
    return Balance(articles, shards, float(counts.max() / counts.mean()))


def drawn_balance(count: int, shards: int, seed: int = 0) -> Balance:
    """The same by draws of chance, for more ids than are worth making."""
    counts = np.random.default_rng(seed).multinomial(count, np.full(shards, 1 / shards))
    return Balance(count, shards, float(counts.max() / counts.mean()))


def exact_milliseconds(chunks: float) -> float:
    """How long the sentence vectors of so many chunks take to be compared on one core, by what 100,004 took."""
    index: dict[str, Any] = json.loads(RESULT.read_text("utf-8"))["record"]["indexes"][0]
    measured: float = index["rows"][0]["steps"]["dense"]["cpu_p50"]
    return measured * chunks / float(index["chunks"])
