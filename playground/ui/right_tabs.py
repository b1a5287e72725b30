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
        self._asked = LAYER
        self.tabBarClicked.connect(self.ask)

    def ask(self, tab: int = INSIDE) -> None:
        """A person wants to see a tab."""
        self._asked = tab
        self.setCurrentIndex(tab)

    def take_inside(self, inside: Frame) -> None:
        """It is built a moment after the window; to choose a view is to ask for it."""
        self.insertTab(INSIDE, inside, self.tr("Inside"))
        inside.chosen.connect(lambda _: self.ask())

    def suggest(self, tab: int) -> None:
        """It would suit what was just done."""
        if self._asked == LAYER:
            self.setCurrentIndex(tab)
