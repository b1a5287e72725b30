"""The tabs on the right, Layer, Inside and Code: which one the program brings forward, and when it may not.

Knows nothing of what is in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QTabWidget

if TYPE_CHECKING:
    from playground.ui.views.frame import Frame

LAYER, INSIDE = 0, 1


class RightTabs(QTabWidget):
    """Once a person has asked for Inside or Code, only they leave it."""

    def __init__(self) -> None:
        super().__init__(documentMode=True)
        self._asked, self._is_presenting = LAYER, False
        self.currentChanged.connect(self._show_bar)
        self.tabBarClicked.connect(self.ask)

    def ask(self, tab: int = INSIDE) -> None:
        """A person wants to see a tab."""
        self._asked = tab
        self.setCurrentIndex(tab)

    def take_inside(self, inside: Frame) -> None:
        """It is built a moment after the window; to choose a view is to ask for it."""
        self.insertTab(INSIDE, inside, self.tr("Inside"))
        inside.chosen.connect(lambda _: self.ask())

    def present(self, is_presenting: bool) -> None:
        """Before a class, the picture alone: its tabs go, as long as it is in front."""
        self._is_presenting = is_presenting
        if is_presenting:
            self.setCurrentIndex(INSIDE)
        self._show_bar()

    def _show_bar(self) -> None:
        self.tabBar().setVisible(not (self._is_presenting and self.currentIndex() == INSIDE))

    def suggest(self, tab: int) -> None:
        """It would suit what was just done."""
        if self._asked == LAYER and not self._is_presenting:
            self.setCurrentIndex(tab)
