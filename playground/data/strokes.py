"""Digits as a pen writes them, made here: skeletons of strokes, each example with another hand.

A hand differs in slant, turn, size, place, proportions, the wobble of the strokes, the pen's width and its ink. There
are no end of them: each seed gives others. Nothing is copied from anybody's handwriting.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from playground.data.choices import Progress
from playground.data.dataset import DataChoice, Dataset, Floats, Ints
from playground.data.pen import SIDE, drawn, joined, smooth
from playground.data.streamed import is_streamed

USUAL = 3000
"""Examples, where no number is chosen."""
VARIATION = 50
"""Percent, where none is chosen."""
FINE = 3
"""Lines from one corner of a curve to the next."""
HEIGHT = 19.0
"""Pixels of an upright digit's height."""

Skeleton = Sequence[Sequence[tuple[float, float]]]
"""Strokes, each through its corners (x, y); the box is 1 high, y downwards."""

_BOWL = (
    (0.5, 0.0),
    (0.16, 0.16),
    (0.1, 0.52),
    (0.2, 0.88),
    (0.5, 1.0),
    (0.8, 0.86),
    (0.9, 0.5),
    (0.82, 0.14),
    (0.5, 0.0),
)
SKELETONS: dict[int, Sequence[Skeleton]] = {
    0: (
        (_BOWL,),
        (((0.6, 0.02), (0.22, 0.14), (0.12, 0.5), (0.24, 0.92), (0.56, 0.98), (0.86, 0.6), (0.78, 0.12), (0.4, 0.04)),),
    ),
    1: (
        (((0.5, 0.0), (0.5, 1.0)),),
        (((0.3, 0.24), (0.54, 0.0)), ((0.54, 0.0), (0.54, 1.0))),
        (((0.3, 0.22), (0.52, 0.0)), ((0.52, 0.0), (0.52, 1.0)), ((0.26, 1.0), (0.78, 1.0))),
    ),
    2: (
        (((0.14, 0.26), (0.4, 0.0), (0.8, 0.14), (0.76, 0.46), (0.4, 0.78), (0.12, 1.0)), ((0.12, 1.0), (0.9, 0.98))),
        (((0.16, 0.2), (0.5, 0.0), (0.82, 0.24), (0.6, 0.62), (0.2, 0.94), (0.2, 0.78), (0.5, 0.88), (0.9, 0.98)),),
    ),
    3: (
        (((0.14, 0.14), (0.5, 0.0), (0.8, 0.2), (0.66, 0.42), (0.4, 0.48)),
         ((0.4, 0.48), (0.76, 0.56), (0.86, 0.78), (0.54, 1.0), (0.12, 0.88))),
        (((0.14, 0.02), (0.82, 0.02)), ((0.82, 0.02), (0.44, 0.4)),
         ((0.44, 0.4), (0.8, 0.5), (0.84, 0.8), (0.5, 1.0), (0.12, 0.88))),
    ),
    4: (
        (((0.62, 0.0), (0.08, 0.66)), ((0.08, 0.66), (0.92, 0.66)), ((0.66, 0.3), (0.64, 1.0))),
        (((0.2, 0.0), (0.16, 0.5)), ((0.16, 0.5), (0.84, 0.48)), ((0.8, 0.02), (0.76, 1.0))),
        (((0.7, 0.0), (0.1, 0.62)), ((0.1, 0.62), (0.9, 0.62)), ((0.7, 0.0), (0.7, 1.0))),
    ),
    5: (
        (((0.84, 0.02), (0.26, 0.02)), ((0.26, 0.02), (0.2, 0.44)),
         ((0.2, 0.44), (0.56, 0.36), (0.86, 0.62), (0.7, 0.94), (0.36, 1.0), (0.12, 0.86))),
        (((0.8, 0.04), (0.3, 0.0)), ((0.3, 0.0), (0.22, 0.46)),
         ((0.22, 0.46), (0.66, 0.44), (0.82, 0.72), (0.54, 0.98), (0.14, 0.94))),
    ),
    6: (
        (((0.74, 0.02), (0.36, 0.24), (0.16, 0.62), (0.3, 0.96), (0.66, 0.98), (0.82, 0.74), (0.6, 0.52), (0.3, 0.6),
          (0.2, 0.74)),),
        (((0.5, 0.0), (0.22, 0.4), (0.16, 0.78), (0.44, 1.0), (0.76, 0.86), (0.72, 0.6), (0.44, 0.54), (0.2, 0.72)),),
    ),
    7: (
        (((0.1, 0.02), (0.88, 0.02)), ((0.88, 0.02), (0.56, 0.46), (0.38, 1.0))),
        (((0.1, 0.04), (0.86, 0.0)), ((0.86, 0.0), (0.36, 1.0)), ((0.3, 0.5), (0.78, 0.48))),
    ),
    8: (
        (((0.5, 0.46), (0.22, 0.26), (0.5, 0.0), (0.78, 0.24), (0.5, 0.46)),
         ((0.5, 0.46), (0.84, 0.74), (0.5, 1.0), (0.16, 0.74), (0.5, 0.46))),
        (((0.78, 0.14), (0.46, 0.0), (0.24, 0.22), (0.5, 0.46), (0.8, 0.74), (0.5, 1.0), (0.18, 0.76), (0.5, 0.46),
          (0.78, 0.14)),),
    ),
    9: (
        (((0.8, 0.26), (0.5, 0.0), (0.2, 0.22), (0.42, 0.5), (0.8, 0.26)), ((0.8, 0.26), (0.78, 0.6), (0.6, 1.0))),
        (((0.8, 0.22), (0.46, 0.02), (0.2, 0.26), (0.46, 0.48), (0.8, 0.22)),
         ((0.8, 0.22), (0.84, 0.7), (0.56, 1.0), (0.2, 0.92))),
    ),
}  # fmt: skip


