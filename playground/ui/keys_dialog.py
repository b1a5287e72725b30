"""Help → Keyboard and mouse: the whole list, on any screen; what is longer scrolls.

Knows nothing of what the keys do.
"""

from __future__ import annotations

from math import ceil

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QTextBrowser, QVBoxLayout, QWidget

from playground.ui.actions import keys_page

SHARE = 0.8
"""Of the screen's height that the list may take: the rest is for the button, the title and the desktop's bars."""

AIR = 8
"""Pixels beside and below the list, so that no bar comes for want of one."""


class KeysDialog(QDialog):
    """As large as the list, if there is room for it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard and mouse"))
        self.list = QTextBrowser()
        self.list.setAccessibleName(self.tr("Keys and what they do"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHtml(keys_page())
        self.list.ensurePolished()
        page = self.list.document().clone(self)  # the list's own is laid out as narrow as the list still is
        page.setDefaultFont(self.list.font())
        page.setTextWidth(-1)
        bar = self.list.verticalScrollBar().sizeHint().width()
        self.list.setMinimumWidth(ceil(page.size().width()) + bar + AIR)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.list, 1)
        column.addWidget(buttons)
        wanted = self.sizeHint().height() - self.list.sizeHint().height() + ceil(page.size().height()) + AIR
        self.resize(self.sizeHint().width(), min(wanted, round(SHARE * self.screen().availableGeometry().height())))
