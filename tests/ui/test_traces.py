"""Sequences as lines and letters: nothing is left out, and what rises is drawn rising."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor

from playground.ui.maps import map_pictures, spelled
from playground.ui.theme import theme_of
from playground.ui.traces import columns_of, is_drawn, is_traced, rows_of, symbols_image, trace_image, widened


@pytest.mark.parametrize("count", [1, 8, 10, 11, 24, 64, 500])
def test_every_symbol_has_a_cell_and_no_row_is_empty(count):
    columns, rows = columns_of(count), rows_of(count)
    assert columns * rows >= count
    assert columns * (rows - 1) < count
    assert columns >= rows


def height_of(image, column: int, color: QColor) -> float:
    """The mean height, from above, of pixels of about that colour in a column."""
    near = [
        row
        for row in range(image.height())
        if sum(abs(a - b) for a, b in zip(image.pixelColor(column, row).getRgb(), color.getRgb(), strict=True)) < 60
    ]
    return float(np.mean(near))


def test_a_rising_series_is_a_line_that_rises(qapp):
    image = trace_image(np.linspace(-1, 1, 20)[None], 40)
    train = theme_of().color("train")
    heights = [height_of(image, round(share * image.width()), train) for share in (0.1, 0.5, 0.9)]
    assert heights[0] > heights[1] > heights[2]
    assert heights[1] == pytest.approx(image.height() / 2, abs=6)


def test_numbers_over_time_are_lines_and_many_channels_are_cells(qapp):
    steps = np.random.default_rng(0).normal(size=(40, 9)).astype(np.float32)
    assert is_traced(steps[:, :3])
    assert not is_traced(steps)
    (lines,) = map_pictures(steps[:, :1])
    (cells,) = map_pictures(steps)
    assert is_drawn(lines)
    assert not is_drawn(cells)
    assert (cells.width(), cells.height()) == (40, 9)


def test_codes_are_letters_and_what_stands_for_nothing_is_a_gap(qapp):
    assert spelled(np.array([1.0, 0.0, 7.0]), ("a", "b")) == ["b", "a", " "]
    (letters,) = map_pictures(np.array([1.0, 0.0]), ("a", "b"))
    assert is_drawn(letters)
    assert not is_drawn(map_pictures(np.array([1.0, 0.0]))[0])
    assert symbols_image(list("ab"), 20) != symbols_image(list("ba"), 20)


def test_time_is_made_wider_but_no_value_is_changed():
    values = np.arange(12.0).reshape(6, 2)
    wide = widened(values)
    assert wide.shape[1] > 2 * wide.shape[0]
    np.testing.assert_array_equal(np.unique(wide, axis=1), values)
    np.testing.assert_array_equal(widened(values.T), values.T)
