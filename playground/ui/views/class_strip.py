"""The network's answer as a row of cells, each with the class that it stands for and how likely that is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from playground.ui.cells import Cells
from playground.ui.drawing import chance, signed_image
from playground.ui.maps import map_pictures
from playground.ui.views.telling import Answered, Place

WIDE = 20
"""Times as wide as high: names stand below the cells."""


def pictures_of(seen: Answered, side: int = 36, most: int = 64) -> list[QImage]:
    """As map_pictures() has them, but the network's answer in one row with room for names."""
    if seen.classes and seen.values.ndim == 1:
        return [strip(seen.values)]
    return map_pictures(seen.values, seen.symbols, side, most)


def strip(values: NDArray[np.floating], reach: float | None = None) -> QImage:
    """Signed values (units,) as one row of cells."""
    times = math.ceil(4 * WIDE / max(1, len(values)))
    return signed_image(np.repeat(np.repeat(values[None], 4, axis=0), times, axis=1), reach)


def cells_of(seen: Answered) -> Cells | None:
    """The classes below their cells, the likeliest strong; None where the units are no classes."""
    if not seen.classes or seen.values.ndim != 1:
        return None
    names: Sequence[str] = seen.classes[seen.first : seen.first + len(seen.values)]
    if seen.chances is None:
        return Cells(names, (), int(seen.values.argmax()))
    return Cells(names, [chance(float(each)) for each in seen.chances], int(seen.chances.argmax()))


def steps_of(seen: Answered) -> NDArray[np.floating] | None:
    """What is drawn with time to the right; None for images, vectors and letters."""
    return seen.values if seen.values.ndim == 2 else None


def teller(id: str, seen: Answered, most: int) -> Callable[[Place], str]:
    """What is said of a place in a layer's pictures."""

    def told(place: Place) -> str:
        unit = seen.unit_at(place, most)
        return f"{id}, {seen.words(unit)}" if unit is not None else ""

    return told
