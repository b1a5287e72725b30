"""What a layer answers, as pictures: of images, sequences and vectors. Used by cards and views."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtGui import QImage

from playground.ui.drawing import figure, grey_image, signed_image
from playground.ui.traces import is_traced, rows_of, symbols_image, trace_image, widened

MOST_CELLS = 64
"""Of a vector, in its row."""


def map_pictures(
    maps: np.ndarray | None, symbols: Sequence[str] = (), side: int = 36, most: int = MOST_CELLS
) -> list[QImage]:
    """Channels as grey images; a few numbers over time as lines, states over time as one signed image, time to the
    right; vectors as one signed row, or the symbols that they are codes of.

    side: for which height pictures that are drawn are sharp; most: of a vector so many units.
    """
    if maps is None or not maps.size:
        return []
    if maps.ndim == 3:
        return [grey_image(channel) for channel in maps]
    if maps.ndim == 1 and symbols:
        return [symbols_image(spelled(maps, symbols), side)]
    if is_traced(maps):
        return [trace_image(maps.T, side, shape=5)]
    return [signed_image(widened(maps.T) if maps.ndim == 2 else np.repeat(maps[None, :most], 4, axis=0))]


def side_of(maps: np.ndarray, symbols: Sequence[str] = ()) -> int:
    """The height at least at which a layer's pictures can be read among those of others."""
    return 40 if maps.ndim > 1 else 20 * rows_of(len(maps)) if symbols else 14


def spelled(codes: np.ndarray, symbols: Sequence[str]) -> list[str]:
    """What codes stand for; a gap for those that stand for nothing."""
    return [symbols[int(code)] if 0 <= int(code) < len(symbols) else " " for code in np.ravel(codes)]


def span(maps: np.ndarray | None) -> str:
    """From its smallest to its largest value, in words; what only fills up a shorter sequence is none."""
    if maps is None or not maps.size or np.isnan(maps).all():
        return ""
    return f"from {figure(float(np.nanmin(maps)))} to {figure(float(np.nanmax(maps)))}"
