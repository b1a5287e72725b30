"""A remark on the paper: moved by dragging, edited by a double click, gone when its text is empty."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QFont, QKeyEvent, QPainter, QPen, QTextCursor
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsSceneMouseEvent,
    QGraphicsTextItem,
    QStyleOptionGraphicsItem,
    QWidget,
)

from playground.app.changes import SetNote
from playground.app.document import Note
from playground.app.session import Session
from playground.ui.theme import BODY, theme_of

WIDTH = 220.0


class NoteItem(QGraphicsTextItem):
    """Shows one note of the document; every change of it is an edit."""

    def __init__(self, session: Session, id: str) -> None:
        super().__init__()
        self._session, self.id = session, id
        self._is_edited = False
        self.setZValue(-0.5)
        self.setTextWidth(WIDTH)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsMovable)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)

    def show_note(self, note: Note) -> None:
        """Take over text and place from the document."""
        font = QFont()
        font.setPixelSize(round(BODY + 1))
        self.setFont(font)
        self.setDefaultTextColor(theme_of().color("text"))
        if not self._is_edited and self.toPlainText() != note.text:
            self.setPlainText(note.text)
        if self.pos() != QPointF(*note.position):
            self.setPos(*note.position)

    def edit(self, anew: bool = False) -> None:
        """Give the keyboard to the text. anew: what is typed takes the place of what stands there."""
        self._is_edited = True
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextEditorInteraction)
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if anew:
            cursor = self.textCursor()
            cursor.select(QTextCursor.SelectionType.Document)
            self.setTextCursor(cursor)

    def mouseDoubleClickEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        if self._is_edited:
            super().mouseDoubleClickEvent(event)
        else:
            self.edit()

    def mouseReleaseEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        note = self._session.document.notes.get(self.id)
        if note is not None and self.pos() != QPointF(*note.position):
            self._session.do(SetNote(self.id, Note(note.text, (self.x(), self.y()))))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._is_edited = False
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        note, text = self._session.document.notes.get(self.id), self.toPlainText().strip()
        if note is not None and text != note.text:
            self._session.do(SetNote(self.id, Note(text, note.position) if text else None))

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        theme = theme_of()
        paper = QColor("#FFF6D6" if theme.name == "light" else "#3A3524")
        painter.setPen(QPen(theme.color("accent" if self.isSelected() else "border"), 1))
        painter.setBrush(paper)
        painter.drawRoundedRect(self.boundingRect(), 6, 6)
        option.state &= ~option.state.State_Selected  # the frame says it
        super().paint(painter, option, widget)  # type: ignore[arg-type]
