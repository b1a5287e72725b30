"""Qt without a window, for commands that only draw into files."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QCoreApplication

from playground.ui.application import Application


def ready_to_draw() -> QCoreApplication:
    """The program's application, made if there is none: type is measured by it. A screen is not needed.

    A QApplication though a QGuiApplication would do: whoever opens a window in the same process later finds one that
    can, where Qt would end the program otherwise.
    """
    there = QCoreApplication.instance()
    if there is not None:
        return there
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return Application(sys.argv[:1])
