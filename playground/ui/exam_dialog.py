"""The final exam: what it is, who looked at this test part before, and the score, once it is asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from playground.app.exam import Looks, TestLook, sit
from playground.app.run_columns import when_words
from playground.app.session import Session
from playground.app.sitting import Sitting
from playground.selection.exam import ExamScore, cost_words
from playground.selection.table import score_words
from playground.ui.alive import while_there
from playground.ui.bridge import Bridge
from playground.ui.fit_height import fit_height
from playground.ui.theme import sized

MOST_SHOWN = 6
"""Earlier looks that are listed."""


class ExamDialog(QDialog):
    """Asks once more before the test part is opened; shows the result in its place."""

    def __init__(self, session: Session, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._looks, self._is_offered = session, Looks(), False
        self.setWindowTitle(self.tr("Final exam"))
        self.setMinimumWidth(sized(480))
        self.words, self.before = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.before.setProperty("role", "note")
        self.table = QLabel(textFormat=Qt.TextFormat.RichText)
        self.table.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.table.hide()
        self.waiting = QLabel(wordWrap=True)
        self.waiting.setProperty("role", "note")
        self.waiting.hide()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.look = QPushButton(self.tr("Open the test part"))
        self.look.setEnabled(False)
        self.look.clicked.connect(self._sit)
        self.buttons.addButton(self.look, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        for widget in (self.words, self.table, self.before, self.waiting, self.buttons):
            column.addWidget(widget)
        bridge.baseline.connect(self._wait)
        self._begin()

    def _begin(self) -> None:
        session = self._session
        examples = session.examples
        if examples is None or not session.epochs or session.run is None:
            self.words.setText(self.tr("Train the network first: there is nothing to examine yet."))
        elif not len(examples.test):
            self.words.setText(self.tr("These data have no test part. Choose a share for it beside the data."))
        else:
            self.words.setText(self.tr("Looking up who was here before …"))
            lock = session.recording.lock
            session.beside.run(lambda: lock.looks(examples), while_there(self, self._offer), self._failed)

    def _offer(self, looks: Looks) -> None:
        self._looks = looks
        last = looks.same[-1] if looks.same else None
        self.words.setText(
            cost_words(len(looks.same), last.error if last else None, last.metric if last else "accuracy")
        )
        self._show_looks(looks)
        self._is_offered = True
        self.look.setText(self.tr("Look again") if looks.same else self.tr("Open the test part"))
        self._wait()

    def _wait(self) -> None:
        """The test part opens once those baselines are fitted that every network is set against: a look has all."""
        if not self._is_offered:
            return
        comparing = self._session.comparing
        missing = [name for name in comparing.usual if name in comparing.waited_for]
        self.look.setEnabled(not missing)
        words = self.tr(
            "The baselines are still being fitted. They answer the test part in the same look, so that one look tells "
            "whether your network beats them."
        )
        self.waiting.setText(words if missing else "")
        self.waiting.setVisible(bool(missing))
        fit_height(self)

    def _show_looks(self, looks: Looks) -> None:
        lines = [
            f"{when_words(each.at)} &nbsp; {_plain(each.project)} &nbsp; {_scored(each)}"
            for each in looks.same[-MOST_SHOWN:]
        ]
        if lines:
            lines.insert(0, self.tr("Looks at this test part:"))
        if looks.others:
            words = self.tr("%1 at other test parts of the same data, with some of the same examples.")
            lines.append(words.replace("%1", str(looks.others)))
        self.before.setText("<br>".join(lines))
        self.before.setVisible(bool(lines))

    def _sit(self) -> None:
        asked = sit(self._session.ask, tuple(self._session.comparing.baselines.values()))
        if asked is not None:
            self._is_offered = False
            self.look.setEnabled(False)
            self._session.beside.watch(asked, self._note, self._failed)

    def _note(self, found: ExamScore) -> None:
        session, examples = self._session, self._session.examples
        assert examples is not None
        lock, name = session.recording.lock, session.document.name
        show: Callable[[Looks], None] = while_there(self, self._show)

        def noted(looks: Looks) -> None:  # a look counts, and stays with the project, even if its window was closed
            keep(session, found, looks)
            show(looks)

        session.beside.run(lambda: lock.note(examples, name, found), noted, self._failed)

    def _show(self, looks: Looks) -> None:
        examples, sat = self._session.examples, self._session.comparing.exam
        assert sat is not None
        self.words.setText(" ".join([sat.told, *(examples.scarcity if examples is not None else ())]))
        self.table.setText(scores_table(sat))
        self.table.setVisible(bool(sat.found.rivals))
        self._show_looks(looks)
        self.look.hide()
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("Close"))
        fit_height(self)

    @property
    def _failed(self) -> Callable[[Exception], None]:
        return while_there(self, self._fail)

    def _fail(self, error: Exception) -> None:
        self.words.setText(str(error))
        self.before.hide()
        fit_height(self)


def keep(session: Session, found: ExamScore, looks: Looks) -> None:
    """Leave with the session what its network was found to be worth."""
    comparison, epochs = session.comparing.comparison, session.epochs
    valid = comparison.models[0].score if comparison is not None else None
    epoch = epochs[-1].epoch if epochs else 0
    session.comparing.note_exam(Sitting(looks.same[-1].at, epoch, len(looks.same), found, valid))


def scores_table(sat: Sitting) -> str:
    """The network and the baselines on the test part, as rich text."""
    unit = "%" if sat.found.metric == "accuracy" else "R²"
    heads = ("", QCoreApplication.translate("ExamDialog", "score, %1").replace("%1", unit), "95 %")
    rows = [f"<tr>{''.join(f'<td align=right>{head}</td>' for head in heads)}</tr>"]
    rows += [
        f"<tr><td>{_plain(title)}</td><td align=right>&nbsp; <b>{score}</b></td><td align=right>&nbsp; {ends}</td></tr>"
        for title, score, ends in sat.rows
    ]
    return f"<table cellspacing=4>{''.join(rows)}</table>"


def _scored(look: TestLook) -> str:
    words = score_words(look.score, look.metric)
    return f"{words} %" if look.metric == "accuracy" else f"R² {words}" if look.metric == "r2" else words


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