def strokes(choice: DataChoice, progress: Progress) -> Dataset:
    """Grey images (1, 28, 28) from 0 to 255, as many of each digit."""
    count = choice.samples or USUAL
    random, static = np.random.default_rng(choice.seed), np.random.default_rng((choice.seed, 1))
    labels = np.arange(count, dtype=np.int64) % 10
    random.shuffle(labels)
    images = np.empty((count, 1, SIDE, SIDE), np.uint8)
    variation = (VARIATION if choice.variation is None else choice.variation) / VARIATION
    done = 0
    for rows, skeleton in _tasks(labels, random):
        points = _written(skeleton, len(rows), variation, random)
        radius = random.uniform(0.75, 0.75 + 0.8 * variation, len(rows)).astype(np.float32)
        ink = random.uniform(200, 255, (len(rows), 1, 1)).astype(np.float32)
        images[rows, 0] = with_noise(ink * drawn(points, radius), choice.noise, static)
        done += len(rows)
        progress(done, count)
    return Dataset(
        "strokes", "Stroke digits", "image", as_inputs(images), labels, "classes", tuple("0123456789"), (),
        f"{count:,} digits of {SIDE}×{SIDE} grey pixels, written here by a made pen: each with its own slant, size, "
        "wobble and width. They look like handwriting and are none: another seed writes others.",
    )  # fmt: skip


def as_inputs(images: NDArray[np.uint8]) -> NDArray[np.uint8] | Floats:
    """Bytes where they are many, else 32-bit numbers."""
    return images if is_streamed(images) else images.astype(np.float32)


def with_noise(grey: Floats, percent: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """As bytes, with normal noise whose standard deviation is that share of white."""
    if percent:
        grey = grey + random.standard_normal(grey.shape, np.float32) * np.float32(2.55 * percent)
    return np.clip(grey, 0, 255).astype(np.uint8)


def _tasks(labels: Ints, random: np.random.Generator, most: int = 512) -> list[tuple[Ints, Skeleton]]:
    """Rows that are written after the same skeleton, some at a time."""
    tasks = []
    for digit, ways in SKELETONS.items():
        rows = np.flatnonzero(labels == digit)
        way = random.integers(len(ways), size=len(rows))
        for number, skeleton in enumerate(ways):
            mine = rows[way == number]
            tasks += [(mine[start : start + most], skeleton) for start in range(0, len(mine), most)]
    return tasks


def _written(skeleton: Skeleton, count: int, variation: float, random: np.random.Generator) -> Floats:
    """Lines (count, lines, 2, 2) in pixels, by as many hands."""
    lines = []
    for corners in skeleton:
        wobble = random.normal(0, 0.035 * variation, (count, len(corners), 2))
        curve = smooth(len(corners), FINE * (len(corners) - 1) + 1 if len(corners) > 2 else 2)
        lines.append(joined(curve @ (np.asarray(corners) + wobble).astype(np.float32)))
    found = np.concatenate(lines, axis=1)
    return placed(found, count, variation, random)


def placed(lines: Floats, count: int, variation: float, random: np.random.Generator) -> Floats:
    """Lines of a box 1 high, slanted, turned, stretched and put somewhere near the middle of an image, in pixels."""
    slant = random.normal(0.12, 0.2 * variation, count)
    turn = random.normal(0, 0.09 * variation, count)
    high = HEIGHT * np.exp(random.normal(0, 0.09 * variation, count))
    wide = high * random.uniform(0.62 - 0.1 * variation, 0.78 + 0.1 * variation, count)
    shape = np.zeros((count, 2, 2))
    shape[:, 0, 0], shape[:, 1, 1] = wide, high
    shape[:, 0, 1] = -slant * high
    cosine, sine = np.cos(turn), np.sin(turn)
    turned = np.stack([np.stack([cosine, -sine], 1), np.stack([sine, cosine], 1)], 1) @ shape
    middle = SIDE / 2 + random.normal(0, 1.0 * variation, (count, 1, 1, 2))
    made: Floats = (np.einsum("nij,nlpj->nlpi", turned, lines - 0.5) + middle).astype(np.float32)
    return made
