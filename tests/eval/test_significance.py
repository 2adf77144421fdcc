"""Bootstrap intervals and the paired test."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.significance import bootstrap_interval, randomisation_test

shares = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@settings(deadline=None)
@given(shares, st.randoms(use_true_random=False))
def test_an_interval_lies_within_the_values_and_knows_no_order(values: list[float], draw: random.Random) -> None:
    low, high = bootstrap_interval(values, resamples=200)
    assert min(values) <= low <= high <= max(values)
    assert bootstrap_interval(draw.sample(values, len(values)), resamples=200) == (low, high)


def test_an_interval_is_as_wide_as_theory_says() -> None:
    # 100 coins, half of them heads: the mean's standard deviation is sqrt(.5 * .5 / 100) = .05, 1.96 of them each way.
    low, high = bootstrap_interval([0.0, 1.0] * 50)
    assert low == pytest.approx(0.5 - 1.96 * 0.05, abs=0.015)
    assert high == pytest.approx(0.5 + 1.96 * 0.05, abs=0.015)


def test_more_questions_make_a_narrower_interval() -> None:
    few, many = (bootstrap_interval([0.0, 1.0] * pairs) for pairs in (10, 1000))
    assert many[1] - many[0] < (few[1] - few[0]) / 5


def test_equal_values_leave_no_doubt() -> None:
    assert bootstrap_interval([0.1] * 7) == (0.1, 0.1)


def test_nothing_has_no_interval() -> None:
    with pytest.raises(ValueError, match="no values"):
        bootstrap_interval([])


def test_an_interval_is_the_same_every_time() -> None:
    values = [0.0, 0.2, 0.5, 1.0]
    assert bootstrap_interval(values) == bootstrap_interval(values)
    assert bootstrap_interval(values, seed=1, resamples=50) != bootstrap_interval(values, seed=2, resamples=50)


def test_equal_runs_differ_by_nothing() -> None:
    assert randomisation_test([0.1, 0.9, 0.5], [0.1, 0.9, 0.5]) == (0.0, 1.0)


def test_a_run_better_on_every_question_is_better() -> None:
    difference, p = randomisation_test([1.0] * 20, [0.5] * 20)
    assert difference == 0.5
    assert p < 0.001


def test_three_questions_prove_little() -> None:
    # Of the 8 ways to exchange, 2 differ as much as what was seen: all as they are, and all exchanged.
    _, p = randomisation_test([1.0] * 3, [0.5] * 3)
    assert p == pytest.approx(2 / 8, abs=0.02)


def test_rounding_does_not_hide_a_difference_as_large() -> None:
    # .1 + .2 and .3 differ in floating point; every exchange here is one of two equal differences.
    _, p = randomisation_test([0.1 + 0.2, 0.3], [0.0, 0.0])
    assert p == pytest.approx(0.5, abs=0.02)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=20), st.randoms())
def test_the_paired_test_knows_no_order_and_turns_with_its_sides(
    pairs: list[tuple[float, float]], draw: random.Random
) -> None:
    def test(of: list[tuple[float, float]]) -> tuple[float, float]:
        return randomisation_test([new for new, _ in of], [old for _, old in of], permutations=200)

    difference, p = test(pairs)
    assert 0 < p <= 1
    assert test(draw.sample(pairs, len(pairs))) == (difference, p)
    turned, turned_p = test([(old, new) for new, old in pairs])
    assert turned == pytest.approx(-difference)
    assert turned_p == pytest.approx(p, abs=0.2)


@pytest.mark.parametrize(("new", "old"), [([1.0], [1.0, 0.0]), ([], [])])
def test_unpaired_values_are_refused(new: list[float], old: list[float]) -> None:
    with pytest.raises(ValueError, match="cannot be paired"):
        randomisation_test(new, old)
