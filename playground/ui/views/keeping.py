"""Saving what a view shows: its picture as PNG or SVG, or on the clipboard; its numbers as CSV or .npy.

Knows Qt and numpy, nothing of networks.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QGuiApplication, QPainter, QPixmap
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from playground.ui.theme import theme_of

Numbers = dict[str, NDArray[np.generic]]


class KeepProblem(Exception):
    """It could not be saved: one sentence, with a way out."""


def drawn(widget: QWidget) -> QPixmap:
    """The widget's whole picture, on the panel's ground, at the screen's sharpness."""
    ratio = widget.devicePixelRatioF()
    made = QPixmap(QSize(widget.size()) * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(theme_of().color("panel"))
    widget.render(made, QPoint(), renderFlags=QWidget.RenderFlag.DrawChildren)
    return made


def copy_picture(widget: QWidget) -> None:
    """Put the picture on the clipboard."""
    QGuiApplication.clipboard().setPixmap(drawn(widget))


def save_picture(widget: QWidget, file: Path, title: str) -> None:
    """Write a PNG, or an SVG if the name ends so.

    Raises: KeepProblem: If it cannot be written.
    """
    if file.suffix.lower() != ".svg":
        if not drawn(widget).save(str(file), "PNG"):
            raise _unwritten(file)
        return
    generator = QSvgGenerator()
    generator.setFileName(str(file))
    generator.setSize(widget.size())
    generator.setViewBox(widget.rect())
    generator.setTitle(title)
    painter = QPainter()
    if not painter.begin(generator):
        raise _unwritten(file)
    painter.fillRect(widget.rect(), theme_of().color("panel"))
    widget.render(painter, QPoint(), renderFlags=QWidget.RenderFlag.DrawChildren)
    painter.end()


def save_numbers(numbers: Numbers, file: Path) -> list[Path]:
    """Write the arrays; the files written. .npy keeps each array as it is, anything else is a CSV of rows.

    Several arrays go into files beside each other, named "<file>-<name>".
    Raises: KeepProblem: If one cannot be written.
    """
    is_binary = file.suffix.lower() == ".npy"
    written = []
    for name, values in numbers.items():
        target = file if len(numbers) == 1 else file.with_name(f"{file.stem}-{_as_file(name)}{file.suffix}")
        try:
            if is_binary:
                np.save(target, values, allow_pickle=False)
            else:
                _write_table(values, target)
        except (OSError, ValueError) as error:
            raise _unwritten(target) from error
        written.append(target)
    return written


def _write_table(values: NDArray[np.generic], file: Path) -> None:
    """A row for the first axis; more than two axes are laid out as index columns and the value."""
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        if values.ndim <= 2:
            writer.writerows(np.atleast_2d(values).tolist())
            return
        writer.writerow([*(f"axis {axis}" for axis in range(values.ndim)), "value"])
        writer.writerows([*index, value.item()] for index, value in np.ndenumerate(values))


def _as_file(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name)


def _unwritten(file: Path) -> KeepProblem:
    return KeepProblem(f"{file} cannot be written. Choose another folder.")
