"""Weights under the mouse and the keyboard: the links between neurons on the paper are pointed at, chosen and dragged.

The mouse is seen here before the canvas sees it, so that a drag on a link never moves the card below. How a weight is
set, and taken back, is app/by_hand.py's affair.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QLabel

from playground.graph.model import Edge
from playground.ui.canvas.neuron_links import Unit
from playground.ui.drawing import figure
from playground.ui.theme import NOTE, sized, theme_of

if TYPE_CHECKING:
    from playground.ui.canvas.view import CanvasView

STEP = 0.1
"""By which a key changes a weight."""
PIXELS = 40.0
"""Of a drag that change a weight by 1."""
NEAR = 6.0
"""How near to a link the mouse takes hold of it, in pixels."""
STILL = 3.0
"""Pixels up to which a press is a click, which only chooses the link."""
Link = tuple[Edge, Unit]


class LinkGesture:
    """A link held by the mouse: up makes its weight larger, down smaller. Escape puts back what it was."""

    def __init__(self, hand: LinkHand, link: Link, weight: float, start: QPointF) -> None:
        self._hand, self._link, self._weight, self._start = hand, link, weight, start
        self._has_moved = False

    def move(self, place: QPointF) -> None:
        by = self._hand.pixels(self._start.y() - place.y())
        if self._has_moved or abs(by) > STILL:
            self._hand.set(self._link, self._weight + by / PIXELS, self._has_moved)
            self._has_moved = True

    def end(self, place: QPointF) -> None:
        self._hand.let_go()

    def cancel(self) -> None:
        self._hand.let_go()
        if self._has_moved:
            self._hand.take_back()


class LinkHand(QObject):
    """Owned by the canvas. One link is lit: the one under the mouse, else the chosen one."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self.chosen: Link | None = None
        self._pointed: Link | None = None
        self._held: Link | None = None
        self._at: QPoint | None = None
        self.words = QLabel(view.viewport())
        self.words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words.setTextFormat(Qt.TextFormat.RichText)
        self.words.hide()
        view.viewport().installEventFilter(self)
        view.shown_part_changed.connect(self._place)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the actions do."""
        return {"next_link": lambda: self.step(1), "previous_link": lambda: self.step(-1)}

    # The mouse

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._point(None)
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            self._moved(event)
        elif isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            return self._pressed(event)
        # Words of the card below would cover the link.
        return isinstance(event, QHelpEvent) and self._pointed is not None

    def _moved(self, event: QMouseEvent) -> None:
        self._at = event.position().toPoint()
        if self._held is not None:
            self._place()
        elif self._view.gesture is None and not event.buttons():
            self._point(self.link_at(event.position()))

    def _pressed(self, event: QMouseEvent) -> bool:
        is_plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
        link = self.link_at(event.position()) if is_plain else None
        if link is None:
            if event.button() == Qt.MouseButton.LeftButton:
                self.choose(None)
            return False
        self.choose(link)
        self._view.setFocus()
        weight = self._weight(link)
        if weight is not None and self._view.session.hand.is_possible:
            self._view.begin(LinkGesture(self, link, weight, self._view.mapToScene(event.position().toPoint())))
            self._held = link
        return True

    def link_at(self, place: QPointF) -> Link | None:
        """The link under a point of the viewport; none where a neuron or a port lies over it."""
        network = self._view.network
        if not network.links:
            return None
        at = self._view.mapToScene(place.toPoint())
        found = [(near, edge) for edge, item in network.links.items() if (near := item.nearest(at)) is not None]
        if not found:
            return None
        (away, unit), edge = min(found, key=lambda each: each[0][0])
        if self.pixels(away) > NEAR:
            return None
        return None if self._is_covered(at) else (edge, unit)

    def _is_covered(self, at: QPointF) -> bool:
        """Whether a neuron or a port is there."""
        card = self._view.network.node_near(at)
        inside = card.mapFromScene(at) if card is not None else at
        return card is not None and bool(card.picture_at(inside) or card.port_at(inside) or card.is_output_at(inside))

    def pixels(self, length: float) -> float:
        """A length on the paper, on the screen."""
        return length * self._view.transform().m11()

    # Choosing

    def choose(self, link: Link | None) -> None:
        """Keep a link lit, for the keyboard."""
        self.chosen = link
        self._show()

    def step(self, by: int) -> None:
        """The next link, or the one before; the first of the selected layer, or of its chosen unit, to begin with."""
        links = [
            (edge, (unit, source))
            for edge in self._edges()
            if (weight := self._view.network.links[edge].weight) is not None
            for unit in range(weight.shape[0])
            for source in range(weight.shape[1])
        ]
        if not links:
            words = self.tr("There are no links between neurons here. U shows them, in a problem of two inputs.")
            self._view.session.say(words, is_complaint=False)
        elif self.chosen in links:
            self.choose(links[(links.index(self.chosen) + by) % len(links)])
        else:
            self.choose(next((link for link in links if self._is_selected(link)), links[0 if by > 0 else -1]))

    def _edges(self) -> list[Edge]:
        order = self._view.session.document.graph.order
        known = [edge for edge, item in self._view.network.links.items() if item.is_whole]
        return sorted(known, key=lambda edge: order.index(edge.target) if edge.target in order else len(order))

    def _is_selected(self, link: Link) -> bool:
        edge, (unit, _) = link
        card = self._view.network.nodes.get(edge.target)
        return card is not None and card.isSelected() and card.unit in (None, unit)

    def nudge(self, by: float) -> bool:
        """Change the chosen link's weight a little; False if none is chosen."""
        weight = self._weight(self.chosen) if self.chosen is not None else None
        if self.chosen is None or weight is None:
            return False
        self.set(self.chosen, weight + by, goes_on=False)
        self.let_go()
        return True

    # Changing

    def set(self, link: Link, value: float, goes_on: bool) -> None:
        """Give it that weight, now and in what is drawn. goes_on: it is the same drag."""
        edge, unit = link
        self._view.network.links[edge].hold(unit, value)
        self._view.session.hand.set(edge.target, *unit, value, goes_on)
        self._show()

    def take_back(self) -> None:
        """What was changed last is as before."""
        self._view.session.hand.undo()

    def let_go(self) -> None:
        """What the network answers counts again."""
        self._held = None
        for item in self._view.network.links.values():
            item.hold((0, 0), None)

    def refresh(self) -> None:
        """The links are others, or their weights are: one that is gone is not lit any more."""
        links = self._view.network.links
        for name in ("chosen", "_pointed", "_held"):
            link = getattr(self, name)
            if link is not None and (link[0] not in links or self._weight(link) is None):
                setattr(self, name, None)
        self._show()

    # What is seen

    def _point(self, link: Link | None) -> None:
        if link == self._pointed:
            self._place()
            return
        if link is not None:
            self._view.viewport().setCursor(Qt.CursorShape.SizeVerCursor)
        elif self._pointed is not None:
            self._view.viewport().unsetCursor()
        self._pointed = link
        self._show()

    @property
    def _lit(self) -> Link | None:
        return self._held or self._pointed or self.chosen

    def _weight(self, link: Link) -> float | None:
        item = self._view.network.links.get(link[0])
        return item.value(link[1]) if item is not None else None

    def _show(self) -> None:
        lit = self._lit
        for edge, item in self._view.network.links.items():
            item.light(lit[1] if lit is not None and lit[0] == edge else None)
        weight = self._weight(lit) if lit is not None else None
        self.words.setVisible(weight is not None)
        if lit is None or weight is None:
            return
        self.words.setText(self._said(lit, weight))
        theme = theme_of()
        self.words.setStyleSheet(
            f"color: {theme.text}; background: {theme.card}; border: 1px solid {theme.edge}; border-radius: 4px;"
            f" padding: 3px 6px; font-size: {sized(NOTE)}px;"
        )
        self.words.adjustSize()
        self.words.raise_()
        self._place()

    def _said(self, link: Link, weight: float) -> str:
        edge, (unit, source) = link
        names: tuple[str, ...] = ()
        if edge.source in self._view.network.nodes:
            names = tuple(self._view.network.nodes[edge.source].unit_names)
        begin = names[source] if source < len(names) else f"{edge.source} {source + 1}"
        words = f"{begin} → {edge.target} {unit + 1}: <b>{figure(weight)}</b>"
        if not self._view.session.hand.is_possible:
            return words
        how = self.tr("drag up or down") if self._held is None and self._pointed else self.tr("Up and Down change it")
        return words if self._held is not None else f"{words} <span style='color:{theme_of().muted}'> · {how}</span>"

    def _place(self) -> None:
        """Beside the mouse; of a link chosen by keys in its middle. Within the canvas."""
        lit = self._lit
        if self.words.isHidden() or lit is None or lit[0] not in self._view.network.links:
            return
        is_mouse = self._at is not None and (self._pointed is not None or self._held is not None)
        middle = self._view.mapFromScene(self._view.network.links[lit[0]].middle(lit[1]))
        at, room = self._at if is_mouse and self._at is not None else middle, self._view.viewport().rect()
        left = at.x() - self.words.width() - 14  # the neurons that it changes are on the right
        left = left if left >= 2 else at.x() + 14
        top = at.y() - self.words.height() - 8
        self.words.move(
            max(2, min(left, room.width() - self.words.width() - 2)),
            max(2, min(top, room.height() - self.words.height() - 2)),
        )
