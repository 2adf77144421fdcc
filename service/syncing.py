"""Rounds over the sources of an index, wired from the settings: one, or one after the other for as long as it runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from indexer.chunking import CHUNK_TOKENS
from indexer.encoder import Encoder
from indexer.errors import (
    BadInput,
    EndpointUnavailable,
    StoreDamaged,
    StoreError,
    StoreMismatch,
    StoreRefused,
    StoreServerTooOld,
)
from indexer.pipeline import default_transformations
from indexer.syncing.listing import ListedSource, read_listing
from indexer.syncing.one_source import Index
from indexer.syncing.outcome import Outcome
from indexer.syncing.rounds import Round, due, next_due, wait_after
from indexer.syncing.stopping import Stop
from service.fetch_settings import open_remote
from service.settings import Settings
from service.sync_state import open_ledger, remove_stale_states
from service.wiring import open_index

if TYPE_CHECKING:
    from indexer.sources.remote import Remote

#: The longest that a watch sleeps before it looks at the clock and at the file of sources again, in seconds.
_LONGEST_SLEEP: Final = 30.0
#: Seconds before the index is tried again after it failed once, and at most.
_FIRST_WAIT: Final = 15.0
_LONGEST_WAIT: Final = 600.0
#: What trying again does not help.
_HOPELESS: Final = (StoreMismatch, StoreDamaged, StoreRefused, StoreServerTooOld)

Told = Callable[[Outcome], None]


@dataclass(slots=True)
class Syncing:
    """Keeps the index of the settings in step with its sources.

    Attributes:
        settings: where the index is and what encodes.
        told: called with what each look at a source did.
        stop: asked to stop, the round ends after the batch that is under way.
        confirmed: names of sources whose missing articles a person said to be gone.
    """

    settings: Settings
    told: Told
    stop: Stop = field(default_factory=Stop)
    confirmed: Collection[str] = ()
    _encoder: Encoder | None = None

    def round(self, listing: Sequence[ListedSource], chosen: Sequence[ListedSource]) -> None:
        """Bring the index into step with the chosen ones of the listed sources.

        The index is open for this long only: between rounds others may ask it.

        Raises:
            MasdarError: the index cannot be opened or written, or the encoder failed.
        """
        with ExitStack() as opened:
            folder, ledger = opened.enter_context(open_ledger(self.settings))
            remove_stale_states(folder, {source.digest for source in listing})
            store, self._encoder = opened.enter_context(
                open_index(self.settings, self.settings.store, CHUNK_TOKENS, self._encoder)
            )
            remote = _LazyRemote(self.settings, self.stop)
            opened.callback(remote.close)
            # An index keeps the chunks that it was made with, whatever this version would make.
            transformations = default_transformations(self._encoder, store.manifest.chunk_tokens, store.manifest.late)
            known = dict(store.versions())
            index = Index(store, known, transformations, ledger, folder, self.stop, self.settings.intake)
            for outcome in Round(index, listing, remote.get, self.confirmed).run(chosen):
                self.told(outcome)

    def watch(self, file: Path, complain: Callable[[str], None]) -> None:
        """Look at each source when it is due, until asked to stop.

        Args:
            file: lists the sources; read again before each round. While it cannot be read, what it said last holds.
            complain: told of what went wrong with the file or the index, which is then tried again.

        Raises:
            MasdarError: what trying again would not help, or a fault of the file at the beginning.
        """
        listing, failures = read_listing(file), 0
        while not self.stop.asked:
            listing = _read_again(file, listing, complain)
            try:
                wait = self._due_round(listing)
                failures = 0
            except (StoreError, EndpointUnavailable) as error:
                if isinstance(error, _HOPELESS):
                    raise
                failures += 1
                wait = min(wait_after(_FIRST_WAIT, failures - 1, 1.0), _LONGEST_WAIT)
                complain(f"{error}. Trying again in {wait:.0f} s")
            self.stop.wait(min(wait, _LONGEST_WAIT if failures else _LONGEST_SLEEP))

    def _due_round(self, listing: Sequence[ListedSource]) -> float:
        """Look at the sources that are due; seconds until the next one is."""
        with open_ledger(self.settings) as (_, ledger):
            chosen = due(listing, ledger, time.time())
        if chosen:
            self.round(listing, chosen)
        with open_ledger(self.settings) as (_, ledger):
            return max(0.05, next_due(listing, ledger) - time.time())


def _read_again(file: Path, listing: list[ListedSource], complain: Callable[[str], None]) -> list[ListedSource]:
    try:
        return read_listing(file)
    except BadInput as error:
        complain(f"{error}. What it said before holds until then")
        return listing


class _LazyRemote:
    """Makes what fetches when the first source needs it; one for all of a round, so that hosts are asked in turn."""

    def __init__(self, settings: Settings, stop: Stop) -> None:
        self._settings, self._stop = settings, stop
        self._remote: Remote | None = None

    def get(self) -> Remote:
        """What fetches."""
        if self._remote is None:
            self._remote = open_remote(self._settings, self._stop.sleep)
        return self._remote

    def close(self) -> None:
        """Close its connections."""
        if self._remote is not None:
            self._remote.fetcher.close()
