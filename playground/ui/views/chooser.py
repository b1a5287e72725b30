"""The choice among all views: what suits the network and its data comes first, the rest is grey and says why.

Knows the focus and what a view is, no single view.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from playground.ui.theme import theme_of
from playground.ui.views.focus import Focus
from playground.ui.views.view import View, nowhere

GROUPS = ("Example", "Layer", "Training", "Everything")
"""Of views, in the order in which they are offered."""


class Chooser(QComboBox):
    """What cannot be shown now can still be chosen: the view itself says what it needs."""

    def __init__(self, classes: Iterable[type[View]], focus: Focus) -> None:
        super().__init__()
        self._classes, self._focus = list(classes), focus
        self._reasons: dict[str, str] = {}
        self.setAccessibleName(self.tr("What to look at"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMaxVisibleItems(30)
        self._fill({})
        for signal in (focus.bridge.data, focus.bridge.document):
            signal.connect(self.refresh)

    def showPopup(self) -> None:
        self.refresh()
        super().showPopup()

    def refresh(self) -> None:
        """Put what has become possible first, and grey what no longer is."""
        reasons = {made.name: nowhere(made, self._focus) for made in self._classes}
        if reasons != self._reasons and not self.view().isVisible():
            self._fill(reasons)

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        self._fill(self._reasons)

    def _fill(self, reasons: dict[str, str]) -> None:
        chosen, self._reasons = self.currentData(), reasons
        self.blockSignals(True)
        self.clear()
        before: object = None
        for made in sorted(self._classes, key=self._order):
            place = self._order(made)
            if before not in (None, place):
                self.insertSeparator(self.count())
            before = place
            self._offer(made, reasons.get(made.name, ""))
        self.setCurrentIndex(self.findData(chosen))
        self.blockSignals(False)

    def _order(self, made: type[View]) -> int:
        """What suits by its group, and the rest behind."""
        return len(GROUPS) if self._reasons.get(made.name) else GROUPS.index(made.group)

    def _offer(self, made: type[View], reason: str) -> None:
        self.addItem(self.tr(made.title), made.name)
        at, about = self.count() - 1, self.tr(made.about)
        self.setItemData(at, f"{reason}\n\n{about}" if reason else about, Qt.ItemDataRole.ToolTipRole)
        if reason:
            font = self.font()
            font.setItalic(True)
            self.setItemData(at, font, Qt.ItemDataRole.FontRole)
            self.setItemData(at, theme_of().color("muted"), Qt.ItemDataRole.ForegroundRole)
            self.setItemData(at, reason, Qt.ItemDataRole.AccessibleDescriptionRole)
