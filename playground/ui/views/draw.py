"""Points drawn by hand: a sheet over the network's answers, and the classes, the eraser and the width of the spray."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QSlider, QToolButton, QVBoxLayout

from playground.app.redrawing import Drawing
from playground.data.choices import MOST_CLASSES, MOST_DRAWN, REACH
from playground.data.drawn import taken_over
from playground.ui.class_marks import class_color, class_image, paint_mark
from playground.ui.drawing import icon, signed_image
from playground.ui.looking import Look
from playground.ui.views.focus import Focus
from playground.ui.views.pad import Pad
from playground.ui.views.view import View

if TYPE_CHECKING:
    from playground.engine.train import Training

NARROW, WIDE = 2, 30
"""The spray's width in tenths."""


class DrawView(View):
    """Draws into the session's document; each stroke is one step of Undo."""

    name = "draw"
    title = "Draw points"
    group = "Everything"
    about = (
        "Your own problem in the plane: click to add a point, drag to spray, choose the class with the keys 1 to 9, "
        "erase with E or the right button; Ctrl+Z takes a stroke back. Draw before Play or while the network learns: "
        "it goes on with the new points, and the colours below them are its answers. A point that trains never becomes "
        "one that validates or tests."
    )

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self.drawing = Drawing(focus.session)
        self.pad = Pad()
        self.words = QLabel(wordWrap=True)
        self.words.setProperty("role", "note")
        self.column.addLayout(self._classes_row())
        self.column.addWidget(self.pad)
        self.column.addLayout(self._spray_row())
        self.column.addWidget(self.words)
        self.column.addLayout(self._buttons_column())
        self.column.addStretch(1)
        self.pad.drawn.connect(self.drawing.stroke)
        self.pad.erased.connect(self.drawing.erase)
        self.pad.settings_changed.connect(self._show_settings)
        for signal in (focus.bridge.document, focus.bridge.data):
            signal.connect(self.refresh)
        self.restyle()

    # Building

    def _classes_row(self) -> QHBoxLayout:
        row, self._group = QHBoxLayout(), QButtonGroup(self)
        row.setSpacing(1)
        for label in range(1, MOST_CLASSES + 1):
            tip = self.tr("Draw points of class %1 (key %1)").replace("%1", str(label))
            self._tool(row, label, str(label), self.tr("Class %1").replace("%1", str(label)), tip)
        tip = self.tr("Take points away (key E, or the right mouse button)")
        self.eraser = self._tool(row, 0, "E", self.tr("Eraser"), tip)
        self._group.idClicked.connect(self._choose)
        return row

    def _tool(self, row: QHBoxLayout, id: int, key: str, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(key)
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setMinimumWidth(20)  # ten of them fit into the narrowest panel
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setAccessibleName(name)
        button.setToolTip(tip)
        self._group.addButton(button, id)
        row.addWidget(button, 1)
        return button

    def _spray_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.spray = QSlider(Qt.Orientation.Horizontal)
        self.spray.setRange(NARROW, WIDE)
        self.spray.setValue(round(10 * self.pad.width_of_spray))
        self.spray.setAccessibleName(self.tr("Width of spray and eraser"))
        self.spray.setToolTip(self.tr("How far points scatter while you drag, and how far the eraser reaches"))
        self.spray.valueChanged.connect(self._set_width)
        row.addWidget(QLabel(self.tr("width")))
        row.addWidget(self.spray, 1)
        return row

    def _buttons_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        self.take_over = QPushButton(self.tr("Take over these points"))
        self.take_over.setToolTip(self.tr("Go on from the points of the present data set"))
        self.take_over.clicked.connect(self.drawing.take_over)
        self.use = QPushButton()
        self.use.setToolTip(self.tr("They take the place of the present data set; Ctrl+Z brings it back"))
        self.use.clicked.connect(self.drawing.choose)
        self.clear = QPushButton(self.tr("Clear"))
        self.clear.setToolTip(self.tr("Take all points away; Ctrl+Z brings them back"))
        self.clear.clicked.connect(self.drawing.clear)
        for button in (self.use, self.take_over, self.clear):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return column

    # Showing

    def restyle(self) -> None:
        for label in range(1, MOST_CLASSES + 1):
            self._group.button(label).setIcon(_mark_icon(label - 1))
        self.eraser.setIcon(icon("eraser"))
        self.pad.restyle()
        self.refresh()
        super().restyle()

    def refresh(self) -> None:
        """Show the document's points."""
        points = self.drawing.points.points
        examples = self.focus.session.examples
        self.pad.show_points(points)
        if not self.drawing.is_chosen or examples is None:
            self.pad.show_ground(None)
        is_other_plane = examples is not None and not self.drawing.is_chosen and examples.dataset.plane is not None
        self.take_over.setVisible(is_other_plane and examples is not None and taken_over(examples.dataset) is not None)
        # Points take the place of other points; a stray click must not put them in the place of images.
        self.pad.setEnabled(self.drawing.is_chosen or is_other_plane)
        self.use.setVisible(not self.pad.isEnabled() or bool(points and not self.drawing.is_chosen))
        self.use.setText(self.tr("Learn from the drawn points") if points else self.tr("Draw points of your own"))
        self.clear.setVisible(bool(points) and self.drawing.is_chosen)
        self._show_settings()

    def _show_settings(self) -> None:
        self._group.button(0 if self.pad.is_erasing else self.pad.label).setChecked(True)
        points = self.drawing.points.points
        if not self.pad.isEnabled():
            source = self.focus.session.document.data.source
            self.words.setText(self.tr("This project learns from other data: %1.").replace("%1", source))
            return
        if not points:
            words = self.tr(
                "Nothing is drawn yet. Click on the sheet: a point of class %1. Drag: spray. Keys 1 to 9: class."
            )
            self.words.setText(words.replace("%1", str(self.pad.label)))
            return
        counts = sorted(Counter(point[2] for point in points).items())
        told = ", ".join(f"{label}: {count:,}" for label, count in counts)
        words = self.tr("%1 points of %2 at most. Of class %3.").replace("%1", f"{len(points):,}")
        self.words.setText(words.replace("%2", f"{MOST_DRAWN:,}").replace("%3", told))

    def _choose(self, id: int) -> None:
        self.pad.is_erasing = id == 0
        self.pad.label = id or self.pad.label
        self.pad.setFocus()
        self._show_settings()

    def _set_width(self, tenths: int) -> None:
        self.pad.width_of_spray = tenths / 10

    # The network's answers

    def look(self) -> Look | None:
        return _surface if self.drawing.is_chosen else _nothing

    def show_answer(self, answer: Any) -> None:
        if answer is None or not self.drawing.is_chosen:
            return
        image = (
            class_image(answer.chances[:, ::-1]) if answer.chances is not None else signed_image(answer.output[::-1], 1)
        )
        self.pad.show_ground(image)

    def numbers(self) -> dict[str, NDArray[Any]]:
        points = self.drawing.points.points
        return {"points": np.array([point[:3] for point in points])} if points else {}

    def in_words(self) -> str:
        return self.words.text()


def _mark_icon(label: int) -> QIcon:
    picture = QPixmap(32, 32)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(class_color(label))
        paint_mark(painter, QPointF(16, 16), label, 10)
    finally:
        painter.end()
    return QIcon(picture)


def _nothing(_: Training) -> None:
    """There is nothing to look at below the points."""


def _surface(training: Training) -> Any:
    from playground.insight.boundary import surface

    return surface(training, 64, reach=REACH)
