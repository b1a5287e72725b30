"""A logarithmic axis has ticks that are read, in wide ranges and in narrow ones."""

from __future__ import annotations

import math

import pytest

from playground.ui.views.lines import Lines, PowerAxis


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0018, 0.0055, ["0.002", "0.0025", "0.003", "0.004", "0.005"]),
        (0.9, 110, ["1", "2", "5", "10", "20", "50", "100"]),
        (9e-7, 1.1, ["1e−6", "1e−5", "0.0001", "0.001", "0.01", "0.1", "1"]),
    ],
)
def test_ticks_suit_the_range(qtbot, low, high, expected):
    axis = PowerAxis("left")
    ((_, values),) = axis.tickValues(math.log10(low), math.log10(high), 200)
    assert axis.tickStrings(values, 1, 1) == expected


def test_the_axis_says_that_it_is_logarithmic(qtbot):
    lines = Lines("layer", "size", is_log=True)
    qtbot.addWidget(lines)
    assert lines.plot.getAxis("left").labelText == "size, logarithmic"
