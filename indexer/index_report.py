"""What indexing did, told while it goes on: by a run of this process (``pipeline.py``), or by a running service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from indexer.sources.items import Loss, Problem


@dataclass(slots=True)
class IndexReport:
    """What a run did.

    Attributes:
        added, replaced, unchanged, removed: articles.
        chunks: chunks written.
        copies: articles written that copy another one.
        problems: what was reported about the sources, in order.
        pruned: whether ``prune`` was asked for and done; see ``Indexer.run`` for when it is not.
    """

    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    removed: int = 0
    chunks: int = 0
    copies: int = 0
    problems: list[Problem] = field(default_factory=list)
    pruned: bool = False

    @property
    def lost(self) -> int:
        """How many records or files could not be read."""
        return sum(problem.lost for problem in self.problems)

    @property
    def refused(self) -> int:
        """Records that are no articles."""
        return sum(problem.loss is Loss.REFUSED for problem in self.problems)

    @property
    def seen(self) -> int:
        """Articles read so far."""
        return self.added + self.replaced + self.unchanged


Watcher = Callable[[IndexReport], None]
