"""What all plots share: colours of the theme, pens, axes with units. pyqtgraph is imported here and nowhere earlier."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QPen

from playground.ui.theme import NOTE, Theme, sized, theme_of

pg.setConfigOptions(antialias=False)


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


class WholeAxis(PlainAxis):
    """An axis of epochs: there is no epoch and a half to put a tick at."""

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        spacings = super().tickSpacing(low, high, size)
        return list({max(1, round(step)): (max(1, round(step)), offset) for step, offset in spacings}.values())


def plot(x: str, y: str, left: PlainAxis | None = None) -> Any:
    """An empty plot with named axes, in the present theme; x counts in whole numbers. left: another axis for y."""
    widget = pg.PlotWidget(axisItems={"bottom": WholeAxis("bottom"), "left": left or PlainAxis("left")})
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
