"""Clocks that jump years ahead and back: what is due, and which of two versions of an article is the later one."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from eval.faults.processes import until
from eval.faults.rounds import Bench, Round
from eval.faults.serving import service
from eval.faults.world import losses, record, write_articles, write_listing

_YEARS: Final = 10 * 365 * 86_400.0


def jumped_watching(bench: Bench, rounds: int) -> Iterator[Round]:
    """Set the clock of ``masdar watch`` ahead or back, and then right: sources are looked at all the same."""
    for number in range(rounds):
        room = bench.room(f"clock-{number}")
        news, listing, index = room / "news.jsonl", room / "sources.toml", room / "index"
        history = room / "index.sync" / "history.jsonl"
        write_listing(listing, news)
        seconds = 0.0
        for edition, clock in enumerate((0.0, bench.draw.choice([-_YEARS, _YEARS]), 0.0)):
            texts = write_articles(news, range(20), edition)
            before = history.stat().st_size if history.exists() else 0
            run = bench.nursery.start("watch", listing, "--store", index, clock=clock)
            begun = time.monotonic()
            until(lambda: run.is_over or _has_grown(history, before), "the next look")  # noqa: B023  (used at once)
            seconds = time.monotonic() - begun
            run.end(signal.SIGTERM)
        yield Round("clock ten years off, watching", losses(index, texts), seconds)


def _has_grown(history: Path, before: int) -> bool:
    return history.exists() and history.stat().st_size > before


def jumped_serving(bench: Bench, rounds: int) -> Iterator[Round]:
    """Set the clock back between two versions of an article that the service is killed with: the later one counts."""
    room = bench.room("clock-serve")
    index, news = room / "index", room / "news.jsonl"
    texts = write_articles(news, range(3))
    bench.nursery.done("index", news, "--store", index)
    for number in range(rounds):
        for edition, clock in ((2 * number + 1, _YEARS), (2 * number + 2, 0.0)):
            with service(bench.nursery, index, clock=clock) as served:
                for at in range(3, 9):
                    one = record(at, edition)
                    served.client.post("/v1/articles", json=one).raise_for_status()
                    texts[one["id"]] = one["text"]
                served.run.end(signal.SIGKILL)
        begun = time.monotonic()
        with service(bench.nursery, index) as served:
            until(served.is_idle, "the end of the jobs")
            seconds = time.monotonic() - begun
            served.run.end(signal.SIGTERM)
        yield Round("clock set back between two versions", losses(index, texts), seconds)
