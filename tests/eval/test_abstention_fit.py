"""Fitting the weights of the judge."""

from __future__ import annotations

import numpy as np
import pytest

from eval.abstention_fit import NAMES, SIGNS, Cases, auroc, first_half, fit, fit_signed, left_out, risk, shared_quantile


def test_a_feature_that_tells_the_labels_apart_gets_the_weight() -> None:
    draw = np.random.default_rng(7)
    labels = np.repeat([1.0, 0.0], 100)
    features = np.column_stack([labels + draw.normal(0, 0.5, 200), draw.normal(0, 1, 200)])
    cases = Cases(features, labels)
    model = fit([cases])
    telling, noise = model.coefficients
    assert telling > 5 * abs(noise)
    assert auroc(model.scores(cases), labels) > 0.85


def test_a_feature_that_counts_against_what_it_means_gets_no_weight() -> None:
    draw = np.random.default_rng(7)
    labels = np.repeat([1.0, 0.0], 50)
    features = draw.uniform(0, 1, (100, len(NAMES)))
    features[:, 0] -= labels  # "typed" speaks for an answer, and here against it
    features[:, 1] += labels
    model = fit_signed([Cases(features, labels)])
    assert (NAMES[0], SIGNS[NAMES[0]], model.coefficients[0]) == ("typed", 1, 0.0)
    assert model.coefficients[1] > 0


def test_questions_left_out_are_scored_by_a_model_that_has_not_seen_them() -> None:
    draw = np.random.default_rng(7)
    labels = np.repeat([1.0, 0.0], 40)
    noise = Cases(draw.uniform(0, 1, (80, len(NAMES))), labels)
    assert 0.3 < auroc(left_out(noise, []), labels) < 0.7


def test_areas_and_risks_are_those_of_the_definition() -> None:
    scores, labels = np.array([0.9, 0.4, 0.4, 0.1]), np.array([1.0, 1.0, 0.0, 0.0])
    assert auroc(scores, labels) == pytest.approx(0.875)
    assert risk(scores, labels, 0.4) == (0.0, 0.5)
    assert risk(scores, labels, 0.5) == (0.5, 0.0)


def test_halves_are_taken_of_each_label() -> None:
    assert first_half(np.array([1.0, 1.0, 0.0, 0.0])).tolist() == [True, False, True, False]


def test_in_a_threshold_a_small_set_has_the_say_of_a_large_one() -> None:
    small, large = np.array([0.1, 0.2]), np.linspace(0.5, 1.0, 100)
    assert shared_quantile([small, large], 0.2) == 0.1
    assert shared_quantile([small, large], 0.6) > 0.5
