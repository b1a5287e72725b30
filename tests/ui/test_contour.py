from __future__ import annotations

import numpy as np
import pytest

from playground.ui.contour import ticks, zero_lines


def test_a_straight_line_is_found_where_it_is():
    x, y = np.meshgrid(np.arange(9.0), np.arange(7.0))
    lines = zero_lines(2 * x + 3 * y - 13.5)
    ends = lines.reshape(-1, 2)
    assert len(lines) > 5
    np.testing.assert_allclose(2 * ends[:, 0] + 3 * ends[:, 1], 13.5, atol=1e-9)


def test_a_circle_has_its_length():
    axis = np.linspace(-2, 2, 81)
    x, y = np.meshgrid(axis, axis)
    lines = zero_lines(np.hypot(x, y) - 1.5) * (axis[1] - axis[0])
    length = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]).sum()
    assert length == pytest.approx(2 * np.pi * 1.5, rel=1e-3)


def test_a_saddle_has_two_lines_in_its_cell():
    assert len(zero_lines(np.array([[1.0, -1.0], [-1.0, 1.0]]))) == 2


def test_what_has_one_sign_has_no_line():
    assert len(zero_lines(np.ones((5, 5)))) == 0
    assert len(zero_lines(np.full((5, 5), np.nan))) == 0


@pytest.mark.parametrize(("low", "high"), [(-6.6, 6.6), (0.0, 0.034), (-1e-9, 2e-9), (3.0, 1200.0)])
def test_ticks_lie_within_and_are_few(low, high):
    found = ticks(low, high, 5)
    assert 2 <= len(found) <= 6
    assert all(low - 1e-12 <= value <= high + 1e-12 for value in found)


def test_an_axis_of_no_length_has_its_one_value():
    assert ticks(2.0, 2.0, 5) == [2.0]
