"""What all plots share: colours of the theme, pens, axes with units. pyqtgraph is imported here and nowhere earlier."""

from __future__ import annotations

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QMouseEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QApplication, QGraphicsItem, QScrollArea

from playground.ui.panes.log_ticks import log_ticks, log_words
from playground.ui.theme import NOTE, Theme, sized, theme_of

pg.setConfigOptions(antialias=False)

MOST_ZOOM = (1e-4, 4.0)
"""How much of the whole range can be seen, at least and at most."""

ROUNDED = 1e-6
"""Share of a step by which a floating-point number may miss a whole one."""

FIGURES = 1.0
"""Marks the level of a logarithmic axis whose ticks have figures."""


def pen(color: str, style: Qt.PenStyle = Qt.PenStyle.SolidLine, width: float = 1.0) -> QPen:
    """A line of that colour; wide lines are slow, so they are kept for few points."""
    made: QPen = pg.mkPen(color, width=width, style=style)
    return made


class PlainAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis whose figures are what they say: pyqtgraph would write thousandths without naming the prefix."""

    def updateAutoSIPrefix(self) -> None:
        """Leave the scale at 1; this is called when the range has changed, so that the ticks are drawn anew."""
        self.autoSIPrefixScale = 1.0
        self.picture = None
        self.update()

    def logTickValues(self, low: float, high: float, size: float, _: object) -> list[tuple[float, list[float]]]:
        """With figures at the first level, without at the second."""
        return list(zip((FIGURES, 0.1), log_ticks(low, high, int(size / (2.4 * sized(NOTE)))), strict=True))

    def logTickStrings(self, values: list[float], _: float, spacing: float) -> list[str | None]:
        return [log_words(at) if spacing == FIGURES else None for at in values]


class WholeAxis(PlainAxis):
    """An axis of epochs: there is no epoch and a half to put a tick at."""

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        spacings = super().tickSpacing(low, high, size)
        return list({max(1, round(step)): (max(1, round(step)), offset) for step, offset in spacings}.values())


class SteadyBox(pg.ViewBox):  # type: ignore[misc]
    """While it is live, the range that follows the data grows by steps: axes are drawn seldom, and figures stand still.

    Drawing both axes anew takes three times as long as drawing the curves between them.
    """

    STEPS = 10, 20
    """Of the data's width and of its height, about so many."""

    def __init__(self) -> None:
        super().__init__()
        self._is_live = False

    def set_live(self, is_live: bool) -> None:
        """Grow by steps from now on; else fit closely."""
        if is_live != self._is_live:
            self._is_live = is_live
            self.queueUpdateAutoRange()

    def childrenBounds(self, *args: Any, **more: Any) -> list[list[float] | None]:
        bounds: list[list[float] | None] = super().childrenBounds(*args, **more)
        if not self._is_live:
            return bounds
        sides = (self.width(), self.height())
        return [
            ends and stepped(*self._bare(ends, side), steps)
            for ends, side, steps in zip(bounds, sides, self.STEPS, strict=True)
        ]

    def _bare(self, ends: list[float], side: float) -> tuple[float, float]:
        """The ends without the pixels that pyqtgraph adds for pens: rounded on, they would be a whole step below 0."""
        pads = [item.pixelPadding() for item in self.addedItems if item.isVisible() and hasattr(item, "pixelPadding")]
        widest = max(pads, default=0)
        margin = (ends[1] - ends[0]) * widest / (side + 2 * widest) if side > 0 else 0.0
        return ends[0] + margin, ends[1] - margin


def stepped(low: float, high: float, steps: int) -> list[float]:
    """The smallest range around one whose ends are whole multiples of 1, 2 or 5 times a power of ten.

    >>> stepped(0, 103, 10), stepped(0.0312, 0.98, 20)
    ([0.0, 120.0], [0.0, 1.0])
    """
    step = round_step((high - low) / steps)
    if not step:
        return [low, high]
    return [math.floor(low / step + ROUNDED) * step, math.ceil(high / step - ROUNDED) * step]


