"""The network as plain PyTorch, beside the graph: it follows every edit, and marks the lines of what is selected.

The text is playground.exchange.python_code's, made on another thread; which layer a line is of, it says too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QMainWindow, QPushButton, QVBoxLayout, QWidget

from playground.app.document import Document
from playground.app.session import Session
from playground.exchange.problem import ExportProblem
from playground.graph.repeat import original
from playground.ui.bridge import Bridge
from playground.ui.code_sheet import CodeSheet

if TYPE_CHECKING:
    from playground.exchange.python_code import Code
    from playground.ui.canvas.view import CanvasView

SETTLE = 120
"""Milliseconds without an edit before the code is written anew."""
WIDE, SHARE = 620, 0.42
"""Pixels that the code asks for, and how much of the window it takes at most."""


class CodePane(QWidget):
    """Reads the document; never keeps a copy of it."""

    save_wanted = Signal()
    """The person wants it as files."""

    def __init__(self, session: Session, bridge: Bridge, canvas: CanvasView) -> None:
        super().__init__()
        self.setObjectName("place")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session, self._canvas = session, canvas
        self._code: Code | None = None
        self._written: tuple[Document, bool] | None = None
        """Of what the code is."""
        self._before = self._given = 0
        """Width of the panel before the code was seen, 0 if it was not widened for it; and what it was given."""
        self._dock_seen: QDockWidget | None = None
        self.sheet = CodeSheet()
        self.sheet.setAccessibleName(self.tr("Code"))
        self.sheet.setToolTip(
            "<p>"
            + self.tr("The network as plain PyTorch. Click a line, or press Enter on it, to select the layer it is of.")
            + "</p>"
        )
        self._words = QLabel(wordWrap=True)
        self._words.setProperty("role", "note")
        self.copy = QPushButton(self.tr("Copy"))
        self.copy.setToolTip(self.tr("All of the code, to the clipboard"))
        self.copy.clicked.connect(self._copy)
        self.save = QPushButton(self.tr("Save…"))
        self.save.setToolTip(self.tr("The code, with the weights and the examples beside it, ready to run elsewhere"))
        self.save.clicked.connect(self.save_wanted)
        row = QHBoxLayout()
        row.setContentsMargins(12, 8, 12, 4)
        row.addWidget(self._words, 1)
        row.addWidget(self.copy)
        row.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.sheet, 1)
        self._settled = QTimer(self, interval=SETTLE, singleShot=True)
        self._settled.timeout.connect(self._write)
        self.sheet.line_chosen.connect(self._choose)
        canvas.selection_changed.connect(self._mark)
        bridge.document.connect(self._changed)
        bridge.data.connect(self._changed)

    @property
    def code(self) -> Code | None:
        """What is shown."""
        return self._code

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        self.sheet.restyle()

    def showEvent(self, event: QShowEvent) -> None:
        """Code is wide: its place grows while it is seen."""
        super().showEvent(event)
        self._write()
        QTimer.singleShot(0, self, self._widen)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.give_back()

    def _widen(self) -> None:
        window, dock = self.window(), self._dock()
        if not isinstance(window, QMainWindow) or dock is None or dock.isFloating() or not self.isVisible():
            return
        if self._dock_seen is None:
            self._dock_seen = dock
            dock.visibilityChanged.connect(lambda _: QTimer.singleShot(0, self, self._seen_again))
        wanted = min(WIDE, round(window.width() * SHARE))
        if not self._before and wanted > dock.width():
            self._before = dock.width()
            window.resizeDocks([dock], [wanted], Qt.Orientation.Horizontal)
            QTimer.singleShot(0, self, self._note_given)

    def _note_given(self) -> None:
        dock = self._dock()
        self._given = dock.width() if dock is not None else 0

    def _seen_again(self) -> None:
        """The panel was away, and comes back with another tab in front."""
        if not self.isVisible():
            self.give_back()

    def give_back(self) -> None:
        """Have the panel as narrow as it was, unless a person has dragged it since."""
        window, dock = self.window(), self._dock()
        if not self._before or not isinstance(window, QMainWindow) or dock is None or not dock.isVisible():
            return
        if dock.width() == self._given:
            window.resizeDocks([dock], [self._before], Qt.Orientation.Horizontal)
        self._before = 0

    def _dock(self) -> QDockWidget | None:
        parent = self.parentWidget()
        while parent is not None and not isinstance(parent, QDockWidget):
            parent = parent.parentWidget()
        return parent

    def _changed(self) -> None:
        if self.isVisible():
            self._settled.start()

    def _write(self) -> None:
        """Have the code written beside this thread, if it is not that of the present document."""
        session = self._session
        document, report = session.document, session.report
        is_ragged = session.examples is not None and session.examples.dataset.lengths is not None
        if not self.isVisible() or (self._written and self._written[0] is document and self._written[1] == is_ragged):
            return

        def write() -> Code:
            from playground.exchange.python_code import python_code

            return python_code(document, report, is_ragged)

        def fail(error: Exception) -> None:
            if document is self._session.document:
                self._fail(error)

        session.beside.run(write, lambda code: self._show(document, code, is_ragged), fail)

    def _show(self, document: Document, code: Code, is_ragged: bool) -> None:
        if document is not self._session.document:
            return  # edited meanwhile: the next text is on its way
        is_first, self._code, self._written = self._code is None, code, (document, is_ragged)
        self.sheet.show_code(code.text)
        lines = f"{code.text.count(chr(10)):,}"
        self._words.setText(self.tr("%1 lines of plain PyTorch: network, training, score").replace("%1", lines))
        self._allow(True)
        self._mark(scroll=is_first)
        if is_first and not self.sheet.marked:
            self.sheet.scroll_to(min((lines.start for lines in code.lines.values()), default=0))

    def _fail(self, error: Exception) -> None:
        """The last code stays, without marks; the sentence says why it is not the present one."""
        self._written = None
        if not isinstance(error, ExportProblem):
            raise error
        self._words.setText(str(error))
        self._code = None
        self.sheet.mark(())
        if not self._session.document.graph.nodes:
            self.sheet.show_code("")
            self._words.setText(self.tr("Here stands the network as plain PyTorch, as soon as it has layers."))
        self._allow(False)

    def _allow(self, is_there: bool) -> None:
        self.copy.setEnabled(is_there)
        self.save.setEnabled(is_there)
        self.sheet.setEnabled(is_there)

    def _mark(self, _ids: object = None, scroll: bool = True) -> None:
        if self._code is not None:
            self.sheet.mark([lines for id in self._canvas.selected() for lines in self._code.of(id)], scroll)

    def _choose(self, line: int) -> None:
        """Select the layer that a line is of."""
        if self._code is None:
            return
        for lines in (self._code.lines, self._code.calls):
            for id, own in lines.items():
                if line in own:
                    self._canvas.select((original(id),))
                    return

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.sheet.toPlainText())
        self._session.say(self.tr("The code is on the clipboard."), is_complaint=False)
