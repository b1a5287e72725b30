"""A sheet of the plane that points are drawn on, over what the network answers there. Tells what a hand did.

Mouse: a click adds a point, dragging sprays, the right button or the eraser takes away. Keys: 1 to 9 choose the class,
E the eraser, arrows move a cross, Enter draws or erases there.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPen, QPixmap

from playground.data.choices import MOST_CLASSES, REACH, DrawnPoint
from playground.ui.class_marks import class_color, paint_marks
from playground.ui.theme import theme_of
from playground.ui.views.painted import Painted, room_for

MARK = 3.2
"""Half the width of a point's mark on a small sheet, in pixels."""
STEP = 0.25
"""Of the plane, by which an arrow key moves the cross."""
GAP = 7.0
"""Pixels of a dragged way for each point that is sprayed."""
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
Place = tuple[float, float]


class Pad(Painted):
    """Square, from −REACH to REACH both ways, y upwards."""

    drawn = Signal(list, int)
    """Places, and the class they are of, from 1."""
    erased = Signal(list, float)
    """Places, and how far around each what lies there is taken away."""
    settings_changed = Signal()
    """Another class was chosen, or the eraser was taken or put down, by a key."""

    def __init__(self) -> None:
        super().__init__()
        self.label, self.is_erasing, self.width_of_spray = 1, False, 0.6
        self.cross: Place | None = None
        self._points: tuple[DrawnPoint, ...] = ()
        self._ground: QImage | None = None
        self._sheet: QPixmap | None = None
        self._random = np.random.default_rng()
        self._stroke: list[Place] = []
        self._takes_away = False
        self._last: QPointF | None = None
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(200, 200)
        self.setAccessibleName(self.tr("Sheet to draw points on"))
        self.setToolTip(
            self.tr("Click: a point. Drag: spray. Right button: erase. 1 to 9: the class. E: eraser. Arrows and Enter.")
        )

    def resizeEvent(self, event: object) -> None:
        self.fit_to_room()

    def fit_to_room(self) -> None:
        """A square, as large as the pane allows."""
        self._sheet = None
        self.setFixedHeight(round(min(self.width(), room_for(self, 620))))

    def show_points(self, points: tuple[DrawnPoint, ...]) -> None:
        """What is on the sheet."""
        if points != self._points:
            self._points, self._sheet = points, None
            self.update()

    def show_ground(self, image: QImage | None) -> None:
        """What the network answers all over the sheet."""
        self._ground = image
        self.update()

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        self._sheet = None
        self.update()

    # Where things are

    def place(self) -> QRectF:
        """The sheet in the widget."""
        side = min(self.width(), self.height()) - 2.0
        return QRectF((self.width() - side) / 2, 1, side, side)

    def _radius(self) -> float:
        """Half the width of a mark: on a large sheet they are larger."""
        return MARK * sqrt(max(1.0, self.place().width() / 300))

    def at(self, place: Place) -> QPointF:
        """A place of the plane in pixels."""
        sheet = self.place()
        x, y = ((each / REACH + 1) / 2 for each in place)
        return QPointF(sheet.left() + x * sheet.width(), sheet.bottom() - y * sheet.height())

    def place_of(self, at: QPointF) -> Place:
        """Pixels as a place of the plane."""
        sheet = self.place()
        x, y = (at.x() - sheet.left()) / sheet.width(), (sheet.bottom() - at.y()) / sheet.height()
        return (2 * x - 1) * REACH, (2 * y - 1) * REACH

    # Drawing

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (LEFT, RIGHT) and self._last is None:
            self._last = event.position()
            self._takes_away = self.is_erasing or event.button() == RIGHT
            self._stroke = [self.place_of(event.position())]
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._last is None:
            return
        way = event.position() - self._last
        steps = int((way.x() ** 2 + way.y() ** 2) ** 0.5 / GAP)
        for step in range(1, steps + 1):
            self._go_over(self.place_of(self._last + way * (step / steps)))
        if steps:
            self._last = event.position()
            self.update()

    def _go_over(self, place: Place) -> None:
        if not self._takes_away:
            x, y = self._random.normal(place, self.width_of_spray / 2).tolist()
            place = (x, y)
        self._stroke.append(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._last is None or event.buttons() & (LEFT | RIGHT):
            return
        stroke, self._stroke, self._last = self._stroke, [], None
        self._tell(stroke, self._takes_away)
        self.update()

    def _tell(self, places: list[Place], takes_away: bool) -> None:
        if takes_away:
            self.erased.emit(places, self.width_of_spray)
        else:
            self.drawn.emit(places, self.label)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        step = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        if Qt.Key.Key_1 <= key < Qt.Key.Key_1 + MOST_CLASSES:
            self.label, self.is_erasing = key - Qt.Key.Key_1 + 1, False
            self.settings_changed.emit()
        elif key == Qt.Key.Key_E:
            self.is_erasing = not self.is_erasing
            self.settings_changed.emit()
        elif key in step:
            x, y = self.cross or (0.0, 0.0)
            self.cross = _within(x + STEP * step[key][0]), _within(y + STEP * step[key][1])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.cross is not None:
            self._tell([self.cross], self.is_erasing)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.cross is not None:
            self._tell([self.cross], True)
        else:
            super().keyPressEvent(event)
            return
        self.update()

    # Painting

    def paint(self, painter: QPainter) -> None:
        if self._sheet is None or self._sheet.devicePixelRatio() != self.devicePixelRatioF():
            self._sheet = self._made_sheet()
        theme, sheet = theme_of(), self.place()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(sheet, theme.color("window"))
        if self._ground is not None:
            painter.setOpacity(0.75)
            painter.drawImage(sheet, self._ground)
            painter.setOpacity(1)
        painter.drawPixmap(QPointF(0, 0), self._sheet)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(sheet)
        self._paint_stroke(painter)
        if self.cross is not None and self.hasFocus():
            self._paint_cross(painter, self.at(self.cross))

    def _made_sheet(self) -> QPixmap:
        """The axes and the points there are, painted once."""
        ratio = self.devicePixelRatioF()
        made = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        theme, sheet = theme_of(), self.place()
        painter = QPainter(made)
        try:
            painter.setPen(QPen(theme.color("grid"), 1))
            painter.drawLine(self.at((-REACH, 0)), self.at((REACH, 0)))
            painter.drawLine(self.at((0, -REACH)), self.at((0, REACH)))
            painter.setPen(QPen(theme.color("border"), 1))
            painter.drawRect(sheet)
            painter.setClipRect(sheet)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.color("panel"), 0.8))
            places = (self.at((x, y)) for x, y, _, _ in self._points)
            paint_marks(painter, places, (point[2] - 1 for point in self._points), self._radius())
        finally:
            painter.end()
        return made

    def _paint_stroke(self, painter: QPainter) -> None:
        """What the hand does now, before it lets go."""
        if not self._stroke:
            return
        if not self._takes_away:
            painter.setPen(QPen(theme_of().color("panel"), 0.8))
            paint_marks(painter, map(self.at, self._stroke), [self.label - 1] * len(self._stroke), self._radius())
            return
        radius = self.width_of_spray / REACH / 2 * self.place().width()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme_of().color("window"))
        for place in self._stroke:
            painter.drawEllipse(self.at(place), radius, radius)

    def _paint_cross(self, painter: QPainter, at: QPointF) -> None:
        color = theme_of().color("text") if self.is_erasing else class_color(self.label - 1)
        for pen in (QPen(theme_of().color("panel"), 4), QPen(color, 2)):
            painter.setPen(pen)
            painter.drawLine(at - QPointF(9, 0), at + QPointF(9, 0))
            painter.drawLine(at - QPointF(0, 9), at + QPointF(0, 9))


def _within(value: float) -> float:
    return max(-REACH, min(value, REACH))
