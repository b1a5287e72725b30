"""Enough data? What can be said before Play, in plain words. The figures are playground.selection.enough's."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from playground.selection.enough import Enough, Finding
from playground.ui.fit_height import fit_height
from playground.ui.theme import sized, theme_of

LONGEST = 40
"""Characters of a column's name on a button."""


class EnoughDialog(QDialog):
    """Shows what was found, repairs what a column can be repaired of, and leads to the learning curve."""

    curve_wanted = Signal()
    leaving_out_wanted = Signal()
    """Leave one out, where there are few examples."""
    role_wanted = Signal(str, str)
    """A column of the table should have that role."""

    def __init__(self, found: Enough, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Enough data?"))
        self.setMinimumWidth(sized(520))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        self.words = [QLabel(found.sure, wordWrap=True)]
        column.addWidget(self.words[0])
        self.repairs: list[QPushButton] = []
        for each in found.findings:
            self.words.append(self._label(each))
            column.addWidget(self.words[-1])
            if each.role:
                column.addWidget(self._repair(each), 0, Qt.AlignmentFlag.AlignLeft)
        if not found.findings:
            self.words.append(QLabel(self.tr("Nothing else stands out.")))
            column.addWidget(self.words[-1])
        for label in self.words:
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.curve = buttons.addButton(self.tr("Would more help?"), QDialogButtonBox.ButtonRole.ActionRole)
        self.curve.setToolTip(self.tr("A learning curve: train on growing parts of the data and see where it goes"))
        self.curve.clicked.connect(self.accept)
        self.curve.clicked.connect(self.curve_wanted)
        self.leave_out = buttons.addButton(self.tr("Leave one out"), QDialogButtonBox.ButtonRole.ActionRole)
        self.leave_out.setToolTip(self.tr("Judge each example once, by a network that learned from all others"))
        self.leave_out.clicked.connect(self.accept)
        self.leave_out.clicked.connect(self.leaving_out_wanted)
        self.leave_out.setVisible(any(each.kind == "few examples" for each in found.findings))
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        fit_height(self)

    def _repair(self, found: Finding) -> QPushButton:
        """A button that does what is advised of a column."""
        words = self.tr("Keep the rows of each “%1” together") if found.role == "group" else self.tr("Leave “%1” out")
        button = QPushButton(words.replace("%1", _short(found.column)).replace("&", "&&"))
        button.setToolTip(self.tr("Changes the columns' roles; can be undone (Ctrl+Z)"))
        button.clicked.connect(self.accept)
        button.clicked.connect(lambda: self.role_wanted.emit(found.column, found.role))
        self.repairs.append(button)
        return button

    def _label(self, found: Finding) -> QLabel:
        theme = theme_of()
        color = {"problem": theme.error, "warning": theme.warning, "hint": theme.muted}[found.severity]
        mark = {"problem": "✗", "warning": "!", "hint": "·"}[found.severity]
        text, advice = (each.replace("&", "&amp;").replace("<", "&lt;") for each in (found.text, found.advice))
        label = QLabel(f'<b style="color:{color}">{mark}</b> &nbsp;<b>{text}</b><br>{advice}', wordWrap=True)
        label.setTextFormat(Qt.TextFormat.RichText)
        return label


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
