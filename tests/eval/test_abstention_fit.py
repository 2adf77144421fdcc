"""Fitting the weights of the judge."""

from __future__ import annotations

import numpy as np
import pytest

from eval.abstention_fit import Cases, auroc, first_half, fit, risk
from eval.word_ranking import WordRanking
from indexer.articles import Article


def test_a_feature_that_tells_the_labels_apart_gets_the_weight() -> None:
    draw = np.random.default_rng(7)
    labels = np.repeat([1.0, 0.0], 100)
    features = np.column_stack([labels + draw.normal(0, 0.5, 200), draw.normal(0, 1, 200)])
    (telling, noise), intercept = fit([Cases(features, labels, ("ar",) * 200)])
    assert telling > 5 * abs(noise)
    scores = features @ np.array([telling, noise]) + intercept
    assert auroc(scores, labels) > 0.85


def test_areas_and_risks_are_those_of_the_definition() -> None:
    scores, labels = np.array([0.9, 0.4, 0.4, 0.1]), np.array([1.0, 1.0, 0.0, 0.0])
    assert auroc(scores, labels) == pytest.approx(0.875)
    assert risk(scores, labels, 0.4) == (0.0, 0.5)
    assert risk(scores, labels, 0.5) == (0.5, 0.0)


def test_halves_are_taken_of_each_label() -> None:
    assert first_half(np.array([1.0, 1.0, 0.0, 0.0])).tolist() == [True, False, True, False]


def test_sentences_with_the_questions_words_come_first() -> None:
    articles = [
        Article("a", "قطار", "وصل القطار إلى البصرة. وكان الطقس صحوا.", language="ar"),
        Article("b", "سفينة", "غادرت السفينة الميناء.", language="ar"),
    ]
    found = WordRanking(articles).first("When did the train reach Basra?", 2)
    assert found[0].text == "وصل القطار إلى البصرة."
