"""Where the time of indexing went: rates, and the share of each stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.stages import Timings


def timings_as_json(timings: Timings) -> Mapping[str, object]:
    """The times of a run: seconds of the clock and of processors, and the tokens that were encoded."""
    return {
        "seconds": round(timings.seconds, 3),
        "processor_seconds": round(timings.processor, 3),
        "tokens": timings.tokens,
        "stages": {
            name: {"seconds": round(stage.seconds, 3), "processor_seconds": round(stage.processor, 3)}
            for name, stage in timings.stages.items()
        },
    }


def timings_as_text(timings: Timings) -> Iterator[str]:
    """The same for a terminal, line by line: the stages by the processor time that they took."""
    rate = timings.tokens / max(timings.seconds, 1e-9)
    yield f"{rate:,.0f} tokens/s. Share of the time by stage, of the clock's and of the processors'; stages run side by"
    yield "side:"
    for name in sorted(timings.stages, key=timings.processor_share, reverse=True):
        yield f"  {name:<16}{timings.share(name):>7.1%}{timings.processor_share(name):>8.1%}"
