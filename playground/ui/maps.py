"""What a layer answers, as pictures: of images, sequences and vectors. Used by cards and views."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from playground.ui.drawing import figure, grey_image, signed_image

MOST_CELLS = 64
"""Of a vector, in its row."""


def map_pictures(maps: np.ndarray | None) -> list[QImage]:
    """Channels as grey images; states over time as one signed image, time to the right; vectors as one signed row."""
    if maps is None:
        return []
    if maps.ndim == 3:
        return [grey_image(channel) for channel in maps]
    return [signed_image(maps.T if maps.ndim == 2 else np.repeat(maps[None, :MOST_CELLS], 4, axis=0))]


def span(maps: np.ndarray | None) -> str:
    """From its smallest to its largest value, in words."""
    return f"from {figure(float(maps.min()))} to {figure(float(maps.max()))}" if maps is not None and maps.size else ""
