"""Raw columns become inputs: gaps filled, words counted out, numbers scaled, by figures of the training rows alone.

A Preparation is those figures: kept with a run, it makes inputs of other files by the columns' names. Knows no files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import pi
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from playground.data.cells import CLOCK
from playground.data.columns import YES, Judged, listed
from playground.data.dataset import DataChoice, DataProblem, Dataset, Floats, Ints, Scaler, Scaling
from playground.data.reading import AS_UNDERSTOOD, ColumnReading, ColumnScaling, TableReading
from playground.data.table import Column, Table

Figures = NDArray[np.float64]
Part = Literal["year", "season", "day"]
FEWEST_GAPS = 5
"""Training rows with a gap from which on an input of its own says where the gaps are."""
RAREST = 2
"""Training rows that a category needs to get an input of its own."""
DAY = 86_400.0
YEAR = 365.2425 * DAY
BLOCK = 16_384
"""Rows that are made inputs at a time, so that they stay near the processor."""
MOST_INPUTS = 400_000_000
"""Rows times inputs."""


class PreparedColumn(BaseModel, frozen=True, extra="forbid"):
    """How one column becomes inputs."""

    name: str
    encoding: Literal["number", "yes/no", "categories", "date"]
    words: tuple[str, ...] = ()
    """The categories that have an input each; of yes and no the word for yes."""
    fill: float = 0.0
    """What an empty number becomes; of a date, in seconds since 1970."""
    fill_word: str | None = None
    """The category that an empty cell becomes; None for no category."""
    other: bool = False
    """Whether all other words share an input. Without it they are zeros."""
    marked: bool = False
    """Whether an input says that the cell was empty."""
    parts: tuple[Part, ...] = ()
    """Of a date."""
    format: str = ""
    shift: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    """One a feature: (value − shift) / scale."""

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the inputs that it becomes."""
        name = self.name
        if self.encoding == "number":
            found = [name]
        elif self.encoding == "date":
            found = [f"{name} ({words})" for part in self.parts for words in _PARTS[part]]
        else:
            found = [f"{name} = {word}" for word in self.words] + ([f"{name}: other"] if self.other else [])
        return (*found, f"{name} is missing") if self.marked else tuple(found)

    def encode(self, column: Column) -> list[Figures]:
        """One array (n,) a feature, not scaled."""
        column = _stored(column, self)
        found = self._words(column) if column.storage == "words" else self._figures(column)
        return [*found, column.gaps.astype(np.float64)] if self.marked else found

    def _figures(self, column: Column) -> list[Figures]:
        filled = np.where(column.gaps, self.fill, column.values)
        return (
            [filled] if self.encoding == "number" else [each for part in self.parts for each in _parted(filled, part)]
        )

    def _words(self, column: Column) -> list[Figures]:
        if self.encoding == "yes/no":
            numbered = np.array([float(word.casefold() in YES) for word in column.words])
            gap = float(self.fill_word is not None and self.fill_word.casefold() in YES)
            return [np.append(numbered, gap)[column.values]]
        places = {word: place for place, word in enumerate(self.words)}
        rest = len(self.words)
        gap_place = places.get(self.fill_word, rest + 1) if self.fill_word is not None else rest + 1
        codes = np.array([*(places.get(word, rest) for word in column.words), gap_place])[column.values]
        return [(codes == place).astype(np.float64) for place in range(rest + self.other)]


_PARTS: dict[Part, tuple[str, ...]] = {
    "year": ("year",),
    "season": ("time of year, sin", "time of year, cos"),
    "day": ("time of day, sin", "time of day, cos"),
}


def _parted(seconds: Figures, part: Part) -> list[Figures]:
    """A date as figures: the year with its fraction; the times of year and of day as points on a circle, so that the
    31st of December lies beside the 1st of January. Years are mean ones, of 365.2425 days.
    """
    if part == "year":
        return [1970 + seconds / YEAR]
    turn = 2 * pi * ((seconds / (YEAR if part == "season" else DAY)) % 1)
    return [np.sin(turn), np.cos(turn)]


