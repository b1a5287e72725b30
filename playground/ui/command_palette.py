"""Ctrl+K: every action and every layer by a few letters of its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget


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


class CommandPalette(QFrame):
    """A field and the list of what fits. Up, Down, Enter, Escape."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Popup)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._commands: Sequence[Command] = ()
        self.field = QLineEdit(placeholderText=self.tr("Type the name of a layer or an action"))
        self.field.setAccessibleName(self.tr("Command"))
        self.list = QListWidget()
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setAccessibleName(self.tr("What can be done"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._run)

    def offer(self, commands: Sequence[Command]) -> None:
        """Open over the parent's upper middle."""
        self._commands = commands
        self.field.clear()
        self._filter("")
        parent = self.parentWidget()
        width = min(520, parent.width() - 40)
        self.setFixedSize(width, 380)
        self.move(parent.mapToGlobal(parent.rect().topLeft()).x() + (parent.width() - width) // 2,
                  parent.mapToGlobal(parent.rect().topLeft()).y() + 90)  # fmt: skip
        self.show()
        self.field.setFocus()

    def _filter(self, wanted: str) -> None:
        ranked = [
            (place, number) for number, each in enumerate(self._commands) if (place := rank(wanted, each)) is not None
        ]
        self.list.clear()
        for _, number in sorted(ranked):
            command = self._commands[number]
            item = QListWidgetItem(f"{command.title}    — {command.group}")
            item.setData(Qt.ItemDataRole.UserRole, number)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                row = min(max(self.list.currentRow() + step, 0), self.list.count() - 1)
                self.list.setCurrentRow(row)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _run(self, item: QListWidgetItem | None) -> None:
        self.hide()
        if item is not None:
            self._commands[item.data(Qt.ItemDataRole.UserRole)].run()
