"""Ticks of logarithmic axes: in any range at least three figures, each another one, none outside."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from playground.ui.panes.log_ticks import FEWEST, log_ticks, log_words
from playground.ui.panes.plots import FIGURES, PlainAxis


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.floats(-8, 4), some.floats(-3.5, 1), some.integers(0, 14))
def test_any_range_has_three_figures_or_more_and_no_more_than_there_is_room_for(low, wide, most):
    high = low + 10**wide
    figures, others = log_ticks(low, high, most)
    assert FEWEST <= len(figures) <= 2 * max(most, FEWEST) + 1
    assert len({log_words(at) for at in figures}) == len(figures)
    assert all(low - 1e-9 <= at <= high + 1e-9 for at in (*figures, *others))


@pytest.mark.parametrize(
    ("least", "most", "wanted"),
    [
        (0.3, 0.75, ["0.3", "0.4", "0.5", "0.6", "0.7"]),
        (0.0095, 1.05, ["0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1"]),
        (0.9e-6, 1.1, ["1e−6", "1e−5", "0.0001", "0.001", "0.01", "0.1", "1"]),
    ],
)
def test_narrow_ranges_have_round_figures_and_wide_ones_decades(least, most, wanted):
    assert [log_words(at) for at in log_ticks(math.log10(least), math.log10(most), 7)[0]] == wanted


def test_the_axis_writes_figures_at_these_places_alone(qapp):
    axis = PlainAxis("left")
    axis.setLogMode(False, True)
    levels = axis.tickValues(math.log10(0.3), math.log10(0.75), 200)
    strings = [axis.tickStrings(values, 1.0, spacing) for spacing, values in levels]
    assert levels[0][0] == FIGURES
    assert strings[0] == ["0.3", "0.4", "0.5", "0.6", "0.7"]
    assert set(strings[1]) <= {None}