def _stored(column: Column, how: PreparedColumn) -> Column:
    """The column kept in memory as its encoding needs it; another file may have been understood otherwise."""
    if how.encoding == "number":
        return column.counted(".", "")
    return column.spelled().dated(how.format) if how.encoding == "date" and column.storage != "date" else (
        column if how.encoding == "date" else column.spelled()
    )  # fmt: skip


class Preparation(BaseModel, frozen=True, extra="forbid"):
    """All that was learned of the training rows to make inputs of a table: plain values, kept as JSON."""

    columns: tuple[PreparedColumn, ...]
    reading: TableReading = Field(default=AS_UNDERSTOOD)
    """How the file was read; other files are read in the same way."""

    @property
    def features(self) -> tuple[str, ...]:
        """A name for each input, in order."""
        return tuple(feature for column in self.columns for feature in column.features)

    def apply(self, table: Table) -> Floats:
        """Inputs (n, features) for the network, of the table it was fitted to or of another.

        Columns are found by name; those that are not needed are passed by. A category that was not there in training
        counts as “other”, or as none.
        Raises: DataProblem: If a column is missing, or a value is not finite.
        """
        found = self._encoded(table, is_scaled=True)
        if not np.isfinite(found).all():
            raise DataProblem(f"{table.name} has values that are too large to compute with. Remove those rows.")
        return found

    def in_own_units(self, table: Table) -> Floats:
        """The same before scaling: filled and counted out, in the data's units. Raises DataProblem."""
        return self._encoded(table, is_scaled=False)

    def scaler(self) -> Scaler:
        """What leads from in_own_units to apply."""
        shift = [each for column in self.columns for each in column.shift]
        scale = [each for column in self.columns for each in column.scale]
        with np.errstate(over="ignore"):
            return Scaler(np.array([shift], np.float64).astype(np.float32), np.array([scale]).astype(np.float32))

    def needed(self) -> TableReading:
        """The reading under which another file's columns are kept as this preparation needs them."""
        types: dict[str, Literal["number", "category", "date"]] = {"number": "number", "date": "date"}
        columns = tuple(
            ColumnReading(name=column.name, type=types.get(column.encoding, "category")) for column in self.columns
        )
        return self.reading.model_copy(update={"columns": columns})

    def _encoded(self, table: Table, is_scaled: bool) -> Floats:
        gone = [column.name for column in self.columns if column.name not in table.by_name]
        if gone:
            has = listed([column.name for column in table.columns])
            raise DataProblem(
                f"{table.name} has no column {_quoted(gone)}, which the network takes as an input. It has: {has}."
            )
        found = np.empty((table.rows, len(self.features)), np.float32)
        columns = [(how, _stored(table.by_name[how.name], how)) for how in self.columns]
        with np.errstate(over="ignore", invalid="ignore"):
            for begin in range(0, table.rows, BLOCK):
                block = slice(begin, begin + BLOCK)
                place = 0
                for how, column in columns:
                    encoded = how.encode(column.at(block))
                    for values, shift, scale in zip(encoded, how.shift, how.scale, strict=True):
                        found[block, place] = (values - shift) / scale if is_scaled else values
                        place += 1
        return found


def fitted(dataset: Dataset, choice: DataChoice, train: Ints) -> Dataset:
    """A table's data set with its inputs made by figures of these training rows; at once if they are already."""
    if dataset.table is None or (
        dataset.fitted_for == choice and dataset.fitted_to is not None and np.array_equal(dataset.fitted_to, train)
    ):
        return dataset
    preparation = fit(dataset.table, dataset.columns, train, choice.scaling, choice.table or AS_UNDERSTOOD)
    return replace(
        dataset,
        inputs=preparation.in_own_units(dataset.table),
        feature_names=preparation.features,
        preparation=preparation,
        fitted_for=choice,
        fitted_to=train,
    )


