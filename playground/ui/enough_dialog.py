"""Enough data? What can be said before Play, in plain words. The figures are playground.selection.enough's."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from playground.selection.enough import Enough, Finding
from playground.ui.theme import sized, theme_of


class EnoughDialog(QDialog):
    """Shows what was found, and leads to the learning curve."""

    curve_wanted = Signal()
    leaving_out_wanted = Signal()
    """Leave one out, where there are few examples."""

    def __init__(self, found: Enough, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Enough data?"))
        self.setMinimumWidth(sized(520))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        self.words = [QLabel(found.sure, wordWrap=True), *(self._label(each) for each in found.findings)]
        if not found.findings:
            self.words.append(QLabel(self.tr("Nothing else stands out.")))
        for label in self.words:
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
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

    def _label(self, found: Finding) -> QLabel:
        theme = theme_of()
        color = {"problem": theme.error, "warning": theme.warning, "hint": theme.muted}[found.severity]
        mark = {"problem": "✗", "warning": "!", "hint": "·"}[found.severity]
        text, advice = (each.replace("&", "&amp;").replace("<", "&lt;") for each in (found.text, found.advice))
        label = QLabel(f'<b style="color:{color}">{mark}</b> &nbsp;<b>{text}</b><br>{advice}', wordWrap=True)
        label.setTextFormat(Qt.TextFormat.RichText)
        return label
