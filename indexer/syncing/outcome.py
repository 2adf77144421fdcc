"""What one look at one source did."""

from __future__ import annotations

from dataclasses import dataclass, field

from indexer.sources.items import Problem


@dataclass(slots=True)
class Outcome:
    """What one look at one source did.

    Attributes:
        source: its name.
        added, changed, unchanged, withdrawn: articles.
        held: articles that it has now, as far as is known.
        kept: articles that it no longer lists, and that stay because that is doubted.
        doubted: why, with what to do; empty where nothing is.
        failed: why it could not be read at all; empty where it could.
        stopped: whether it was broken off between two batches because the process is to stop.
        problems: what was reported about it, in order.
    """

    source: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    held: int = 0
    kept: int = 0
    doubted: str = ""
    failed: str = ""
    stopped: bool = False
    problems: list[Problem] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """How many records or files could not be read."""
        return sum(problem.lost for problem in self.problems)

    @property
    def is_clean(self) -> bool:
        """Whether all of the source could be read and believed."""
        return not (self.failed or self.doubted or self.lost)
