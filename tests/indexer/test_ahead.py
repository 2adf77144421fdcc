"""Work done ahead: in order, bounded, and what happens when something fails on the way."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from indexer.ahead import worked_ahead


def doubled(number: int) -> int:
    return 2 * number


@pytest.mark.parametrize("most", [0, 1, 3])
def test_results_come_in_order(most: int) -> None:
    assert [(item, result()) for item, result in worked_ahead(range(20), doubled, most)] == [
        (number, 2 * number) for number in range(20)
    ]


def test_the_first_result_comes_in_order_though_a_later_one_is_ready() -> None:
    second = threading.Event()

    def work(number: int) -> int:
        if number == 0:
            assert second.wait(60)
        else:
            second.set()
        return number

    assert [result() for _, result in worked_ahead(range(2), work, 2)] == [0, 1]


@pytest.mark.parametrize("most", [1, 2, 4])
def test_never_more_than_so_many_are_ahead(most: int) -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(12):
            taken.append(number)
            yield number

    for item, result in worked_ahead(items(), doubled, most):
        result()
        assert len(taken) <= item + 1 + most


def test_nothing_is_worked_on_ahead_of_its_turn_unless_asked() -> None:
    worked: list[int] = []
    for item, result in worked_ahead(range(3), worked.append, 0):
        assert len(worked) == item
        result()


def test_while_a_result_is_used_the_next_one_is_worked_on() -> None:
    begun = threading.Event()

    def work(number: int) -> None:
        if number == 1:
            begun.set()

    results = worked_ahead(range(3), work, 1)
    next(results)
    assert begun.wait(60)
    results.close()


@pytest.mark.parametrize("most", [0, 2])
def test_what_the_work_raises_comes_in_its_turn(most: int) -> None:
    def work(number: int) -> float:
        return 1 / (number - 2)

    results = worked_ahead(range(6), work, most)
    assert [next(results)[1](), next(results)[1]()] == [-0.5, -1.0]
    _, failing = next(results)
    with pytest.raises(ZeroDivisionError):
        failing()
    results.close()


@pytest.mark.parametrize("most", [0, 2])
def test_what_reading_raises_comes_after_the_items_before_it(most: int) -> None:
    def items() -> Iterator[int]:
        yield from range(3)
        raise OSError("the disk is gone")

    results = worked_ahead(items(), doubled, most)
    assert [next(results)[1]() for _ in range(3)] == [0, 2, 4]
    with pytest.raises(OSError, match="gone"):
        next(results)


def test_closed_early_it_begins_nothing_more_and_leaves_no_thread() -> None:
    worked: list[int] = []
    results = worked_ahead(range(100), worked.append, 2)
    next(results)
    results.close()
    assert len(worked) <= 3
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("masdar-ahead")]
