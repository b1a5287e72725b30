"""The training loss within epochs that take long: a thin line that goes on between the points of whole epochs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from playground.app.session import Session
from playground.ui.theme import theme_of

LONG = 2.0
"""Seconds an epoch takes at least for its inside to be drawn: of shorter ones the points tell enough."""
MOST = 1024
"""Points kept; when there are more, each two neighbours become their mean."""


class WithinEpochs:
    """Mean training losses between two frames, of the run that the session shows."""

    def __init__(self, plot: Any, session: Session) -> None:
        self._session = session
        self._line = plot.plot([], [])
        self._x: list[float] = []
        self._y: list[float] = []
        self._waiting: list[tuple[float, float]] = []
        """Frames since the last point, whose mean will be the next."""
        self._gap = 0.0
        """Epochs between two points at least."""

    def __len__(self) -> int:
        return len(self._x)

    @property
    def _are_quick(self) -> bool:
        """Whether nobody needs to see into an epoch."""
        epochs = self._session.epochs
        return bool(epochs) and epochs[-1].seconds < LONG

    def take(self) -> bool:
        """Keep the session's newest frame; true if it was kept."""
        progress = self._session.progress
        if self._are_quick:
            self.clear()
        if progress is None or self._are_quick:
            return False
        if self._x and progress.epoch < self._x[-1]:
            self.clear()  # begun anew, or gone back
        self._waiting.append((progress.epoch, progress.loss))
        if self._x and progress.epoch - self._x[-1] <= self._gap:
            return False
        x, y = np.mean(self._waiting, axis=0).tolist()
        self._waiting.clear()
        self._x.append(x)
        self._y.append(y)
        if len(self._x) > MOST:
            self._thin_out()
        return True

    def _thin_out(self) -> None:
        even = len(self._x) // 2 * 2
        pairs = np.array([self._x[:even], self._y[:even]]).reshape(2, -1, 2).mean(axis=2)
        self._x, self._y = pairs[0].tolist() + self._x[even:], pairs[1].tolist() + self._y[even:]
        self._gap = 0.75 * (self._x[-1] - self._x[0]) / len(self._x)

    def clear(self) -> None:
        self._x, self._y, self._waiting, self._gap = [], [], [], 0.0

    def refresh(self) -> None:
        """Draw what is kept; nothing once epochs are quick, or the session has gone back to the start."""
        if self._session.progress is None or self._are_quick:
            self.clear()
        color = QColor(theme_of().train)
        color.setAlphaF(0.45)
        self._line.setPen(pg.mkPen(color, width=1))
        self._line.setData(np.array(self._x), np.array(self._y))

    def legend(self) -> str:
        """As rich text, behind the legend of the plot's own curves."""
        words = QCoreApplication.translate("WithinEpochs", "train, within the epoch")
        return f' &nbsp; <span style="color:{theme_of().train}">─</span> {words}' if self._x else ""
