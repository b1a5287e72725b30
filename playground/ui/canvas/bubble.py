"""What is wrong with a layer, beside its card, with buttons that repair it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QLabel,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from playground.graph.model import Edge
from playground.graph.problem import Fix, Problem
from playground.ui.theme import theme_of


class FixButton(QPushButton):
    """As wide as its words if there is room; else they are cut, and stand in the tooltip."""

    def minimumSizeHint(self) -> QSize:
        return QSize(70, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        missing = self.sizeHint().width() - self.width()
        if missing > 0:
            room = self.fontMetrics().horizontalAdvance(self.text()) - missing
            option.text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        painter.end()


class ProblemNote(QFrame):
    """One problem: its sentence and its fixes. Used beside cards and in the layer's form."""

    chosen = Signal(object)
    """The Fix whose button was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problem")
        self._text = QLabel(wordWrap=True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._buttons.setSpacing(6)
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addWidget(self._text)
        layout.addLayout(self._buttons)
        self.problem: Problem | None = None
        self.restyle()

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        theme = theme_of()
        severity = self.problem.severity if self.problem is not None else "error"
        border = {"error": theme.error, "warning": theme.warning}.get(severity, theme.border)
        self.setStyleSheet(
            f"""
            #problem {{ background: {theme.card}; border: 1px solid {border}; border-radius: 7px; }}
            #problem QPushButton {{ background: transparent; color: {theme.text}; border: 1px solid {theme.border};
                border-radius: 6px; padding: 4px 11px; }}
            #problem QPushButton:hover, #problem QPushButton:focus {{ border-color: {theme.accent}; }}
            #problem QPushButton[role="primary"] {{ background: {theme.accent}; color: {theme.on_accent};
                border-color: {theme.accent}; font-weight: 600; }}
            #problem QPushButton[role="primary"]:focus {{ border-color: {theme.text}; }}
            """
        )

    def show_problem(self, problem: Problem, most: int = 3) -> None:
        """Show a problem with at most so many of its fixes."""
        if problem == self.problem:
            return
        self.problem = problem
        self._text.setText(problem.text)
        self.setAccessibleName(problem.text)
        while (item := self._buttons.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for number, fix in enumerate(problem.fixes[:most]):
            self._buttons.addWidget(self._button(fix, number == 0), alignment=Qt.AlignmentFlag.AlignLeft)
        self._buttons.addStretch(1)
        self.restyle()
        self._turn_buttons(self.width())

    def buttons(self) -> list[QPushButton]:
        """The buttons shown now, in their order."""
        items = (self._buttons.itemAt(place) for place in range(self._buttons.count()))
        return [button for item in items if item is not None and isinstance(button := item.widget(), QPushButton)]

    def _words(self, fix: Fix) -> str:
        """The fix's label; of two with the same label, also where each would be done."""
        others = self.problem.fixes if self.problem is not None else ()
        edge = next((edge for edit in fix.edits if isinstance(edge := getattr(edit, "edge", None), Edge)), None)
        is_same = sum(other.label == fix.label for other in others) > 1
        return f"{fix.label}, after {edge.source}" if is_same and edge is not None else fix.label

    def _button(self, fix: Fix, is_first: bool) -> QPushButton:
        button = FixButton(self._words(fix))
        button.setToolTip(self.tr("%1. Ctrl+Z takes it back.").replace("%1", button.text()))
        button.setAutoDefault(False)
        if is_first:
            button.setProperty("role", "primary")
        button.clicked.connect(lambda: self.chosen.emit(fix))
        return button

    def _turn_buttons(self, width: int) -> None:
        """Side by side where there is room, else below one another."""
        margins = self._layout.contentsMargins()
        buttons = self.buttons()
        for button in buttons:
            button.ensurePolished()  # the style decides how wide it is
        wide = sum(button.sizeHint().width() for button in buttons) + self._buttons.spacing() * (len(buttons) - 1)
        fits = wide <= width - margins.left() - margins.right()
        wanted = QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom
        if wanted != self._buttons.direction():
            self._buttons.setDirection(wanted)
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn_buttons(event.size().width())

    def minimumSizeHint(self) -> QSize:
        """As narrow as its buttons can be: they may stand below one another, and cut their words short."""
        margins = self._layout.contentsMargins()
        widest = max((button.minimumSizeHint().width() for button in self.buttons()), default=80)
        return QSize(widest + margins.left() + margins.right(), super().minimumSizeHint().height())


class ProblemBubble(ProblemNote):
    """Floats over the canvas beside the card it belongs to."""

    WIDTH = 290
    GAP = 10

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._canvas = parent
        self.hide()

    def show_beside(self, problem: Problem, card: QRect, others: Iterable[QRect]) -> None:
        """Place it beside that card, where it covers least of the card itself and of the others; all in pixels."""
        self.show_problem(problem, most=2)
        self.setFixedWidth(self.WIDTH)
        self._fit_height()
        # New buttons know their height only when they have been styled, one turn of the event loop later.
        QTimer.singleShot(0, self, self._fit_height)
        cards = [card, *others]
        self.move(min(self._places(card), key=lambda place: _covered(QRect(place, self.size()), cards)))
        self.show()
        self.raise_()

    def _fit_height(self) -> None:
        """As high as its words and buttons need at its width."""
        self._turn_buttons(self.WIDTH)
        self._buttons.invalidate()
        self._layout.invalidate()
        self._layout.activate()
        self.setFixedHeight(max(self.sizeHint().height(), self._layout.heightForWidth(self.WIDTH)))

    def _places(self, card: QRect) -> list[QPoint]:
        """Below, above, right and left of the card, moved into the canvas; the first is the usual one."""
        middle, top = card.center().x() - self.width() // 2, card.center().y() - self.height() // 2
        wished = [
            QPoint(middle, card.bottom() + self.GAP),
            QPoint(middle, card.top() - self.GAP - self.height()),
            QPoint(card.right() + 2 * self.GAP, top),
            QPoint(card.left() - 2 * self.GAP - self.width(), top),
        ]
        room = self._canvas.size() - self.size() - QSize(6, 6)
        return [QPoint(max(6, min(at.x(), room.width())), max(6, min(at.y(), room.height()))) for at in wished]


def _covered(place: QRect, cards: Iterable[QRect]) -> int:
    """Square pixels of those cards that would be hidden."""
    hidden = (place.intersected(card) for card in cards)
    return sum(part.width() * part.height() for part in hidden if not part.isEmpty())
