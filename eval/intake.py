"""How well articles are told from what is no article, and languages from each other, on texts written for it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from indexer.languages import language_of
from indexer.quality import fault_of

_HERE: Final = Path(__file__).parent
#: Sets of articles and of what is none: the rules were made on the first; the others were judged blind when they were
#: written (docs/decisions/0025-duplicates-language-quality.md has what came of it) and the rules mended after that.
QUALITY: Final = ("develop", "held_out", "held_out_2", "held_out_3")


@dataclass(frozen=True, slots=True)
class Misjudged:
    """A text that was judged wrongly: the label it has, what was found, and its beginning."""

    label: str
    found: str
    text: str


def rows_of(name: str) -> list[dict[str, Any]]:
    """The rows of one of the files. Raises OSError or ValueError where it is not as it was committed."""
    return [json.loads(line) for line in (_HERE / name).read_text("utf-8").splitlines()]


def quality_figures(rows: Iterable[dict[str, Any]]) -> tuple[dict[str, int], list[Misjudged]]:
    """How many articles there are and were kept, how many others and were refused; and what was judged wrongly."""
    counts: Counter[str] = Counter(articles=0, kept=0, others=0, refused=0)
    wrong: list[Misjudged] = []
    for row in rows:
        fault = fault_of(row["text"])
        counts["articles" if row["article"] else "others"] += 1
        if (fault is None) is not row["article"]:
            wrong.append(Misjudged("article" if row["article"] else "no article", fault or "", row["text"][:80]))
        else:
            counts["kept" if row["article"] else "refused"] += 1
    return dict(counts), wrong


def language_figures(rows: Iterable[dict[str, Any]]) -> tuple[dict[str, tuple[int, int]], list[Misjudged]]:
    """For each language, and for mixed texts, how many were told and how many there are; and what was told wrongly."""
    right: Counter[str] = Counter()
    every: Counter[str] = Counter()
    wrong: list[Misjudged] = []
    for row in rows:
        kind = "mixed" if row.get("mixed") else row["language"]
        found = language_of(row["text"])
        every[kind] += 1
        right[kind] += found == row["language"]
        if found != row["language"]:
            wrong.append(Misjudged(row["language"], found, row["text"][:80]))
    return {kind: (right[kind], count) for kind, count in every.items()}, wrong
