"""Growing parts of the training examples, each within the next: what a learning curve is drawn over.

Knows numpy only. What is trained on them is said in learning_curve.py.
"""

from __future__ import annotations

import numpy as np

from playground.data.dataset import DataChoice, Dataset, Examples, Ints
from playground.data.scarcity import nested_order as in_order
from playground.data.split import assembled

FEWEST = 10
"""Examples that a part has at least."""
A_CLASS = 2
"""Examples of each class that a part has at least, as far as the classes are equally frequent."""
NARROWEST = 128
"""How many times smaller than the whole the smallest part is, at most."""


def sizes_of(examples: Examples, count: int = 8) -> tuple[int, ...]:
    """At most that many sizes, equally far apart as logarithms; the last is the whole training part.

    The smallest has A_CLASS examples a class on average, FEWEST in all, and one in NARROWEST of the whole.
    """
    whole, classes = len(examples.train), len(examples.dataset.class_names)
    least = min(whole, max(FEWEST, A_CLASS * classes, -(-whole // NARROWEST)))
    return tuple(int(size) for size in np.unique(np.geomspace(least, whole, max(1, count)).round().astype(np.int64)))


def nested_order(examples: Examples, seed: int) -> Ints:
    """(n,) the training rows in an order of which each beginning is a part; see data.scarcity.nested_order."""
    return in_order(examples.dataset, examples.train.rows, seed)


def subset(dataset: Dataset, choice: DataChoice, rows: Ints, valid: Ints) -> Examples:
    """Examples with those training rows, scaled by figures of theirs alone, and all validation rows; no test part."""
    chosen = choice.model_copy(update={"train_on": None, "imbalance": 1.0})  # it was chosen already
    return assembled(dataset, chosen, (rows, valid, rows[:0]))
