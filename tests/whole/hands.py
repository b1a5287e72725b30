"""Mouse and keyboard for tests of the whole window: Qt's own events, or a real X server's through xdotool."""

from __future__ import annotations

import subprocess
from typing import Protocol

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget


class Hands(Protocol):
    """What a person can do."""

    def click(self, widget: QWidget, at: QPoint | None = None, double: bool = False) -> None:
        """Press and let go the left button, in the middle or at a place in the widget."""

    def drag(self, source: QWidget, start: QPoint, target: QWidget, end: QPoint) -> None:
        """Press at a place, move, and let go at another."""

    def key(self, name: str) -> None:
        """One key, with modifiers: "space", "ctrl+k"."""

    def type(self, text: str) -> None:
        """Letters, one after another."""


class QtHands:
    """Events put into Qt's queue."""

    def click(self, widget: QWidget, at: QPoint | None = None, double: bool = False) -> None:
        place = at or widget.rect().center()
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place)
        if double:
            QTest.mouseDClick(widget, Qt.MouseButton.LeftButton, pos=place)

    def drag(self, source: QWidget, start: QPoint, target: QWidget, end: QPoint) -> None:
        QTest.mousePress(source, Qt.MouseButton.LeftButton, pos=start)
        for share in (0.3, 0.7, 1.0):
            way = source.mapFrom(target.window(), target.mapTo(target.window(), end)) - start
            QTest.mouseMove(source, start + way * share)
        QTest.mouseRelease(source, Qt.MouseButton.LeftButton, pos=source.mapFromGlobal(target.mapToGlobal(end)))

    def key(self, name: str) -> None:
        *held, last = name.split("+")
        codes = {"space": Qt.Key.Key_Space, "Return": Qt.Key.Key_Return, "k": Qt.Key.Key_K, "Delete": Qt.Key.Key_Delete}
        modifiers = Qt.KeyboardModifier.ControlModifier if "ctrl" in held else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(_window(), codes[last], modifiers)

    def type(self, text: str) -> None:
        for letter in text:
            QTest.keyClick(_window(), letter)


def _window() -> QWindow:
    """Where the keyboard goes: an open popup gets what its window is given."""
    window = QGuiApplication.focusWindow()
    assert window is not None, "nothing has the keyboard"
    return window


class XHands:
    """Events of a real X server. Needs the program xdotool."""

    def __init__(self, window: QWidget) -> None:
        # Without a window manager nobody else gives the window the keyboard.
        _xdotool("windowfocus", str(int(window.winId())))

    def click(self, widget: QWidget, at: QPoint | None = None, double: bool = False) -> None:
        self._go(widget, at or widget.rect().center())
        _xdotool("click", *(("--repeat", "2", "--delay", "60") if double else ()), "1")

    def drag(self, source: QWidget, start: QPoint, target: QWidget, end: QPoint) -> None:
        self._go(source, start)
        _xdotool("mousedown", "1")
        QTest.qWait(30)
        for share in (0.2, 0.6, 1.0):
            begin, to = source.mapToGlobal(start), target.mapToGlobal(end)
            place = begin + (to - begin) * share
            _xdotool("mousemove", str(place.x()), str(place.y()))
            QTest.qWait(30)
        _xdotool("mouseup", "1")

    def key(self, name: str) -> None:
        _xdotool("key", name)

    def type(self, text: str) -> None:
        _xdotool("type", "--delay", "20", text)

    def _go(self, widget: QWidget, at: QPoint) -> None:
        place = widget.mapToGlobal(at)
        _xdotool("mousemove", str(place.x()), str(place.y()))
        QTest.qWait(30)


def _xdotool(*words: str) -> None:
    subprocess.run(["xdotool", *words], check=True, timeout=10)
