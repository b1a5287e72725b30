"""The network beside its baselines: score with interval, parameters, time, and what can be said of the difference."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from playground.app.pasts import Past
from playground.app.session import Session
from playground.data.dataset import Examples
from playground.selection.outcome import Comparison, Row
from playground.ui.bridge import Bridge
from playground.ui.drawing import compact, epoch_words
from playground.ui.theme import theme_of

MOST = 3
"""Rows that there is room for."""
FADED = 0.45
"""How much is seen of figures that will soon be others."""


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
            color.setAlphaF(1.0 if self.isEnabled() else FADED)
            painter.fillRect(QRectF(0, 2, width * min(max(row.score, 0.0), 1.0), self.height() - 4), color)
            painter.setPen(QPen(theme.color("text"), 1.4))
            low, high = (width * min(max(end, 0.0), 1.0) for end in (row.low, row.high))
            painter.drawLine(round(low), round(middle), round(high), round(middle))
            for end in (low, high):
                painter.drawLine(round(end), round(middle - 4), round(end), round(middle + 4))
        finally:
            painter.end()


class Verdict(QLabel):
    """Grows with its words and does not shrink, or what stands below would jump; with another width or type, anew."""

    def __init__(self) -> None:
        super().__init__(wordWrap=True)
        self.is_kept = False
        """Whether it keeps its height."""
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def keep_height(self, anew: bool = False) -> None:
        """Be as high as the words need; anew: and no higher."""
        if anew:
            self.setMinimumHeight(0)  # Qt would not name a smaller height
        wanted = max(0, self.heightForWidth(self.width())) if self.is_kept else 0
        if wanted > self.minimumHeight() or not self.is_kept:
            self.setMinimumHeight(wanted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.keep_height(anew=True)

    def changeEvent(self, event: QEvent) -> None:
        """What is out of sight gets its new type only when it is seen again."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.keep_height(anew=True)


class ComparePane(QWidget):
    """Reads session.comparing. The network and its strongest rivals; all of them stand in models.py's table."""

    all_wanted = Signal()
    """A person wants to see and choose among all models."""

    def __init__(self, session: Session, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.latest = Latest()
        self._lines: list[_Line] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 8)
        column.setSpacing(6)
        self._note = QLabel(wordWrap=True)
        self._note.setProperty("role", "note")
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(10)
        self._rows.setVerticalSpacing(5)
        self._rows.setColumnStretch(1, 1)
        self.verdict = Verdict()
        self.verdict.setObjectName("verdict")
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
        bridge.past.connect(self._past_came)
        self.restyle()

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        theme = theme_of()
        self._box.setStyleSheet(f"#verdictBox {{ background: {theme.button}; border-radius: 8px; }}")
        self.refresh()

    def refresh(self) -> None:
        """Show the latest comparison, or what is needed for one; until there is one of this network the last, faded."""
        comparing = self._session.comparing
        comparison = self.latest.of(self._session)
        self._show_rows(comparison)
        self._note.setText(self._heading(comparison))
        self.verdict.setText(verdict_words(self._session, comparison))
        self.verdict.setEnabled(comparison is None or not self.latest.is_old)
        self.verdict.is_kept = bool(self._session.epochs)
        self.verdict.keep_height()
        self.exam.setText(comparing.exam.told if comparing.exam is not None else "")
        self.exam.setVisible(comparing.exam is not None)

    def _past_came(self) -> None:
        """Figures of another moment than is looked at are faded; moments that are only kept change nothing."""
        if self.latest.is_old != self.latest.would_be_old(self._session):
            self.refresh()

    def _heading(self, comparison: Comparison | None) -> str:
        if comparison is None:
            return ""
        measure = self.tr("accuracy, %") if comparison.metric == "accuracy" else "R²"
        words = self.tr("validation %1 · 95 % interval · n = %2")
        words = words.replace("%1", measure).replace("%2", f"{comparison.n:,}")
        return " · ".join([words, *scarce(self._session.examples)])

    def _show_rows(self, comparison: Comparison | None) -> None:
        """Labels are made once and told other words: made anew each time, they would blink."""
        rows = strongest(comparison) if comparison is not None else ()
        if rows and not self._lines:
            heads = ("", "", self.tr("score"), self.tr("interval"), self.tr("parameters"), self.tr("time"))
            self._lines.append(_Line(self._rows, 0, [_note() for _ in heads]))
            for label, words in zip(self._lines[0].cells, heads, strict=True):
                label.setText(words)
        while rows and len(self._lines) <= len(rows):
            bar, name = ScoreBar(), QLabel()
            self._lines.append(_Line(self._rows, len(self._lines), [name, _bold(), _note(), _note(), _note()], bar))
        for number, line in enumerate(self._lines):
            line.show(number <= len(rows) and bool(rows), not self.latest.is_old)
        for line, row in zip(self._lines[1:], rows, strict=False):
            assert comparison is not None
            line.tell(self._named(row), comparison)

    def _named(self, row: Row) -> Row:
        """The network as it was is called by its epoch."""
        if row.kind != "network" or self.latest.moment is None:
            return row
        words = self.tr("Network, epoch %1").replace("%1", epoch_words(self.latest.moment.epoch))
        return replace(row, title=words)


