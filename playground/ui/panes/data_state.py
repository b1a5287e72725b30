"""Beside the data: how far reading is, and whether there are enough of them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QToolButton, QWidget

from playground.app.session import Session
from playground.data.catalogue import is_own
from playground.data.dataset import Examples
from playground.data.reading import AS_UNDERSTOOD
from playground.graph.cost import costs, total
from playground.selection.enough import Enough, enough
from playground.ui.drawing import icon
from playground.ui.enough_dialog import EnoughDialog
from playground.ui.theme import theme_of


class ReadingBar(QWidget):
    """How much of the data has been read, while that takes a while, and a button that ends it."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.bar = QProgressBar()
        self.bar.setAccessibleName(self.tr("Reading the data"))
        self.stop = QToolButton()
        self.stop.setIcon(icon("x"))
        self.stop.setToolTip(self.tr("Stop reading"))
        self.stop.clicked.connect(session.loading.stop)
        self.again = QPushButton(self.tr("Read again"))
        self.again.setToolTip(self.tr("Read the file or folder once more, from its beginning"))
        self.again.clicked.connect(lambda: session.choose_data(session.document.data))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.bar, 1)
        line.addWidget(self.stop)
        line.addWidget(self.again)
        line.addStretch(1)
        self.hide()

    def refresh(self) -> None:
        """Called 20 to 30 times a second."""
        progress, source = self._session.loading.progress, self._session.document.data.source
        has_failed = progress is None and self._session.data_problem is not None and is_own(source)
        for widget, is_wanted in ((self.bar, not has_failed), (self.stop, not has_failed), (self.again, has_failed)):
            widget.setVisible(is_wanted)
        if self.isHidden() == (progress is not None or has_failed):
            self.setVisible(progress is not None or has_failed)
        if progress is not None:
            done, total = progress
            self.bar.setRange(0, 1000 if total else 0)
            self.bar.setValue(round(1000 * done / total) if total else 0)


class EnoughButton(QPushButton):
    """Counts what is to be known before Play, and shows it."""

    curve_wanted = Signal()
    """A learning curve, to see whether more data would help."""
    leaving_out_wanted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.found: Enough | None = None
        self._looked_at: tuple[Examples, int] | None = None
        self.setToolTip(self.tr("How sure a score can be, and what would spoil it"))
        self.clicked.connect(self._show)
        self.hide()

    def look_at(self, examples: Examples) -> None:
        """Beside the window's thread, once for the data and the network's size."""
        parameters = total(costs(self._session.document.graph, self._session.report)).parameters
        if self._looked_at == (examples, parameters):
            return
        self._looked_at = wanted = (examples, parameters)

        def take(found: Enough) -> None:
            if self._looked_at == wanted:
                self.found = found
                words = self.tr("Enough data?")
                self.setText(f"{words} ({len(found.findings)})" if found.findings else f"{words} ✓")
                self._warn(found)
                self.show()

        self._session.beside.run(lambda: enough(examples, parameters), take, lambda _: None)

    def _warn(self, found: Enough) -> None:
        """What is more than a hint is told before Play: in colour, and in the message line."""
        self.setStyleSheet(f"color: {theme_of().warning}; font-weight: 600" if found.worries else "")
        worst = next((each for each in found.findings if each.severity != "hint"), None)
        session = self._session
        if worst is not None and session.status == "ready" and not session.message and not session.epochs:
            words = self.tr("Before you train: %1 “Enough data?” beside the data says what to do.")
            session.say(words.replace("%1", worst.text), is_complaint=False)

    def _show(self) -> None:
        if self.found is not None:
            dialog = EnoughDialog(self.found, self.window())
            dialog.curve_wanted.connect(self.curve_wanted)
            dialog.leaving_out_wanted.connect(self.leaving_out_wanted)
            dialog.role_wanted.connect(self._give_role)
            dialog.open()

    def _give_role(self, column: str, role: str) -> None:
        """What the dialog advised, as one step that can be undone."""
        choice = self._session.document.data
        table = (choice.table or AS_UNDERSTOOD).saying([column], "role", role)
        words = self.tr("Keep rows of a “%1” together") if role == "group" else self.tr("Leave out “%1”")
        self._session.choose_data(choice.model_copy(update={"table": table}), label=words.replace("%1", column))
