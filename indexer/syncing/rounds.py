"""One round over the sources of an index, and when each of them is due again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from indexer.syncing.ledger import Ledger, Pace
from indexer.syncing.listing import ListedSource
from indexer.syncing.one_source import Index, SourceSync
from indexer.syncing.outcome import Outcome

if TYPE_CHECKING:
    from indexer.sources.remote import Remote

#: A source that fails is looked at after twice, four times, ... its interval, but at least so often, in seconds.
LONGEST_BACKOFF: Final = 6 * 3600.0
#: Waits are drawn from this range around the interval, so that sources are not asked all at once.
_JITTER: Final = (0.9, 1.1)


def wait_after(interval: float, failures: int, jitter: float) -> float:
    """Seconds until a source is due again.

    Args:
        interval: its own.
        failures: how often in a row it failed.
        jitter: a factor.
    """
    longest = max(interval, LONGEST_BACKOFF)
    return min(interval * 2.0 ** min(failures, 30), longest) * jitter


@dataclass(frozen=True, slots=True)
class Round:
    """Brings an index into step with sources, one after the other.

    Attributes:
        index: where articles go.
        listing: all sources of the index, in the order in which they are believed.
        remote: gives what fetches addresses; called where a source needs it.
        confirmed: names of sources whose missing articles a person said to be gone.
        clock: seconds since 1970; for tests.
    """

    index: Index
    listing: Sequence[ListedSource]
    remote: Callable[[], Remote]
    confirmed: Collection[str] = ()
    clock: Callable[[], float] = field(default=time.time)

    def run(self, sources: Sequence[ListedSource]) -> Iterator[Outcome]:
        """Look at these sources; the outcome of each as it comes. Ends early where the process is to stop.

        Raises:
            MasdarError: the index or the encoder failed.
        """
        names = [source.name for source in self.listing]
        for source in sources:
            if self.index.stop.asked:
                return
            sync = SourceSync(
                self.index,
                source,
                earlier=names[: names.index(source.name)],
                listed=names,
                remote=self.remote() if source.is_remote else None,
                confirmed=source.name in self.confirmed,
            )
            outcome = sync.run()
            if not outcome.stopped:
                self._set_pace(source, failed=bool(outcome.failed))
            yield outcome

    def _set_pace(self, source: ListedSource, *, failed: bool) -> None:
        ledger = self.index.ledger
        failures = ledger.pace(source.name).failures + 1 if failed else 0
        jitter = random.uniform(*_JITTER)  # noqa: S311  (no secret)
        ledger.set_pace(source.name, Pace(self.clock() + wait_after(source.interval, failures, jitter), failures))


def due(listing: Sequence[ListedSource], ledger: Ledger, now: float) -> list[ListedSource]:
    """The sources whose time has come; also those whose next time is further off than any wait can be."""
    chosen: list[ListedSource] = []
    for source in listing:
        at = ledger.pace(source.name).due
        if at <= now or at > now + max(source.interval, LONGEST_BACKOFF) * _JITTER[1]:
            chosen.append(source)
    return chosen


def next_due(listing: Sequence[ListedSource], ledger: Ledger) -> float:
    """When the first source is due, in seconds since 1970."""
    return min(ledger.pace(source.name).due for source in listing)
