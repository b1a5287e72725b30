"""How far a new example lies from those that were learned from, and whether that is farther than is usual.

The distance is that to the k-th nearest training example, in the inputs and in what the last hidden layer makes of
them; what is usual is told by validation examples, which the network did not learn from either. Knows numpy only.
Sources: Sun, Ming, Zhu and Li 2022, "Out-of-distribution detection with deep nearest neighbors" (the distance between
normalised features); Ramaswamy, Rastogi and Shim 2000 (the distance between inputs); Bates et al. 2023, "Testing for
outliers with conformal p-values" (the share of held-out examples that are as far off bounds the false alarms).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.data.lengths import filled

NEAREST = 5
ALARMS = 0.02
"""Share of validation examples that would be flagged themselves."""
MOST_KNOWN = 1000
"""Training examples that are kept. Sun et al. (figure 4) lose little with one in a hundred."""
MOST_USUAL = 1000
"""Validation examples by which is told what is usual."""
MOST_VALUES = 1024
"""Of one example in one view; of more, neighbouring ones are averaged."""
MOST_BYTES = 4 * 2**20
"""Of the training examples kept in one view."""
FEWEST = 10
"""Validation examples below which nothing is said."""
Views = Mapping[str, Floats]
"""One example a row, by "inputs" and "features"."""


@dataclass(frozen=True, eq=False)
class View:
    """Training examples in one space, and how far validation examples lie from them."""

    known: NDArray[np.float16]
    """(n, values)"""
    usual: Floats
    """(m,) distances of the validation examples."""
    own: Floats
    """(n,) distances of the known examples to the others: where few are left for validation, chance has less play."""

    def distances(self, values: Floats, are_known: bool = False) -> Floats:
        """(n,) Euclidean distances to the NEAREST-th nearest known example. are_known: none is its own neighbour."""
        known = self.known.astype(np.float32)
        lengths = (known * known).sum(1)
        found = np.empty(len(values), np.float32)
        at_once = max(1, 8_000_000 // len(known))
        nearest = min(NEAREST + are_known, len(known))
        for begin in range(0, len(values), at_once):
            some = values[begin : begin + at_once].astype(np.float32)
            squares = (some * some).sum(1)[:, None] + lengths - 2 * some @ known.T
            found[begin : begin + at_once] = np.partition(squares, nearest - 1, axis=1)[:, nearest - 1]
        return np.sqrt(np.maximum(found, 0.0))

    def rank(self, distances: Floats) -> NDArray[np.float64]:
        """(n,) share of the validation examples that lie nearer, or of the known ones if that is less."""
        shares = [np.searchsorted(np.sort(each), distances, "left") / len(each) for each in (self.usual, self.own)]
        return np.minimum(*shares)


@dataclass(frozen=True, eq=False)
class Familiarity:
    """All views of a trained network's data."""

    views: Mapping[str, View]

    def farness(self, views: Views) -> dict[str, NDArray[np.float64]]:
        """Of each view that is known the share of examples that lie nearer, (n,) from 0 to 1; see View.rank."""
        return {name: view.rank(view.distances(views[name])) for name, view in self.views.items() if name in views}

    def are_strange(self, farness: Mapping[str, NDArray[np.float64]]) -> NDArray[np.bool_]:
        """(n,) whether an example lies farther off than all but ALARMS of the others, in some view.

        By p = (1 + #{validation examples at least as far}) / (m + 1); with fewer than 1 / ALARMS of them it must be
        farther than all.
        """
        if not farness:
            return np.zeros(0, np.bool_)
        farthest = np.max(np.stack(list(farness.values())), axis=0)
        own = np.max(np.stack([self.views[name].rank(self.views[name].usual) for name in farness]), axis=0)
        at_least = len(own) - np.searchsorted(np.sort(own), farthest, "left")
        p = (1 + at_least) / (len(own) + 1)
        strange: NDArray[np.bool_] = (p <= max(ALARMS, 1 / (len(own) + 1))) & (farthest >= 1 - ALARMS)
        return strange


def familiarity(known: Views, usual: Views) -> Familiarity | None:
    """Of training and validation examples; None if there are too few to say anything.

    known, usual: the same views of both, an example a row.
    """
    count = min((len(values) for values in usual.values()), default=0)
    if count < FEWEST or min(len(values) for values in known.values()) <= NEAREST:
        return None
    views = {}
    for name, values in known.items():
        most = max(NEAREST + 1, min(len(values), MOST_BYTES // (2 * max(1, values.shape[1]))))
        kept = values[: min(most, MOST_KNOWN)]
        bare = View(kept.astype(np.float16), np.zeros(1, np.float32), np.zeros(1, np.float32))
        views[name] = View(bare.known, bare.distances(usual[name]), bare.distances(kept, are_known=True))
    return Familiarity(views)


def spread(count: int, most: int) -> NDArray[np.int64]:
    """Places of at most so many examples, as far apart in their order as can be."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64)) if count else np.zeros(0, np.int64)


def input_view(inputs: NDArray[Any]) -> Floats:
    """(n, values) of scaled inputs (n, *shape): the last sides averaged in blocks until few enough values are left."""
    values = filled(np.asarray(inputs, np.float32))
    while prod(values.shape[1:]) > MOST_VALUES and max(values.shape[1:]) > 1:
        sides = values.shape[2:] if values.ndim == 4 and max(values.shape[2:]) > 1 else values.shape[1:]
        values = _halved(values, values.ndim - len(sides) + int(np.argmax(sides)))
    return values.reshape(len(values), -1)


def _halved(values: Floats, axis: int) -> Floats:
    """Means of pairs of neighbours; a last one that is left over stands alone."""
    side = values.shape[axis]
    padded = values if side % 2 == 0 else np.concatenate([values, np.take(values, [side - 1], axis)], axis)
    shape = (*padded.shape[:axis], ceil(side / 2), 2, *padded.shape[axis + 1 :])
    halved: Floats = padded.reshape(shape).mean(axis + 1)
    return halved


def feature_view(features: NDArray[Any]) -> Floats:
    """(n, values) of what the last hidden layer gives, each of length 1, as Sun et al. have it."""
    values = input_view(features)
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    directions: Floats = (values / np.maximum(lengths, 1e-12)).astype(np.float32)
    return directions


def to_arrays(found: Familiarity) -> dict[str, NDArray[Any]]:
    """As plain arrays, for a file."""
    return {f"{name}/{part}": getattr(view, part) for name, view in found.views.items() for part in _PARTS}


_PARTS = ("known", "usual", "own")


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> Familiarity:
    """What to_arrays made. Raises ValueError if they do not fit together."""
    views = {}
    for name in ("inputs", "features"):
        parts = [arrays.get(f"{name}/{part}") for part in _PARTS]
        known, usual, own = parts
        if known is None or usual is None or own is None:
            continue
        whole = known.ndim == 2 and usual.ndim == own.ndim == 1 and len(own) == len(known)
        enough = whole and len(known) > NEAREST and len(usual) >= FEWEST and known.shape[1] > 0
        if not enough or not all(np.isfinite(part).all() for part in (known, usual, own)):
            raise ValueError(f"the {name} of known examples are damaged")
        views[name] = View(known.astype(np.float16), usual.astype(np.float32), own.astype(np.float32))
    if not views or len({len(view.usual) for view in views.values()}) != 1:
        raise ValueError("there are no known examples")
    return Familiarity(views)
