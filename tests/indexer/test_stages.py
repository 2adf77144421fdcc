"""What a run's time went to: stages inside stages, threads side by side, tokens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from fakes import TrigramEncoder

from indexer import stages
from indexer.stages import ENCODING, StageClock, TimedEncoder


class Hands:
    """The hands of clocks, which a test moves."""

    def __init__(self) -> None:
        self.wall = self.thread = self.process = 0.0

    def pass_time(self, wall: float, own: float = 0.0, others: float = 0.0) -> None:
        self.wall += wall
        self.thread += own
        self.process += own + others


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    hands = Hands()
    monkeypatch.setattr(stages.time, "perf_counter", lambda: hands.wall)
    monkeypatch.setattr(stages.time, "thread_time", lambda: hands.thread)
    monkeypatch.setattr(stages.time, "process_time", lambda: hands.process)
    return hands


def test_a_stage_inside_another_pauses_it(hands: Hands) -> None:
    clock = StageClock()
    with clock.stage("outer"):
        hands.pass_time(1, own=1)
        with clock.stage("inner"):
            hands.pass_time(5, own=2)
        hands.pass_time(1, own=1)
    timings = clock.timings()
    assert (timings.stages["outer"].seconds, timings.stages["outer"].processor) == (2, 2)
    assert (timings.stages["inner"].seconds, timings.stages["inner"].processor) == (5, 2)
    assert timings.seconds == 7
    assert timings.share("inner") == pytest.approx(5 / 7)


def test_a_stage_that_fails_has_ended(hands: Hands) -> None:
    clock = StageClock()

    def failing() -> Iterator[int]:
        hands.pass_time(3)
        raise RuntimeError
        yield

    with pytest.raises(RuntimeError):
        list(clock.each("one", failing()))
    hands.pass_time(4)
    assert clock.timings().stages["one"].seconds == 3


def test_seconds_in_which_two_threads_are_in_a_stage_count_once(hands: Hands) -> None:
    clock = StageClock()
    entered, leave = threading.Event(), threading.Event()

    def other() -> None:
        with clock.stage("one"):
            entered.set()
            leave.wait()

    thread = threading.Thread(target=other)
    with clock.stage("one"):
        hands.pass_time(1)
        thread.start()
        entered.wait()
        hands.pass_time(1)
    hands.pass_time(1)
    leave.set()
    thread.join()
    hands.pass_time(1)
    assert clock.timings().stages["one"].seconds == 3


def test_what_no_other_stage_used_of_the_processors_is_the_encoders(hands: Hands) -> None:
    clock = StageClock()
    with clock.stage("writing"):
        hands.pass_time(2, own=2)
    with clock.stage(ENCODING):
        hands.pass_time(4, own=1, others=7)
    timings = clock.timings()
    assert timings.stages[ENCODING].processor == 8
    assert timings.processor_share(ENCODING) == pytest.approx(0.8)


def test_taking_items_is_a_stage_and_using_them_is_not(hands: Hands) -> None:
    def slow() -> Iterator[int]:
        for number in range(3):
            hands.pass_time(1)
            yield number

    clock = StageClock()
    for _ in clock.each("reading", slow()):
        hands.pass_time(10)
    assert clock.timings().stages["reading"].seconds == 3


@pytest.mark.parametrize("tokens", [True, False])
def test_a_timed_encoder_encodes_alike_and_counts(tokens: bool) -> None:
    encoder, clock = TrigramEncoder(), StageClock()
    timed = TimedEncoder(encoder, clock)
    texts = ["وافق البرلمان على الميزانية", "نفت الحكومة"]
    same: Callable[[object], str] = repr
    assert same(timed.encode(texts, "passage", tokens=tokens)) == same(encoder.encode(texts, "passage", tokens=tokens))
    assert timed.identity == encoder.identity
    assert clock.timings().tokens == 6
    assert ENCODING in clock.timings().stages
