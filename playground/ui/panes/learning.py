"""How it is going: the curves and tables on the left, the comparison and advice on the right.

Wide tables that say nothing of the present moment have the whole panel.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QScrollArea, QSplitter, QTabWidget, QVBoxLayout, QWidget

from playground.app.session import Session
from playground.ui.bridge import Bridge
from playground.ui.panes.score_board import ScoreBoard
from playground.ui.panes.time_row import TimeRow
from playground.ui.theme import sized

LEFT = ("loss", "score", "confusion", "trying", "models", "tune", "repeats", "runs", "analyze")
RIGHT = ("compare", "why")
WIDE = ("trying", "models", "tune", "repeats", "runs", "analyze")
NARROW = 320
"""Pixels that a wide tab asks for."""
PLACES = (*LEFT, *RIGHT)
"""Names of the tabs."""


class _Rows(QScrollArea):
    """Scrolls up and down only: it asks for the width of what is in it."""

    def minimumSizeHint(self) -> QSize:
        within = self.widget()
        width = within.minimumSizeHint().width() if within is not None else 0
        return QSize(width + self.verticalScrollBar().sizeHint().width(), sized(60))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Rows came or went: another width is asked for."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


class LearningPane(QWidget):
    """Two halves side by side."""

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """All tabs are there, and empty until fill()."""
        super().__init__()
        self.setObjectName("place")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        titles = {
            "loss": self.tr("Loss"),
            "score": self.tr("Accuracy"),
            "confusion": self.tr("Confusion"),
            "trying": self.tr("Try"),
            "models": self.tr("Models"),
            "tune": self.tr("Tune"),
            "repeats": self.tr("Repeat"),
            "runs": self.tr("Runs"),
            "analyze": self.tr("Analyze"),
            "compare": self.tr("Compare"),
            "why": self.tr("Why?"),
        }
        self.curves, self.comparison = QTabWidget(documentMode=True), QTabWidget(documentMode=True)
        for tabs, names in ((self.curves, LEFT), (self.comparison, RIGHT)):
            for name in names:
                tabs.addTab(QWidget(), titles[name])
        self.curves.currentChanged.connect(self._make_room)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.curves)
        splitter.addWidget(self.comparison)
        self.board, self._is_presenting = ScoreBoard(session, bridge), False
        self.board.hide()
        splitter.addWidget(self.board)
        splitter.setCollapsible(2, False)
        splitter.setStretchFactor(0, 5)
        splitter.setStretchFactor(1, 4)
        splitter.setSizes([580, 420])  # shares: Qt scales them to the width there is
        self.time = TimeRow(session, bridge)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(splitter, 1)
        column.addWidget(self.time)
        bridge.data.connect(self._name_score)
        self._name_score()

    def fill(self, name: str, pane: QWidget) -> None:
        """Put the widget of one of PLACES into its tab."""
        tabs, at = self._place(name)
        if name in WIDE:  # it has the whole panel while it is seen, and must not widen it while it is not
            pane.setMinimumWidth(NARROW)
        empty, words = tabs.widget(at), tabs.tabText(at)
        is_visible, front = tabs.isTabVisible(at), tabs.currentIndex()
        assert empty is not None
        tabs.blockSignals(True)
        tabs.removeTab(at)
        tabs.insertTab(at, _scrolled(pane) if name == "compare" else pane, words)
        tabs.setTabVisible(at, is_visible)
        tabs.setCurrentIndex(front)
        tabs.blockSignals(False)
        empty.deleteLater()

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        self.time.restyle()
        self.board.restyle()

    def present(self, is_presenting: bool) -> None:
        """Before a class, score and verdict in large type stand in the tables' place."""
        self._is_presenting = is_presenting
        self._make_room()

    def show_place(self, name: str) -> None:
        """Bring one of PLACES to the front."""
        tabs, at = self._place(name)
        tabs.setCurrentIndex(at)
        if name in RIGHT and self._is_presenting:
            self.present(False)  # who asks for the table has it until the mode ends

    def _make_room(self) -> None:
        is_wide = LEFT[self.curves.currentIndex()] in WIDE
        self.comparison.setVisible(not is_wide and not self._is_presenting)
        self.board.setVisible(not is_wide and self._is_presenting)

    def _place(self, name: str) -> tuple[QTabWidget, int]:
        tabs, names = (self.curves, LEFT) if name in LEFT else (self.comparison, RIGHT)
        return tabs, names.index(name)

    def count(self, found: int) -> None:
        """How much stands out is told on the tab."""
        words = self.tr("Why?")
        self.comparison.setTabText(RIGHT.index("why"), f"{words} ({found})" if found else words)

    def _name_score(self) -> None:
        examples = self._session.examples
        is_numbers = examples is not None and examples.targets is not None
        self.curves.setTabText(LEFT.index("score"), "R²" if is_numbers else self.tr("Accuracy"))
        self.curves.setTabVisible(LEFT.index("confusion"), not is_numbers)


def _scrolled(pane: QWidget) -> QWidget:
    """The comparison's rows stay readable in a low panel: it scrolls."""
    page = _Rows()
    page.setWidgetResizable(True)
    page.setFrameShape(QScrollArea.Shape.NoFrame)
    page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    page.setWidget(pane)
    pane.setAutoFillBackground(False)  # its ground is the panel's
    return page
