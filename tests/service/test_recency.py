"""Recency: newer articles come first among equals, and an off-subject article is not lifted."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.chunks import Chunk
from service.fusion import Fused
from service.recency import SHARE, by_recency


def ranked(*scores: float) -> list[Fused]:
    return [Fused(Chunk(f"a{at}", "", 0, 0, 3, ((0, 3),)), score, 0.0, 0.0, score) for at, score in enumerate(scores)]


def order(found: list[Fused], freshness: list[float]) -> list[str]:
    ages = {one.chunk: fresh for one, fresh in zip(found, freshness, strict=True)}
    return [one.chunk.article_id for one in by_recency(found, ages)]


def test_of_two_that_fit_about_equally_the_newer_comes_first() -> None:
    assert order(ranked(0.52, 0.50), [0.1, 0.9]) == ["a1", "a0"]
    assert order(ranked(0.52, 0.50), [0.9, 0.1]) == ["a0", "a1"]


def test_todays_article_off_the_subject_does_not_pass_an_old_one_that_fits() -> None:
    assert order(ranked(0.60, 0.50, 0.30), [0.0, 1.0, 1.0]) == ["a0", "a1", "a2"]


def test_an_article_without_a_date_keeps_its_score_and_so_does_one_that_is_gone() -> None:
    found = ranked(0.6, 0.5, 0.4)
    shifted = by_recency(found, {found[0].chunk: 0.5})
    assert shifted == found


def test_the_order_of_equals_stays() -> None:
    assert order(ranked(0.5, 0.5, 0.5), [0.7, 0.7, 0.7]) == ["a0", "a1", "a2"]
    assert by_recency([], {}) == []


@given(st.lists(st.tuples(st.floats(-0.5, 1), st.floats(0, 1)), min_size=1, max_size=12))
def test_no_score_moves_by_more_than_half_the_share_and_what_is_further_apart_stays_in_order(
    values: list[tuple[float, float]],
) -> None:
    scores = sorted((score for score, _ in values), reverse=True)
    found = ranked(*scores)
    shifted = by_recency(found, {one.chunk: fresh for one, (_, fresh) in zip(found, values, strict=True)})
    most = SHARE * abs(scores[0])
    before = {one.chunk: one.score for one in found}
    for one in shifted:
        assert abs(one.score - before[one.chunk]) <= most / 2 + 1e-9
    for better, worse in pairwise(shifted):
        assert before[better.chunk] >= before[worse.chunk] - most - 1e-9
    assert [one.score for one in shifted] == pytest.approx(sorted((one.score for one in shifted), reverse=True))
