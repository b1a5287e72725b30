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
from playground.exchange.scaling import of_answers, of_inputs, of_rebuilt

MOST_BYTES = 2 * 2**30
"""Above it the examples are not written: whoever has so many has them already."""


def is_small(examples: Examples, rebuilds: bool, is_ragged: bool = False) -> bool:
    """Whether the examples are few enough to be written."""
    return sum(value.nbytes for value in arrays(examples, rebuilds, is_ragged).values()) <= MOST_BYTES


def arrays(examples: Examples, rebuilds: bool, is_ragged: bool = False) -> dict[str, NDArray[Any]]:
    """By name: train_inputs, train_targets, valid_inputs, valid_targets; input_shift and input_scale, with as many
    sides as an example, so that input = (own − shift) / scale, and input_names where columns have names; and of scaled
    numbers target_shift and target_scale, each (columns,), so that target = scaled · scale + shift. A network that
    rebuilds its input needs no targets, and their scale is the inputs'. is_ragged: whether what fills up sequences
    stays NaN; else it is 0.
    """
    found: dict[str, NDArray[Any]] = {}
    for name, part in (("train", examples.train), ("valid", examples.valid)):
        found[f"{name}_inputs"] = part.inputs if is_ragged else filled(part.inputs)
        if not rebuilds:
            found[f"{name}_targets"] = part.targets
    taken, given = of_inputs(examples), of_rebuilt(examples) if rebuilds else of_answers(examples)
    found |= {"input_shift": taken.shift[0], "input_scale": taken.scale[0]}
    if taken.columns:
        found["input_names"] = np.array(taken.columns)
    if given is not None:
        found |= {"target_shift": given.shift, "target_scale": given.scale}
    return found


def writer(examples: Examples, rebuilds: bool, is_ragged: bool = False) -> Callable[[BinaryIO], None]:
    """Writes the .npz file."""

    def write(file: BinaryIO) -> None:
        np.savez_compressed(file, **arrays(examples, rebuilds, is_ragged))  # type: ignore[arg-type]

    return write
