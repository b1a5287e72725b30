"""A long curve looks like itself however few points are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from playground.ui.pyramid import FOLD, POINTS, Pyramid


def grown(values, sizes):
    """The same values, added in pieces of those sizes, over and over."""
    made, at, turn = Pyramid(lambda first, last: values[first:last]), 0, 0
    while at < len(values):
        size = sizes[turn % len(sizes)]
        at, turn = min(at + size, len(values)), turn + 1
        made.grow(at)
    return made


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 2048, 2049, 5000, 100_003])
@pytest.mark.parametrize("sizes", [[1, 2, 3], [100], [1_000_000]])
def test_extremes_and_end_are_those_of_all_values(count, sizes):
    values = np.random.default_rng(0).normal(size=count)
    made = grown(values, sizes if count < 10_000 else [997])
    x, y = made.drawn(0, count)
    assert len(made) == count
    assert len(x) == len(y) <= 2 * POINTS + 6 * FOLD
    if count:
        assert (y.min(), y.max(), y[-1], x[-1]) == (values.min(), values.max(), values[-1], count - 1)
        assert np.all(np.diff(x) >= 0)


def test_a_few_values_are_drawn_as_they_are():
    values = np.random.default_rng(0).normal(size=50_000)
    x, y = grown(values, [64]).drawn(40_000, 41_000)
    assert np.array_equal(y, values[40_000:41_000])
    assert (x[0], x[-1]) == (40_000, 40_999)


def test_a_part_holds_the_extremes_of_that_part():
    values = np.random.default_rng(0).normal(size=50_000)
    x, y = grown(values, [64]).drawn(10_001, 40_003)
    assert (y.min(), y.max()) == (values[10_001:40_003].min(), values[10_001:40_003].max())
    assert x[0] >= 10_001
    assert x[-1] == 40_002


def test_a_single_spike_among_a_million_is_seen():
    values = np.zeros(1_000_000)
    values[123_456] = 9.0
    _, y = grown(values, [4096]).drawn(0, 1_000_000)
    assert y.max() == 9.0


def test_gaps_hide_no_neighbours():
    values = np.arange(10_000.0)
    values[::2] = np.nan
    _, y = grown(values, [100]).drawn(0, 10_000)
    assert np.nanmax(y) == 9_999
