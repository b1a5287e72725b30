from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtGui import QColor

from playground.ui.theme import FAMILY, THEMES, palette


def luminance(color: str) -> float:
    """Relative luminance, WCAG 2.1."""
    channels = (QColor(color).redF(), QColor(color).greenF(), QColor(color).blueF())
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_the_web_guidelines_do():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("ground", ["window", "panel", "card", "button"])
@pytest.mark.parametrize("color", ["text", "muted"])
def test_words_can_be_read_on_every_ground(theme, ground, color):
    assert contrast(getattr(theme, color), getattr(theme, ground)) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("color", ["error", "warning", "good", "accent", "baseline"])
def test_coloured_words_can_be_read_on_a_panel(theme, color):
    assert contrast(getattr(theme, color), theme.panel) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_words_on_the_accent_and_on_the_good_ground_can_be_read(theme):
    assert contrast(theme.on_accent, theme.accent) >= 4.5
    assert contrast(theme.good, theme.good_ground) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("series", ["train", "valid", "baseline"])
def test_curves_stand_out_from_their_ground(theme, series):
    assert contrast(getattr(theme, series), theme.panel) >= 3


# How the three common deficiencies see linear red, green and blue: Viénot, Brettel and Mollon 1999 for red and green,
# Machado, Oliveira and Fernandes 2009 (severity 1) for blue.
SEEN = {
    "protan": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deutan": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}


def seen(color: str, matrix) -> tuple[float, ...]:
    """CIE Lab of a colour as a person with that deficiency sees it."""
    channels = (QColor(color).redF(), QColor(color).greenF(), QColor(color).blueF())
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    red, green, blue = (sum(w * c for w, c in zip(row, linear, strict=True)) for row in matrix)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (max(x, 0), max(y, 0), max(z, 0)))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("matrix", SEEN.values(), ids=SEEN)
def test_the_curves_stay_apart_for_every_common_colour_deficiency(theme, matrix):
    for one, other in combinations((theme.train, theme.valid, theme.baseline), 2):
        distance = sum((a - b) ** 2 for a, b in zip(seen(one, matrix), seen(other, matrix), strict=True)) ** 0.5
        assert distance > 15, (one, other)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("matrix", SEEN.values(), ids=SEEN)
def test_the_ends_of_the_signed_scale_stay_apart(theme, matrix):
    ends = (theme.negative, theme.neutral, theme.positive)
    for one, other in combinations(ends, 2):
        distance = sum((a - b) ** 2 for a, b in zip(seen(one, matrix), seen(other, matrix), strict=True)) ** 0.5
        assert distance > 25, (one, other)


def test_every_family_of_layers_has_a_colour():
    from playground.layers.layer import FAMILIES

    assert set(FAMILIES) <= set(FAMILY)


def test_the_palette_takes_its_colours_from_the_theme(qapp):
    for theme in THEMES.values():
        made = palette(theme)
        assert made.window().color() == QColor(theme.window)
        assert made.text().color() == QColor(theme.text)
        assert made.highlight().color() == QColor(theme.accent)
