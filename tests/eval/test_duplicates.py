"""Pairs of copies and of others, and the figures over them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from eval.cli import evaluation
from eval.duplicates import COPIES, KINDS, Pair, changes
from eval.duplicates.measuring import Judged, figures
from eval.duplicates.pairs import all_pairs, read_written
from indexer.articles import Article
from indexer.sources.items import Problem
from indexer.sources.reader import read_articles

SAMPLES = Path(__file__).parents[2] / "samples" / "articles.jsonl"


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    return all_pairs([item.article for item in read_articles([SAMPLES]) if not isinstance(item, Problem)])


def test_there_are_enough_pairs_of_every_kind_in_both_halves(pairs: list[Pair]) -> None:
    assert len(pairs) >= 200
    for part in ("develop", "held_out"):
        kinds = [pair.kind for pair in pairs if pair.part == part]
        assert set(kinds) == set(KINDS)
        assert all(kinds.count(kind) >= 7 for kind in KINDS if kind != "near copy")


def test_every_pair_but_exact_copies_and_headlines_has_two_texts(pairs: list[Pair]) -> None:
    same = {pair.kind for pair in pairs if pair.first.text == pair.second.text}
    assert same <= {"exact", "headline", "edited"}  # where no word of the text has a synonym


def test_a_story_has_its_pairs_in_one_half(pairs: list[Pair]) -> None:
    halves = {(pair.first.id, pair.part) for pair in pairs if pair.kind in {"exact", "cut", "figures"}}
    assert len({name for name, _ in halves}) == len(halves)


def test_what_is_done_to_a_text() -> None:
    text = "أصيب 14 شخصا في الحادث. وقال الوزير إن 14 سيارة تضررت. وتحقق الشرطة في السبب."
    assert changes.figures(text, 1) == text.replace("14", "17")
    assert changes.with_lead(text, "مقدمة.").startswith("مقدمة. وقال الوزير")
    assert changes.cut(text, 0.5, ragged=False) == text[: text.index(" وتحقق")]
    assert changes.edited(text, 1) == text.replace("وقال", "وذكر")


def test_the_figures_count_what_was_taken_by_kind() -> None:
    article = Article("a", "", "نص")
    pair = {kind: Pair(kind, 0, article, article) for kind in ("exact", "update")}
    measured = figures(
        [
            Judged(pair["exact"], True, "copy"),
            Judged(pair["exact"], False, "copy"),
            Judged(pair["update"], True, "copy"),
        ]
    )
    assert (measured["precision"], measured["recall"], measured["f1"]) == (0.5, 0.5, 0.5)
    assert measured["by_kind"]["exact"] == {"pairs": 2, "met": 1, "taken": 1}


def test_the_stories_written_by_hand_have_all_their_parts() -> None:
    assert all(
        story.lead and story.update and story.retelling and story.article.published_at for story in read_written()
    )


@pytest.mark.slow  # three hundred comparisons
@pytest.mark.parametrize("part", ["develop", "held_out"])
def test_copies_are_taken_and_others_are_not(part: str) -> None:
    outcome = CliRunner().invoke(
        evaluation, ["duplicates", "--articles", str(SAMPLES), "--part", part, "--json"], catch_exceptions=False
    )
    measured = json.loads(outcome.output)
    assert measured["precision"] >= 0.99
    assert measured["recall"] >= 0.97
    assert {kind for kind in KINDS if measured["by_kind"][kind]["taken"]} == set(COPIES)


def test_intake_is_measured_on_its_texts() -> None:
    outcome = CliRunner().invoke(evaluation, ["intake", "--json"], catch_exceptions=False)
    measured = json.loads(outcome.output)
    counts = measured["quality"].values()
    assert sum(one["kept"] for one in counts) >= 0.99 * sum(one["articles"] for one in counts)
    assert sum(one["refused"] for one in counts) >= 0.85 * sum(one["others"] for one in counts)
