"""One line of words that may be given less room than they need: cut, and told whole under the mouse."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QStyleOption, QToolTip


class Elided(QLabel):
    """Its text() is whole, for screen readers too; what is painted fits."""

    def __init__(self) -> None:
        super().__init__(textFormat=Qt.TextFormat.PlainText)

    @property
    def shown(self) -> str:
        """What there is room for."""
        room = self.contentsRect().width()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance("…"), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option = QPainter(self), QStyleOption()
        try:
            option.initFrom(self)
            self.style().drawItemText(
                painter, self.contentsRect(), self.alignment(), option.palette, self.isEnabled(), self.shown,
                self.foregroundRole(),
            )  # fmt: skip
        finally:
            painter.end()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.shown != self.text():
            QToolTip.showText(event.globalPos(), self.text(), self)
            return True
        return super().event(event)
