"""What must be known of the training data to read other files in the very same way, and of what was seen in them.

Plain values, kept as JSON with a trained project, so that it answers where its data are not. How files are read by
it: fresh.py. Knows no files itself.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, model_validator

from playground.data.dataset import DataChoice, Dataset, Examples, Kind, Scaler
from playground.data.preparing import Preparation, PreparedColumn
from playground.data.vocabulary import END, UNKNOWN
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


def intake_of(examples: Examples, choice: DataChoice) -> Intake:
    """What a project keeps of its data. examples: as they are trained on; choice: by which they were read."""
    dataset = examples.dataset
    preparation, seen = _table(examples)
    return Intake(
        data=dataset.title,
        kind=dataset.kind,
        task=dataset.task,
        shape=dataset.inputs.shape[1:],
        classes=dataset.class_names,
        features=dataset.feature_names if dataset.kind in ("text", "sequence") else (),
        targets=() if dataset.task == "classes" else _target_names(dataset, examples.is_rebuilding),
        inputs=shifting(examples.inputs),
        outputs=shifting(examples.targets) if examples.targets is not None else None,
        preparation=preparation,
        seen=seen,
        engineered=examples.features,
        pictures=_pictures(examples, choice) if dataset.kind == "image" else None,
        windows=Windows(channel=dataset.forecast.channel, horizon=dataset.forecast.horizon)
        if dataset.forecast is not None
        else None,
        writing=_writing(dataset, choice) if dataset.kind == "text" else None,
        rebuilds=examples.is_rebuilding,
    )


def _target_names(dataset: Dataset, is_rebuilding: bool) -> tuple[str, ...]:
    if is_rebuilding:
        return ()
    named = tuple(column.name for column in dataset.columns if column.role == "target")
    count = int(dataset.targets.shape[-1])
    if dataset.forecast is not None and dataset.feature_names:
        channel = dataset.feature_names[dataset.forecast.channel]
        return (channel,) if count == 1 else tuple(f"{channel}, {step + 1} ahead" for step in range(count))
    usual = ("value",) if count == 1 else tuple(f"value {number + 1}" for number in range(count))
    return named if len(named) == count else usual


# Tables


def _table(examples: Examples) -> tuple[Preparation | None, tuple[SeenColumn, ...]]:
    """How columns become inputs, and what was in them. Tables that came without a file are given a preparation too."""
    dataset, train = examples.dataset, examples.train.rows
    if dataset.kind not in ("table", "points"):
        return None, ()
    if dataset.preparation is not None and dataset.table is not None:
        taught = dataset.table.at(train)
        return dataset.preparation, tuple(
            _seen(taught.by_name[each.name], each) for each in dataset.preparation.columns
        )
    values = np.asarray(dataset.inputs if dataset.plane is None else dataset.plane)[train].astype(np.float64)
    names = ("x", "y") if dataset.plane is not None else dataset.feature_names
    if len(names) != values.shape[1]:
        names = tuple(f"column {number + 1}" for number in range(values.shape[1]))
    columns = tuple(
        PreparedColumn(name=name, encoding="number", fill=float(np.median(column)), shift=(0.0,), scale=(1.0,))
        for name, column in zip(names, values.T, strict=True)
    )
    seen = tuple(
        SeenColumn(name=name, low=float(column.min()), high=float(column.max()))
        for name, column in zip(names, values.T, strict=True)
    )
    return Preparation(columns=columns), seen


def _seen(column: object, how: PreparedColumn) -> SeenColumn:
    from playground.data.table import Column

    assert isinstance(column, Column)
    if how.encoding in ("categories", "yes/no"):
        spelled = column.spelled()
        present, counts = np.unique(spelled.values[~spelled.gaps], return_counts=True)
        if len(present) > MOST_SEEN or (counts == 1).sum() > MOST_NEW * max(1, counts.sum()):
            return SeenColumn(name=how.name)
        return SeenColumn(name=how.name, words=tuple(spelled.words[place][:1000] for place in present))
    known = column.counted(".", "") if how.encoding == "number" else column.dated(how.format)
    values = known.values[~known.gaps]
    if not len(values):
        return SeenColumn(name=how.name)
    return SeenColumn(name=how.name, low=float(values.min()), high=float(values.max()))


# Images and text


def _pictures(examples: Examples, choice: DataChoice) -> Pictures:
    """Bytes are what files hold; other values are thought to reach from black to white."""
    raw = examples.dataset.inputs
    from playground.data.strokes import figures_of

    resize = choice.images.resize if choice.images is not None else "crop"
    some = raw[examples.train.rows[:2000]]
    black, white = 0.0, 255.0
    if raw.dtype != np.uint8:
        low, high = float(some.min()), float(some.max())
        black, white = min(low, 0.0), 255.0 if 16 < high <= 255 else high
        white = white if white > black else black + 1.0
    figures = figures_of(some, black, white) if some.ndim == 4 else None
    return Pictures(resize=resize, black=black, white=white, figures=figures)


def _writing(dataset: Dataset, choice: DataChoice) -> Writing:
    symbols = [name for name in dataset.feature_names if name not in ("", UNKNOWN, END)]
    mode: Literal["classify", "continue", "answer"] = "classify"
    if dataset.targets.ndim > 1:
        mode = "continue" if _says_what_comes_next(dataset.inputs, dataset.targets) else "answer"
    lower = choice.text.lower if choice.text is not None else None
    return Writing(
        unit="words" if any(len(name) > 1 for name in symbols) else "characters",
        lower=not any(name != name.lower() for name in symbols) if lower is None else lower,
        mode=mode,
        lines=dataset.kind == "text" and len(dataset.inputs) > 0 and _are_lines(choice.source),
    )


def _says_what_comes_next(inputs: NDArray[np.float32], targets: NDArray[np.generic]) -> bool:
    some = slice(0, 50)
    return inputs.shape == targets.shape and np.array_equal(np.asarray(inputs[some])[:, 1:], targets[some][:, :-1])


def _are_lines(source: str) -> bool:
    """Whether the folder held a file a class with an example a line, and not a text a file."""
    from pathlib import Path

    try:
        folder = Path(source).expanduser()
        return folder.is_dir() and any(each.suffix.lower() == ".txt" for each in folder.iterdir())
    except (OSError, RuntimeError):
        return False
