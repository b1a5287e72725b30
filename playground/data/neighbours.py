"""Examples that stand out: far from all others, or labelled otherwise than those around them; and those that are twice.

Only training and validation examples are looked at. Sources: Ramaswamy, Rastogi and Shim 2000, "Efficient algorithms
for mining outliers from large data sets" (the distance to the k-th nearest neighbour); Wilson 1972, "Asymptotic
properties of nearest neighbor rules using edited data" (a label its neighbours do not share). Knows numpy only.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from playground.data.choices import Progress
from playground.data.corrections import can_be_labelled
from playground.data.dataset import Examples, Ints
from playground.data.lengths import filled
from playground.data.suspicions import keys

NEAREST = 5
MOST_NEAR = 3000
"""Training examples among which neighbours are looked for; of more, as many equally far apart in their order."""
MOST_VALUES = 30_000_000
"""Distances times features that are computed at once, at most."""


@dataclass(frozen=True, eq=False)
class StandingOut:
    """Of each training and validation example."""

    rows: Ints
    """(n,) which example of the data set."""
    distance: NDArray[np.float32]
    """(n,) Euclidean distance of the scaled inputs to the NEAREST-th nearest training example, without itself."""
    strange: NDArray[np.float32]
    """(n,) share of the NEAREST nearest training examples that have another label; zeros for numbers."""
    nearest: Ints
    """(n, NEAREST) which examples these are, the nearest first."""


def standing_out(examples: Examples, progress: Progress | None = None) -> StandingOut | None:
    """Look at all training and validation examples; None where inputs are words, which have no distance.

    progress: called with how many are done; what it raises ends the work.
    """
    train, valid = examples.train, examples.valid
    if examples.dataset.kind == "text" or len(train) <= NEAREST:
        return None
    step = -(-len(train) // MOST_NEAR)
    known = _flat(train.inputs[::step])
    known_rows = train.rows[::step]
    rows = np.concatenate([train.rows, valid.rows])
    found = StandingOut(
        rows, np.zeros(len(rows), np.float32), np.zeros(len(rows), np.float32), np.zeros((len(rows), NEAREST), np.int64)
    )
    at_once = max(1, MOST_VALUES // max(1, prod(train.inputs.shape[1:]) + len(known)))
    done = 0
    for part in (train, valid):
        for first in range(0, len(part), at_once):
            some = _flat(part.inputs[first : first + at_once])
            _fill(found, slice(done, done + len(some)), some, known, known_rows)
            done += len(some)
            if progress is not None:
                progress(done, len(rows))
    if can_be_labelled(examples.dataset):
        labels = examples.dataset.targets
        found.strange[:] = (labels[found.nearest] != labels[rows][:, None]).mean(axis=1)
    return found


def _flat(inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    return filled(np.asarray(inputs, np.float32)).reshape(len(inputs), -1)


def _fill(
    found: StandingOut, place: slice, some: NDArray[np.float32], known: NDArray[np.float32], known_rows: Ints
) -> None:
    squares = (some * some).sum(1)[:, None] + (known * known).sum(1) - 2 * some @ known.T
    squares[found.rows[place][:, None] == known_rows] = np.inf  # none is its own neighbour
    nearest = np.argpartition(squares, NEAREST - 1, axis=1)[:, :NEAREST]
    order = np.argsort(np.take_along_axis(squares, nearest, 1), axis=1, kind="stable")
    nearest = np.take_along_axis(nearest, order, 1)
    # The product loses digits where two are nearly the same.
    far = some - known[nearest[:, -1]]
    found.distance[place] = np.sqrt((far * far).sum(1))
    found.nearest[place] = known_rows[nearest]


@dataclass(frozen=True, eq=False)
class Twins:
    """Examples with the same inputs to the last digit."""

    rows: Ints
    """(m,) in their order."""
    differ: bool
    """Whether they have different labels: then no network can learn them all."""
    crosses: bool
    """Whether some are training and some validation examples."""


def twins(examples: Examples) -> tuple[Twins, ...]:
    """Groups of duplicates, those with different labels first, then the largest."""
    train, valid = examples.train, examples.valid
    groups: dict[bytes, list[int]] = {}
    for part in (train, valid):
        for row, key in zip(part.rows, keys(part.inputs), strict=True):
            groups.setdefault(key, []).append(int(row))
    targets, taught = examples.dataset.targets, set(train.rows.tolist())
    found = []
    for each in groups.values():
        if len(each) > 1:
            rows = np.array(sorted(each))
            differ = bool((targets[rows] != targets[rows[0]]).any())
            found.append(Twins(rows, differ, 0 < sum(row in taught for row in each) < len(each)))
    return tuple(sorted(found, key=lambda twin: (not twin.differ, -len(twin.rows))))
