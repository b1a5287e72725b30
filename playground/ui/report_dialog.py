"""Help → Report a problem: the text that would be sent, to read, complete and save; nothing goes anywhere by itself."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from playground.app.problem_report import report
from playground.app.session import Session
from playground.app.whole_files import write_whole


class ReportDialog(QDialog):
    """Shows the report before it is saved."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle(self.tr("Report a problem"))
        self.resize(760, 560)
        column = QVBoxLayout(self)
        about = QLabel(
            self.tr(
                "This is all that the report holds. Write what happened at its top, save it, and send it to whoever "
                "helps you. Names of files, words of yours and what errors say are left out."
            )
        )
        about.setWordWrap(True)
        column.addWidget(about)
        self.text = QPlainTextEdit(report())
        self.text.setAccessibleName(self.tr("The report"))
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        column.addWidget(self.text)
        self.names = QCheckBox(self.tr("With names of files and all words, as they stand in the log"))
        self.names.toggled.connect(lambda is_on: self.text.setPlainText(report(is_on)))
        column.addWidget(self.names)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Close)
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)

    def _save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the report"), str(Path.home() / "playground-problem.txt"), self.tr("Text (*.txt)")
        )
        if name and self.save(Path(name)):
            self.accept()

    def save(self, path: Path) -> bool:
        """Write the text as it is shown; False, and a sentence, if it cannot be written there."""
        try:
            write_whole(path, self.text.toPlainText().encode())
        except OSError as error:
            self._session.say(f"{path} cannot be written: {error.strerror or error}. Choose another place.")
            return False
        self._session.say(self.tr("Saved %1.").replace("%1", path.name), is_complaint=False)
        return True
