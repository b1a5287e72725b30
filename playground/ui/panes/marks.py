"""Moments on the curves: edits that were made while the network learned, and the epoch that is looked at."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, Qt

from playground.app.session import Session
from playground.ui.drawing import epoch_words
from playground.ui.panes import plots
from playground.ui.theme import theme_of

MOST_NAMED = 3
"""Edits whose words stand beside their lines; those of the others are told under the mouse."""
HEIGHTS = (0.95, 0.84, 0.73)
"""Of the words, as shares of the plot's, so that they do not lie on each other."""
LOW = 0.35
"""Height of the words at the moment that is looked at."""
RIGHT = 0.7
"""Share of the plot's width behind which words stand left of their line."""
NEAR = 0.015
"""How near to an edit's line the mouse has to be, as a share of the plot's width."""


class Marks:
    """Upright lines in one plot."""

    def __init__(self, plot: Any, session: Session) -> None:
        self._plot, self._session = plot, session
        self._lines: list[tuple[Any, Any]] = []
        self._now, self._now_words = self._line(LOW)

    def _line(self, height: float = HEIGHTS[0]) -> tuple[Any, Any]:
        line = pg.InfiniteLine(angle=90)
        words = pg.InfLineLabel(line, "", position=height, anchors=[(0, 0.5), (0, 0.5)])
        line.setZValue(9)
        line.hide()
        self._plot.addItem(line)
        return line, words

    def refresh(self) -> None:
        """Draw what the session holds, in the present theme's colours."""
        theme, marks = theme_of(), self._session.marks
        while len(self._lines) < len(marks):
            self._lines.append(self._line())
        for number, (line, words) in enumerate(self._lines):
            line.setVisible(number < len(marks))
            if number < len(marks):
                is_named = number >= len(marks) - MOST_NAMED
                line.setPen(plots.pen(theme.muted, Qt.PenStyle.DashDotLine))
                line.setValue(marks[number].epoch)
                words.orthoPos = HEIGHTS[number % len(HEIGHTS)]
                self._show(words, marks[number].epoch, marks[number].words if is_named else "", theme.muted)
        self.show_past()

    def show_past(self) -> None:
        """Draw the moment that is looked at."""
        theme = theme_of()
        past = self._session.timeline.looked_at
        self._now.setVisible(past is not None)
        if past is not None:
            self._now.setPen(plots.pen(theme.accent, width=2))
            self._now.setValue(past.epoch)
            told = QCoreApplication.translate("Marks", "looking at epoch %1").replace("%1", epoch_words(past.epoch))
            self._show(self._now_words, past.epoch, told, theme.accent)

    def said_at(self, epoch: float) -> str:
        """What was edited there, to be told behind the figures of that epoch."""
        left, right = self._plot.getViewBox().viewRange()[0]
        near = [mark.words for mark in self._session.marks if abs(mark.epoch - epoch) <= NEAR * (right - left)]
        return f" · {'; '.join(near)}" if near else ""

    def _show(self, words: Any, epoch: float, told: str, color: str) -> None:
        left, right = self._plot.getViewBox().viewRange()[0]
        is_right = epoch - left > RIGHT * (right - left)
        words.anchors = [(1, 0.5), (1, 0.5)] if is_right else [(0, 0.5), (0, 0.5)]
        words.setColor(color)
        words.setFont(plots.note_font())
        words.fill = plots.veil()
        if words.textItem.toPlainText() != told:
            words.setText(told)
        words.updatePosition()
