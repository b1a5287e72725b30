"""What waits for a window's first frame."""

from __future__ import annotations

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from playground.ui.first_frame import FirstFrame


def test_what_waits_is_done_once_after_the_first_frame(qtbot):
    window, done = QWidget(), []
    qtbot.addWidget(window)
    FirstFrame(window, lambda: done.append("built"))
    window.show()

    qtbot.waitUntil(lambda: bool(done), timeout=5000)
    window.repaint()
    qtbot.wait(20)

    assert done == ["built"]


def test_a_window_that_is_closed_after_its_first_frame_needs_nothing_more(qtbot):
    window, done = QWidget(), []
    qtbot.addWidget(window)
    FirstFrame(window, lambda: done.append("built"))
    window.show()
    QApplication.sendEvent(window, QPaintEvent(window.rect()))

    window.close()
    qtbot.wait(20)

    assert done == []
