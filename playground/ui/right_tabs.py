"""The tabs on the right, Layer and Inside: which one the program brings forward, and when it may not.

Knows nothing of what is in them.
"""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget

LAYER, INSIDE = 0, 1


class RightTabs(QTabWidget):
    """Once a person has asked for Inside, only they leave it."""

    def __init__(self) -> None:
        super().__init__(documentMode=True)
        self._asked = LAYER
        self.tabBarClicked.connect(self.ask)

    def ask(self, tab: int = INSIDE) -> None:
        """A person wants to see a tab."""
        self._asked = tab
        self.setCurrentIndex(tab)

    def suggest(self, tab: int) -> None:
        """It would suit what was just done."""
        if self._asked != INSIDE:
            self.setCurrentIndex(tab)
