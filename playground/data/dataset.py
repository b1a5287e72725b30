"""Examples, and the choice of them: the values that every reader makes and every trainer takes.

Knows numpy, no torch and no files. Readers live beside this module; split.py divides and scales.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, SerializerFunctionWrapHandler, field_validator, model_serializer

from playground.data.choices import Corrections, DrawnPoints, ImageReading, LeftOut, SeriesReading, TextReading
from playground.data.reading import TableReading
from playground.layers.shape import Shape, Signature, Task

if TYPE_CHECKING:
    from playground.data.columns import Judged
    from playground.data.preparing import Preparation
    from playground.data.table import Table

Kind = Literal["points", "table", "image", "sequence", "text"]
Scaling = Literal["auto", "standard", "unit", "none"]
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]

ENGINEERED = ("x", "y", "x2", "y2", "xy", "sin x", "sin y")
"""Inputs that can be made by hand of a point: the lecture's feature engineering."""


class DataChoice(BaseModel, frozen=True, extra="forbid"):
    """Which data, and how they are divided. Part of the project; the data themselves are read from it."""

    source: str = Field("spiral", max_length=4096, title="Data", description="A data set's name, or a path.")
    target: str | None = Field(None, max_length=1000, title="Target", description="The column to predict.")
    noise: int = Field(0, ge=0, le=50, title="Noise", description="Percent, for the 2-D sets.")
    features: tuple[str, ...] = Field(("x", "y"), max_length=7, title="Inputs", description="For the 2-D sets.")
    samples: int | None = Field(
        None, ge=10, le=200_000, title="Examples", description="How many to generate; empty for the set's own number."
    )
    steps: int | None = Field(None, ge=2, le=1000, title="Length", description="Steps of a generated sequence.")
    valid: float = Field(0.15, gt=0, lt=0.9, title="Validation", description="Share kept to choose models.")
    test: float = Field(0.15, gt=0, lt=0.9, title="Test", description="Share kept for the final exam.")
    seed: int = Field(0, ge=0, le=2**31 - 1, title="Seed", description="Of generating and splitting.")
    distinct: bool = Field(
        False, title="No duplicates", description="Of examples with the same inputs only the first is used."
    )
    scaling: Scaling = Field("auto", title="Scaling", description="Fitted on the training part alone.")
    table: TableReading | None = Field(
        None, title="Table", description="How a table is read, where that is not left to be found out."
    )
    images: ImageReading | None = Field(None, title="Images", description="How image files are read.")
    series: SeriesReading | None = Field(None, title="Series", description="Read a table as one series, to forecast.")
    text: TextReading | None = Field(None, title="Text", description="How text files are read.")
    corrections: Corrections | None = Field(None, title="Corrections", description="Labels and examples put right.")
    variation: int | None = Field(
        None, ge=0, le=100, title="Variation", description="Percent: how differently made images are drawn; empty: 50."
    )
    drawn: DrawnPoints | None = Field(None, title="Drawn points", description="Points of the plane drawn by hand.")
    train_on: int | None = Field(
        None, ge=1, le=100_000_000, title="Learn from", description="So many training examples alone; empty: all."
    )
    imbalance: float = Field(
        1.0,
        ge=1,
        le=1000,
        title="Uneven classes",
        description="On purpose: of the first class all training examples, of the last 1 in so many. 1: as they are.",
    )
    label_noise: float = Field(
        0.0, ge=0, le=0.9, title="Wrong labels", description="On purpose: this share of the training labels is flipped."
    )

    @property
    def is_scarce(self) -> bool:
        """Whether training is made harder on purpose."""
        return any(getattr(self, name) != usual for name, usual in SCARCE.items())

    @field_validator("train_on", mode="before")
    @classmethod
    def _all(cls, said: object) -> object:
        """On the command line all of them are asked for in words."""
        return None if said in ("", "all", "none") else said

    @field_validator("table", mode="before")
    @classmethod
    def _as_typed(cls, said: object) -> object:
        """On the command line it is typed as JSON."""
        if not isinstance(said, str):
            return said
        try:
            return json.loads(said)
        except (ValueError, RecursionError) as error:
            raise ValueError('it is written as JSON, such as {"decimal": ","}') from error

    @model_serializer(mode="wrap")
    def _without_what_is_not_asked(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Projects that read no files of their own are written as they always were."""
        values: dict[str, Any] = handler(self)
        asked = {name: value for name, value in values.items() if value is not None or name not in SELDOM}
        return {name: value for name, value in asked.items() if name not in SCARCE or value != SCARCE[name]}


READINGS = frozenset({"images", "series", "text", "table", "corrections"})
"""How a person wants these very data to be read: of no use for other data."""
SELDOM = READINGS | {"variation", "drawn"}
"""Fields of a DataChoice that are written only where they are set."""
SCARCE = {"train_on": None, "imbalance": 1.0, "label_noise": 0.0}
"""The same of the training part, with what stands for: as it is. What is done is in scarcity.py."""


@dataclass(frozen=True)
class Forecast:
    """That the targets are what a channel of the inputs will be."""

    channel: int
    """The channel that is predicted, from 0."""
    horizon: int
    """How many steps after the last one seen are predicted."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Examples as they came, before splitting and scaling."""

    name: str
    """As in `playground datasets`, or the path's last part."""
    title: str
    kind: Kind
    inputs: NDArray[Any]
    """(n, *shape): vectors (n, units), sequences (n, steps, features), images (n, channels, height, width), text
    (n, steps) as whole numbers from 0. Large sets of images are bytes, and may lie in a file."""
    targets: Ints | Floats
    """Classes: (n,) whole numbers from 0, or (n, steps). Numbers: (n, columns), or (n, steps, columns)."""
    task: Task
    class_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    about: str = ""
    """One or two sentences: what an example is, and where the data come from."""
    test_from: int | None = None
    """Where the publisher's own test examples begin, if there are any; they stay the test part."""
    plane: Floats | None = None
    """(n, 2) raw coordinates of 2-D points, from which the engineered inputs were made."""
    notes: tuple[str, ...] = ()
    """What a person should know: rows left out, values filled in."""
    left_out: tuple[LeftOut, ...] = ()
    """Files that could not be read, each with the reason."""
    forecast: Forecast | None = None
    """Where the targets are what comes after the inputs."""
    gap: int | None = None
    """Where examples stand in the order of time, and are divided in it: how many between two parts are left out, so
    that none shares a moment with another part. None: their order means nothing."""
    before_corrections: Ints | Floats | None = None
    """The targets as they came, where labels were corrected: places in the class names as they came."""
    classes_as_came: tuple[str, ...] = ()
    """Their names then: a class of which corrections leave no example is no class any more."""
    origins: Sequence[str] = ()
    """Where each example comes from, such as its file in the folder; empty where there is nothing to tell."""
    file_rows: Ints | None = None
    """(n,) which row of its file each example is, as a spreadsheet counts, the header included, or (n, 2) from which to
    which it reaches; None where examples are no rows of a file. Rows left out and the division do not change it."""
    lengths: Ints | None = None
    """(n,) how many steps at the end of a sequence are its own; what fills it up before is NaN in the parts, see
    lengths.py. None: all are."""
    lots: Floats | None = None
    """(n,) from 0 to 1: by these an example's part is chosen, whatever the others are."""
    groups: Ints | None = None
    """(n,) whose example it is: all of one group stay in one part."""
    times: NDArray[np.float64] | None = None
    """(n,) when it was: the earliest train, the latest are the test part."""
    table: Table | None = None
    """The columns that the inputs are made of, with gaps and words, where the data are a table from a file."""
    columns: tuple[Judged, ...] = ()
    """What is done with each column of that file, those left out too."""
    preparation: Preparation | None = None
    """How `inputs` were made of the table, by figures of the rows `fitted_to`; preparing.fitted makes them anew."""
    fitted_for: DataChoice | None = None
    fitted_to: Ints | None = None

    def holds_same(self, other: Dataset) -> bool:
        """Whether both have the same examples, however their inputs are prepared."""
        if self.table is not None and other.table is not None:
            return self.table.holds_same(other.table)
        return np.array_equal(self.inputs, other.inputs)

    def place(self, row: int) -> str:
        """Where in the person's files an example is, to be found there; empty where that is not known."""
        if self.file_rows is not None:
            first, *last = (f"{each:,}" for each in np.atleast_1d(self.file_rows[row]))
            return f"rows {first} to {last[0]} of {self.name}" if last else f"row {first} of {self.name}"
        return self.origins[row] if len(self.origins) else ""

    @property
    def targets_as_came(self) -> Ints | Floats:
        """By these the parts are made, so that no correction moves an example from one to another."""
        return self.targets if self.before_corrections is None else self.before_corrections

    @property
    def signature(self) -> Signature:
        outputs = len(self.class_names) if self.task == "classes" else self.targets.shape[-1]
        steps = self.targets.shape[1] if self.targets.ndim == (2 if self.task == "classes" else 3) else None
        symbols = len(self.feature_names) if self.kind == "text" else None
        fewest = None if self.lengths is None else int(self.lengths.min())
        return Signature(Shape(tuple(self.inputs.shape[1:])), outputs, self.task, steps, symbols, fewest)


@dataclass(frozen=True, eq=False)
class Part:
    """One part of the split, ready for training: scaled inputs, scaled targets."""

    inputs: NDArray[Any]
    """32-bit numbers; of a large set of images a streamed.Streamed, which is asked like an array."""
    targets: Ints | Floats
    rows: Ints
    """Which examples of the Dataset these are."""

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, eq=False)
class Scaler:
    """x -> (x - shift) / scale, with figures taken from the training part alone."""

    shift: Floats
    scale: Floats

    def apply(self, values: NDArray[Any]) -> Floats:
        scaled: Floats = np.subtract(values, self.shift, dtype=np.float32)
        scaled /= self.scale
        return scaled

    def undo(self, values: Floats) -> Floats:
        return (values * self.scale + self.shift).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Examples:
    """A data set divided and scaled: what a run trains on and a baseline is fitted to."""

    dataset: Dataset
    train: Part
    valid: Part
    test: Part
    inputs: Scaler
    targets: Scaler | None
    """Only for numbers: the network predicts scaled targets; rmse and mae are told in the data's own units."""
    features: tuple[str, ...] = field(default=())
    """For 2-D points: the engineered inputs, in order; see points.engineer."""

    is_rebuilding: bool = False
    """Whether the targets are the inputs themselves, for an autoencoder."""

    preparation: Preparation | None = None
    """Of a table from a file: how inputs are made, here and of new rows."""

    unused: Ints = field(default_factory=lambda: np.arange(0))
    """Rows of the training part that are not learned from, since a person wants to know how far fewer lead."""

    scarcity: tuple[str, ...] = ()
    """What was made scarce or wrong on purpose, in sentences that belong beside every score."""

    @property
    def signature(self) -> Signature:
        return self.dataset.signature

    @property
    def nbytes(self) -> int:
        """Of the inputs and targets of its parts."""
        return sum(part.inputs.nbytes + part.targets.nbytes for part in (self.train, self.valid, self.test))


class DataProblem(Exception):
    """Data that cannot be used: one sentence for a person, with a way out."""
