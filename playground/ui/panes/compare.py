"""The network beside its baselines: score with interval, parameters, time, and what can be said of the difference."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from playground.app.session import Session
from playground.data.dataset import Examples
from playground.selection.outcome import Comparison, Row
from playground.ui.bridge import Bridge
from playground.ui.drawing import compact
from playground.ui.theme import theme_of

MOST = 3
"""Rows that there is room for."""


class ScoreBar(QWidget):
    """A score from 0 to 1 as a bar, with its 95 % interval as a whisker."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumWidth(70)
        self.setFixedHeight(16)
        self._row: Row | None = None

    def show_row(self, row: Row) -> None:
        self._row = row
        self.setToolTip(f"{row.score:.4f}, 95 % interval {row.low:.4f} to {row.high:.4f}")
        self.setAccessibleName(self.toolTip())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._row is None:
            return
        theme, row = theme_of(), self._row
        painter = QPainter(self)
        try:
            width, middle = self.width() - 2.0, self.height() / 2
            painter.fillRect(QRectF(0, 2, width, self.height() - 4), theme.color("button"))
            color = theme.color("train" if row.kind == "network" else "baseline")
            painter.fillRect(QRectF(0, 2, width * min(max(row.score, 0.0), 1.0), self.height() - 4), color)
            painter.setPen(QPen(theme.color("text"), 1.4))
            low, high = (width * min(max(end, 0.0), 1.0) for end in (row.low, row.high))
            painter.drawLine(round(low), round(middle), round(high), round(middle))
            for end in (low, high):
                painter.drawLine(round(end), round(middle - 4), round(end), round(middle + 4))
        finally:
            painter.end()


class ComparePane(QWidget):
    """Reads session.comparing. The network and its strongest rivals; all of them stand in models.py's table."""

    all_wanted = Signal()
    """A person wants to see and choose among all models."""

    def __init__(self, session: Session, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 8)
        column.setSpacing(6)
        self._note = QLabel(wordWrap=True)
        self._note.setProperty("role", "note")
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(10)
        self._rows.setVerticalSpacing(5)
        self._rows.setColumnStretch(1, 1)
        self.verdict = QLabel(wordWrap=True)
        self.verdict.setObjectName("verdict")
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._box = QFrame()
        self._box.setObjectName("verdictBox")
        inner = QVBoxLayout(self._box)
        inner.setContentsMargins(12, 8, 12, 8)
        inner.addWidget(self.verdict)
        self._note.setToolTip(self.tr("All models answered the same validation examples; same split, same seed."))
        self.all = QPushButton(self.tr("All models …"))
        self.all.setToolTip(self.tr("More baselines, runs of the history, other projects; any against any"))
        self.all.clicked.connect(self.all_wanted)
        head = QHBoxLayout()
        head.addWidget(self._note, 1)
        head.addWidget(self.all)
        column.addLayout(head)
        column.addLayout(self._rows)
        self.exam = QLabel(wordWrap=True)
        self.exam.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self._box)
        column.addWidget(self.exam)
        column.addStretch(1)
        for signal in (bridge.comparison, bridge.baseline, bridge.data, bridge.status):
            signal.connect(self.refresh)
        self.restyle()

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        theme = theme_of()
        self._box.setStyleSheet(f"#verdictBox {{ background: {theme.button}; border-radius: 8px; }}")
        self.refresh()

    def refresh(self) -> None:
        """Show the latest comparison, or what is needed for one."""
        comparing = self._session.comparing
        comparison = comparing.comparison
        while (item := self._rows.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        if comparison is not None:
            self._show_rows(comparison)
        self._note.setText(self._heading(comparison))
        self.verdict.setText(self._words(comparison))
        self.exam.setText(comparing.exam.told if comparing.exam is not None else "")
        self.exam.setVisible(comparing.exam is not None)

    def _heading(self, comparison: Comparison | None) -> str:
        if comparison is None:
            return ""
        measure = self.tr("accuracy, %") if comparison.metric == "accuracy" else "R²"
        words = self.tr("validation %1 · 95 % interval · n = %2")
        words = words.replace("%1", measure).replace("%2", f"{comparison.n:,}")
        return " · ".join([words, *scarce(self._session.examples)])

    def _show_rows(self, comparison: Comparison) -> None:
        heads = ("", "", self.tr("score"), self.tr("interval"), self.tr("parameters"), self.tr("time"))
        for column, words in enumerate(heads):
            self._rows.addWidget(_note(words), 0, column)
        for line, row in enumerate(strongest(comparison), 1):
            bar = ScoreBar()
            bar.show_row(row)
            name = QLabel(row.title)
            name.setToolTip(row.note or f"{row.title}: loss {row.loss:.4g}")
            cells = (
                name,
                bar,
                _bold(_figure(row.score, comparison)),
                _note(f"{_figure(row.low, comparison)} – {_figure(row.high, comparison)}"),
                _note(_params(row)),
                _note(_time(row.seconds)),
            )
            for column, cell in enumerate(cells):
                self._rows.addWidget(cell, line, column)

    def _words(self, comparison: Comparison | None) -> str:
        comparing = self._session.comparing
        if comparing.problem:
            return comparing.problem
        if comparison is not None and comparison.verdict is not None:
            return comparison.verdict.text
        if comparing.is_fitting:
            return self.tr("Fitting the baseline beside your network …")
        if comparison is not None:
            return self.tr("The verdict comes with the baseline.")
        return self.tr(
            "Is your network better than a simple model? Press Play: a logistic regression (for numbers a ridge "
            "regression) is fitted to the same examples, and both stand here with their intervals."
        )


def scarce(examples: Examples | None) -> tuple[str, ...]:
    """What belongs beside every score: that training was made harder on purpose."""
    return tuple(each.rstrip(".") for each in examples.scarcity) if examples is not None else ()


def strongest(comparison: Comparison, most: int = MOST) -> tuple[Row, ...]:
    """The network, the baseline that the verdict speaks of, and then the best on the same examples."""
    spoken_of = comparison.verdict.against if comparison.verdict is not None else ""
    rivals = [row for row in comparison.models[1:] if row.name in comparison.each]
    rivals.sort(key=lambda row: (row.name != spoken_of, -row.score))
    return (comparison.models[0], *rivals[: most - 1])


def _figure(score: float, comparison: Comparison) -> str:
    """91.6 for an accuracy in percent, 0.48 for R²."""
    return f"{score * 100:.1f}" if comparison.metric == "accuracy" else f"{score:.2f}".replace("-", "−")


def _bold(text: str) -> QLabel:
    label = QLabel(f"<b>{text}</b>")
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label


def _params(row: Row) -> str:
    return compact(row.parameters) if row.parameters else "0"


def _time(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _note(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "note")
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label
