"""Points of the plane drawn by hand: examples of them, and what drawing and erasing make of them.

A point keeps its part: the running number that it got when it was drawn decides whether it trains, validates or tests,
so that no point that a network has learned from becomes one that it is judged by when others are drawn or erased.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from playground.data.choices import MOST_CLASSES, MOST_DRAWN, REACH, DrawnPoint, DrawnPoints
from playground.data.dataset import DataChoice, DataProblem, Dataset, Floats
from playground.data.points import engineer
from playground.layers.shape import Shape, Signature

SOURCE = "drawn"
"""Its name in a data choice."""
FEWEST = 10
GOLDEN = (5**0.5 - 1) / 2
FIRST = 0.8
"""The lot of each class's first point: with the usual shares two train, then one validates, and one of five tests."""


def points_of(choice: DataChoice) -> tuple[DrawnPoint, ...]:
    """Those that were drawn."""
    return choice.drawn.points if choice.drawn is not None else ()


def signature(choice: DataChoice) -> Signature:
    """What these data ask of the network, also while there are too few of them to learn from."""
    return Signature(Shape((len(choice.features),)), _classes(points_of(choice)), "classes")


def make(choice: DataChoice) -> Dataset:
    """The drawn points as examples. Raises: DataProblem: If there are too few, or all of one class."""
    points = points_of(choice)
    if len(points) < FEWEST:
        raise DataProblem(
            f"{len(points)} points are drawn; at least {FEWEST} are needed, of two classes. Draw more of them by hand."
        )
    counts = Counter(point[2] for point in points)
    if len(counts) < 2:
        raise DataProblem(f"All points are of class {points[0][2]}. Draw some of another class: press its number.")
    plane = np.array([point[:2] for point in points], np.float32)
    classes = _classes(points)
    missing = [str(each) for each in range(1, classes + 1) if each not in counts]
    return Dataset(
        name=SOURCE,
        title="Drawn points",
        kind="points",
        inputs=engineer(plane, choice.features),
        targets=np.array([point[2] - 1 for point in points], np.int64),
        task="classes",
        class_names=tuple(str(each) for each in range(1, classes + 1)),
        feature_names=tuple(choice.features),
        about=f"{len(points):,} points in the plane, drawn by hand. They are kept in the project.",
        plane=plane,
        lots=_lots(points, choice.seed),
        notes=(f"No point is of class {', '.join(missing)}.",) if missing else (),
    )


def _classes(points: tuple[DrawnPoint, ...]) -> int:
    return max(2, max((point[2] for point in points), default=2))


def _lots(points: tuple[DrawnPoint, ...], seed: int) -> Floats:
    """(n,) from 0 to 1: any run of one class is spread evenly over it (the golden ratio's sequence)."""
    numbers = np.array([point[3] for point in points], np.float64)
    lots: Floats = ((FIRST + GOLDEN * numbers + 2**0.5 * seed) % 1.0).astype(np.float32)
    return lots


def added(drawn: DrawnPoints, places: Iterable[tuple[float, float]], label: int) -> DrawnPoints:
    """With more points of a class, from 1; those outside the plane, or beyond the most there may be, are left out."""
    number = 1 + max((point[3] for point in drawn.points if point[2] == label), default=-1)
    inside = [place for place in places if max(abs(place[0]), abs(place[1])) <= REACH]
    room = MOST_DRAWN - len(drawn.points)
    more = tuple((round(x, 3), round(y, 3), label, number + i) for i, (x, y) in enumerate(inside[:room]))
    return DrawnPoints(points=drawn.points + more)


def erased(drawn: DrawnPoints, places: Iterable[tuple[float, float]], radius: float) -> DrawnPoints:
    """Without the points that lie within a circle around any of the places."""
    plane = np.array([point[:2] for point in drawn.points]).reshape(-1, 2)
    is_kept = np.ones(len(plane), np.bool_)
    for place in places:
        is_kept &= ((plane - place) ** 2).sum(axis=1) > radius**2
    if is_kept.all():
        return drawn
    return DrawnPoints(points=tuple(point for point, stays in zip(drawn.points, is_kept, strict=True) if stays))


def taken_over(dataset: Dataset) -> DrawnPoints | None:
    """The points of another set of the plane, to go on from; None if it has no classes."""
    if dataset.plane is None or dataset.task != "classes" or len(dataset.class_names) > MOST_CLASSES:
        return None
    found = DrawnPoints()
    for label in range(len(dataset.class_names)):
        own: NDArray[np.float64] = dataset.plane[dataset.targets == label].astype(np.float64)
        found = added(found, [(x, y) for x, y in own.tolist()], label + 1)
    return found
