"""The plan on paper: its sums, checked by hand and against what was measured."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from eval.scale import figures
from eval.scale.__main__ import main
from eval.scale.plan import LARGE, LARGEST, SINGLE, chunk_of, layout_for, memory_of, plan
from eval.scale.simulation import drawn_balance, exact_milliseconds, real_balance
from indexer.errors import BadInput
from indexer.late import LateInteraction


def test_a_chunk_takes_what_an_index_of_news_was_measured_to_take() -> None:
    measured = 826e6 / 17_914
    assert chunk_of(SINGLE).total == pytest.approx(measured, rel=0.1)
    assert chunk_of(SINGLE).tokens == 211 * 384 / 2


def test_without_token_vectors_a_chunk_is_that_much_smaller() -> None:
    bare = replace(SINGLE, late=LateInteraction(on=False))
    assert chunk_of(SINGLE).total - chunk_of(bare).total == chunk_of(SINGLE).tokens


def test_quantised_vectors_and_the_graph_are_what_memory_must_hold() -> None:
    assert memory_of(LARGE) == 64 + 128 + 384
    assert memory_of(LARGEST) == 64 + 128 + 192
    assert memory_of(SINGLE) > 64 + 128 + 4 * 384


def test_a_hundred_million_articles_by_hand() -> None:
    made = plan(1e8, LARGE)
    one_copy = 2.6e8 * 576 * 1.5
    assert made.memory == pytest.approx(2 * one_copy)
    assert made.shards == 3  # 225 GB over nodes of 103 GB; the disk, 18.8 TB over 16 TB, wants 2
    assert made.nodes == 6
    assert made.core_hours == pytest.approx(2.6e8 / 7 / 3600)
    machines = 6 * 0.9426 * 730
    assert made.monthly == pytest.approx(machines + made.disk / 1e9 * 0.08)


@given(st.floats(1, 1e12), st.floats(1, 100))
def test_more_articles_never_need_less(articles: float, times: float) -> None:
    for layout in (SINGLE, LARGE, LARGEST):
        few, many = plan(articles, layout), plan(articles * times, layout)
        assert few.nodes <= many.nodes
        assert few.monthly <= many.monthly
        assert few.core_hours <= many.core_hours


@pytest.mark.parametrize("articles", [0.0, -1.0, float("nan"), float("inf")])
def test_a_number_that_is_none_is_refused(articles: float) -> None:
    with pytest.raises(BadInput, match="--articles"):
        plan(articles, SINGLE)


def test_the_command_takes_sizes_and_a_layout() -> None:
    told = CliRunner().invoke(main, ["--articles", "3e7", "--layout", "lean"])
    assert told.exit_code == 0
    assert "30,000,000 articles" in told.output
    assert "lean" in told.output
    assert layout_for(3e7) is LARGE


def test_every_figure_has_a_source() -> None:
    assert all(one.source and one.value > 0 for one in figures.ALL)
    assert len({one.name for one in figures.ALL}) == len(figures.ALL)


def test_real_ids_fall_into_shards_as_chance_would_have_them() -> None:
    made, drawn = real_balance(20_000, 10), drawn_balance(20_000, 10)
    assert 1 <= made.fullest < 1.08
    assert 1 <= drawn.fullest < 1.08


def test_comparing_everything_grows_with_the_chunks() -> None:
    assert exact_milliseconds(200_008) == pytest.approx(2 * exact_milliseconds(100_004))
