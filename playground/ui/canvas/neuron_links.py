"""The weights between two cards whose neurons are drawn one by one: a line each, its width and colour the weight."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from playground.ui.theme import THEMES, theme_of

THIN, WIDE = 0.5, 4.5
"""Width of a weight of 0 and of the largest one, in scene units."""
FAINT = 0.55
"""How much is seen of the thinnest: many small weights are a veil, not a net."""
STEPS = 16
"""Of width between the thinnest and the widest, a quarter of a unit each: those of one step are drawn together."""
GROUND = 7.0
"""By how much the ground of a lit line is wider than the line."""
Unit = tuple[int, int]
"""One line: the unit it ends at, and the one it comes from."""


class NeuronLinks(QGraphicsItem):
    """Lies over the cards. What the mouse does with a line is link_hand.py's affair."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(1.5)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._begins: list[QPointF] = []
        self._ends: list[QPointF] = []
        self._weight: NDArray[np.float64] | None = None
        self._reach = 1.0
        self._lit: Unit | None = None
        self._held: tuple[Unit, float] | None = None

    def lie(self, begins: list[QPointF], ends: list[QPointF]) -> None:
        """From those neurons to these, in the scene's coordinates."""
        if (begins, ends) != (self._begins, self._ends):
            self.prepareGeometryChange()
            self._begins, self._ends = begins, ends
            self.update()

    def show_weights(self, weight: NDArray[np.float64] | None, reach: float = 1.0) -> None:
        """(ends, begins), and the size of the widest line's; None for units that are passed on one by one."""
        self._weight, self._reach = weight, reach
        if self._held is not None:
            self._put(*self._held)  # an answer from before it was moved on
        self.update()

    def hold(self, unit: Unit, value: float | None) -> None:
        """Show that weight whatever the answers say, as long as a hand holds it; None lets go."""
        self._held = None if value is None else (unit, value)
        if value is not None:
            self._put(unit, value)
        self.update()

    def _put(self, unit: Unit, value: float) -> None:
        if self.value(unit) is not None:
            assert self._weight is not None
            self._weight = self._weight.copy()
            self._weight[unit] = value

    def light(self, unit: Unit | None) -> None:
        """Put a ground behind one line."""
        if unit != self._lit:
            self._lit = unit
            self.update()

    @property
    def weight(self) -> NDArray[np.float64] | None:
        return self._weight

    @property
    def is_whole(self) -> bool:
        """Whether there is a weight for each line: just after an edit they are of the network before."""
        return self._weight is not None and self._weight.shape == (len(self._ends), len(self._begins))

    def value(self, unit: Unit) -> float | None:
        """The weight of a line; None if there is no such line."""
        if not self.is_whole or unit[0] >= len(self._ends) or unit[1] >= len(self._begins):
            return None
        assert self._weight is not None
        return float(self._weight[unit])

    def middle(self, unit: Unit) -> QPointF:
        """Of a line, in the scene's coordinates."""
        return (self._begins[unit[1]] + self._ends[unit[0]]) / 2

    def nearest(self, place: QPointF) -> tuple[float, Unit] | None:
        """The line that passes nearest to a point, and how far away; None if there are no weights to show."""
        if not self.is_whole or not self._begins or not self._ends:
            return None
        begin, end = (np.array([at.toTuple() for at in places]) for places in (self._begins, self._ends))
        along = end[:, None] - begin[None]
        to = np.array(place.toTuple()) - begin[None]
        share = (along * to).sum(axis=2) / np.maximum((along**2).sum(axis=2), 1e-9)
        away = np.linalg.norm(to - np.clip(share, 0, 1)[..., None] * along, axis=2)
        unit, source = np.unravel_index(int(away.argmin()), away.shape)
        return float(away[unit, source]), (int(unit), int(source))

    def boundingRect(self) -> QRectF:
        if not self._begins or not self._ends:
            return QRectF()
        every = [*self._begins, *self._ends]
        xs, ys = [at.x() for at in every], [at.y() for at in every]
        air = (WIDE + GROUND) / 2 + 1
        return QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)).adjusted(-air, -air, air, air)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        theme = theme_of()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._weight is None:
            painter.setPen(QPen(theme.color("edge"), 1))
            painter.drawLines([QLineF(*pair) for pair in zip(self._begins, self._ends, strict=False)])
            return
        if not self.is_whole:
            return
        lit = self._lit if self._lit is not None and self.value(self._lit) is not None else None
        if lit is not None:
            self._paint_ground(painter, lit)
        shares = np.clip(self._weight / (self._reach or 1.0), -1, 1)
        alike: dict[tuple[int, bool], list[QLineF]] = {}
        for end, row in zip(self._ends, shares.tolist(), strict=True):
            for begin, share in zip(self._begins, row, strict=True):
                alike.setdefault((round(STEPS * abs(share)), share >= 0), []).append(QLineF(begin, end))
        for (step, is_positive), lines in sorted(alike.items(), key=lambda item: item[0]):
            painter.setPen(_pen(step, is_positive, False, theme.name))
            painter.drawLines(lines)
        if lit is not None:
            share = float(shares[lit])
            painter.setPen(_pen(round(STEPS * abs(share)), share >= 0, True, theme.name))
            painter.drawLine(self._begins[lit[1]], self._ends[lit[0]])

    def _paint_ground(self, painter: QPainter, unit: Unit) -> None:
        """Colour and dashes of the line itself still say its sign."""
        assert self._weight is not None
        ground = theme_of().color("text")
        ground.setAlphaF(0.28)
        share = min(abs(float(self._weight[unit])) / (self._reach or 1.0), 1.0)
        width = THIN + (WIDE - THIN) * share + GROUND
        painter.setPen(QPen(ground, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(self._begins[unit[1]], self._ends[unit[0]])


@lru_cache(maxsize=4 * (STEPS + 1) * 2)
def _pen(step: int, is_positive: bool, is_lit: bool, theme: str) -> QPen:
    """For weights of that step of the largest one's size."""
    share = step / STEPS
    color = THEMES[theme].color("positive" if is_positive else "negative")
    color.setAlphaF(1.0 if is_lit else FAINT + (1 - FAINT) * share)
    style = Qt.PenStyle.SolidLine if is_positive else Qt.PenStyle.DashLine
    return QPen(color, THIN + (WIDE - THIN) * share, style, Qt.PenCapStyle.FlatCap)
