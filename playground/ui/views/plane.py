"""Problems in the plane: the input plane as a layer bends it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QCheckBox, QLabel

from playground.ui.axes import Axes, room_below, room_left
from playground.ui.class_marks import paint_marks
from playground.ui.looking import Look
from playground.ui.theme import theme_of
from playground.ui.views.focus import Focus
from playground.ui.views.naming import unit_names
from playground.ui.views.painted import Painted, room_for
from playground.ui.views.view import View

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.insight.plane import Bent


class Sheet(Painted):
    """The bent grid and the points on it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Bent | None = None
        self.is_classes = True
        """Whether the labels are classes, not numbers."""
        self.names = ("", "")
        """Of the two coordinates."""
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(200)

    def resizeEvent(self, event: object) -> None:
        self._fit()

    def fit_to_room(self) -> None:
        """Take the height that suits the pane."""
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(round(min(self.width(), room_for(self, 560.0))))

    def axes(self, metrics: QFontMetrics) -> Axes | None:
        """One scale for both coordinates, so that what is bent is not stretched too."""
        if self.found is None:
            return None
        every = np.concatenate([self.found.grid.reshape(-1, 2), self.found.points])
        middle = (every.min(axis=0) + every.max(axis=0)) / 2
        half = max(float(np.ptp(every, axis=0).max()), 1e-9) * 0.52
        left, below = room_left(metrics), room_below(metrics)
        side = max(min(self.width() - left, self.height() - below) - 10, 20)
        place = QRectF(left + max(0.0, (self.width() - left - 10 - side) / 2), 6, side, side)
        return Axes(place, (middle[0] - half, middle[0] + half, middle[1] - half, middle[1] + half))

    def paint(self, painter: QPainter) -> None:
        found, theme = self.found, theme_of()
        axes = self.axes(painter.fontMetrics())
        if found is None or axes is None:
            return
        axes.paint(painter, self.names)
        painter.setClipRect(axes.place)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("edge"), 0.8))
        for lines in (found.grid, found.grid.transpose(1, 0, 2)):
            for line in lines:
                painter.drawPolyline([QPointF(*place) for place in axes.many(line).tolist()])
        painter.setPen(QPen(theme.color("panel"), 0.8))
        places = [QPointF(*place) for place in axes.many(found.points).tolist()]
        if self.is_classes:
            paint_marks(painter, places, found.labels.astype(int).tolist(), 3.2)
            return
        for at, label in zip(places, found.labels, strict=True):
            painter.setBrush(theme.color("positive" if label > 0 else "negative"))
            painter.drawEllipse(at, 3.2, 3.2)


class BentPlane(View):
    """Of the selected layer, else of the last one with units before the output."""

    name = "bent_plane"
    title = "The plane, bent"
    group = "Layer"
    about = (
        "The input plane as a hidden layer sees it: a straight grid over the plane, drawn in two coordinates of the "
        "layer's answers, with the training points on it. Learning bends the plane until one straight cut parts the "
        "colours. With more than two units the two main directions of the points are shown (principal components). "
        "Source: Goodfellow, Bengio and Courville 2016, section 6.1."
    )

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self.sheet, self.words = Sheet(), QLabel(wordWrap=True)
        self.two = QCheckBox(self.tr("the first two units"))
        self.two.setToolTip(self.tr("Off: the two main directions of the points in this layer"))
        self.two.toggled.connect(self.ask_again)
        for widget in (self.sheet, self.words, self.two):
            self.column.addWidget(widget)
        self.column.addStretch(1)

    def _id(self) -> str:
        shapes, own = self.focus.session.report.shapes, self.focus.layer
        if own is not None and own in shapes and shapes[own].is_vector and shapes[own].size > 1:
            return own
        nodes = self.focus.session.document.graph.nodes
        hidden = [id for id, shape in shapes.items() if shape.is_vector and shape.size > 1 and nodes[id].ports()]
        return hidden[0] if hidden else ""

    @classmethod
    def misfit(cls, focus: Focus) -> str:
        if focus.kind not in ("points", ""):
            return focus.tr("This is for problems in the plane. Choose one of them on the left, such as Spiral.")
        return ""

    def lacks(self) -> str:
        words = super().lacks()
        return words or ("" if self._id() else self.tr("No layer gives more than one number. Add a Dense layer."))

    def look(self) -> Look | None:
        return partial(_bent, id=self._id(), units=(0, 1) if self.two.isChecked() else None)

    def show_answer(self, answer: Any) -> None:
        examples = self.focus.session.examples
        self.sheet.found, self.sheet.is_classes = answer, examples is None or examples.targets is None
        self.sheet.update()
        if answer is None:
            return
        main = self.tr("first main direction"), self.tr("second main direction")
        units = [f"{self._id()} {name}" for name in unit_names(2)]
        self.sheet.names = (units[0], units[1]) if answer.units is not None else main
        words = self.tr("%1 in %2; they hold %3 of the points' variance.").replace("%1", self._id())
        how = self.tr("its first two units") if answer.units is not None else self.tr("its two main directions")
        self.words.setText(words.replace("%2", how).replace("%3", f"{answer.held:.0%}"))

    def numbers(self) -> dict[str, NDArray[Any]]:
        found = self.sheet.found
        return {"grid": found.grid, "points": found.points, "labels": found.labels} if found is not None else {}

    def in_words(self) -> str:
        return self.words.text()


def _bent(training: Training, id: str, units: tuple[int, int] | None) -> Any:
    from playground.insight.plane import bent

    return bent(training, id, units)
