"""AUROC, the risk-coverage curve and points on it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.answers.separation import Scored, area, auroc, auroc_interval, best_within, curve, thinned

SCORES = st.lists(st.integers(0, 5).map(float), min_size=1, max_size=12)


@given(SCORES, SCORES)
def test_auroc_is_the_share_of_pairs_in_the_right_order(able: list[float], unable: list[float]) -> None:
    pairs = [(high > low) + 0.5 * (high == low) for high in able for low in unable]
    assert auroc(able, unable) == pytest.approx(sum(pairs) / len(pairs))


def test_auroc_needs_both_kinds() -> None:
    with pytest.raises(ValueError, match="both kinds"):
        auroc([], [0.5])


def test_the_interval_holds_the_value_and_is_the_same_each_time() -> None:
    able, unable = [0.9, 0.8, 0.4, 0.7, 0.6] * 6, [0.5, 0.3, 0.65, 0.2] * 6
    low, high = auroc_interval(able, unable)
    assert low < auroc(able, unable) < high
    assert (low, high) == auroc_interval(able[::-1], unable[::-1])


def test_the_curve_answers_equals_together() -> None:
    questions = [
        Scored(0.9, answerable=True, right=True),
        Scored(0.7, answerable=True, right=False),
        Scored(0.7, answerable=False, right=False),
        Scored(0.1, answerable=True, right=True),
    ]
    points = curve(questions)
    assert [point.threshold for point in points] == [0.9, 0.7, 0.1]
    assert [point.coverage for point in points] == [0.25, 0.75, 1.0]
    assert [point.risk for point in points] == pytest.approx([0.0, 2 / 3, 0.5])
    assert [point.hallucination_rate for point in points] == [0.0, 1.0, 1.0]
    assert [point.error_rate for point in points] == pytest.approx([2 / 3, 1 / 3, 0.0])
    assert area(points) == pytest.approx(0.25 * 0.0 + 0.5 * 2 / 3 + 0.25 * 0.5)


def test_the_best_point_within_a_limit() -> None:
    able = [Scored(at / 10, answerable=True, right=True) for at in range(1, 11)]
    unable = [Scored(at / 10, answerable=False, right=False) for at in (1, 2, 9)]
    found = best_within(curve(able + unable), (0.0, 0.25))
    assert (found["0"].error_rate, found["0"].hallucination_rate) == (0.0, 1.0)
    assert found["0.25"].error_rate == pytest.approx(0.2)
    assert found["0.25"].hallucination_rate == pytest.approx(1 / 3)
    assert best_within([], (0.5,)) == {}


def test_thinning_keeps_the_ends() -> None:
    points = curve([Scored(at / 1000, answerable=at % 3 > 0, right=True) for at in range(1000)])
    kept = thinned(points, 50)
    assert len(kept) == 50
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert thinned(points[:7], 50) == points[:7]
