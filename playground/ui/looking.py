"""Asking the training thread for pictures: one at a time, only what is visible, within a share of its time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from playground.app.session import Session
from playground.ui.bridge import Bridge

if TYPE_CHECKING:
    from playground.engine.train import Training

SHARE = 0.05
"""The most of the training thread's time that one pane's pictures may take."""
Look = Callable[["Training"], Any]


class Looking(QObject):
    """Keeps one picture of a widget fresh. Owned by that widget."""

    def __init__(
        self,
        session: Session,
        bridge: Bridge,
        widget: QWidget,
        look: Callable[[], Look | None],
        show: Callable[[Any], None],
        every: float = 0.2,
    ) -> None:
        """look: what to ask now, or None; show: takes the answer on the window's thread; every: seconds at least."""
        super().__init__(widget)
        self._session, self._widget, self._look, self._show, self._every = session, widget, look, show, every
        self._pending: Future[tuple[Any, float]] | None = None
        self._due = 0.0
        self._stale = True
        for signal in (bridge.run, bridge.status, bridge.curves, bridge.data):
            signal.connect(self.refresh)
        bridge.tick.connect(self._tick)

    def refresh(self) -> None:
        """What is shown may no longer be so: ask again, even if nothing runs."""
        self._stale = True

    def _tick(self) -> None:
        if self._pending is not None and self._pending.done():
            self._receive(self._pending)
        is_running = self._session.status == "running"
        if self._pending is not None or not (is_running or self._stale) or monotonic() < self._due:
            return
        if not self._widget.isVisible():
            return
        look = self._look()
        future = self._session.ask(_timed(look)) if look is not None else None
        if future is not None:
            self._pending, self._stale = future, False

    def _receive(self, future: Future[tuple[Any, float]]) -> None:
        self._pending = None
        if future.cancelled() or future.exception() is not None:
            self._due = monotonic() + 1.0
            return
        answer, seconds = future.result()
        self._due = monotonic() + max(self._every, seconds / SHARE)
        self._show(answer)


def _timed(look: Look) -> Callable[[Training], tuple[Any, float]]:
    def timed(training: Training) -> tuple[Any, float]:
        began = perf_counter()
        answer = look(training)
        return answer, perf_counter() - began

    return timed
