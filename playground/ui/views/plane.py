"""Problems in the plane: the input plane as a layer bends it, and the network's weights as links to be dragged."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QCheckBox, QLabel

from playground.ui.class_marks import paint_marks
from playground.ui.drawing import figure
from playground.ui.looking import Look
from playground.ui.theme import theme_of
from playground.ui.views.focus import Focus
from playground.ui.views.painted import Painted
from playground.ui.views.view import View

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.insight.plane import Bent, Links

STEP = 0.1
"""By which an arrow key changes a weight."""
PIXELS = 40.0
"""Of a drag that change a weight by 1."""
DOT = 9.0


class Sheet(Painted):
    """The bent grid and the points on it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Bent | None = None
        self.is_classes = True
        """Whether the labels are classes, not numbers."""
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(200)

    def resizeEvent(self, event: object) -> None:
        self.setFixedHeight(min(self.width(), 560))

    def paint(self, painter: QPainter) -> None:
        found = self.found
        if found is None:
            return
        theme = theme_of()
        every = np.concatenate([found.grid.reshape(-1, 2), found.points])
        low, high = every.min(axis=0), every.max(axis=0)
        scale = (min(self.width(), self.height()) - 16) / max(float((high - low).max()), 1e-9)

        def at(place: NDArray[Any]) -> QPointF:
            return QPointF(8 + (place[0] - low[0]) * scale, self.height() - 8 - (place[1] - low[1]) * scale)

        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("edge"), 0.8))
        for lines in (found.grid, found.grid.transpose(1, 0, 2)):
            for line in lines:
                painter.drawPolyline([at(place) for place in line])
        painter.setPen(QPen(theme.color("panel"), 0.8))
        if self.is_classes:
            paint_marks(painter, map(at, found.points), found.labels.astype(int).tolist(), 2.8)
            return
        for place, label in zip(found.points, found.labels, strict=True):
            painter.setBrush(theme.color("positive" if label > 0 else "negative"))
            painter.drawEllipse(at(place), 2.8, 2.8)


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
        words = self.tr("%1 in %2; they hold %3 of the points' variance.").replace("%1", self._id())
        how = self.tr("its first two units") if answer.units is not None else self.tr("its two main directions")
        self.words.setText(words.replace("%2", how).replace("%3", f"{answer.held:.0%}"))

    def numbers(self) -> dict[str, NDArray[Any]]:
        found = self.sheet.found
        return {"grid": found.grid, "points": found.points, "labels": found.labels} if found is not None else {}

    def in_words(self) -> str:
        return self.words.text()


class Web(Painted):
    """Neurons in columns and the links between them. A link is chosen by a click and changed by dragging or arrows."""

    changed = Signal(str, int, int, float)
    """Layer, unit, source, new weight."""
    picked = Signal()
    """Another link is chosen, or none."""

    def __init__(self) -> None:
        super().__init__()
        self.layers: tuple[Links, ...] = ()
        self.chosen: tuple[int, int, int] | None = None
        """Number of the layer, unit, source."""
        self._drag: tuple[float, float] | None = None
        self.setMinimumHeight(220)

    def weight(self) -> float | None:
        """Of the chosen link."""
        if self.chosen is None or self.chosen[0] >= len(self.layers):
            return None
        layer, unit, source = self.chosen
        shape = self.layers[layer].weight.shape
        return float(self.layers[layer].weight[unit, source]) if unit < shape[0] and source < shape[1] else None

    def resizeEvent(self, event: object) -> None:
        self.setFixedHeight(min(max(self.width(), 220), 520))

    def _counts(self) -> list[int]:
        return [self.layers[0].weight.shape[1], *(each.weight.shape[0] for each in self.layers)] if self.layers else []

    def place(self, column: int, row: int) -> QPointF:
        """The middle of a neuron."""
        counts = self._counts()
        x = 16 + column * (self.width() - 32) / max(len(counts) - 1, 1)
        return QPointF(x, (row + 1) * self.height() / (counts[column] + 1))

    def paint(self, painter: QPainter) -> None:
        theme = theme_of()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        reach = max((float(np.abs(each.weight).max()) for each in self.layers), default=1.0) or 1.0
        for number, each in enumerate(self.layers):
            for unit, source in np.ndindex(*each.weight.shape):
                weight = float(each.weight[unit, source])
                is_chosen = self.chosen == (number, unit, source)
                style = Qt.PenStyle.SolidLine if weight >= 0 else Qt.PenStyle.DashLine
                color = theme.color("text" if is_chosen else "positive" if weight >= 0 else "negative")
                painter.setPen(QPen(color, 0.4 + 5 * abs(weight) / reach, style))
                painter.drawLine(self.place(number, source), self.place(number + 1, unit))
        for column, count in enumerate(self._counts()):
            for row in range(count):
                painter.setPen(QPen(theme.color("edge"), 1.4))
                painter.setBrush(theme.color("card"))
                painter.drawEllipse(self.place(column, row), DOT, DOT)

    def link_at(self, at: QPointF) -> tuple[int, int, int] | None:
        """The link that passes nearest to a point, within some pixels."""
        found, nearest = None, 8.0
        for number, each in enumerate(self.layers):
            for unit, source in np.ndindex(*each.weight.shape):
                away = _distance(at, self.place(number, source), self.place(number + 1, unit))
                if away < nearest:
                    found, nearest = (number, unit, source), away
        return found

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.chosen = self.link_at(event.position())
        weight = self.weight()
        self._drag = (event.position().y(), weight) if weight is not None else None
        self.update()
        self.picked.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None and event.buttons() & Qt.MouseButton.LeftButton:
            begin, weight = self._drag
            self._set(weight + (begin - event.position().y()) / PIXELS)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Up: STEP, Qt.Key.Key_Down: -STEP}.get(Qt.Key(event.key()))
        links = [(n, *place) for n, each in enumerate(self.layers) for place in np.ndindex(*each.weight.shape)]
        move = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        weight = self.weight()
        if by is not None and weight is not None:
            self._set(weight + by)
        elif move is not None and links:
            at = links.index(self.chosen) if self.chosen in links else -1
            layer, unit, source = links[(at + move) % len(links)]
            self.chosen = layer, int(unit), int(source)
            self.update()
            self.picked.emit()
        else:
            super().keyPressEvent(event)

    def _set(self, value: float) -> None:
        assert self.chosen is not None
        number, unit, source = self.chosen
        self.layers[number].weight[unit, source] = value
        self.update()
        self.changed.emit(self.layers[number].id, unit, source, value)


