"""Training and validation examples as arrays beside written code: scaled as the network gets them.

The test part is left out: it is for the final exam. Knows numpy alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Examples
from playground.data.lengths import filled

MOST_BYTES = 2 * 2**30
"""Above it the examples are not written: whoever has so many has them already."""


def is_small(examples: Examples, rebuilds: bool, is_ragged: bool = False) -> bool:
    """Whether the examples are few enough to be written."""
    return sum(value.nbytes for value in arrays(examples, rebuilds, is_ragged).values()) <= MOST_BYTES


def arrays(examples: Examples, rebuilds: bool, is_ragged: bool = False) -> dict[str, NDArray[Any]]:
    """By name: train_inputs, train_targets, valid_inputs, valid_targets; and of scaled numbers target_shift and
    target_scale, each (columns,), so that target = scaled · scale + shift. A network that rebuilds its input needs
    no targets, and their scale is the inputs'. is_ragged: whether what fills up sequences stays NaN; else it is 0.
    """
    found: dict[str, NDArray[Any]] = {}
    for name, part in (("train", examples.train), ("valid", examples.valid)):
        found[f"{name}_inputs"] = part.inputs if is_ragged else filled(part.inputs)
        if not rebuilds:
            found[f"{name}_targets"] = part.targets
    scaler = examples.inputs if rebuilds else examples.targets
    if scaler is not None:
        sides = examples.dataset.inputs.shape[1:] if rebuilds else scaler.shift.shape[1:]
        for name, figures in (("target_shift", scaler.shift), ("target_scale", scaler.scale)):
            whole = np.broadcast_to(figures, (1, *sides))
            found[name] = whole.reshape(-1) if rebuilds else whole.reshape(-1, sides[-1])[0]
    return found


def writer(examples: Examples, rebuilds: bool, is_ragged: bool = False) -> Callable[[BinaryIO], None]:
    """Writes the .npz file."""

    def write(file: BinaryIO) -> None:
        np.savez_compressed(file, **arrays(examples, rebuilds, is_ragged))  # type: ignore[arg-type]

    return write
