"""Precision and recall of what is taken for a copy, over pairs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from eval.duplicates import KINDS, Pair
from indexer.duplicates.comparison import LIMITS, Limits, Told, Verdict, compare
from indexer.duplicates.signature import keys_of


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair with what was found: whether the two share a key, and what comparing them says."""

    pair: Pair
    met: bool
    verdict: Verdict

    @property
    def taken(self) -> bool:
        """Whether the second article would join the story of the first."""
        return self.met and self.verdict == "copy"


def judge(pairs: Iterable[Pair], limits: Limits = LIMITS) -> list[Judged]:
    """Look both articles of each pair up and compare them, as indexing does."""
    return [
        Judged(
            pair,
            bool(set(keys_of(pair.first)) & set(keys_of(pair.second))),
            compare(Told.of(pair.first), Told.of(pair.second), limits),
        )
        for pair in pairs
    ]


def figures(judged: Sequence[Judged]) -> dict[str, Any]:
    """Precision, recall and F1, and for each kind how many pairs it has, met and were taken for copies."""
    right = sum(one.taken and one.pair.copy for one in judged)
    taken, copies = sum(one.taken for one in judged), sum(one.pair.copy for one in judged)
    precision, recall = right / max(1, taken), right / max(1, copies)
    return {
        "pairs": len(judged),
        "copies": copies,
        "taken": taken,
        "right": right,
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(2 * precision * recall / max(1e-9, precision + recall), 4),
        "by_kind": {kind: _of_kind(kind, judged) for kind in KINDS},
    }


def _of_kind(kind: str, judged: Sequence[Judged]) -> dict[str, int]:
    own = [one for one in judged if one.pair.kind == kind]
    return {"pairs": len(own), "met": sum(one.met for one in own), "taken": sum(one.taken for one in own)}
