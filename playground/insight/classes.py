"""Which classes are taken for which."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.engine import measures
from playground.engine.train import PartName, Training


def confusion(training: Training, part: PartName = "valid") -> NDArray[np.int64] | None:
    """Counts (classes, classes): row the truth, column the answer; None when numbers are predicted."""
    if training.examples.targets is not None:
        return None
    truth = getattr(training.examples, part).targets
    return measures.confusion(truth, training.predict(part), len(training.examples.dataset.class_names))
