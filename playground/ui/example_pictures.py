"""One example as a picture or as words, in the form that suits its kind."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from playground.data.dataset import Dataset
from playground.ui.drawing import curve_image, example_image, marked, plane_image


class ExamplePictures:
    """Of one data set."""

    def __init__(self, dataset: Dataset, side: int) -> None:
        self._dataset, self._side = dataset, side
        self._plane = plane_image(dataset.plane, side) if dataset.plane is not None else None
        self._reach = 1.0
        if dataset.kind == "sequence":
            self._reach = float(np.abs(dataset.inputs[:1000]).max(initial=0.0)) or 1.0

    def of(self, row: int) -> QImage:
        """Its picture; an empty one where it has none (tables, text)."""
        dataset = self._dataset
        if self._plane is not None:
            return marked(self._plane[0], self._plane[1][row])
        values = np.asarray(dataset.inputs[row])
        if dataset.kind == "image":
            return example_image(values)
        if values.ndim >= 4:  # a film: its first image
            return example_image(values[0])
        if dataset.kind == "sequence":
            curves = values.reshape(len(values), -1).T
            if dataset.lengths is not None:
                curves = curves[:, -int(dataset.lengths[row]) :]
            return curve_image(curves, self._reach, self._side)
        return QImage()


def has_pictures(dataset: Dataset) -> bool:
    """Whether its examples are pictures, curves or points."""
    return dataset.kind in ("image", "sequence", "points")


def cells(dataset: Dataset, row: int) -> list[tuple[str, str]]:
    """Names and values of an example, as they stand in the file where there is one; of text the text itself."""
    if dataset.kind == "text":
        return [("text", _spelled(dataset, row))]
    if dataset.table is not None:
        return [(column.name, column.cell(row)) for column in dataset.table.columns if not column.clipped]
    values = np.ravel(dataset.plane[row] if dataset.plane is not None else dataset.inputs[row])
    names = ("x", "y") if dataset.plane is not None else dataset.feature_names
    if len(names) != len(values):
        names = tuple(str(number) for number in range(len(values)))
    return [(name, f"{float(value):.5g}") for name, value in zip(names, values, strict=True)]


def _spelled(dataset: Dataset, row: int) -> str:
    """The symbols of a text; words with blanks between."""
    codes = np.asarray(dataset.inputs[row]).astype(int)
    if dataset.lengths is not None:
        codes = codes[-int(dataset.lengths[row]) :]
    names = [dataset.feature_names[code] for code in codes if code < len(dataset.feature_names)]
    return (" " if any(len(name) > 1 for name in names[:200]) else "").join(names)
