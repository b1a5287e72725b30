"""The six 2-D sets people know from the web playgrounds, and inputs engineered by hand from a point.

Source: the generators of tensorflow/playground, as formulas; noise is a share n = percent / 100, U is uniform.
Except in gauss and spiral, noise moves only the point whose label is looked up; the stored point stays clean.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import ENGINEERED, DataChoice, DataProblem, Dataset, Floats

Points = NDArray[np.float64]
Made = tuple[Points, NDArray[np.float64]]
"""Points (n, 2), and a label of −1 or +1 or a number for each."""


def circle(count: int, noise: float, random: np.random.Generator) -> Made:
    """Half r ~ U(0, 2.5), half r ~ U(3.5, 5), at any angle; +1 if the noisy point is nearer than 2.5 to the centre."""
    inner = count // 2
    radius = np.concatenate([random.uniform(0, 2.5, inner), random.uniform(3.5, 5, count - inner)])
    angle = random.uniform(0, 2 * np.pi, count)
    plane = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)
    seen = plane + noise * random.uniform(-5, 5, plane.shape)
    return plane, np.where(np.hypot(*seen.T) < 2.5, 1.0, -1.0)


def xor(count: int, noise: float, random: np.random.Generator) -> Made:
    """x, y ~ U(−5, 5), each moved 0.3 away from 0; +1 if the noisy x·y ≥ 0."""
    plane = random.uniform(-5, 5, (count, 2))
    plane += np.where(plane > 0, 0.3, -0.3)
    seen = plane + noise * random.uniform(-5, 5, plane.shape)
    return plane, np.where(seen[:, 0] * seen[:, 1] >= 0, 1.0, -1.0)


def gauss(count: int, noise: float, random: np.random.Generator) -> Made:
    """Two bells of variance 0.5 + 7n: around (2, 2) is +1, around (−2, −2) is −1."""
    labels = np.where(np.arange(count) < count // 2, 1.0, -1.0)
    spread = np.sqrt(0.5 + 7 * noise)
    return 2 * labels[:, None] + spread * random.standard_normal((count, 2)), labels


def spiral(count: int, noise: float, random: np.random.Generator) -> Made:
    """Two arms: r = 5i/m, t = 1.75·i/m·2π + δ for i = 0…m−1, m = N/2; δ = 0 is +1, δ = π is −1."""
    half = count // 2
    arms = []
    for shift, arm in ((0.0, half), (np.pi, count - half)):
        along = np.arange(arm) / half
        turn = 1.75 * along * 2 * np.pi + shift
        arms.append(5 * along[:, None] * np.stack([np.sin(turn), np.cos(turn)], axis=1))
    plane = np.concatenate(arms)
    return plane + noise * random.uniform(-1, 1, plane.shape), np.where(np.arange(count) < half, 1.0, -1.0)


def plane(count: int, noise: float, random: np.random.Generator) -> Made:
    """x, y ~ U(−6, 6); the target is (x + y) / 10 at the noisy point."""
    points = random.uniform(-6, 6, (count, 2))
    seen = points + noise * random.uniform(-6, 6, points.shape)
    return points, seen.sum(axis=1) / 10


HILLS = np.array([[-4, 2.5, 1], [0, 2.5, -1], [4, 2.5, 1], [-4, -2.5, -1], [0, -2.5, 1], [4, -2.5, -1]])
"""Centres (x, y) and signs of the six hills."""


def hills(count: int, noise: float, random: np.random.Generator) -> Made:
    """x, y ~ U(−6, 6); the target is the ±clamp(1 − d/2, 0, 1) of the largest magnitude over six centres."""
    points = random.uniform(-6, 6, (count, 2))
    seen = points + noise * random.uniform(-6, 6, points.shape)
    distance = np.linalg.norm(seen[:, None, :] - HILLS[None, :, :2], axis=2)
    heights = HILLS[:, 2] * np.clip(1 - distance / 2, 0, 1)
    return points, heights[np.arange(count), np.abs(heights).argmax(axis=1)]


SETS: dict[str, tuple[Callable[[int, float, np.random.Generator], Made], str, int]] = {
    "circle": (circle, "classes", 500),
    "xor": (xor, "classes", 500),
    "gauss": (gauss, "classes", 500),
    "spiral": (spiral, "classes", 500),
    "plane": (plane, "numbers", 1200),
    "hills": (hills, "numbers", 1200),
}
"""Generator, task and usual number of examples of each set."""


def engineer(plane: NDArray[np.floating], features: Sequence[str]) -> Floats:
    """Inputs made by hand from points: (n, 2) -> (n, len(features)).

    Raises: DataProblem: If a feature is unknown, or there are none.

    >>> engineer(np.array([[2.0, 3.0]]), ["x", "xy", "y2"]).tolist()
    [[2.0, 6.0, 9.0]]
    """
    unknown = [name for name in features if name not in ENGINEERED]
    if unknown or not features:
        named = f"There is no input “{unknown[0]}”." if unknown else "A network needs at least one input."
        raise DataProblem(f"{named} Choose from: {', '.join(ENGINEERED)}.")
    x, y = np.asarray(plane, dtype=np.float64).T
    made = {"x": x, "y": y, "x2": x * x, "y2": y * y, "xy": x * y, "sin x": np.sin(x), "sin y": np.sin(y)}
    return np.stack([made[name] for name in features], axis=1).astype(np.float32)


def make(choice: DataChoice) -> Dataset:
    """One of SETS, by choice.source, with the chosen noise, number, seed and engineered inputs."""
    generate, task, usual = SETS[choice.source]
    count = choice.samples or usual
    points, values = generate(count, choice.noise / 100, np.random.default_rng(choice.seed))
    is_classes = task == "classes"
    targets = (values > 0).astype(np.int64) if is_classes else values[:, None].astype(np.float32)
    return Dataset(
        name=choice.source,
        title=choice.source.capitalize(),
        kind="points",
        inputs=engineer(points, choice.features),
        targets=targets,
        task="classes" if is_classes else "numbers",
        class_names=("−1", "+1") if is_classes else (),
        feature_names=tuple(choice.features),
        about=f"{count} points in the plane, made here. Formulas of tensorflow/playground.",
        plane=points.astype(np.float32),
    )
