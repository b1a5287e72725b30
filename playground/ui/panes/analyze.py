"""What each layer gives, costs and sees, as a table to sort and to copy; a row and its card select each other.

The figures are graph.analysis's; the table itself is layer_table.py. Made anew only when the network changed, and
only while it can be seen.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from playground.app.session import Session
from playground.graph.analysis import Row, as_csv, as_markdown, in_bytes, largest, rows, totals
from playground.graph.model import Graph
from playground.graph.problem import Report
from playground.ui.bridge import Bridge
from playground.ui.canvas.view import CanvasView
from playground.ui.drawing import compact
from playground.ui.panes.layer_table import COSTS, LayerTable

LEAST_SHARE = 0.25
"""Of the whole, from which on a single layer is worth naming."""


class AnalyzePane(QWidget):
    """Reads session.document and session.report; keeps neither."""

    def __init__(self, session: Session, bridge: Bridge, canvas: CanvasView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._canvas = session, canvas
        self._seen: tuple[Graph, Report] | None = None
        self.table = LayerTable()
        self.table.picked.connect(self._picked)
        self.sums = QLabel(wordWrap=True)
        self.sums.setAccessibleName(self.tr("Totals"))
        self.sums.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.where = QLabel(wordWrap=True)
        self.where.setProperty("role", "note")
        self.copy_csv = self._button(self.tr("Copy CSV"), self.tr("The whole table, numbers without separators"))
        self.copy_csv.clicked.connect(lambda: self._copy(as_csv(self.table.layers.rows)))
        self.copy_markdown = self._button(self.tr("Copy Markdown"), self.tr("The whole table, for a text"))
        self.copy_markdown.clicked.connect(lambda: self._copy(as_markdown(self.table.layers.rows)))
        self.empty = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.empty.setProperty("role", "note")
        self.empty.setText(
            self.tr(
                "Here each layer will stand in a row: what it gives, how many parameters and multiply-adds it costs, "
                "and how much of the image it sees.\nDrag a layer onto the network, or press Ctrl+K."
            )
        )
        self._lay_out()
        for signal in (bridge.document, bridge.data):
            signal.connect(self.refresh)
        canvas.selection_changed.connect(self._follow)
        self.restyle()

    def _button(self, words: str, explained: str) -> QPushButton:
        made = QPushButton(words)
        made.setToolTip(explained)
        return made

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self.sums)
        words.addWidget(self.where)
        line = QHBoxLayout()
        line.setContentsMargins(12, 6, 12, 6)
        line.addLayout(words, 1)
        line.addWidget(self.copy_csv)
        line.addWidget(self.copy_markdown)
        filled = QWidget()
        column = QVBoxLayout(filled)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addLayout(line)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(filled)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    def restyle(self) -> None:
        """Take the type and colours of the present theme."""
        self.table.restyle()

    def refresh(self) -> None:
        """Show the present network, if it is another one and can be seen."""
        graph, report = self._session.document.graph, self._session.report
        if not self.isVisible() or (self._seen is not None and graph is self._seen[0] and report is self._seen[1]):
            return
        self._seen = (graph, report)
        found = rows(graph, report)
        self._pages.setCurrentIndex(1 if found else 0)
        self.table.show_rows(found)
        self.sums.setText(self._totals(found))
        self.where.setText(self._shares(found))
        self.where.setVisible(bool(self.where.text()))
        self.table.follow(self._canvas.selected())

    def _totals(self, found: tuple[Row, ...]) -> str:
        whole, frozen = totals(found), sum(row.cost.parameters for row in found if row.cost and row.trainable is False)
        words = self.tr("%1 layers: %2 parameters, %3 multiply-adds, %4 of activations for one example")
        for mark, figure in (
            ("%1", f"{len(found):,}"),
            ("%2", f"{whole.parameters:,}"),
            ("%3", f"{whole.multiply_adds:,}"),
            ("%4", in_bytes(whole.activation_bytes)),
        ):
            words = words.replace(mark, figure)
        return words + (self.tr(", %1 parameters frozen").replace("%1", compact(frozen)) if frozen else "")

    def _shares(self, found: tuple[Row, ...]) -> str:
        """Which layer has most of each cost, where one stands out."""
        parts: dict[str, list[str]] = {}
        for column, noun in (("parameters", self.tr("parameters")), ("multiply_adds", self.tr("multiply-adds"))):
            most = largest(found, COSTS[column])
            if most is not None and most[1] >= LEAST_SHARE:
                share = self.tr("%1 % of the %2").replace("%1", f"{100 * most[1]:.0f}").replace("%2", noun)
                parts.setdefault(most[0].id, []).append(share)
        both = self.tr(" and ")
        words = [
            self.tr("%1 has %2").replace("%1", id).replace("%2", both.join(shares)) for id, shares in parts.items()
        ]
        return ", ".join(words) + "." if words else ""

    def _picked(self, ids: tuple[str, ...]) -> None:
        self._canvas.select(ids)
        item = self._canvas.network.nodes.get(ids[0]) if ids else None
        if item is not None:
            self._canvas.ensureVisible(item, 30, 30)

    def _follow(self, ids: tuple[str, ...]) -> None:
        if self.isVisible():
            self.refresh()  # the canvas may have heard of new layers first
            self.table.follow(ids)

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._session.say(self.tr("The table is on the clipboard."), is_complaint=False)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self.table.follow(self._canvas.selected())
        self.table.fit_columns()
