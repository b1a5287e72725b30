"""What a run leaves behind for the history: its weights, and its answers on the validation part, as bytes.

Taken on the training thread as copies, turned into safetensors elsewhere. Knows no torch at import, and no SQLite.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from playground.engine.train import Training

Arrays = Mapping[str, NDArray[Any]]
MOST_WEIGHTS = 64 * 2**20
"""Bytes of one run's weights, best and last together, up to which they are kept."""
MOST_ANSWERS = 4 * 2**20
"""Bytes of one run's answers, compressed, up to which they are kept."""
MOST_UNPACKED = 64 * 2**20
SLOW = 2.0
"""Seconds an epoch takes where an unfinished run is not asked for its answers, for somebody waits."""


@dataclass(frozen=True, eq=False)
class Learned:
    """Copies of what a run has learned; either may be empty where it would be too much.

    weights: by "last/<layer>.<name>", and "best/…" where those of the best epoch were kept and are others.
    answers: "predicted" and "truth" of the validation part, an example a row, in the order of the split.
    """

    weights: Arrays
    answers: Arrays


def take(training: Training, is_over: bool = True) -> Learned:
    """Look at a run between two steps. is_over: whether it has ended, and so knows its answers already."""
    quick = is_over or training.seconds < SLOW * max(training.epoch, 1)
    return Learned(_weights(training), _answers(training) if quick else {})


def _weights(training: Training) -> dict[str, NDArray[Any]]:
    from playground.engine.weights import arrays

    own = training.network.state_dict()
    size = sum(value.numel() * value.element_size() for value in own.values())
    last, best = training.last or own, training.best
    if training.best_epoch == training.epoch and not training.batch:
        best = {}  # the last are the best
    if size * (2 if best else 1) > MOST_WEIGHTS:
        return {}
    groups = {"last": arrays(last), "best": arrays(best)}
    return {f"{group}/{name}": value for group, members in groups.items() for name, value in members.items()}


def _answers(training: Training) -> dict[str, NDArray[Any]]:
    examples, targets = training.examples, training.examples.valid.targets
    if targets.nbytes > MOST_UNPACKED // 2:
        return {}
    predicted = training.predict("valid")
    if examples.targets is None:
        return {"predicted": _narrow(predicted), "truth": _narrow(targets)}
    scaled = targets.astype(np.float32)
    truth = examples.targets.undo(scaled.reshape(len(scaled), -1) if examples.is_rebuilding else scaled)
    return {"predicted": predicted.astype(np.float32), "truth": truth}


def _narrow(classes: NDArray[Any]) -> NDArray[Any]:
    """In the fewest bytes that hold every class."""
    most = int(classes.max(initial=0))
    return classes.astype(np.uint8 if most < 2**8 else np.uint16 if most < 2**16 else np.int64)


def weights_bytes(learned: Learned) -> bytes | None:
    """As safetensors; None if there are none to keep."""
    return _packed(learned.weights) if learned.weights else None


def answers_bytes(learned: Learned) -> bytes | None:
    """As compressed safetensors; None if there are none, or too many."""
    packed = zlib.compress(_packed(learned.answers), 6) if learned.answers else b""
    return packed if 0 < len(packed) <= MOST_ANSWERS else None


def _packed(arrays: Arrays) -> bytes:
    from safetensors.numpy import save

    packed: bytes = save({name: np.ascontiguousarray(value) for name, value in arrays.items()})
    return packed


def read_weights(content: bytes) -> dict[str, NDArray[Any]]:
    """What weights_bytes made. Raises ValueError if it is damaged."""
    return _unpacked(content)


def read_answers(content: bytes) -> dict[str, NDArray[Any]]:
    """What answers_bytes made. Raises ValueError if it is damaged, or unpacks to more than was ever packed."""
    unpacking = zlib.decompressobj()
    try:
        unpacked = unpacking.decompress(content, MOST_UNPACKED)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    found = _unpacked(unpacked) if unpacking.eof else {}
    if set(found) != {"predicted", "truth"} or found["predicted"].shape != found["truth"].shape:
        raise ValueError("Predictions and truth do not belong together.")
    return found


def _unpacked(content: bytes) -> dict[str, NDArray[Any]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        found: dict[str, NDArray[Any]] = load(content)
    except (SafetensorError, TypeError, KeyError) as error:
        raise ValueError(str(error)) from error
    return found
