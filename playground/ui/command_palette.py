"""Ctrl+K: every action and every layer by a few letters of its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from playground.ui.theme import theme_of

WIDTH, HEIGHT, ROW = 520, 380, 28
_NUMBER = Qt.ItemDataRole.UserRole
_GROUP = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True)
class Command:
    """Something that can be done now."""

    title: str
    group: str
    run: Callable[[], object]
    words: str = ""
    """Other words it is found by."""


def rank(wanted: str, command: Command) -> int | None:
    """How well a command fits, smaller is better; None if it does not: all letters must come in order."""
    title, text = command.title.lower(), f"{command.title} {command.group} {command.words}".lower()
    wanted = wanted.lower().strip()
    if title.startswith(wanted):
        return 0
    if wanted in title:
        return 1
    if wanted in text:
        return 2
    letters = iter(title)
    return 3 if all(letter in letters for letter in wanted.replace(" ", "")) else None


class _Row(QStyledItemDelegate):
    """A command's title, and its group muted at the right end."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        is_current = bool(option.state & QStyle.StateFlag.State_Selected)
        rect: QRect = option.rect
        painter.setPen(theme_of().color("on_accent" if is_current else "muted"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(0, 0, -10, 0), right, str(index.data(_GROUP)))

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, ROW)


class CommandPalette(QFrame):
    """A field and the list of what fits. Up, Down, Enter, Escape."""

    def __init__(self, parent: QWidget) -> None:
        # A window from the start: a part of the parent would take over that nothing is painted while that is built.
        super().__init__(parent, Qt.WindowType.Popup)
        self._over = parent
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._commands: Sequence[Command] = ()
        self.field = QLineEdit(placeholderText=self.tr("Type the name of a layer or an action"))
        self.field.setAccessibleName(self.tr("Command"))
        self.list = QListWidget()
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setAccessibleName(self.tr("What can be done"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(_Row(self.list))
        self.nothing = QLabel(self.tr("Nothing has such a name. Try fewer letters."))
        self.nothing.setProperty("role", "note")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.field)
        layout.addWidget(self.nothing)
        layout.addWidget(self.list, 1)
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._run)

    def offer(self, commands: Sequence[Command]) -> None:
        """Open over the parent's upper middle."""
        self._commands = commands
        self.field.clear()
        self._filter("")
        width = min(WIDTH, self._over.width() - 40)
        self.setFixedSize(width, HEIGHT)
        self.move(self._over.mapToGlobal(QPoint((self._over.width() - width) // 2, 90)))
        self.show()
        self.field.setFocus()

    def _filter(self, wanted: str) -> None:
        places = [(rank(wanted, command), number) for number, command in enumerate(self._commands)]
        self.list.clear()
        for _, number in sorted((place, number) for place, number in places if place is not None):
            item = QListWidgetItem(self._commands[number].title)
            item.setData(_NUMBER, number)
            item.setData(_GROUP, self._commands[number].group)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.nothing.setVisible(self.list.count() == 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps: dict[int, int] = {
                Qt.Key.Key_Down: 1,
                Qt.Key.Key_Up: -1,
                Qt.Key.Key_PageDown: 8,
                Qt.Key.Key_PageUp: -8,
            }
            if event.key() in steps:
                row = self.list.currentRow() + steps[event.key()]
                self.list.setCurrentRow(min(max(row, 0), self.list.count() - 1))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _run(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        self.hide()
        self._commands[item.data(_NUMBER)].run()
