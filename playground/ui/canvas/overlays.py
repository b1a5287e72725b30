"""What floats over the canvas: the problem's bubble, the finder, the minimap, and the hint on empty paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QRectF, Qt
from PySide6.QtWidgets import QLabel

from playground.ui.canvas.bubble import ProblemBubble
from playground.ui.canvas.finder import Finder
from playground.ui.canvas.minimap import Minimap
from playground.ui.canvas.node_item import NodeItem

if TYPE_CHECKING:
    from playground.ui.canvas.view import CanvasView

MARGIN = 8


class Overlays(QObject):
    """Places them whenever the canvas changes. Owned by the canvas."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self.bubble = ProblemBubble(view.viewport())
        self.bubble.chosen.connect(view.repair)
        self.minimap = Minimap(view)
        self.finder = Finder(view)
        self.empty = QLabel(view.viewport(), alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.empty.setProperty("role", "note")
        self.empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.empty.setText(
            self.tr("An empty network.\nDrag a layer here, double-click one on the left, or press Ctrl+K.")
        )
        view.shown_part_changed.connect(self.place)

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        self.bubble.restyle()
        self.finder.restyle()
        self.minimap.refresh()

    def refresh(self) -> None:
        """The network is another one; place follows."""
        self.minimap.follow()
        self.finder.refresh()

    def place(self) -> None:
        """Where each belongs now."""
        ground = self._view.viewport().rect()
        self.empty.setVisible(not self._view.network.nodes)
        self.empty.setGeometry(ground)
        self.minimap.place(ground.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN))
        self.finder.place(ground.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN))
        self._place_bubble()

    def _place_bubble(self) -> None:
        item = self._wrong()
        if item is None or self._view.gesture is not None:
            self.bubble.hide()
            return
        own, reach = (item.x(), item.y()), 1.2 * ProblemBubble.WIDTH / self._view.transform().m11()
        nearby = self._view.cards((item.id,)).adjusted(-reach, -reach, reach, reach)
        around = self._view.shown_part().intersected(nearby)
        area = (around.x(), around.y(), around.width(), around.height())
        near = [QRectF(*box) for box in self._view.network.near.within(area) if box[:2] != own]
        others = [self._view.mapFromScene(box).boundingRect() for box in near]
        self.bubble.show_beside(item.problems[0], self.on_screen(item), others)

    def _wrong(self) -> NodeItem | None:
        """The selected card if it has a problem, else the first that has one."""
        network = self._view.network
        selected = network.selected_cards()
        item = network.nodes[selected[0]] if len(selected) == 1 else None
        return item if item is not None and item.problems else next(iter(network.wrong), None)

    def on_screen(self, item: NodeItem) -> QRect:
        """Where a card is, in the viewport's pixels."""
        return self._view.mapFromScene(item.body.translated(item.pos())).boundingRect()