def round_step(size: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is no smaller; 0 if that is not a length."""
    if not (math.isfinite(size) and size > 0):
        return 0.0
    power = 10.0 ** math.floor(math.log10(size))
    return next(float(times * power) for times in (1, 2, 5, 10) if times * power >= size * (1 - 1e-9))


class Plot(pg.PlotWidget):  # type: ignore[misc]
    """A plot that lets the wheel scroll the pane it stands in; Ctrl and the wheel zoom, a double click brings all back.

    Source of the parts overridden: pyqtgraph's GraphicsView and ViewBox.
    """

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts)
        self._own: tuple[list[list[float]], list[Any]] | None = None
        """The ranges before the person changed them, and which of them follow the data."""
        self.getViewBox().sigRangeChangedManually.connect(self._changed)
        self._before = self._ranges()
        self.setToolTip(self.tr("Drag to move, Ctrl and the wheel to zoom, double click for the whole range."))

    def _ranges(self) -> tuple[list[list[float]], list[Any]]:
        box = self.getViewBox()
        return [list(range_) for range_ in box.viewRange()], list(box.state["autoRange"])

    def _changed(self) -> None:
        self._own = self._own or self._before

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl, or where nothing can be scrolled; never so far that the curves are a dot, or gone."""
        pane = self._scrolling_pane()
        if pane is not None and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            QApplication.sendEvent(pane.verticalScrollBar(), event)
            event.accept()
            return
        self._before = self._ranges()
        whole = self._own or self._before
        super().wheelEvent(event)
        event.accept()
        for now, usual in zip(self.getViewBox().viewRange(), whole[0], strict=True):
            share = (now[1] - now[0]) / ((usual[1] - usual[0]) or 1.0)
            if share > MOST_ZOOM[1]:
                self.show_all()
                return
            if share < MOST_ZOOM[0]:
                self._put(self._before)
                return

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._before = self._ranges()
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self.show_all()
        event.accept()

    def show_all(self) -> None:
        """The range there was before the person changed it."""
        if self._own is not None:
            own, self._own = self._own, None
            self._put(own)

    def _put(self, ranges: tuple[list[list[float]], list[Any]]) -> None:
        box = self.getViewBox()
        box.setRange(xRange=ranges[0][0], yRange=ranges[0][1], padding=0)
        for axis, follows in enumerate(ranges[1]):
            if follows:
                box.enableAutoRange(axis)

    def _scrolling_pane(self) -> QScrollArea | None:
        place = self.parentWidget()
        while place is not None and not isinstance(place, QScrollArea):
            place = place.parentWidget()
        return place


def plot(x: str, y: str, left: PlainAxis | None = None, bottom: PlainAxis | None = None) -> Any:
    """An empty plot with named axes, in the present theme; x counts in whole numbers. left, bottom: other axes."""
    axes = {"bottom": bottom or WholeAxis("bottom"), "left": left or PlainAxis("left")}
    for axis in axes.values():  # the grid is part of it: else it would be drawn line by line under every new curve
        axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        axis.setStyle(maxTickLevel=1)  # of the finest ticks there are forty, which take half of the time
    widget = Plot(axisItems=axes, viewBox=SteadyBox())
    widget.setMenuEnabled(False)
    widget.hideButtons()
    widget.setLabel("bottom", x)
    widget.setLabel("left", y)
    widget.getPlotItem().showGrid(x=False, y=True, alpha=0.12)
    restyle(widget)
    return widget


def note_font() -> QFont:
    """The small type, for words inside a plot."""
    font = QFont()
    font.setPixelSize(sized(NOTE))
    return font


def restyle(widget: Any) -> None:
    """Give a plot the colours of the present theme."""
    theme: Theme = theme_of()
    widget.setBackground(theme.panel)
    font = note_font()
    for name in ("bottom", "left"):
        axis = widget.getAxis(name)
        axis.setPen(pg.mkPen(theme.border))
        axis.setTextPen(pg.mkPen(theme.muted))
        axis.setTickFont(font)
        axis.label.setFont(font)
    widget.getAxis("left").setWidth(sized(52))
