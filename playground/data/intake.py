"""What must be known of the training data to read other files in the very same way, and of what was seen in them.

Plain values, kept as JSON with a trained project, so that it answers where its data are not. Made by intake_from.py;
how files are read by it: fresh.py. Knows no files itself.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, Field, model_validator

from playground.data.dataset import Kind, Scaler
from playground.data.preparing import Preparation
from playground.layers.shape import Task

Number = Annotated[float, Field(allow_inf_nan=False)]
Name = Annotated[str, Field(max_length=1000)]
Words = Annotated[tuple[Name, ...], Field(max_length=200_000)]
MOST_SEEN = 1000
"""Categories of a column that are kept; of a column with more, a new one is not told."""
MOST_NEW = 0.01
"""Share of rows in which a new category is to be expected, up to which one is told. By Good 1953: categories that were
there once, over all rows.
"""
MOST_VALUES = 100_000_000


class Shifting(BaseModel, frozen=True, extra="forbid"):
    """A scaler's figures."""

    sides: Annotated[tuple[int, ...], Field(max_length=5)]
    """Of the arrays below."""
    shift: Annotated[tuple[Number, ...], Field(max_length=1_000_000)]
    scale: Annotated[tuple[Number, ...], Field(max_length=1_000_000)]

    @model_validator(mode="after")
    def _fits(self) -> Shifting:
        if min(self.sides, default=1) < 1 or not len(self.shift) == len(self.scale) == int(np.prod(self.sides)):
            raise ValueError("a scaler's figures do not fit its sides")
        return self

    def scaler(self) -> Scaler:
        """As it was in training."""
        shift, scale = (np.array(each, np.float32).reshape(self.sides) for each in (self.shift, self.scale))
        return Scaler(shift, scale)


def shifting(scaler: Scaler) -> Shifting:
    """A scaler as plain values."""
    shift, scale = np.broadcast_arrays(scaler.shift, scaler.scale)
    return Shifting(sides=shift.shape, shift=tuple(shift.ravel().tolist()), scale=tuple(scale.ravel().tolist()))


class SeenColumn(BaseModel, frozen=True, extra="forbid"):
    """What was in one column of the training part."""

    name: Name
    low: Number | None = None
    high: Number | None = None
    words: Words | None = None
    """All categories; None where new ones are to be expected, or the column holds numbers."""
    usual: Name | None = None
    """Its cell in the training row that is nearest to the middle of all: what a form begins with."""


class Figures(BaseModel, frozen=True, extra="forbid"):
    """How figures lie on a plain ground, as digits do."""

    share: float = Field(ge=0.1, le=1)
    """Of the image's side that the larger side of a figure takes."""
    is_dark: bool
    """Whether the ground is black and the ink white."""


class Pictures(BaseModel, frozen=True, extra="forbid"):
    """How image files become inputs."""

    resize: Literal["crop", "fit", "pad"] = "crop"
    black: Number = 0.0
    white: Number = 255.0
    """Values that stand for black and white."""
    figures: Figures | None = None
    """Where images are figures on a plain ground."""


class Windows(BaseModel, frozen=True, extra="forbid"):
    """How one long series becomes inputs."""

    channel: int = Field(ge=0)
    """The one that is forecast."""
    horizon: int = Field(ge=1)


class Writing(BaseModel, frozen=True, extra="forbid"):
    """How text becomes codes, the places of symbols in `Intake.features`."""

    unit: Literal["characters", "words"]
    lower: bool
    mode: Literal["classify", "continue", "answer"]
    """A class for each text; what comes next; or an answer for each step, as in translating."""
    lines: bool = False
    """Whether each line was an example of its own."""

    @property
    def joint(self) -> str:
        """What stands between two symbols."""
        return " " if self.unit == "words" else ""


class Intake(BaseModel, frozen=True, extra="forbid"):
    """How the training data were read and prepared."""

    data: Name
    """Title of the data."""
    kind: Kind
    task: Task
    shape: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1, max_length=4)]
    """Of one input."""
    classes: Words = ()
    features: Words = ()
    """Names of columns or channels; of text its symbols, by their codes."""
    targets: Words = ()
    """Names of the numbers that are predicted."""
    inputs: Shifting
    outputs: Shifting | None = None
    preparation: Preparation | None = None
    """Of a table."""
    seen: Annotated[tuple[SeenColumn, ...], Field(max_length=20_000)] = ()
    engineered: Annotated[tuple[Name, ...], Field(max_length=7)] = ()
    """Inputs made of x and y."""
    pictures: Pictures | None = None
    windows: Windows | None = None
    spread: Annotated[tuple[Number, ...], Field(max_length=1_000_000)] = ()
    """Of forecasts: how far off nine of ten of the validation part are at most, a value each; empty if not known."""
    writing: Writing | None = None
    rebuilds: bool = False

    @model_validator(mode="after")
    def _is_whole(self) -> Intake:
        if int(np.prod(self.shape, dtype=np.float64)) > MOST_VALUES:
            raise ValueError("an input of that shape is too large")
        needed = {"table": self.preparation, "points": self.preparation, "image": self.pictures, "text": self.writing}
        if self.kind in needed and needed[self.kind] is None:
            raise ValueError(f"it does not say how a {self.kind} is read")
        if (self.task == "classes") == (not self.classes) or (self.task == "numbers" and self.outputs is None):
            raise ValueError("it does not say what is answered")
        return self

    @property
    def answers_each_step(self) -> bool:
        """Whether text is written rather than one answer given."""
        return self.writing is not None and self.writing.mode != "classify"
