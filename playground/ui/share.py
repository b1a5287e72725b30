"""In the status line: what pictures cost the training, and how much they may."""

from __future__ import annotations

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

from playground.ui.bridge import Bridge
from playground.ui.budget import SHARE, SHARES
from playground.ui.preferences import preferences

BEATS = 15
"""Ticks of the bridge between two figures: twice a second can be read."""


class ShareButton(QToolButton):
    """Says “Pictures 3 %”; its menu holds the shares to choose from."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(autoRaise=True)
        self._bridge, self._beats = bridge, 0
        self._settings = preferences()
        self.setAccessibleName(self.tr("Share of the training time that pictures take"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setProperty("role", "note")
        self.setToolTip(
            self.tr(
                "How much of the training's time the live pictures took in the last seconds. Click to choose how much "
                "they may take: less makes training faster, more makes the pictures smoother."
            )
        )
        stored = self._settings.value("picture_share")
        bridge.budget.share = next((share for share in SHARES if str(share) == str(stored)), SHARE)
        self.setMenu(self._offers())
        bridge.tick.connect(self._beat)
        bridge.status.connect(self._tell)
        self._tell()

    def choose(self, share: float) -> None:
        """From now on, and on the next start."""
        self._bridge.budget.share = share
        self._settings.setValue("picture_share", share)
        self._tell()

    def _offers(self) -> QMenu:
        menu, group = QMenu(self), QActionGroup(self)
        for share in SHARES:
            action = menu.addAction(self.tr("at most %1 of the time").replace("%1", f"{share:.0%}"))
            action.setCheckable(True)
            action.setChecked(share == self._bridge.budget.share)
            action.triggered.connect(lambda _=False, share=share: self.choose(share))
            group.addAction(action)
        return menu

    def _beat(self) -> None:
        self._beats += 1
        if self._beats % BEATS == 0:
            self._tell()

    def _tell(self) -> None:
        is_running = self._bridge.session.status == "running"
        self.setVisible(is_running)
        if is_running:
            self.setText(self.tr("Pictures take %1 of the time").replace("%1", f"{self._bridge.budget.taken():.0%}"))
