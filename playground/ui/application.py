"""The application: its names, and files that the system hands to it while it runs, as macOS does on a double click.

On Linux and Windows a double click starts the program with the file for an argument; there no such event comes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

Opens = Callable[[Sequence[Path]], object]


class Application(QApplication):
    """One for the program. Files that come before a window can open them wait for it."""

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__(list(arguments))
        self.setApplicationName("nn-playground")
        self.setApplicationDisplayName("Neural Network Playground")
        self._waiting: list[Path] = []
        self._opens: Opens | None = None

    def hand_files_to(self, opens: Opens | None) -> None:
        """Who opens files from now on: those that wait too. With None they wait."""
        self._opens = opens
        self._hand_over()

    def event(self, event: QEvent) -> bool:
        """Take a file; anything else is Qt's."""
        if not isinstance(event, QFileOpenEvent):
            return super().event(event)
        name = event.file() or event.url().toLocalFile()
        if name:
            self._waiting.append(Path(name))
            QTimer.singleShot(0, self._hand_over)  # those that were chosen together come one after the other
        return True

    def _hand_over(self) -> None:
        if self._opens is not None and self._waiting:
            files, self._waiting = self._waiting, []
            self._opens(files)
