"""Packing sizes into runs: within the budget, as few as can be, and none needlessly small."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.packing import Run, even_runs


def loads(sizes: list[int], runs: list[Run]) -> list[int]:
    return [sum(sizes[first:last]) for first, last in runs]


def packings(sizes: list[int], budget: int) -> Iterator[list[Run]]:
    """Every way of cutting the sizes into runs that fit."""
    for count in range(len(sizes)):
        for cuts in combinations(range(1, len(sizes)), count):
            edges = [0, *cuts, len(sizes)]
            runs = list(pairwise(edges))
            if all(
                load <= budget or last - first == 1
                for (first, last), load in zip(runs, loads(sizes, runs), strict=True)
            ):
                yield runs


@given(st.lists(st.integers(0, 40), max_size=200), st.integers(1, 300))
def test_runs_cover_everything_in_order_within_the_budget(sizes: list[int], budget: int) -> None:
    runs = even_runs(sizes, budget)
    assert [index for first, last in runs for index in range(first, last)] == list(range(len(sizes)))
    for (first, last), load in zip(runs, loads(sizes, runs), strict=True):
        assert last > first
        assert load <= budget or last - first == 1


@given(st.lists(st.integers(1, 25), min_size=1, max_size=9), st.integers(10, 31))
def test_the_fewest_runs_and_none_below_a_third_of_the_average_where_that_can_be(sizes: list[int], budget: int) -> None:
    runs = even_runs(sizes, budget)
    all_packings = list(packings(sizes, budget))
    fewest = min(map(len, all_packings))
    assert len(runs) == fewest
    third = sum(sizes) / fewest / 3
    if any(min(loads(sizes, other)) >= third for other in all_packings if len(other) == fewest):
        assert min(loads(sizes, runs)) >= third


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([170, 170, 170, 10], [170, 170, 180]),  # the last ten do not stand alone
        ([250, 125, 125, 10], [250, 125, 135]),
        ([100, 100, 100, 100], [200, 200]),
        ([300, 5], [300, 5]),  # one that is too large in itself
        ([], []),
    ],
)
def test_loads(sizes: list[int], expected: list[int]) -> None:
    assert loads(sizes, even_runs(sizes, 256)) == expected


def test_small_neighbours_stay_together() -> None:
    assert even_runs([0, 0, 0], 256) == [(0, 3)]
    assert even_runs([256, 2, 2, 256], 256) == [(0, 1), (1, 3), (3, 4)]


@pytest.mark.slow
def test_half_a_million_sizes_take_seconds() -> None:
    assert len(even_runs([1] * 500_000, 256)) < 2_000
