"""The window's outline on the screen before the rest of the program is imported, for who starts it from a menu.

Whoever opens the window later takes it from here.
"""

from __future__ import annotations

import gc
from time import monotonic

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from playground.ui.application import Application
from playground.ui.main_window import MainWindow

PATIENCE = 0.25
"""Seconds that the screen may take to show it; where it takes longer, the program does not wait."""

_waiting: list[MainWindow] = []


def show_outline(name: str, has_project: bool) -> None:
    """Put the outline on the screen. name: of the program, as Qt wants it."""
    gc.disable()  # nothing of what is imported from now on is garbage; open_window turns it on again
    app = Application([name])
    window = MainWindow(is_early=True)
    if has_project:
        window.expect_panels()
    _waiting.append(window)
    window.show()
    end = monotonic() + PATIENCE
    while not window.was_painted and monotonic() < end:
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)


def take() -> MainWindow | None:
    """The window whose outline is on the screen, once."""
    return _waiting.pop() if _waiting else None


def breathe() -> None:
    """Let the outline be moved, covered and shown again."""
    if _waiting:
        QApplication.processEvents()
