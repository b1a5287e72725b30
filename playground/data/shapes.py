"""Shapes, made here: outlines and silhouettes, turned, moved and of many sizes. Another seed draws others."""

from __future__ import annotations

import numpy as np

from playground.data.choices import Progress
from playground.data.dataset import DataChoice, Dataset, Floats
from playground.data.pen import SIDE, drawn, joined, smooth
from playground.data.strokes import USUAL, VARIATION, as_inputs, with_noise


def _around(count: int, radii: tuple[float, ...]) -> Floats:
    """Corners at even angles around (0, 0), the first on top, their distances in turn those of radii."""
    angle = 2 * np.pi * np.arange(count) / count
    radius = np.resize(radii, count)
    return np.stack([radius * np.sin(angle), -radius * np.cos(angle)], axis=1).astype(np.float32)


def _closed(corners: Floats) -> Floats:
    return np.concatenate([corners, corners[:1]])


def _points(*places: tuple[float, float]) -> Floats:
    return np.array(places, np.float32)


_ARM = 0.34
_HEART = _points(
    (0, -0.5), (0.42, -0.86), (0.86, -0.6), (0.8, -0.05), (0.36, 0.5), (0, 0.9), (-0.36, 0.5), (-0.8, -0.05),
    (-0.86, -0.6), (-0.42, -0.86),
)  # fmt: skip
OUTLINES: dict[str, Floats] = {
    "circle": smooth(12, 25, True) @ _around(12, (0.88,)),
    "square": _closed(_points((-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8))),
    "triangle": _closed(_around(3, (1.0,))),
    "star": _closed(_around(10, (1.0, 0.42))),
    "cross": _closed(
        _points(
            (-_ARM, -1), (_ARM, -1), (_ARM, -_ARM), (1, -_ARM), (1, _ARM), (_ARM, _ARM),
            (_ARM, 1), (-_ARM, 1), (-_ARM, _ARM), (-1, _ARM), (-1, -_ARM), (-_ARM, -_ARM),
        )
    ),
    "heart": smooth(10, 25, True) @ _HEART,
}  # fmt: skip
"""Closed lines (points, 2) around (0, 0), about 1 from it at most, y downwards."""


def shapes(choice: DataChoice, progress: Progress) -> Dataset:
    """Grey images (1, 28, 28) from 0 to 255, as many of each shape, half of them filled."""
    count = choice.samples or USUAL
    random, static = np.random.default_rng(choice.seed), np.random.default_rng((choice.seed, 1))
    labels = np.arange(count, dtype=np.int64) % len(OUTLINES)
    random.shuffle(labels)
    images = np.empty((count, 1, SIDE, SIDE), np.uint8)
    variation = (VARIATION if choice.variation is None else choice.variation) / VARIATION
    done = 0
    for label, outline in enumerate(OUTLINES.values()):
        mine = np.flatnonzero(labels == label)
        for rows in np.split(mine, range(512, len(mine), 512)):
            lines = joined(_laid(outline, len(rows), variation, random))
            radius = random.uniform(0.5, 0.5 + 0.5 * variation, len(rows)).astype(np.float32)
            ink = random.uniform(255 - 70 * variation, 255, (len(rows), 1, 1)).astype(np.float32)
            images[rows, 0] = with_noise(
                ink * drawn(lines, radius, random.random(len(rows)) < 0.5), choice.noise, static
            )
            done += len(rows)
            progress(done, count)
    return Dataset(
        "shapes", "Shapes", "image", as_inputs(images), labels, "classes", tuple(OUTLINES), (),
        f"{count:,} outlines and silhouettes of {SIDE}×{SIDE} grey pixels, drawn here: turned, moved, of many sizes. "
        "The same shape is seldom in the same pixels, so that filters which look everywhere do better than weights "
        "which look at one place.",
    )  # fmt: skip


def _laid(outline: Floats, count: int, variation: float, random: np.random.Generator) -> Floats:
    """(count, points, 2) in pixels: turned, stretched, sized and moved as far as the image allows."""
    wobble = random.normal(0, 0.03 * variation, (count, len(outline), 2))
    wobble[:, -1] = wobble[:, 0]
    turn = random.normal(0, 0.35 * variation, count)
    size = random.uniform(9.5 - 2.5 * variation, 10.5, count)
    stretch = np.exp(random.normal(0, 0.08 * variation, (count, 2)))
    cosine, sine = np.cos(turn), np.sin(turn)
    turned = np.stack([np.stack([cosine, -sine], 1), np.stack([sine, cosine], 1)], 1)
    room = np.maximum(SIDE / 2 - 1.5 - size, 0)[:, None, None] * min(variation, 1)
    middle = SIDE / 2 + random.uniform(-1, 1, (count, 1, 2)) * room
    around = (outline + wobble) * stretch[:, None] * size[:, None, None]
    laid: Floats = (np.einsum("nij,npj->npi", turned, around) + middle).astype(np.float32)
    return laid
