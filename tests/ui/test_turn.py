"""What the window does at length, it does in its turn."""

from __future__ import annotations

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from playground.app.turn import window_turn


class Painted(QWidget):
    """Remembers whose turn it was when it was painted."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.seen: list[bool] = []

    def paintEvent(self, _event: QPaintEvent) -> None:
        self.seen.append(window_turn.is_taken)


def test_it_looks_into_the_mailboxes_and_draws_in_its_turn(opened, qtbot):
    window = opened("xor-mlp")
    painted = Painted(window)
    painted.resize(20, 20)
    painted.show()
    beats: list[bool] = []
    window.bridge.tick.connect(lambda: beats.append(window_turn.is_taken))

    painted.update()
    qtbot.waitUntil(lambda: bool(painted.seen and beats))

    assert all(painted.seen)
    assert all(beats)
    assert not window_turn.is_taken
