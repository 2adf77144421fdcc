"""Where the time of a run goes, by stage: of the clock, and of the processors.

Threads may be in stages side by side. A thread is in one at a time: a stage that begins inside another pauses that one.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, TypeVar

from indexer.encoder import Encoder, EncoderIdentity, Encoding, Int64, Kind

READING: Final = "reading"
CHECKING: Final = "checking"
STORIES: Final = "stories"
ENCODING: Final = "encoding"
UNPACKING: Final = "unpacking"
WRITING: Final = "writing"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StageTime:
    """The time of one stage.

    Attributes:
        seconds: of the clock, during which a thread or more was in it; stages run side by side, so that those of all
            may add up to more than the run.
        processor: seconds of processors; for ``ENCODING`` all that no other stage used, since the threads of a model's
            runtime are in none.
    """

    seconds: float
    processor: float


@dataclass(frozen=True, slots=True)
class Timings:
    """The time of a run, and how many tokens the encoder read in it, without prefixes and special tokens."""

    seconds: float
    processor: float
    tokens: int
    stages: dict[str, StageTime]

    def share(self, stage: str) -> float:
        """The part of the clock's time in which a thread was in the stage, 0 to 1."""
        return self.stages[stage].seconds / max(self.seconds, 1e-9)

    def processor_share(self, stage: str) -> float:
        """The part of the processors' time that the stage took, 0 to 1."""
        return self.stages[stage].processor / max(self.processor, 1e-9)


class StageClock:
    """Adds up the time of stages, from when it is made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stages: defaultdict[str, _Stage] = defaultdict(_Stage)
        self._thread = threading.local()
        self._tokens = 0
        self._begun = time.perf_counter(), time.process_time()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """What this thread does in the block is this stage, but for stages that begin inside it."""
        outer: str | None = getattr(self._thread, "stage", None)
        self._pass(outer, name)
        try:
            yield
        finally:
            self._pass(name, outer)

    def each(self, name: str, items: Iterable[T]) -> Iterator[T]:
        """The items; taking each one is the stage, what is done with it is not."""
        iterator = iter(items)
        while True:
            with self.stage(name):
                try:
                    item = next(iterator)
                except StopIteration:
                    return
            yield item

    def count(self, tokens: int) -> None:
        """So many more tokens were encoded."""
        with self._lock:
            self._tokens += tokens

    def timings(self) -> Timings:
        """The times so far; of stages that have ended."""
        wall, processor = self._begun
        with self._lock:
            stages = {name: StageTime(stage.seconds, stage.processor) for name, stage in self._stages.items()}
        used = time.process_time() - processor
        if ENCODING in stages:
            others = sum(stage.processor for name, stage in stages.items() if name != ENCODING)
            stages[ENCODING] = StageTime(stages[ENCODING].seconds, max(0.0, used - others))
        return Timings(time.perf_counter() - wall, used, self._tokens, stages)

    def _pass(self, left: str | None, entered: str | None) -> None:
        now, own = time.perf_counter(), time.thread_time()
        with self._lock:
            if left is not None:
                self._stages[left].leave(now, own - self._thread.since)
            if entered is not None:
                self._stages[entered].enter(now)
        self._thread.stage, self._thread.since = entered, own


@dataclass(slots=True)
class _Stage:
    """One stage: its times, how many threads are in it, and since when there is one."""

    seconds: float = 0.0
    processor: float = 0.0
    threads: int = 0
    since: float = 0.0

    def enter(self, now: float) -> None:
        if not self.threads:
            self.since = now
        self.threads += 1

    def leave(self, now: float, processor: float) -> None:
        self.processor += processor
        self.threads -= 1
        if not self.threads:
            self.seconds += now - self.since


@dataclass(frozen=True, slots=True)
class TimedEncoder:
    """An encoder whose work is the stage ``ENCODING`` of a clock; it counts what passages it is given in tokens."""

    encoder: Encoder
    clock: StageClock = field(repr=False)

    @property
    def identity(self) -> EncoderIdentity:
        """That of the encoder."""
        return self.encoder.identity

    @property
    def max_tokens(self) -> int:
        """That of the encoder."""
        return self.encoder.max_tokens

    def encode(self, texts: Sequence[str], kind: Kind, *, tokens: bool = False) -> list[Encoding]:
        """Encode as the encoder does."""
        with self.clock.stage(ENCODING):
            encodings = self.encoder.encode(texts, kind, tokens=tokens)
        counts = [len(one.spans) for one in encodings] if tokens else self.encoder.count_tokens(texts)
        self.clock.count(sum(counts))
        return encodings

    def spans(self, texts: Sequence[str]) -> list[Int64]:
        """Offsets of tokens; cutting texts into tokens to chunk them is no encoding."""
        return self.encoder.spans(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has."""
        return self.encoder.count_tokens(texts)