def _quoted(names: Sequence[str]) -> str:
    return " and ".join(f"“{name}”" for name in names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def fit(
    table: Table, columns: Sequence[Judged], train: Ints, scaling: Scaling, reading: TableReading = AS_UNDERSTOOD
) -> Preparation:
    """Figures of the training rows: fill values, categories, shifts and scales of the columns that are inputs.

    train: the rows of the training part. No other row has any influence.
    scaling: of number columns of which nothing else was said; “auto” is “standard”.
    """
    usual: ColumnScaling = "standard" if scaling == "auto" else scaling
    inputs = [column for column in columns if column.role == "input"]
    with np.errstate(over="ignore", invalid="ignore"):
        made = tuple(_fitted(table.by_name[each.name].at(train), each, each.scaling or usual) for each in inputs)
    preparation = Preparation(columns=made, reading=reading)
    if table.rows * len(preparation.features) > MOST_INPUTS:
        raise DataProblem(
            f"{table.name} would give {len(preparation.features):,} inputs for {table.rows:,} rows, which is too much "
            "for the memory. Leave columns out."
        )
    return preparation


def _fitted(column: Column, how: Judged, scaling: ColumnScaling) -> PreparedColumn:
    """One column's figures, of its training rows."""
    gaps = int(column.gaps.sum())
    marked = how.indicator if how.indicator is not None else gaps >= FEWEST_GAPS or (how.missing == "own" and gaps > 0)
    if how.type in ("category", "text", "id") or (column.storage == "words" and how.type not in ("date", "number")):
        return _fitted_words(column.spelled(), how, marked)
    encoding: Literal["date", "number"] = "date" if how.type == "date" else "number"
    rough = PreparedColumn(name=column.name, encoding=encoding, format=column.format)
    column = _stored(column, rough)
    known = column.values[~column.gaps]
    parts: tuple[Part, ...] = ()
    if encoding == "date":
        has_times = bool((known % DAY != 0).any())
        parts = ("day",) if column.format in CLOCK else ("year", "season", "day") if has_times else ("year", "season")
    made = rough.model_copy(update={"fill": _filling(known, how.missing), "marked": marked, "parts": parts})
    shift, scale = _scales(made.encode(column), scaling, marked)
    return made.model_copy(update={"shift": shift, "scale": scale})


def _fitted_words(column: Column, how: Judged, marked: bool) -> PreparedColumn:
    counts = np.bincount(column.values[~column.gaps], minlength=len(column.words))
    order = sorted(np.flatnonzero(counts), key=lambda place: (-counts[place], column.words[place]))
    most_frequent = column.words[order[0]] if order else None
    fill_word = most_frequent if how.missing != "own" else None
    if how.type == "yes/no" and all(word.casefold() in _YES_NO for word in column.words):
        yes = next((word for word in column.words if word.casefold() in YES), "yes")
        made = PreparedColumn(name=column.name, encoding="yes/no", words=(yes,), fill_word=fill_word, marked=marked)
    else:
        kept = [place for place in order[: how.kinds] if counts[place] >= RAREST] or order[: how.kinds]
        made = PreparedColumn(
            name=column.name, encoding="categories", words=tuple(column.words[place] for place in sorted(kept)),
            fill_word=fill_word, marked=marked, other=len(kept) < len(order),
        )  # fmt: skip
    count = len(made.features)
    return made.model_copy(update={"shift": (0.0,) * count, "scale": (1.0,) * count})


_YES_NO = YES | {"no", "false", "n", "f", "off", "nein", "non"}


def _filling(known: Figures, missing: str) -> float:
    if not len(known):
        return 0.0
    if missing == "mean":
        return float(known.mean())
    if missing == "most frequent":
        kinds, counts = np.unique(known, return_counts=True)
        return float(kinds[counts.argmax()])
    return float(np.median(known))


def _scales(
    features: Sequence[Figures], scaling: ColumnScaling, marked: bool
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """A shift and a scale a feature; the mark of gaps keeps its 0 and 1, a feature that never changes its scale."""
    figures = [_one_scale(values, scaling) for values in (features[:-1] if marked else features)]
    figures += [(0.0, 1.0)] * marked
    return tuple(shift for shift, _ in figures), tuple(scale for _, scale in figures)


def _one_scale(values: Figures, scaling: ColumnScaling) -> tuple[float, float]:
    if scaling == "none" or not len(values):
        return 0.0, 1.0
    if scaling == "unit":
        shift, scale = float(values.min()), float(values.max() - values.min())
    elif scaling == "robust":
        low, shift, high = (float(each) for each in np.percentile(values, (25, 50, 75)))
        scale = high - low
    else:
        shift, scale = float(values.mean()), float(values.std())
    return shift, scale if scale > 1e-12 * max(1.0, abs(shift)) else 1.0
