"""The Intake of data that were learned from: what was read how, scaled by what, and seen in which column."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import DataChoice, Dataset, Examples, Scaler
from playground.data.intake import MOST_NEW, MOST_SEEN, Intake, Pictures, SeenColumn, Windows, Writing, shifting
from playground.data.placing import figures_of
from playground.data.preparing import Preparation, PreparedColumn
from playground.data.table import Column, plain
from playground.data.vocabulary import END, UNKNOWN

MOST_ROWS = 20_000
"""Training rows among which the most usual one is looked for."""


def intake_of(examples: Examples, choice: DataChoice, rebuilds: bool = False) -> Intake:
    """What a project keeps of its data. choice: by which they were read; rebuilds: whether the network answers with its
    input, whatever the data's targets are.
    """
    dataset, rebuilds = examples.dataset, rebuilds or examples.is_rebuilding
    scaler = _of_every_value(examples) if rebuilds else examples.targets
    preparation, seen = _table(examples)
    return Intake(
        data=dataset.title,
        kind=dataset.kind,
        task="numbers" if rebuilds else dataset.task,
        shape=dataset.inputs.shape[1:],
        classes=() if rebuilds else dataset.class_names,
        features=dataset.feature_names if dataset.kind in ("text", "sequence") else (),
        targets=() if rebuilds or dataset.task == "classes" else target_names(dataset),
        inputs=shifting(examples.inputs),
        outputs=shifting(scaler) if scaler is not None else None,
        preparation=preparation,
        seen=seen,
        engineered=examples.features,
        pictures=_pictures(examples, choice) if dataset.kind == "image" else None,
        windows=Windows(channel=dataset.forecast.channel, horizon=dataset.forecast.horizon)
        if dataset.forecast is not None
        else None,
        writing=_writing(dataset, choice) if dataset.kind == "text" else None,
        rebuilds=rebuilds,
    )


def _of_every_value(examples: Examples) -> Scaler:
    """The inputs' scaler for inputs laid out flat, as split.rebuilding makes it."""
    sides = (1, *examples.dataset.inputs.shape[1:])
    shift, scale = (
        np.broadcast_to(figures, sides).reshape(1, -1) for figures in (examples.inputs.shift, examples.inputs.scale)
    )
    return Scaler(shift, scale)


def target_names(dataset: Dataset) -> tuple[str, ...]:
    """What each of the numbers that are predicted is called."""
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
        taught, usual = dataset.table.at(train), most_usual(examples.train.inputs)
        return dataset.preparation, tuple(
            _seen(taught.by_name[each.name], each).model_copy(
                update={"usual": taught.by_name[each.name].cell(usual)[:1000]}
            )
            for each in dataset.preparation.columns
        )
    values = np.asarray(dataset.inputs if dataset.plane is None else dataset.plane)[train].astype(np.float64)
    names = ("x", "y") if dataset.plane is not None else dataset.feature_names
    if len(names) != values.shape[1]:
        names = tuple(f"column {number + 1}" for number in range(values.shape[1]))
    columns = tuple(
        PreparedColumn(name=name, encoding="number", fill=float(np.median(column)), shift=(0.0,), scale=(1.0,))
        for name, column in zip(names, values.T, strict=True)
    )
    usual = most_usual(examples.train.inputs)
    seen = tuple(
        SeenColumn(
            name=name, low=float(column.min()), high=float(column.max()), usual=plain(float(f"{column[usual]:.5g}"))
        )
        for name, column in zip(names, values.T, strict=True)
    )
    return Preparation(columns=columns), seen


def most_usual(inputs: NDArray[np.float32]) -> int:
    """Which of scaled inputs (n, columns) is nearest to the median of each: one that there is, where the medians taken
    together may be like none.
    """
    some = np.asarray(inputs[:MOST_ROWS], np.float64)
    return int(((some - np.median(some, axis=0)) ** 2).sum(axis=1).argmin())


def _seen(column: Column, how: PreparedColumn) -> SeenColumn:
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
    resize = choice.images.resize if choice.images is not None else "crop"
    some = raw[examples.train.rows[:500]]
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
    try:
        folder = Path(source).expanduser()
        return folder.is_dir() and any(each.suffix.lower() == ".txt" for each in folder.iterdir())
    except (OSError, RuntimeError):
        return False