class LinksView(View):
    """Weights as widths; what is set by hand can be taken back with Esc."""

    name = "links"
    title = "Neurons and links"
    group = "Everything"
    about = (
        "The dense layers as neurons and links: the width of a link is the size of its weight, blue and solid for "
        "positive, orange and dashed for negative ones. Drag a link up or down, or use the arrow keys, to set its "
        "weight by hand, also while it learns, and see what becomes of the boundary; Esc takes the last change back. "
        "Each neuron computes activation(Σ w · x + b): Rosenblatt 1958."
    )

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._undo: list[tuple[str, int, int, float]] = []
        self.web, self.words = Web(), QLabel(wordWrap=True)
        self.web.setAccessibleName(self.tr("Links between neurons"))
        self.column.addWidget(self.web)
        self.column.addWidget(self.words)
        self.column.addStretch(1)
        self.web.changed.connect(self._set)
        self.web.picked.connect(self._tell)
        focus.bridge.run.connect(self._undo.clear)

    @classmethod
    def misfit(cls, focus: Focus) -> str:
        session = focus.session
        shapes, nodes = session.report.shapes, session.document.graph.nodes
        dense = [id for id in shapes if nodes.get(id) is not None and nodes[id].type == "Dense"]
        small = [id for id in dense if _width(session.report.given.get(id)) <= 12 and shapes[id].size <= 12]
        return "" if small else focus.tr("No dense layer is small enough: at most 12 units and 12 inputs can be shown.")

    def look(self) -> Look | None:
        return _links

    def show_answer(self, answer: Any) -> None:
        if self.web._drag is None:
            self.web.layers = answer
            self.web.update()
        self._tell()

    def _tell(self) -> None:
        weight = self.web.weight()
        if weight is None or self.web.chosen is None:
            self.words.setText(self.tr("Click a link: drag it up or down to change its weight."))
            return
        number, unit, source = self.web.chosen
        words = self.tr("%1: weight from input %2 to unit %3 is %4.").replace("%1", self.web.layers[number].id)
        words = words.replace("%2", str(source + 1)).replace("%3", str(unit + 1))
        self.words.setText(words.replace("%4", figure(weight)))

    def _set(self, id: str, unit: int, source: int, value: float) -> None:
        def change(training: Training) -> float:
            from playground.insight.plane import set_weight

            return set_weight(training, id, unit, source, value)

        answer = self.focus.session.ask(change)
        if answer is not None:
            answer.add_done_callback(lambda done: self._keep(id, unit, source, done))
        self._tell()
        self.focus.bridge.curves.emit()  # whoever shows the network looks anew

    def _keep(self, id: str, unit: int, source: int, done: Any) -> None:
        """On the training thread: remember what the weight was."""
        if not done.cancelled() and done.exception() is None:
            self._undo.append((id, unit, source, done.result()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._undo:
            id, unit, source, old = self._undo.pop()
            self.focus.session.ask(lambda training: _put_back(training, id, unit, source, old))
            self.focus.bridge.curves.emit()
        else:
            super().keyPressEvent(event)

    def numbers(self) -> dict[str, NDArray[Any]]:
        return {each.id: each.weight for each in self.web.layers}

    def in_words(self) -> str:
        return self.words.text()


def _width(given: Any) -> int:
    return int(given[0].channels) if given and given[0] is not None else 0


def _distance(at: QPointF, begin: QPointF, end: QPointF) -> float:
    """From a point to a line between two others."""
    along = end - begin
    length = along.x() ** 2 + along.y() ** 2
    share = max(0.0, min(1.0, QPointF.dotProduct(at - begin, along) / length)) if length else 0.0
    away = at - (begin + along * share)
    return float((away.x() ** 2 + away.y() ** 2) ** 0.5)


def _bent(training: Training, id: str, units: tuple[int, int] | None) -> Any:
    from playground.insight.plane import bent

    return bent(training, id, units)


def _links(training: Training) -> Any:
    from playground.insight.plane import links

    return links(training)


def _put_back(training: Training, id: str, unit: int, source: int, value: float) -> None:
    from playground.insight.plane import set_weight

    set_weight(training, id, unit, source, value)