class _Line:
    """The widgets of one row; its bar stands behind the name."""

    def __init__(self, grid: QGridLayout, number: int, cells: list[QLabel], bar: ScoreBar | None = None) -> None:
        self.cells, self.bar = cells, bar
        widgets: list[QWidget] = [cells[0], bar, *cells[1:]] if bar is not None else [*cells]
        self._widgets = widgets
        for column, widget in enumerate(widgets):
            grid.addWidget(widget, number, column)

    def show(self, is_there: bool, is_new: bool) -> None:
        for widget in self._widgets:
            widget.setVisible(is_there)
            widget.setEnabled(is_new)

    def tell(self, row: Row, comparison: Comparison) -> None:
        """Other words, where they are others."""
        assert self.bar is not None
        self.bar.show_row(row)
        name, score, interval, parameters, time = self.cells
        name.setText(row.title)
        name.setToolTip(row.note or f"{row.title}: loss {row.loss:.4g}")
        score.setText(f"<b>{score_words(row.score, comparison)}</b>")
        interval.setText(f"{score_words(row.low, comparison)} – {score_words(row.high, comparison)}")
        parameters.setText(_params(row))
        time.setText(_time(row.seconds))


class Latest:
    """The comparison that is shown: until there is one of the present network, the last one stays."""

    def __init__(self) -> None:
        self._last: Comparison | None = None
        self.moment: Past | None = None
        """The one that it is of; None: the present."""
        self._examples: Examples | None = None
        self.is_old = False
        """Whether it is of the network before an edit, or of another moment."""

    def of(self, session: Session) -> Comparison | None:
        found, moment = session.comparing.comparison, session.timeline.looked_at
        if found is None and (session.examples is not self._examples or not session.epochs):
            self._last = None  # of other data, or nothing is learned any more
        if found is not None and found is not self._last:
            self.moment = moment
            self._last, self._examples = found, session.examples
        self.is_old = self.would_be_old(session)
        return self._last

    def would_be_old(self, session: Session) -> bool:
        """Whether what was shown last is of something else than is looked at now."""
        is_gone = session.comparing.comparison is None
        return self._last is not None and (is_gone or self.moment is not session.timeline.looked_at)


def verdict_words(session: Session, comparison: Comparison | None) -> str:
    """What can be said of the difference, or what it takes to say something."""
    comparing = session.comparing
    if comparing.problem:
        return comparing.problem
    if comparison is not None and comparison.verdict is not None:
        return comparison.verdict.text
    if comparing.is_fitting:
        return _words("Fitting the baseline beside your network …")
    if comparison is not None:
        return _words("The verdict comes with the baseline.")
    return _words(
        "Is your network better than a simple model? Press Play: a logistic regression (for numbers a ridge "
        "regression) is fitted to the same examples, and both stand here with their intervals."
    )


def _words(text: str) -> str:
    return QCoreApplication.translate("ComparePane", text)


def scarce(examples: Examples | None) -> tuple[str, ...]:
    """What belongs beside every score: that training was made harder on purpose."""
    return tuple(each.rstrip(".") for each in examples.scarcity) if examples is not None else ()


def strongest(comparison: Comparison, most: int = MOST) -> tuple[Row, ...]:
    """The network, the baseline that the verdict speaks of, and then the best on the same examples."""
    spoken_of = comparison.verdict.against if comparison.verdict is not None else ""
    rivals = [row for row in comparison.models[1:] if row.name in comparison.each]
    rivals.sort(key=lambda row: (row.name != spoken_of, -row.score))
    return (comparison.models[0], *rivals[: most - 1])


def score_words(score: float, comparison: Comparison) -> str:
    """91.6 for an accuracy in percent, 0.48 for R²."""
    return f"{score * 100:.1f}" if comparison.metric == "accuracy" else f"{score:.2f}".replace("-", "−")


def _bold() -> QLabel:
    label = QLabel()
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label


def _params(row: Row) -> str:
    return compact(row.parameters) if row.parameters else "0"


def _time(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _note() -> QLabel:
    label = _bold()
    label.setProperty("role", "note")
    return label
