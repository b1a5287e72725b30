"""Score and verdict for the back row: what stands beside the curves in presentation mode. The table is compare.py's."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from playground.app.session import Session
from playground.selection.outcome import Comparison, Row
from playground.ui.bridge import Bridge
from playground.ui.panes.compare import Latest, score_words, strongest, verdict_words
from playground.ui.theme import TITLE, sized, theme_of

WIDTH = 170
"""Pixels that it asks for, of usual type."""
AROUND = 42
"""Pixels beside the verdict's words."""
LARGER = 1.7
"""The score's type over the title's."""


class ScoreBoard(QWidget):
    """The network's score, the one that it is set against, and the verdict. Reads session.comparing."""

    def __init__(self, session: Session, bridge: Bridge) -> None:
        super().__init__()
        self._session, self._latest = session, Latest()
        self.setAccessibleName(self.tr("Score and verdict"))
        self.score, self.what, self.other, self.verdict = QLabel(), QLabel(), QLabel(), QLabel()
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 12, 6)
        column.setSpacing(4)
        for label in (self.score, self.what, self.other):
            label.setWordWrap(label is not self.score)
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
            column.addWidget(label)
        self.what.setProperty("role", "note")
        self._box = QFrame()
        self._box.setObjectName("verdictBox")
        self._box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        inner = QVBoxLayout(self._box)
        inner.setContentsMargins(10, 6, 10, 6)
        self.verdict.setWordWrap(True)
        self.verdict.setAlignment(Qt.AlignmentFlag.AlignTop)
        inner.addWidget(self.verdict)
        column.addSpacing(4)
        column.addWidget(self._box)
        column.addStretch(1)
        for signal in (bridge.comparison, bridge.baseline, bridge.data, bridge.status):
            signal.connect(self.refresh)

    def restyle(self) -> None:
        """Take the colours and the size of type of the present theme."""
        theme = theme_of()
        self._box.setStyleSheet(f"#verdictBox {{ background: {theme.button}; border-radius: 8px; }}")
        self.score.setStyleSheet(f"font-size: {sized(LARGER * TITLE)}px; font-weight: 600; color: {theme.train};")
        self.setMinimumWidth(sized(WIDTH))
        self.refresh()

    def refresh(self) -> None:
        """Show the latest comparison, or what it takes to have one."""
        if not self.isVisible():
            return
        comparison = self._latest.of(self._session)
        rows = strongest(comparison, 2) if comparison is not None else ()
        for label, number in ((self.score, 0), (self.what, 0), (self.other, 1)):
            label.setVisible(number < len(rows))
            label.setEnabled(not self._latest.is_old)
        if comparison is not None:
            unit = " %" if comparison.metric == "accuracy" else ""
            self.score.setText(f"{score_words(rows[0].score, comparison)}{unit}")
            self.what.setText(self._said(rows[0], comparison))
        if comparison is not None and len(rows) > 1:
            score = f"{score_words(rows[1].score, comparison)}{unit}".replace(" ", "&nbsp;")
            self.other.setText(f"{escape(rows[1].title)}: <b>{score}</b>")
        words = verdict_words(self._session, comparison)
        is_verdict = comparison is not None and comparison.verdict is not None and words == comparison.verdict.text
        # What stands in brackets, interval and test, is for the table.
        self.verdict.setText(f"{words.partition(' (')[0].rstrip('.')}." if is_verdict else words)
        self.verdict.setToolTip(f"<p>{escape(words)}</p>")
        self._fit()

    def _fit(self) -> None:
        self.verdict.setMinimumHeight(max(0, self.verdict.heightForWidth(self.width() - AROUND)))

    def resizeEvent(self, event: object) -> None:
        self._fit()

    def _said(self, row: Row, comparison: Comparison) -> str:
        measure = self.tr("validation accuracy") if comparison.metric == "accuracy" else self.tr("validation R²")
        words = self.tr("%1, 95 % interval %2 – %3").replace("%1", measure)
        low, high = score_words(row.low, comparison), score_words(row.high, comparison)
        return words.replace("%2", low).replace("%3", high)

    def showEvent(self, event: object) -> None:
        self.restyle()
