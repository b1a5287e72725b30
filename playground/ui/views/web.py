"""Neurons in columns and the links between them, which are chosen and dragged. Knows Qt and arrays, no training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPen

from playground.ui.drawing import draw_framed, figure
from playground.ui.theme import NOTE, sized, theme_of
from playground.ui.views.painted import Painted

if TYPE_CHECKING:
    from playground.insight.plane import Links

Link = tuple[int, int, int]
"""Number of the layer, unit, source; source BIAS is the unit's bias."""
Neuron = tuple[int, int]
"""Column, from the inputs' 0, and row."""
BIAS = -1
"""As in insight.plane."""
STEP = 0.1
"""By which an arrow key changes a weight."""
PIXELS = 40.0
"""Of a drag that change a weight by 1."""
DOT = 9.0
LARGEST = 22.0
"""Half the side of a neuron at most."""
MOST_FIGURES = 16
"""Links whose weights are written on them; of more, only the chosen one's."""
NEAR = 8.0


class Web(Painted):
    """A link is chosen by a click and changed by dragging or Up and Down; Left and Right go from link to link.

    A neuron is chosen by a click, or with Shift and the arrow keys.
    """

    changed = Signal(str, int, int, float)
    """Layer, unit, source, new weight."""
    picked = Signal()
    """Another link is chosen, or none."""
    neuron_pointed = Signal(object)
    """The neuron under the mouse, (column, row); None for none."""
    neuron_chosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.layers: tuple[Links, ...] = ()
        self.names: Sequence[str] = ()
        """Of the inputs."""
        self.pictures: Mapping[str, Sequence[QImage]] = {}
        """What each unit of a layer answers all over the plane; also the inputs', by the id of what comes first."""
        self.chosen: Link | None = None
        self.neuron: Neuron | None = None
        """The chosen neuron, which is framed."""
        self._pointed: Neuron | None = None
        self._drag: tuple[float, float] | None = None
        self.has_moved = False
        """Whether the drag under way has changed something already."""
        self.setMinimumHeight(100)

    @property
    def is_dragging(self) -> bool:
        return self._drag is not None

    def weight(self) -> float | None:
        """Of the chosen link, or bias."""
        if self.chosen is None or self.chosen[0] >= len(self.layers):
            return None
        layer, unit, source = self.chosen
        links = self.layers[layer]
        if source == BIAS:
            return float(links.bias[unit]) if links.bias is not None and unit < len(links.bias) else None
        shape = links.weight.shape
        return float(links.weight[unit, source]) if unit < shape[0] and source < shape[1] else None

    # Where things are

    def columns(self) -> list[str]:
        """The layers' ids, what the inputs belong to first."""
        return [self.layers[0].after or "", *(each.id for each in self.layers)] if self.layers else []

    def _counts(self) -> list[int]:
        return [self.layers[0].weight.shape[1], *(each.weight.shape[0] for each in self.layers)] if self.layers else []

    def _left(self) -> float:
        """Room for the inputs' names."""
        metrics = self.fontMetrics()
        return 8.0 + min(max((metrics.horizontalAdvance(name) for name in self.names), default=0), self.width() / 4)

    def half(self, column: int) -> float:
        """Half the side of a column's neurons."""
        count, most = self._counts()[column], max(self._counts())
        room = self._step(count) / 2 - (7 if self.has_bias(column) else 3)
        is_drawn = bool(self.pictures) and most > 0
        apart = (self.width() - self._left() - 12) / (3.2 * max(len(self._counts()) - 1, 1))
        return max(4.0, min(LARGEST if is_drawn else DOT, room, apart))

    def has_bias(self, column: int) -> bool:
        """Whether biases are written below its neurons: there are some, and room between two neurons."""
        has_room = self._step(self._counts()[column]) > 2 * sized(NOTE) + 12
        return column > 0 and self.layers[column - 1].bias is not None and has_room

    def _step(self, count: int) -> float:
        """From one neuron to the next."""
        return (self.height() - self._top()) / (count + 1)

    def _top(self) -> float:
        return sized(NOTE) + 8.0

    def place(self, column: int, row: int) -> QPointF:
        """The middle of a neuron."""
        counts = self._counts()
        reach = min(LARGEST, self.width() / 8)
        left, right = self._left() + reach, self.width() - reach - 12
        x = left + column * (right - left) / max(len(counts) - 1, 1)
        return QPointF(x, self._top() + (row + 1) * self._step(counts[column]))

    def _bias_place(self, column: int, row: int) -> QRectF:
        middle, half = self.place(column, row), self.half(column)
        return QRectF(middle.x() - 34, middle.y() + half + 1, 68, sized(NOTE) + 3)

    def _links(self) -> Iterator[tuple[Link, float, QPointF, QPointF]]:
        """Every link with its weight and ends."""
        for number, each in enumerate(self.layers):
            for unit, source in np.ndindex(*each.weight.shape):
                begin, end = self.place(number, source), self.place(number + 1, unit)
                begin += QPointF(self.half(number), 0)
                yield (
                    (number, unit, source),
                    float(each.weight[unit, source]),
                    begin,
                    end - QPointF(self.half(number + 1), 0),
                )

    # Painting

    def paint(self, painter: QPainter) -> None:
        if not self.layers:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        reach = max((float(np.abs(each.weight).max()) for each in self.layers), default=1.0) or 1.0
        links = list(self._links())
        for link, weight, begin, end in links:
            self._paint_link(painter, weight, begin, end, reach, link == self.chosen)
        for column, count in enumerate(self._counts()):
            for row in range(count):
                self._paint_neuron(painter, column, row)
            self._paint_heading(painter, column)
        has_room = len(links) <= MOST_FIGURES and self._has_room_for_figures(links)
        for link, weight, begin, end in links:
            if link == self.chosen or has_room:
                self._paint_words(painter, self._figure_at(link, begin, end), figure(weight), link == self.chosen)

    def _has_room_for_figures(self, links: Sequence[tuple[Link, float, QPointF, QPointF]]) -> bool:
        """Whether weights can stand on their links without covering one another or the neurons."""
        metrics = self.fontMetrics()
        rooms = []
        for link, weight, begin, end in links:
            room = QRectF(0, 0, metrics.horizontalAdvance(figure(weight)) + 6, metrics.height() - 2)
            room.moveCenter(self._figure_at(link, begin, end))
            if room.left() < begin.x() or room.right() > end.x():
                return False
            rooms.append(room)
        return not any(one.intersects(other) for at, one in enumerate(rooms) for other in rooms[:at])

    def _paint_link(
        self, painter: QPainter, weight: float, begin: QPointF, end: QPointF, reach: float, is_chosen: bool
    ) -> None:
        """Its colour and dashes say the sign, also of the chosen one, which lies on a ground of its own."""
        theme, width = theme_of(), 0.6 + 6 * abs(weight) / reach
        if is_chosen:
            ground = theme.color("text")
            ground.setAlphaF(0.28)
            painter.setPen(QPen(ground, width + 8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(begin, end)
        style = Qt.PenStyle.SolidLine if weight >= 0 else Qt.PenStyle.DashLine
        cap = Qt.PenCapStyle.FlatCap
        painter.setPen(QPen(theme.color("positive" if weight >= 0 else "negative"), width, style, cap))
        painter.drawLine(begin, end)

    def _figure_at(self, link: Link, begin: QPointF, end: QPointF) -> QPointF:
        """Where the links are apart: near the inputs if these are more than the units, else near those."""
        units, sources = self.layers[link[0]].weight.shape
        share = 0.24 if sources > units else 0.72 if units > sources else 0.34 if link[2] % 2 else 0.6
        if min(units, sources) > 1 and units != sources:  # two from different sources meet near a unit
            share += 0.12 if (link[2] if units > sources else link[1]) % 2 else -0.16
        return begin + (end - begin) * share

    def _paint_words(self, painter: QPainter, at: QPointF, words: str, is_strong: bool = False) -> None:
        metrics = painter.fontMetrics()
        room = QRectF(0, 0, metrics.horizontalAdvance(words) + 6, metrics.height())
        room.moveCenter(at)
        ground = QColor(theme_of().panel)
        ground.setAlphaF(0.85)
        painter.fillRect(room, ground)
        painter.setPen(theme_of().color("text" if is_strong else "muted"))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)
        if is_strong:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme_of().color("accent"), 1))
            painter.drawRect(room)

    def _paint_neuron(self, painter: QPainter, column: int, row: int) -> None:
        theme, middle, half = theme_of(), self.place(column, row), self.half(column)
        box = QRectF(middle.x() - half, middle.y() - half, 2 * half, 2 * half)
        pictures = self.pictures.get(self.columns()[column], ())
        if row < len(pictures):
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            draw_framed(painter, box, pictures[row])
        else:
            painter.setPen(QPen(theme.color("edge"), 1.4))
            painter.setBrush(theme.color("card"))
            painter.drawEllipse(box)
        if (column, row) in (self.neuron, self._pointed):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 2.4 if (column, row) == self.neuron else 1.4))
            painter.drawRect(box.adjusted(-2, -2, 2, 2))
        if column == 0 and row < len(self.names):
            place = QRectF(0, middle.y() - 9, box.left() - 5, 18)
            painter.setPen(theme.color("text"))
            words = painter.fontMetrics().elidedText(self.names[row], Qt.TextElideMode.ElideRight, int(place.width()))
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
        bias, is_chosen = self.layers[column - 1].bias if column else None, self.chosen == (column - 1, row, BIAS)
        is_near = is_chosen or (column, row) in (self.neuron, self._pointed)
        if bias is not None and (is_near or self.has_bias(column)):
            self._paint_words(painter, self._bias_place(column, row).center(), f"b {figure(bias[row])}", is_chosen)

    def _paint_heading(self, painter: QPainter, column: int) -> None:
        x, wide = self.place(column, 0).x(), (self.width() - self._left()) / len(self._counts())
        painter.setPen(theme_of().color("muted"))
        words = painter.fontMetrics().elidedText(self.columns()[column], Qt.TextElideMode.ElideRight, int(wide))
        length = painter.fontMetrics().horizontalAdvance(words) + 2.0
        left = max(0.0, min(x - length / 2, self.width() - length))
        painter.drawText(QRectF(left, 0, length, self._top()), Qt.AlignmentFlag.AlignCenter, words)

    # Hands

    def link_at(self, at: QPointF) -> Link | None:
        """The bias under a point, or the link that passes nearest to it, within some pixels."""
        for column, count in enumerate(self._counts()):
            for row in range(count if self.has_bias(column) else 0):
                if self._bias_place(column, row).contains(at):
                    return column - 1, row, BIAS
        found, nearest = None, NEAR
        for link, _, begin, end in self._links():
            away = _distance(at, begin, end)
            if away < nearest:
                found, nearest = link, away
        return found

    def neuron_at(self, at: QPointF) -> Neuron | None:
        """The neuron under a point."""
        for column, count in enumerate(self._counts()):
            for row in range(count):
                away = at - self.place(column, row)
                if max(abs(away.x()), abs(away.y())) <= self.half(column) + 1:
                    return column, row
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        neuron = self.neuron_at(event.position())
        if neuron is not None:
            self.neuron_chosen.emit(*neuron)
            return
        self.chosen = self.link_at(event.position())
        weight = self.weight()
        self._drag = (event.position().y(), weight) if weight is not None else None
        self.update()
        self.picked.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None and event.buttons() & Qt.MouseButton.LeftButton:
            begin, weight = self._drag
            self._set(weight + (begin - event.position().y()) / PIXELS)
            return
        self._point(self.neuron_at(event.position()))
        is_link = self._pointed is None and self.link_at(event.position()) is not None
        shapes = Qt.CursorShape.SizeVerCursor, Qt.CursorShape.PointingHandCursor, Qt.CursorShape.ArrowCursor
        self.setCursor(shapes[0] if is_link else shapes[1] if self._pointed is not None else shapes[2])

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def _point(self, neuron: Neuron | None) -> None:
        if neuron != self._pointed:
            self._pointed = neuron
            self.update()
            self.neuron_pointed.emit(neuron)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag, self.has_moved = None, False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, weight = Qt.Key(event.key()), self.weight()
        by = {Qt.Key.Key_Up: STEP, Qt.Key.Key_Down: -STEP}.get(key)
        move = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(key)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and (by is not None or move is not None):
            self._walk(move or 0, 0 if by is None else 1 if by < 0 else -1)
        elif by is not None and weight is not None:
            self._set(weight + by)
        elif move is not None and self.layers:
            self._next_link(move)
        else:
            super().keyPressEvent(event)

    def _next_link(self, by: int) -> None:
        """The links in order, after a unit's the bias."""
        links: list[Link] = []
        for number, each in enumerate(self.layers):
            for unit in range(each.weight.shape[0]):
                links += [(number, unit, source) for source in range(each.weight.shape[1])]
                links += [(number, unit, BIAS)] if each.bias is not None else []
        at = links.index(self.chosen) if self.chosen in links else -1 if by > 0 else 0
        self.chosen = links[(at + by) % len(links)]
        self.update()
        self.picked.emit()

    def _walk(self, right: int, down: int) -> None:
        """From neuron to neuron."""
        counts = self._counts()
        if not counts:
            return
        column, row = self.neuron or (1 - right, -down)
        column = max(0, min(len(counts) - 1, column + right))
        found = column, max(0, min(counts[column] - 1, row + down))
        if found != self.neuron:
            self.neuron_chosen.emit(*found)

    def _set(self, value: float) -> None:
        assert self.chosen is not None
        number, unit, source = self.chosen
        links = self.layers[number]
        if source == BIAS:
            assert links.bias is not None
            links.bias[unit] = value
        else:
            links.weight[unit, source] = value
        self.update()
        self.changed.emit(links.id, unit, source, value)


def _distance(at: QPointF, begin: QPointF, end: QPointF) -> float:
    """From a point to a line between two others."""
    along = end - begin
    length = along.x() ** 2 + along.y() ** 2
    share = max(0.0, min(1.0, QPointF.dotProduct(at - begin, along) / length)) if length else 0.0
    away = at - (begin + along * share)
    return float((away.x() ** 2 + away.y() ** 2) ** 0.5)
