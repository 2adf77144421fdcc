"""Whether to believe that articles are gone: a source that fails, is empty or lies must not empty an index."""

from __future__ import annotations

from typing import Final

from indexer.syncing.listing import ListedSource
from indexer.syncing.outcome import Outcome

#: So many pages that are gone in one round are always believed.
_FEW_GONE: Final = 3


def doubt(source: ListedSource, outcome: Outcome, missing: int, had: int, seen: int, confirmed: bool) -> str:
    """Why articles that seem to be gone should stay, and what to do; empty where they should go.

    Args:
        source: where they came from.
        outcome: of reading it.
        missing: how many seem to be gone.
        had: how many articles it had when it was last believed. What came since does not count: a source that lists
            others than before must not be believed the sooner the oftener it is asked.
        seen: how many articles it gave, or said to be unchanged.
        confirmed: whether a person said that they are gone.
    """
    if outcome.failed and (source.is_remote or not outcome.problems):
        return f"{missing} articles stay: the source could not be read"
    reason = "" if confirmed else _reason(source, outcome, missing, had, seen)
    if not reason:
        return ""
    return (
        f"{reason}; {missing} articles would be withdrawn and stay for now. Repair the source, or confirm that they "
        f"are gone: masdar sync --allow-removals {source.name!r}"
    )


def _reason(source: ListedSource, outcome: Outcome, missing: int, had: int, seen: int) -> str:
    if not source.complete:
        gone_at_once = missing > max(_FEW_GONE, source.most_removed * (seen + missing))
        return "too many pages are gone at once" if gone_at_once else ""
    if not seen:
        return "the source is empty all of a sudden"
    if outcome.lost:
        return f"{outcome.lost} records or files could not be read, and may be what is missing"
    if missing > source.most_removed * had:
        return f"the source no longer lists {missing} articles of the {had} that it had"
    return ""
