"""``kill -9`` at a random moment of indexing and of syncing; the next run makes the index that it would have been."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from eval.faults.processes import Run, until
from eval.faults.rounds import Bench, Round
from eval.faults.world import losses, write_articles, write_listing
from indexer.store.embedded import open_store
from indexer.store.folder import SETTLED
from indexer.syncing.history import History

_ARTICLES: Final = 36
#: Of so many tries for each round, some come when the process is over already.
_TRIES: Final = 5


def killed_indexing(bench: Bench, rounds: int) -> Iterator[Round]:
    """Kill ``masdar index`` while it replaces articles and adds some."""
    yield from _killed(bench, "kill -9 while indexing", "index", rounds)


def killed_syncing(bench: Bench, rounds: int) -> Iterator[Round]:
    """Kill ``masdar sync`` while it replaces, adds and withdraws articles."""
    yield from _killed(bench, "kill -9 while syncing", "sync", rounds)


def _killed(bench: Bench, fault: str, command: str, rounds: int) -> Iterator[Round]:
    room = bench.room(command)
    news, listing, index = room / "news.jsonl", room / "sources.toml", room / "index"
    write_listing(listing, news)
    arguments = (command, listing if command == "sync" else news, "--store", index)
    before: Mapping[str, str] = write_articles(news, range(_ARTICLES))
    begun = time.monotonic()
    bench.nursery.done(*arguments)
    usual, killed = time.monotonic() - begun, 0
    for number in range(1, _TRIES * rounds + 1):
        after = write_articles(news, range(_ARTICLES + number % 7), edition=number)
        # Articles that an earlier edition had more of are withdrawn by a sync, and stay with ``masdar index``.
        expected = after if command == "sync" else {**before, **after}
        run = bench.nursery.start(*arguments)
        if number % 2:  # at any moment; otherwise once it writes
            time.sleep(bench.draw.uniform(0.0, 0.7 * usual))
        else:
            until(partial(_writes, index, run), "the first write")
            time.sleep(bench.draw.uniform(0.0, usual / 5))
        in_time = run.end(signal.SIGKILL) == -signal.SIGKILL
        wrong = losses(index, before, expected)
        begun = time.monotonic()
        bench.nursery.done(*arguments)
        seconds = time.monotonic() - begun
        wrong += losses(index, expected) + _untold(room / "index.sync" / "history.jsonl", index, command)
        before = expected
        if in_time:  # else it was over before
            killed += 1
            yield Round(fault, wrong, seconds)
        if killed == rounds:
            return


def _writes(index: Path, run: Run) -> bool:
    """Whether a run has begun to write, or is over."""
    return not (index / SETTLED).exists() or run.is_over


def _untold(history: Path, index: Path, command: str) -> list[str]:
    """What the history tells otherwise than the index has it."""
    if command != "sync":
        return []
    events = list(History(history).events())
    told = {event.article: event.new for event in events}
    with open_store(index) as store:
        versions = dict(store.versions())
    wrong = [f"the history says otherwise of {one}" for one, version in versions.items() if told.get(one) != version]
    numbers = [event.n for event in events]
    return wrong + (["events are missing or twice"] if numbers != list(range(1, len(events) + 1)) else [])
