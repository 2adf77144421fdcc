"""The measures against arithmetic that can be checked by eye."""

from __future__ import annotations

import random
from math import log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.measures import MEASURES, mean_scores, score_rankings

NAMES = [f"d{number}" for number in range(15)]


def one(grades: dict[str, int], ranking: list[str]) -> dict[str, float]:
    return score_rankings({"q": grades}, {"q": ranking})["q"]


def test_one_relevant_document_in_the_third_place() -> None:
    scores = one({"c": 1}, ["a", "b", "c", "d"])
    assert scores == {
        "recall@1": 0,
        "recall@5": 1,
        "recall@10": 1,
        "mrr@10": pytest.approx(1 / 3),
        "ndcg@10": pytest.approx(1 / log2(4)),  # 1 / log2(3 + 1), over the ideal 1 / log2(2)
    }


def test_two_relevant_documents_of_different_grade() -> None:
    scores = one({"a": 1, "b": 2}, ["a", "x", "b"])
    assert scores["recall@1"] == 0.5
    assert scores["recall@5"] == 1
    assert scores["mrr@10"] == 1
    # gains 1, 0, 2 against the ideal order 2, 1
    assert scores["ndcg@10"] == pytest.approx((1 + 2 / log2(4)) / (2 + 1 / log2(3)))


def test_the_eleventh_place_is_too_late() -> None:
    assert set(one({"d10": 1}, NAMES).values()) == {0.0}
    assert one({"d9": 1}, NAMES)["mrr@10"] == pytest.approx(1 / 10)


def test_the_sixth_place_counts_for_recall_at_10_alone() -> None:
    scores = one({"d5": 1}, NAMES)
    assert (scores["recall@5"], scores["recall@10"], scores["mrr@10"]) == (0, 1, pytest.approx(1 / 6))


def test_a_question_that_finds_nothing_stays_in_the_average() -> None:
    scores = score_rankings({"found": {"a": 1}, "nothing": {"b": 1}}, {"found": ["a"], "nothing": []})
    assert mean_scores(scores.values()) == dict.fromkeys(MEASURES, 0.5)


def test_the_order_given_is_the_order_measured_whatever_the_names() -> None:
    # trec_eval breaks ties by name, the last first: nothing of that may show.
    for ranking in (["a", "z"], ["z", "a"]):
        assert one({ranking[0]: 1}, ranking)["mrr@10"] == 1
        assert one({ranking[1]: 1}, ranking)["mrr@10"] == 0.5


def test_a_question_that_was_not_asked_is_no_nought() -> None:
    with pytest.raises(ValueError, match=r"without a ranking: \['q2'\]"):
        score_rankings({"q1": {"a": 1}, "q2": {"a": 1}}, {"q1": ["a"]})


def test_a_document_ranked_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"repeated documents: \['q'\]"):
        one({"a": 1}, ["a", "b", "a"])


rankings = st.lists(st.sampled_from(NAMES), unique=True, max_size=15)
grades = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 3), min_size=1, max_size=4)


@settings(deadline=None)
@given(st.lists(st.tuples(grades, rankings), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_measures_are_between_0_and_1_and_know_no_order_of_questions(
    questions: list[tuple[dict[str, int], list[str]]], draw: random.Random
) -> None:
    qrels = {f"q{at}": relevant for at, (relevant, _) in enumerate(questions)}
    found = {f"q{at}": ranking for at, (_, ranking) in enumerate(questions)}
    scores = score_rankings(qrels, found)
    assert all(0 <= value <= 1 for row in scores.values() for value in row.values())
    assert all(row["recall@1"] <= row["recall@5"] <= row["recall@10"] for row in scores.values())
    shuffled = draw.sample(list(qrels), len(qrels))
    again = score_rankings({name: qrels[name] for name in shuffled}, found)
    assert again == scores
    assert mean_scores(again.values()) == pytest.approx(mean_scores(scores.values()))


@settings(deadline=None)
@given(grades, rankings)
def test_moving_a_relevant_document_to_the_front_never_lowers_a_measure(
    relevant: dict[str, int], ranking: list[str]
) -> None:
    best = max(relevant, key=lambda name: relevant[name])
    moved = [best, *(name for name in ranking if name != best)]
    before, after = one(relevant, ranking), one(relevant, moved)
    assert all(after[name] >= before[name] - 1e-6 for name in ("recall@1", "recall@10", "mrr@10"))
    assert after["mrr@10"] == 1
