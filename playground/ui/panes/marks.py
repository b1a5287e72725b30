"""Moments on the curves: edits that were made while the network learned, and the epoch that is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, Qt

from playground.app.session import Session
from playground.ui.drawing import epoch_words
from playground.ui.panes import plots
from playground.ui.panes.plot_words import Word
from playground.ui.theme import theme_of

MOST_NAMED = 3
"""Edits whose words stand beside their lines; those of the others are told under the mouse."""
NEAR = 0.015
"""How near to an edit's line the mouse has to be, as a share of the plot's width."""


class Marks:
    """Upright lines in one plot; their words are put where there is room, by who draws the plot."""

    def __init__(self, plot: Any, session: Session) -> None:
        self._plot, self._session = plot, session
        self._lines: list[Any] = []
        self._now = self._line()

    def _line(self) -> Any:
        line = pg.InfiniteLine(angle=90)
        line.setZValue(9)
        line.hide()
        self._plot.addItem(line)
        return line

    def refresh(self) -> None:
        """Draw what the session holds, in the present theme's colours."""
        theme, marks = theme_of(), self._session.marks
        while len(self._lines) < len(marks):
            self._lines.append(self._line())
        for number, line in enumerate(self._lines):
            line.setVisible(number < len(marks))
            if number < len(marks):
                line.setPen(plots.pen(theme.muted, Qt.PenStyle.DashDotLine))
                line.setValue(marks[number].epoch)
        self.show_past()

    def show_past(self) -> None:
        """Draw the moment that is looked at."""
        past = self._session.timeline.looked_at
        self._now.setVisible(past is not None)
        if past is not None:
            self._now.setPen(plots.pen(theme_of().accent, width=2))
            self._now.setValue(past.epoch)

    def words(self) -> Iterator[Word]:
        """Of the lines, those first that shall be read in any case."""
        theme, past = theme_of(), self._session.timeline.looked_at
        if past is not None:
            told = QCoreApplication.translate("Marks", "looking at epoch %1").replace("%1", epoch_words(past.epoch))
            yield Word(told, theme.accent, x=past.epoch, name="past")
        for mark in self._session.marks[: -MOST_NAMED - 1 : -1]:
            yield Word(mark.words, theme.muted, x=mark.epoch)

    def said_at(self, epoch: float) -> str:
        """What was edited there, to be told behind the figures of that epoch."""
        left, right = self._plot.getViewBox().viewRange()[0]
        near = [mark.words for mark in self._session.marks if abs(mark.epoch - epoch) <= NEAR * (right - left)]
        return f" · {'; '.join(near)}" if near else ""
