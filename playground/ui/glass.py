"""A magnifying glass over the canvas: the neuron under the mouse, all over the plane, large and with axes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QPainter, QPen

from playground.graph.model import NodeId
from playground.ui.canvas.view import CanvasView
from playground.ui.looking import Look, Looking
from playground.ui.theme import sized, theme_of
from playground.ui.views.focus import Focus
from playground.ui.views.neuron_field import neuron_field
from playground.ui.views.plane_map import PlaneMap

if TYPE_CHECKING:
    from playground.engine.train import Training

LEAST, MOST, SHARE = 270, 440, 0.32
"""Pixels of its width, and of the canvas's."""
DELAY = 120
"""Milliseconds for which the mouse rests on a neuron before it is shown: crossing one on the way shows nothing."""
SIDE = 40
GAP = 14


class Glass(PlaneMap):
    """Beside the card whose neuron is pointed at, as long as it is. Takes no clicks."""

    def __init__(self, focus: Focus, canvas: CanvasView) -> None:
        super().__init__(canvas.tr("The neuron under the mouse"))
        self.setParent(canvas.viewport())
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        self._focus, self._canvas = focus, canvas
        self._looking = Looking(focus.session, focus.bridge, canvas, self._look, self._take, every=0.15)
        self._rest = QTimer(self, interval=DELAY, singleShot=True)
        self._rest.timeout.connect(self._looking.refresh)
        focus.pointing.connect(self._pointed)

    def _wanted(self) -> tuple[NodeId, int] | None:
        """The neuron to show, if it is one of a card's that is pointed at there."""
        pointed = self._focus.pointed
        is_here = self._canvas.viewport().underMouse() or self.isVisible()
        return pointed if pointed is not None and pointed[0] in self._canvas.network.nodes and is_here else None

    def _pointed(self) -> None:
        if self._wanted() is None:
            self._rest.stop()
            self.hide()
        elif self.isVisible():
            self._looking.refresh()
        else:
            self._rest.start()

    def _look(self) -> Look | None:
        wanted = self._wanted()
        return partial(_surface, id=wanted[0]) if wanted is not None and not self._rest.isActive() else None

    def _take(self, answer: Any) -> None:
        wanted, examples = self._wanted(), self._focus.session.examples
        if answer is None or wanted is None or examples is None:
            return
        field = neuron_field(answer, wanted, examples)
        if field is None:
            return
        self.show_field(field, examples)
        ground = self._canvas.viewport()
        wide = min(MOST, max(LEAST, round(SHARE * ground.width())))
        self.setFixedWidth(min(sized(wide), ground.width() - 8))
        self.most = ground.height() - 8
        self.fit_to_room()
        self.move(self._corner(wanted[0]))
        self.show()
        self.raise_()

    def _corner(self, id: NodeId) -> QPoint:
        """To the right of the card, or to its left where there is more room; within the canvas."""
        item, ground = self._canvas.network.nodes[id], self._canvas.viewport().rect()
        card = self._canvas.mapFromScene(item.body.translated(item.pos())).boundingRect()
        has_room = card.right() + GAP + self.width() <= ground.right() or ground.right() - card.right() > card.left()
        left = card.right() + GAP if has_room else card.left() - GAP - self.width()
        left = max(4, min(left, ground.right() - self.width() - 4))
        return QPoint(left, max(4, min(card.top(), ground.bottom() - self.height() - 4)))

    def paint(self, painter: QPainter) -> None:
        theme = theme_of()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("edge"), 1))
        painter.setBrush(theme.color("panel"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 6, 6)
        super().paint(painter)


def _surface(training: Training, id: NodeId) -> Any:
    from playground.insight.boundary import surface

    return surface(training, SIDE, [id]) if id in training.graph.nodes else None
