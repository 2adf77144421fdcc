"""Variants against originals: paired, on the changed questions only, and shown in the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.datasets import Dataset, Document
from eval.measures import MEASURES
from eval.report.robustness import write_robustness
from eval.robustness import Outcome, Robustness, changes_of
from eval.runs import Row
from eval.table import changes_table

QUERIES = {f"q{number}": f"سؤال {number}" for number in range(6)}
DATASET = Dataset("made", {"a": Document("", "نص سري")}, QUERIES, {query: {"a": 1} for query in QUERIES})


def row(query: str, place: int) -> Row:
    ranking = (*(f"x{at}" for at in range(place - 1)), "a")
    return Row(query, "ar", dict.fromkeys(MEASURES, 1.0 / place), ranking, 1.0)


def outcome(before: list[Row], after: list[Row], name: str = "slips") -> Outcome:
    texts = {one.query: f"سوال {one.query}" for one in after}
    changes = changes_of(before, after)
    return Outcome(name, texts, len(QUERIES) - len(texts), before, after, changes, {"ar": changes} if changes else {})


def worse() -> Outcome:
    names = list(QUERIES)[:4]
    return outcome([row(name, 1) for name in names], [row(name, 2) for name in names[:3]] + [row(names[3], 1)])


def test_a_change_is_the_mean_of_paired_differences() -> None:
    change = worse().changes["mrr@10"]
    assert (change.original, change.variant, change.difference) == (1.0, 0.625, -0.375)
    assert -0.5 <= change.low < -0.375 < change.high <= 0
    assert change.p_value > 0.1, "three questions of four prove nothing"


def test_the_interval_is_that_of_pairs_and_not_of_two_samples() -> None:
    places = [1, 2, 4, 8, 1, 2]
    before = [row(name, place) for name, place in zip(QUERIES, places, strict=True)]
    after = [row(name, 2 * place) for name, place in zip(QUERIES, places, strict=True)]
    assert changes_of(before, after)["mrr@10"].high < 0, "every question lost, however far they are from each other"
    assert changes_of(before, before)["mrr@10"].low == changes_of(before, before)["mrr@10"].high == 0


def test_questions_that_found_the_same_places_are_counted() -> None:
    assert worse().same_places == 1
    assert worse().as_json()["same_places"] == 1


def test_a_variant_without_changes_has_no_figures() -> None:
    assert outcome([], []).as_json() == {"changed": 0, "unchanged": 6, "same_places": 0}


@pytest.fixture
def measured() -> Robustness:
    metrics = {"mrr@10": 1.0, "recall@5": 1.0}
    return Robustness(DATASET, metrics, [worse(), outcome([], [], "digits")], {"seed": 1})


@pytest.mark.parametrize("name", ["robustness.md", "robustness.html"])
def test_the_report_shows_the_costliest_questions_before_and_after(
    measured: Robustness, tmp_path: Path, name: str
) -> None:
    write_robustness(measured, tmp_path)
    content = (tmp_path / name).read_text("utf-8")
    assert "-0.3750" in content
    assert "Costliest: slips" in content
    assert "Costliest: digits" not in content
    assert content.count("سوال q") == 3, "the fourth question lost nothing"
    assert "نص سري" not in content, "no text of an article"


def test_the_table_has_a_line_for_each_variant(measured: Robustness) -> None:
    lines = changes_table(measured).splitlines()
    assert [line.split()[:2] for line in lines[3:]] == [["slips", "4"], ["digits", "0"]]
