"""Curves smoothed as they grow."""

from __future__ import annotations

import numpy as np

from playground.ui.panes.curves import Smoother


def test_a_curve_smoothed_piece_by_piece_is_as_it_is_smoothed_at_once():
    values, smoother = np.random.default_rng(0).normal(size=50), Smoother(0.9)
    pieces = [smoother(piece) for piece in np.split(values, [1, 1, 7, 30])]
    shares = 0.9 ** np.arange(50)[::-1]
    formula = [(shares[-n:] * values[:n]).sum() / shares[-n:].sum() for n in range(1, 51)]

    np.testing.assert_allclose(np.concatenate(pieces), formula, rtol=1e-12)
