"""Ctrl+F: a small field over the canvas that goes to the layers whose name, kind or settings contain some words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit

from playground.graph.model import NodeId
from playground.graph.neighbours import matching
from playground.ui.theme import theme_of

if TYPE_CHECKING:
    from playground.ui.canvas.view import CanvasView

WIDTH = 270


class Finder(QFrame):
    """Enter goes to the next match, Shift+Enter to the one before, Escape closes it."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view.viewport())
        self._view = view
        self.setObjectName("finder")
        self.field = QLineEdit(placeholderText=self.tr("Name, kind or setting of a layer"), clearButtonEnabled=True)
        self.field.setAccessibleName(self.tr("Find a layer in the network"))
        self.count = QLabel()
        self.count.setProperty("role", "note")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 10, 6)
        row.addWidget(self.field, 1)
        row.addWidget(self.count)
        self._found: list[NodeId] = []
        self._at = 0
        self.field.textEdited.connect(lambda _: self._look())
        self.field.installEventFilter(self)
        self.hide()
        self.restyle()

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        theme = theme_of()
        self.setStyleSheet(
            f"#finder {{ background: {theme.card}; border: 1px solid {theme.border}; border-radius: 7px; }}"
        )

    def open(self) -> None:
        """Show the field, with what was looked for last."""
        self.show()
        self.raise_()
        self._view.overlays.place()
        self.field.setFocus()
        self.field.selectAll()
        self._found = matching(self._view.session.document.graph, self.field.text())
        self._tell()

    def leave(self) -> None:
        """Back to the canvas."""
        self.hide()
        self._view.setFocus()

    def place(self, within: QRect) -> None:
        """To the upper right corner of that part of the canvas."""
        if self.isVisible():
            self.setFixedWidth(min(WIDTH, within.width()))
            self.adjustSize()
            self.move(within.right() - self.width() + 1, within.top())

    def refresh(self) -> None:
        """The network is another one."""
        if self.isVisible():
            self._found = matching(self._view.session.document.graph, self.field.text())
            self._at = min(self._at, max(len(self._found) - 1, 0))
            self._tell()

    def _look(self) -> None:
        self._found = matching(self._view.session.document.graph, self.field.text())
        self._at = 0
        self._show()

    def go(self, step: int) -> None:
        """To the next match, or the one before, round and round."""
        if self._found:
            selected = self._view.selected()
            is_there = self._found[self._at] in selected
            self._at = (self._at + step) % len(self._found) if is_there else self._at
        self._show()

    def _show(self) -> None:
        self._tell()
        if self._found:
            id = self._found[self._at]
            self._view.select((id,))
            self._view.look_at(self._view.cards((id,)).center())

    def _tell(self) -> None:
        if not self.field.text().strip():
            self.count.setText("")
        elif not self._found:
            self.count.setText(self.tr("none"))
        else:
            words = self.tr("%1 of %2")
            self.count.setText(words.replace("%1", str(self._at + 1)).replace("%2", str(len(self._found))))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.go(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.leave()
                return True
            if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                return True  # the canvas below would walk on
        return super().eventFilter(watched, event)
