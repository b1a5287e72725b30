"""What was drawn by hand, brought to the form that the training images have: size, place, contrast, ink on its ground.

Source of the placing: LeCun, Cortes and Burges, "The MNIST database": figures fit a box of 20×20, whose centre of mass
is put in the middle of 28×28. Other sets have other boxes, so the box is measured of the training images.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Bytes, DataProblem
from playground.data.intake import Figures

PLAIN = 0.6
"""Share of the border's values near one of the two ends from which on images are figures on a plain ground."""
FAINT = 0.2
"""Share of the contrast from which on a pixel belongs to a figure."""


def figures_of(raw: NDArray[np.generic], black: float, white: float) -> Figures | None:
    """How figures lie in images (n, channels, height, width); None where they have no plain ground."""
    if raw.shape[1] != 1 or min(raw.shape[2:]) < 4:
        return None
    light = np.clip((np.asarray(raw[:, 0], np.float32) - black) / (white - black), 0, 1)
    border = np.concatenate([light[:, 0], light[:, -1], light[:, :, 0], light[:, :, -1]], axis=1)
    is_dark = bool(np.median(border) < 0.5)
    ink = light if is_dark else 1 - light
    if float(((border if is_dark else 1 - border) < FAINT).mean()) < PLAIN:
        return None
    sides = [side for side in (_larger_side(each) for each in ink) if side is not None]
    return Figures(share=float(np.clip(np.median(sides), 0.1, 1.0)), is_dark=is_dark) if sides else None


def _larger_side(ink: NDArray[np.float32]) -> float | None:
    """Of a figure's box, as a share of the image's."""
    rows, columns = np.flatnonzero((ink > FAINT).any(axis=1)), np.flatnonzero((ink > FAINT).any(axis=0))
    if not len(rows):
        return None
    high, wide = int(rows[-1] - rows[0] + 1), int(columns[-1] - columns[0] + 1)
    share: float = max(high / ink.shape[0], wide / ink.shape[1])
    return share


def ink_of(colors: Bytes) -> Bytes:
    """A picture (height, width, 3) as a drawing (height, width): 0 for its ground, whatever that is, 255 for its ink.

    The ground is the median of the border. Raises DataProblem if nothing stands out from it.
    """
    grey = colors.astype(np.float32).mean(axis=2)
    ground = float(np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])))
    ink = np.abs(grey - ground)
    if ink.max() < FAINT * 255:
        raise DataProblem("The picture is plain: no figure stands out from its ground. Choose a part with one.")
    ink = np.where(ink < FAINT * ink.max(), 0, ink)
    made: Bytes = (ink * (255 / ink.max())).astype(np.uint8)
    return made


def placed(ink: Bytes, height: int, width: int, figures: Figures | None) -> Bytes:
    """A drawing (side, side), 0 for ground and 255 for ink, as a grey image (height, width) of bytes.

    Where training images are figures: cut out, in a box of their share, its centre of mass in the middle as far as the
    box stays inside, ink as strong as can be. Else only made smaller.
    """
    if figures is None:
        return 255 - _smaller(ink, height, width)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    made = np.zeros((height, width), np.uint8)
    if len(rows):
        figure = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        scale = figures.share * min(height / figure.shape[0], width / figure.shape[1])
        high, wide = max(1, round(scale * figure.shape[0])), max(1, round(scale * figure.shape[1]))
        small = _smaller(figure, high, wide)
        small = (small * (255 / max(1, int(small.max())))).astype(np.uint8)
        top, left = _corner(small, height, width)
        made[top : top + high, left : left + wide] = small
    return made if figures.is_dark else 255 - made


def _corner(small: Bytes, height: int, width: int) -> tuple[int, int]:
    """Where the figure's box begins so that its centre of mass is in the middle."""
    mass = small.astype(np.float64)
    found = []
    for axis, side in ((1, height), (0, width)):
        along = mass.sum(axis=axis)
        centre = float((along * (np.arange(len(along)) + 0.5)).sum() / along.sum())
        found.append(int(np.clip(round(side / 2 - centre), 0, side - len(along))))
    return found[0], found[1]


def _smaller(ink: Bytes, height: int, width: int) -> Bytes:
    """Each pixel the mean of those it covers, as MNIST's were made."""
    from PIL import Image

    return np.asarray(Image.fromarray(ink).resize((width, height), Image.Resampling.BOX), np.uint8)
