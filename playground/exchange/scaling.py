"""What leads from the data's own units to what a network takes, and from its answers back: figures to be written down.

Knows numpy alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Examples, Scaler
from playground.data.intake_from import target_names


@dataclass(frozen=True, eq=False)
class Scaling:
    """scaled = (own − shift) / scale."""

    shift: NDArray[Any]
    scale: NDArray[Any]
    columns: tuple[str, ...] = ()
    """What the values of an example's last side are called; empty where they have no names."""


def of_inputs(examples: Examples) -> Scaling:
    """Of the inputs; both figures (1, …), of as many sides as the inputs, 1 long where a figure is of all.

    A table's columns are those of its inputs: filled and counted out, as their names tell; in 64 bits, as they were
    scaled.
    """
    dataset, prepared = examples.dataset, examples.preparation
    names = examples.features or dataset.feature_names
    is_named = dataset.kind in ("table", "points", "sequence") and len(names) == dataset.inputs.shape[-1]
    columns = tuple(names) if is_named else ()
    if prepared is None:
        return Scaling(examples.inputs.shift, examples.inputs.scale, columns)
    shift = [figure for column in prepared.columns for figure in column.shift]
    scale = [figure for column in prepared.columns for figure in column.scale]
    return Scaling(np.array([shift], np.float64), np.array([scale], np.float64), columns)


def of_answers(examples: Examples) -> Scaling | None:
    """Of predicted numbers; both figures (columns,). None for classes."""
    if examples.targets is None:
        return None
    return Scaling(*_last_side(examples.targets), target_names(examples.dataset))


def of_rebuilt(examples: Examples) -> Scaling:
    """Of inputs that a network gives back laid out flat; both figures (values,)."""
    sides = (1, *examples.dataset.inputs.shape[1:])
    figures = (examples.inputs.shift, examples.inputs.scale)
    shift, scale = (np.broadcast_to(each, sides).reshape(-1) for each in figures)
    return Scaling(shift, scale)


def _last_side(scaler: Scaler) -> tuple[NDArray[Any], NDArray[Any]]:
    shift, scale = (each.reshape(-1, each.shape[-1])[0] for each in (scaler.shift, scaler.scale))
    return shift, scale
