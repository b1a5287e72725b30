"""Saving what a view shows: its picture as PNG or SVG, or on the clipboard; its numbers as CSV or .npy.

Knows Qt and numpy, nothing of networks.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QGuiApplication, QPainter, QPixmap
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QGraphicsItem, QGraphicsView, QWidget

from playground.exchange.problem import ExportProblem
from playground.exchange.writing import refuse_companions
from playground.ui.theme import TITLE, sized, theme_of

SHARPNESS = 2.0
"""Dots of a saved picture for one of the screen, at least."""
HEADING = 34
"""Height of the title over a saved picture."""
Numbers = dict[str, NDArray[np.generic]]


class KeepProblem(Exception):
    """It could not be saved: one sentence, with a way out."""


def drawn(widget: QWidget, title: str = "") -> QPixmap:
    """The widget's whole picture under its title, on the panel's ground, sharp enough to be printed."""
    ratio = max(widget.devicePixelRatioF(), SHARPNESS)
    made = QPixmap(_whole(widget, title) * ratio)
    made.setDevicePixelRatio(ratio)
    painter = QPainter(made)
    _draw(painter, widget, title)
    painter.end()
    return made


def _whole(widget: QWidget, title: str) -> QSize:
    return widget.size() + QSize(0, sized(HEADING) if title else 0)


def _draw(painter: QPainter, widget: QWidget, title: str) -> None:
    """Paint the title and what is seen, but not what can be pressed: on paper a button is only in the way."""
    theme, top = theme_of(), sized(HEADING) if title else 0
    painter.fillRect(QRect(QPoint(), _whole(widget, title)), theme.color("panel"))
    if title:
        font = QFont(widget.font())
        font.setPixelSize(sized(TITLE))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        painter.drawText(QRect(14, 0, widget.width() - 14, top), Qt.AlignmentFlag.AlignVCenter, title)
    with _sharp(widget):
        widget.render(painter, QPoint(0, top), renderFlags=QWidget.RenderFlag.DrawChildren)
    for button in widget.findChildren(QAbstractButton):
        if button.isVisible() and not isinstance(button, QCheckBox):
            place = QRect(button.mapTo(widget, QPoint(0, top)), button.size())
            painter.fillRect(place, theme.color("panel"))


@contextmanager
def _sharp(widget: QWidget) -> Iterator[None]:
    """What the screen keeps as a bitmap is drawn line by line."""
    items = [item for view in widget.findChildren(QGraphicsView) for item in view.items()]
    modes = [item.cacheMode() for item in items]
    for item in items:
        item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
    try:
        yield
    finally:
        for item, mode in zip(items, modes, strict=True):
            item.setCacheMode(mode)


def copy_picture(widget: QWidget, title: str = "") -> None:
    """Put the picture on the clipboard."""
    QGuiApplication.clipboard().setPixmap(drawn(widget, title))


def save_picture(widget: QWidget, file: Path, title: str) -> None:
    """Write a PNG, or an SVG if the name ends so.

    Raises: KeepProblem: If it cannot be written.
    """
    if file.suffix.lower() != ".svg":
        if not drawn(widget, title).save(str(file), "PNG"):
            raise _unwritten(file)
        return
    generator = QSvgGenerator()
    generator.setFileName(str(file))
    generator.setSize(_whole(widget, title))
    generator.setViewBox(QRect(QPoint(), _whole(widget, title)))
    generator.setTitle(title)
    painter = QPainter()
    if not painter.begin(generator):
        raise _unwritten(file)
    _draw(painter, widget, title)
    painter.end()


def save_numbers(numbers: Numbers, file: Path) -> list[Path]:
    """Write the arrays; the files written. .npy keeps each array as it is, anything else is a CSV of rows.

    Several arrays go into files beside each other, named "<file>-<name>". A name such as "gate: weight, product" says
    what the columns are.
    Raises: KeepProblem: If one cannot be written, or would take the place of a file that nobody named.
    """
    is_binary = file.suffix.lower() == ".npy"
    parts = [said.rpartition(": ") for said in numbers]
    written = [file.with_name(f"{file.stem}-{_as_file(title or name)}{file.suffix}") for title, _, name in parts]
    if len(written) == 1:
        written = [file]
    try:
        refuse_companions(file, written)
    except ExportProblem as problem:
        raise KeepProblem(str(problem)) from problem
    for target, values, (_, _, columns) in zip(written, numbers.values(), parts, strict=True):
        try:
            if is_binary:
                np.save(target, values, allow_pickle=False)
            else:
                _write_table(values, target, columns.split(", "))
        except (OSError, ValueError) as error:
            raise _unwritten(target) from error
    return written


def _write_table(values: NDArray[np.generic], file: Path, columns: list[str]) -> None:
    """A row for the first axis; more than two axes are laid out as index columns, from 1, and the value.

    columns: what they are called, where each has a name. One axis is a column.
    """
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        rows = values[:, None] if values.ndim == 1 else values
        if rows.ndim == 2 and len(columns) == rows.shape[1]:
            writer.writerow(columns)
        if rows.ndim <= 2:
            writer.writerows(np.atleast_2d(rows).tolist())
            return
        writer.writerow([*(f"axis {axis}" for axis in range(1, 1 + values.ndim)), "value"])
        writer.writerows([*(at + 1 for at in index), value.item()] for index, value in np.ndenumerate(values))


def _as_file(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name)


def _unwritten(file: Path) -> KeepProblem:
    return KeepProblem(f"{file} cannot be written. Choose another folder.")
