"""What the lines of a picture are: a piece of each beside its name. Knows Qt and the theme, nothing of networks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from playground.ui.theme import NOTE, sized, theme_of
from playground.ui.views.painted import Painted

Entry = tuple[str, str, bool]
"""Name, role of the theme or RING, whether it is dashed."""
RING = "network"
PIECE = 22.0


class Legend(Painted):
    """As many in a row as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Legend"))
        self.entries: tuple[Entry, ...] = ()

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """From the left, then below."""
        if tuple(entries) != self.entries:
            self.entries = tuple(entries)
            self.setAccessibleDescription(", ".join(name for name, _, _ in entries))
            self._fit()

    def resizeEvent(self, event: object) -> None:
        self._fit()

    def _fit(self) -> None:
        places = self._places()
        self.setFixedHeight(round(max((place.bottom() for place in places), default=0.0)) + 1)
        self.update()

    def _places(self) -> list[QRectF]:
        metrics, high = self.fontMetrics(), sized(NOTE) + 7.0
        left = top = 0.0
        found = []
        for name, _, _ in self.entries:
            wide = PIECE + 16 + metrics.horizontalAdvance(name)
            if left and left + wide > self.width():
                left, top = 0.0, top + high
            found.append(QRectF(left, top, wide, high))
            left += wide
        return found

    def paint(self, painter: QPainter) -> None:
        theme = theme_of()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for (name, role, is_dashed), place in zip(self.entries, self._places(), strict=True):
            middle = place.center().y()
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if role == RING:
                painter.setPen(QPen(theme.color("text"), 2))
                painter.drawEllipse(QPointF(place.left() + PIECE / 2, middle), 5, 5)
            else:
                style = Qt.PenStyle.DashLine if is_dashed else Qt.PenStyle.SolidLine
                painter.setPen(QPen(theme.color(role), 2.4, style))
                painter.drawLine(QPointF(place.left(), middle), QPointF(place.left() + PIECE, middle))
            painter.setPen(theme.color("text"))
            painter.drawText(place.adjusted(PIECE + 6, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, name)
