"""The monkey's hands: one random thing at a time, in whatever menu or dialog is open."""

from __future__ import annotations

import random
import time
from typing import Any

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QTabBar,
    QWidget,
)

from tests.faults.monkey import KEYS, MOST_WRONG, QUIET, SIZE, TEMPLATES, Watch, watch_for_hangs

TOUCHED = (
    QAbstractButton, QTabBar, QComboBox, QAbstractSlider, QAbstractSpinBox, QLineEdit, QAbstractItemView, QMenu,
)  # fmt: skip
SPECIAL = (
    Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Delete, Qt.Key.Key_Space,
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_F2, Qt.Key.Key_Backspace,
    Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End,
)  # fmt: skip
MODIFIERS = (
    Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier,
)  # fmt: skip


class Hands(QObject):
    """Plays by a timer, so that it goes on in the loops of menus and dialogs too."""

    def __init__(self, window: Any, chance: random.Random, watch: Watch) -> None:
        super().__init__(window)
        self._window, self._chance, self._watch = window, chance, watch
        self.done = self.reopened = 0
        self._until = 0
        self._end = 0.0
        self._next = QTimer(self, singleShot=True, interval=1)  # PySide keeps something of each QTimer.singleShot()
        self._next.timeout.connect(self._act)

    def play(self, app: QApplication, actions: int, end: float) -> None:
        """Do so many things, if the time allows."""
        self._until, self._end = self.done + actions, end
        self._next.start()
        while not self._is_over():
            app.processEvents()
            time.sleep(0.001)

    def _is_over(self) -> bool:
        return self.done >= self._until or time.monotonic() > self._end or self._watch.wrong > MOST_WRONG

    def try_each_action(self, app: QApplication) -> None:
        """Each once, and close what it opens."""
        closing = QTimer(self, interval=30)
        closing.timeout.connect(_close_top)
        closing.start()
        for name, action in self._window.actions_by_name.items():
            if name not in QUIET and action.isEnabled():
                self._say(f"menu {name}")
                action.trigger()
                for _ in range(10):
                    app.processEvents()
                    time.sleep(0.01)
        closing.stop()

    def rest(self) -> None:
        """Close what is open, other windows too; a small project with nothing running, the same panes in front.

        The window is as large as it was, and nothing is on the clipboard: a copied picture is 16 MB.
        """
        for _ in range(20):
            if not _close_top():
                break
        for window in QApplication.topLevelWidgets():
            if window is not self._window and window.isVisible():
                window.close()
        self._window.showNormal()
        self._window.resize(*SIZE)
        QApplication.clipboard().clear()
        for name in ("loss", self._window.inside.names[0]):  # what is in front holds its pictures: 20 MB, some do
            self._window.show_place(name)
        self._open("spiral-mlp")
        self._window.session.pause()

    def _open(self, template: str) -> None:
        self._window.files.new_from(template)
        self.reopened += 1

    def _act(self) -> None:
        if self._is_over():
            top = QApplication.activePopupWidget() or QApplication.activeModalWidget()
            if top is not None:
                top.close()  # so that its loop ends
                self._next.start()
            return
        self._next.start()  # at once: what follows may not return before a menu is closed
        self.done += 1
        watch_for_hangs()
        kinds = {
            self._click: 40, self._key: 20, self._canvas_click: 12, self._canvas_drag: 10, self._wheel: 4,
            self._choose: 10, self._train: 3, self._double: 4, self._reopen: 0.4, self._resize: 0.5,
        }  # fmt: skip
        top = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if top is not None and self._chance.random() < 0.35:
            self._say(f"Esc in {type(top).__name__}")
            QTest.keyClick(top, Qt.Key.Key_Escape)
            if self._chance.random() < 0.2:
                top.close()
            return
        chosen = self._chance.choices(list(kinds), list(kinds.values()))[0]
        if top is not None and chosen not in (self._click, self._key):
            chosen = self._click
        chosen(top or self._shown_window())

    def _shown_window(self) -> QWidget:
        """The main window mostly, sometimes another one that is open."""
        others = [each for each in QApplication.topLevelWidgets() if each.isVisible() and each.isWindow()]
        return self._chance.choice(others) if others and self._chance.random() < 0.15 else self._window

    def _say(self, words: str) -> None:
        self._watch.lately.append(words)

    def _target(self, top: QWidget) -> QWidget | None:
        found = [each for kind in TOUCHED for each in top.findChildren(kind) if _can_be_hit(each)]
        if isinstance(top, TOUCHED):
            found.append(top)
        return self._chance.choice(found) if found else None

    def _click(self, top: QWidget) -> None:
        widget = self._target(top)
        if widget is None:
            return
        target = widget.viewport() if isinstance(widget, QAbstractItemView) else widget
        button = Qt.MouseButton.RightButton if self._chance.random() < 0.08 else Qt.MouseButton.LeftButton
        self._say(f"click {_named(widget)}")
        QTest.mouseClick(target, button, self._chance.choice(MODIFIERS[:4]), self._spot(target))
        if button is Qt.MouseButton.RightButton:
            self._context(target)

    def _double(self, top: QWidget) -> None:
        if (widget := self._target(top)) is not None:
            target = widget.viewport() if isinstance(widget, QAbstractItemView) else widget
            self._say(f"double click {_named(widget)}")
            QTest.mouseDClick(target, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self._spot(target))

    def _context(self, widget: QWidget) -> None:
        from PySide6.QtGui import QContextMenuEvent

        spot = self._spot(widget)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, spot, widget.mapToGlobal(spot))
        QApplication.postEvent(widget, event)

    def _key(self, top: QWidget) -> None:
        widget = QApplication.focusWidget() or top
        if self._chance.random() < 0.5:
            key, modifier = self._chance.choice(SPECIAL), self._chance.choice(MODIFIERS)
            if modifier is Qt.KeyboardModifier.AltModifier and key is Qt.Key.Key_Space:
                return
            self._say(f"key {key.name} {modifier.name}")
            QTest.keyClick(widget, key, modifier)
        else:
            letter = self._chance.choice(KEYS)
            self._say(f"type {letter}")
            QTest.keyClick(widget, letter)

    def _canvas_click(self, _: QWidget) -> None:
        canvas = self._window.canvas.viewport()
        if canvas.isVisible():
            spot, right = self._on_canvas(), self._chance.random() < 0.15
            self._say(f"canvas {'right ' if right else ''}click {spot.x()},{spot.y()}")
            QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, self._chance.choice(MODIFIERS[:5]), spot)
            if right:
                self._context(canvas)

    def _canvas_drag(self, _: QWidget) -> None:
        canvas = self._window.canvas.viewport()
        if canvas.isVisible():
            start, end = self._on_canvas(), self._on_canvas()
            button = Qt.MouseButton.MiddleButton if self._chance.random() < 0.1 else Qt.MouseButton.LeftButton
            self._say(f"drag {start.x()},{start.y()} to {end.x()},{end.y()}")
            QTest.mousePress(canvas, button, self._chance.choice(MODIFIERS[:4]), start)
            for step in range(1, 5):
                QTest.mouseMove(canvas, start + (end - start) * step / 4)
            if self._chance.random() < 0.1:
                QTest.keyClick(canvas, self._chance.choice(SPECIAL))  # in the middle of it
            QTest.mouseRelease(canvas, button, Qt.KeyboardModifier.NoModifier, end)

    def _on_canvas(self) -> QPoint:
        """On a card half of the time."""
        view = self._window.canvas
        cards = list(view.network.nodes.values()) if hasattr(view.network, "nodes") else []
        if cards and self._chance.random() < 0.6:
            place = self._chance.choice(cards).sceneBoundingRect()
            x = place.left() + place.width() * self._chance.random()
            spot = view.mapFromScene(QPointF(x, place.top() + place.height() * self._chance.random()))
            if view.viewport().rect().contains(spot):
                return spot
        return self._spot(view.viewport())

    def _wheel(self, top: QWidget) -> None:
        widget = self._window.canvas.viewport() if self._chance.random() < 0.5 else self._target(top)
        if widget is None or not widget.isVisible():
            return
        spot = QPointF(self._spot(widget))
        self._say(f"wheel on {_named(widget)}")
        turn = QPoint(0, self._chance.choice((-120, 120, 480, -480)))
        event = QWheelEvent(
            spot, QPointF(widget.mapToGlobal(spot.toPoint())), QPoint(), turn, Qt.MouseButton.NoButton,
            self._chance.choice(MODIFIERS[:5]), Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)

    def _choose(self, _: QWidget) -> None:
        name = self._chance.choice([each for each in self._window.actions_by_name if each not in QUIET])
        action = self._window.actions_by_name[name]
        if action.isEnabled():
            self._say(f"menu {name}")
            action.trigger()

    def _train(self, _: QWidget) -> None:
        self._say("play or pause")
        self._window.session.toggle()

    def _reopen(self, _: QWidget) -> None:
        template = self._chance.choice(TEMPLATES)
        self._say(f"open {template}")
        self._open(template)

    def _resize(self, _: QWidget) -> None:
        size = self._chance.randint(700, 1900), self._chance.randint(500, 1100)
        self._say(f"resize {size}")
        self._window.resize(*size)

    def _spot(self, widget: QWidget) -> QPoint:
        width, height = max(widget.width() - 1, 1), max(widget.height() - 1, 1)
        return QPoint(self._chance.randrange(width), self._chance.randrange(height))


def _close_top() -> bool:
    """Close the menu or dialog that is open; whether there is one."""
    top = QApplication.activePopupWidget() or QApplication.activeModalWidget()
    if top is not None:
        top.close()
    return top is not None


def _can_be_hit(widget: QWidget) -> bool:
    """Shown, not off, and no card of a network whose single step takes minutes."""
    kind, _, template = widget.objectName().partition(":")
    if kind == "template" and template not in TEMPLATES:
        return False
    return widget.isVisible() and widget.isEnabled() and widget.width() > 1 and widget.height() > 1


def _named(widget: QWidget) -> str:
    words = widget.accessibleName() or widget.objectName()
    if isinstance(widget, QAbstractButton):
        words = words or widget.text()
    return f"{type(widget).__name__} “{words}”"
