"""Numbers as colours."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor

from playground.ui.drawing import grey_image, signed_image
from playground.ui.theme import theme_of


def colors(image) -> list[list[str]]:
    return [[image.pixelColor(x, y).name() for x in range(image.width())] for y in range(image.height())]


def near(found: str, wanted: str) -> bool:
    """Within one step of 256 of each of red, green and blue."""
    pairs = zip(QColor(found).getRgb(), QColor(wanted).getRgb(), strict=True)
    return all(abs(a - b) <= 1 for a, b in pairs)


@pytest.mark.usefixtures("qapp")
def test_the_largest_is_blue_its_opposite_orange_and_nothing_neutral():
    (row,) = colors(signed_image(np.array([[-2.0, 0.0, 2.0]])))

    theme = theme_of()
    assert all(map(near, row, (theme.negative, theme.neutral, theme.positive)))


@pytest.mark.usefixtures("qapp")
def test_what_is_no_number_is_neutral_and_what_is_beyond_all_bounds_at_the_end():
    (row,) = colors(signed_image(np.array([[np.nan, -np.inf, np.inf, 1.0]]), reach=1.0))

    theme = theme_of()
    assert all(map(near, row, (theme.neutral, theme.negative, theme.positive, theme.positive)))


@pytest.mark.usefixtures("qapp")
def test_grey_goes_from_the_smallest_to_the_largest_and_what_is_no_number_counts_as_0():
    (row,) = colors(grey_image(np.array([[1.0, np.nan, 2.0]])))

    lightness = [QColor(color).lightness() for color in row]
    assert sorted(lightness) in ([0, 127, 255], [0, 128, 255])
    assert lightness[0] in (127, 128)
    assert all(QColor(color).saturation() == 0 for color in row)
