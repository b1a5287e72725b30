"""Lines as grey images: how dark each pixel is, by its distance to the nearest line. Knows numpy only.

What is drawn, shapes.py and strokes.py say.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats

SIDE = 28
"""Pixels of an image's side."""
AT_ONCE = 64
"""Images whose pixels stay in the processor's cache."""


def drawn(lines: Floats, radius: Floats, is_filled: NDArray[np.bool_] | None = None) -> Floats:
    """How much of each pixel the pen covers, (n, SIDE, SIDE) from 0 to 1, the borders smooth over one pixel.

    lines: (n, count, 2, 2), each from (x, y) to (x, y) in pixels, y downwards. radius: (n,) half the pen's width in
    pixels. is_filled: (n,) whether what the lines of an image enclose is dark too, by the even-odd rule.
    """
    covered = np.empty((len(lines), SIDE, SIDE), np.float32)
    for start in range(0, len(lines), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        squares, inside = _nearest(lines[some], is_filled is not None)
        away = np.sqrt(squares)
        if is_filled is not None:
            away = np.where(inside & is_filled[some, None, None], -away, away)
        covered[some] = np.clip(radius[some, None, None] + 0.5 - away, 0, 1)
    return covered


def _nearest(lines: Floats, is_closed: bool) -> tuple[Floats, NDArray[np.bool_]]:
    """The square of each pixel's distance to the nearest line, and whether the lines enclose it."""
    middles = np.arange(SIDE, dtype=np.float32) + 0.5
    across, down = middles[None, None, :], middles[None, :, None]
    nearest = np.full((len(lines), SIDE, SIDE), np.inf, np.float32)
    inside = np.zeros(nearest.shape, np.bool_)
    for number in range(lines.shape[1]):
        (x, y), (dx, dy) = (each[:, :, None, None] for each in _begin_and_way(lines[:, number]))
        u, v = across - x, down - y
        square = np.maximum(dx * dx + dy * dy, 1e-9)
        along = np.clip(u * (dx / square) + v * (dy / square), 0, 1)
        aside, below = u - along * dx, v - along * dy
        aside *= aside
        below *= below
        aside += below
        np.minimum(nearest, aside, out=nearest)
        if is_closed:  # a ray to the right crosses this line
            passes = (v < 0) != (v - dy < 0)
            inside ^= passes & (u < v * dx / np.where(dy == 0, 1, dy))
    return nearest, inside


def _begin_and_way(lines: Floats) -> tuple[Floats, Floats]:
    """(2, n) where lines (n, 2, 2) begin, and (2, n) how far it is to their ends."""
    return lines[:, 0].T, (lines[:, 1] - lines[:, 0]).T


def smooth(corners: int, points: int, is_closed: bool = False) -> Floats:
    """(points, corners): what corners are multiplied by to get points on a smooth curve through all of them.

    Source: Catmull and Rom 1974, the uniform spline; at the ends of an open curve its end points count twice.
    """
    spans = corners if is_closed else corners - 1
    weights = np.zeros((points, corners), np.float32)
    for row, place in enumerate(np.linspace(0, spans, points)):
        span = min(int(place), spans - 1)
        t = place - span
        four = (-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3)
        for step, weight in zip((-1, 0, 1, 2), four, strict=True):
            corner = (span + step) % corners if is_closed else min(max(span + step, 0), corners - 1)
            weights[row, corner] += weight / 2
    return weights


def joined(points: Floats) -> Floats:
    """(n, points − 1, 2, 2): the lines from each of (n, points, 2) to the next."""
    return np.stack([points[:, :-1], points[:, 1:]], axis=2)
