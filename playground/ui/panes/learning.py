"""How it is going: the curves, the confusion matrix and the analysis on the left, the comparison on the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QTabWidget, QWidget

from playground.app.session import Session
from playground.ui.bridge import Bridge
from playground.ui.panes.analyze import AnalyzePane
from playground.ui.panes.compare import ComparePane
from playground.ui.panes.confusion import ConfusionPane
from playground.ui.panes.curves import CurvePane
from playground.ui.panes.why import WhyPane

PLACES = ("loss", "score", "confusion", "analyze", "compare", "why")
"""Names of the tabs, those on the left first."""


class LearningPane(QWidget):
    """Two halves side by side."""

    def __init__(
        self, session: Session, bridge: Bridge, loss: CurvePane, score: CurvePane, confusion: ConfusionPane,
        compare: ComparePane, why: WhyPane, analyze: AnalyzePane,
    ) -> None:  # fmt: skip
        super().__init__()
        self.setObjectName("place")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self.curves = QTabWidget(documentMode=True)
        self.curves.addTab(loss, self.tr("Loss"))
        self.curves.addTab(score, self.tr("Accuracy"))
        self.curves.addTab(confusion, self.tr("Confusion"))
        self.curves.addTab(analyze, self.tr("Analyze"))
        self.curves.currentChanged.connect(self._make_room)
        self.comparison = QTabWidget(documentMode=True)
        self.comparison.addTab(compare, self.tr("Compare"))
        self.comparison.addTab(why, self.tr("Why?"))
        why.counted.connect(self._count)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.curves)
        splitter.addWidget(self.comparison)
        splitter.setStretchFactor(0, 5)
        splitter.setStretchFactor(1, 4)
        splitter.setSizes([580, 420])  # shares: Qt scales them to the width there is
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(splitter)
        bridge.data.connect(self._name_score)
        self._name_score()

    def show_place(self, name: str) -> None:
        """Bring one of PLACES to the front."""
        at, left = PLACES.index(name), self.curves.count()
        tabs = self.curves if at < left else self.comparison
        tabs.setCurrentIndex(at if at < left else at - left)

    def _make_room(self) -> None:
        """The table of layers is wide and says nothing of learning: it has the whole panel."""
        self.comparison.setVisible(not isinstance(self.curves.currentWidget(), AnalyzePane))

    def _count(self, found: int) -> None:
        """How much stands out is told on the tab."""
        words = self.tr("Why?")
        self.comparison.setTabText(1, f"{words} ({found})" if found else words)

    def _name_score(self) -> None:
        examples = self._session.examples
        is_numbers = examples is not None and examples.targets is not None
        self.curves.setTabText(1, "R²" if is_numbers else self.tr("Accuracy"))
        self.curves.setTabVisible(2, not is_numbers)
