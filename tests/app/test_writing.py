"""Text that is written: how daring, by the definition of temperature."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import softmax

from playground.app.writing import _drawn, at_temperature


@pytest.mark.parametrize("temperature", [0.05, 0.5, 0.7, 1.0, 2.0, 5.0])
def test_temperature_divides_the_scores_before_the_softmax(temperature):
    scores = np.random.default_rng(0).normal(size=(50, 30)) * 5
    found = at_temperature(softmax(scores, axis=1), temperature)
    np.testing.assert_allclose(found, softmax(scores / temperature, axis=1), atol=1e-12)


def test_a_symbol_that_cannot_be_stays_so_at_any_temperature():
    assert at_temperature(np.array([[0.0, 1.0, 0.0]]), 5.0).tolist() == [[0.0, 1.0, 0.0]]


def test_symbols_are_drawn_as_often_as_the_temperature_says():
    scores = np.array([0.0, 1.0, 2.0, -1.0])
    chances = np.tile(softmax(scores), (40_000, 1))
    codes, sure = _drawn(chances, np.random.default_rng(3), 2.0)
    np.testing.assert_allclose(np.bincount(codes, minlength=4) / len(codes), softmax(scores / 2), atol=0.01)
    np.testing.assert_allclose(sure, softmax(scores)[codes])
