"""The final exam: what it is, who looked at this test part before, and the score, once it is asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from playground.app.exam import Looks, TestLook, sit
from playground.app.run_columns import when_words
from playground.app.session import Session
from playground.selection.exam import ExamScore, cost_words, result_words
from playground.selection.table import score_words
from playground.ui.alive import while_there
from playground.ui.fit_height import fit_height
from playground.ui.theme import sized

MOST_SHOWN = 6
"""Earlier looks that are listed."""


class ExamDialog(QDialog):
    """Asks once more before the test part is opened; shows the result in its place."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._looks = session, Looks()
        self.setWindowTitle(self.tr("Final exam"))
        self.setMinimumWidth(sized(480))
        self.words, self.before = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.before.setProperty("role", "note")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.look = QPushButton(self.tr("Open the test part"))
        self.look.setEnabled(False)
        self.look.clicked.connect(self._sit)
        self.buttons.addButton(self.look, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        for widget in (self.words, self.before, self.buttons):
            column.addWidget(widget)
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
        self.look.setEnabled(True)
        self.look.setText(self.tr("Look again") if looks.same else self.tr("Open the test part"))
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
        asked = sit(self._session.ask)
        if asked is not None:
            self.look.setEnabled(False)
            self._session.beside.watch(asked, self._note, self._failed)

    def _note(self, found: ExamScore) -> None:
        session, examples = self._session, self._session.examples
        assert examples is not None
        lock, name = session.recording.lock, session.document.name
        # A look is noted even if its window was closed meanwhile.
        show: Callable[[Looks], None] = while_there(self, lambda looks: self._show(found, looks))
        session.beside.run(lambda: lock.note(examples, name, found), show, self._failed)

    def _show(self, found: ExamScore, looks: Looks) -> None:
        comparison = self._session.comparing.comparison
        valid = comparison.models[0].score if comparison is not None else None
        scarcity = self._session.examples.scarcity if self._session.examples is not None else ()
        result = result_words(found, valid, len(looks.same))
        self.words.setText(" ".join([result, *scarcity]))
        epochs = self._session.epochs
        told = self.tr("Final exam after epoch %1. ").replace("%1", f"{epochs[-1].epoch:,}" if epochs else "0")
        self._session.comparing.note_exam(told + result)
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


def _scored(look: TestLook) -> str:
    words = score_words(look.score, look.metric)
    return f"{words} %" if look.metric == "accuracy" else f"R² {words}" if look.metric == "r2" else words


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
