"""The real window with hands on it: offscreen always, on a real X server where there is one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from playground.ui.main_window import MainWindow
from tests.whole.hands import Hands, QtHands, XHands


@pytest.fixture
def window(qtbot) -> Iterator[MainWindow]:
    """The window as it opens without a project: on the welcome page."""
    window = MainWindow(None, "light")
    window.resize(1280, 720)
    window.show()
    qtbot.waitExposed(window)
    window.build_plots()
    window.windowHandle().requestActivate()
    yield window
    window.close()
    window.deleteLater()
    qtbot.wait(1)


@pytest.fixture
def hands(window, request, qtbot) -> Hands:
    """Qt's events offscreen, a real X server's in a test that is marked "display"."""
    if request.node.get_closest_marker("display") is None:
        qtbot.waitUntil(window.isActiveWindow, timeout=5000)
        return QtHands()
    if QApplication.platformName() != "xcb" or shutil.which("xdotool") is None:
        pytest.skip("needs an X server, QT_QPA_PLATFORM=xcb and xdotool")
    made = XHands(window)
    qtbot.waitUntil(window.isActiveWindow, timeout=5000)
    return made
