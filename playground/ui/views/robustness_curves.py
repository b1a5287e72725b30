"""Accuracy against shift and angle: this network, its twin without pooling, an MLP, logistic regression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from playground.selection.statistics import paired_difference, wilson
from playground.ui.panes import plots
from playground.ui.theme import theme_of
from playground.ui.views.empty import Way
from playground.ui.views.focus import Focus
from playground.ui.views.side_by_side import SideBySide
from playground.ui.views.view import View

if TYPE_CHECKING:
    from collections.abc import Generator

    from playground.engine.train import Training
    from playground.insight.tolerance import Curve, Rival, Tolerance

LOOKS = {
    "this network": ("train", Qt.PenStyle.SolidLine, "━"),
    "without pooling": ("valid", Qt.PenStyle.DashDotLine, "┅"),
    "MLP": ("text", Qt.PenStyle.DotLine, "┄"),
    "logistic regression": ("baseline", Qt.PenStyle.DashLine, "╌"),
}
"""Colour, line, and the line as a letter, by the curve's name."""
ANGLE = 15
"""Degrees that the verdict is about."""
HEIGHT = 200
"""Of a plot at least, and twice as much at most."""
Names = Sequence[str]


@dataclass
class Kept:
    """Rivals, and what was found last, of one run."""

    run: object
    rivals: dict[str, Rival] = field(default_factory=dict)
    found: Tolerance | None = None


_KEPT: WeakKeyDictionary[Focus, Kept] = WeakKeyDictionary()
"""By the window's focus, so that a view opened in a window of its own has them too."""


class Bands(QWidget):
    """Shares with their 95 % intervals, one curve a network."""

    def __init__(self, x: str, y: str) -> None:
        super().__init__()
        self.plot = plots.plot(x, y)
        self.plot.setMinimumWidth(60)
        self.plot.setYRange(0, 100)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.plot.setFixedHeight(round(min(max(0.7 * self.width(), HEIGHT), 2 * HEIGHT)))

    def show_bands(self, x: Sequence[int], bands: dict[str, NDArray[np.float64]]) -> None:
        """Share, lower and upper end, (3, points) from 0 to 1, by the curve's name."""
        plots.restyle(self.plot)
        self.plot.clear()
        at, theme = np.asarray(x, dtype=float), theme_of()
        for name, band in reversed(bands.items()):
            role, style, _ = LOOKS[name]
            color = QColor(theme.color(role))
            ends = [pg.PlotCurveItem(at, 100 * band[end]) for end in (1, 2)]
            color.setAlpha(40)
            self.plot.addItem(pg.FillBetweenItem(*ends, brush=color))
            self.plot.plot(at, 100 * band[0], pen=plots.pen(str(getattr(theme, role)), style, 2))


class RobustnessCurves(View):
    """The rivals are trained at a button, and kept for as long as the run lasts."""

    name = "robustness_curves"
    title = "Shift and angle"
    group = "Everything"
    about = (
        "How well moved and turned validation images are answered, with Wilson's 95 % intervals. The rivals learn from "
        "the same split with the same recipe and seed: a twin whose pooling is replaced by a stride in the convolution "
        "before (Springenberg et al. 2015), one hidden layer of 64 units, and logistic regression. Differences are "
        "paired (Agresti and Min 2005), each interval taken by itself; no network has learned from moved images."
    )
    is_live = False

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self.compare = QPushButton(self.tr("Train the rivals and compare"))
        self.compare.setToolTip(self.tr("Takes about as long as this network has learned, for each of the rivals"))
        self.compare.clicked.connect(self.begin)
        self.legend, self.words, self.note = (QLabel(wordWrap=True) for _ in range(3))
        self.legend.setProperty("role", "note")
        self.note.setProperty("role", "note")
        right = self.tr("right, %")
        self.shifts, self.angles = Bands(self.tr("pixels to the right"), right), Bands(self.tr("degrees ↺"), right)
        self._plots = SideBySide((self.shifts, self.angles), least=1)
        for widget in (self.compare, self.legend, self._plots, self.words, self.note):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        for signal in (focus.bridge.run, focus.bridge.data):
            signal.connect(self._show_kept)
        focus.bridge.curves.connect(self._tell_age)
        self._show_kept()

    @property
    def kept(self) -> Kept:
        """What is known of the present run, in this view or another of the same window."""
        run, kept = self.focus.session.shown, _KEPT.get(self.focus)
        if kept is None or kept.run is not run:
            kept = _KEPT[self.focus] = Kept(run)
        return kept

    def _show_kept(self) -> None:
        if self.kept.found is not None:
            self.show_answer(self.kept.found)
            return
        self._plots.hide()
        self.legend.clear()
        self.note.clear()
        words = self.tr("Here the network's accuracy on moved and turned images is set beside that of three rivals.")
        self.words.setText(words)

    @classmethod
    def misfit(cls, focus: Focus) -> str:
        examples = focus.session.examples
        if examples is None:
            return ""
        if examples.valid.inputs.ndim != 4 or examples.targets is not None or examples.valid.targets.ndim > 1:
            return focus.tr("This is about images of one class each. Choose such a data set, as digits.")
        return ""

    def lacks(self) -> str:
        words = super().lacks()
        if words or self.focus.session.epochs:
            return words
        return self.tr("Nothing is learned yet. Train for at least one epoch.")

    def ways_out(self) -> list[Way]:
        session = self.focus.session
        if super().lacks():
            return super().ways_out()
        tip = self.tr("Trains to the end of the next epoch, as the button above does.")
        return [Way(self.tr("Train one epoch"), tip, lambda: session.play("epoch"))]

    def begin(self) -> None:
        """Train the rivals as far as the network is, and measure all."""
        rivals, learned = self.kept.rivals, self.focus.session.epochs[-1].epoch

        def job(training: Training) -> Generator[float, None, Any]:
            from playground.insight.tolerance import tolerance

            return (yield from tolerance(training, rivals, learned))

        self.start(job)

    def restyle(self) -> None:
        super().restyle()
        if self.kept.found is not None:
            self._show(self.kept.found)

    def show_answer(self, answer: Any) -> None:
        self.kept.found = answer
        self._show(answer)
        self._tell_age()

    def _show(self, found: Tolerance) -> None:
        self._plots.show()
        self.shifts.show_bands(found.shifts, {curve.name: _band(curve.right_shifted) for curve in found.curves})
        self.angles.show_bands(found.angles, {curve.name: _band(curve.right_turned) for curve in found.curves})
        self.legend.setText(" &nbsp; ".join(self._entry(curve) for curve in found.curves))
        self.words.setText("<br><br>".join(map(escape, [self._shift_verdict(found), self._angle_verdict(found)])))

    def _entry(self, curve: Curve) -> str:
        role, _, letter = LOOKS[curve.name]
        color = getattr(theme_of(), role)
        return f'<span style="color:{color}">{letter}</span> {self.tr(curve.name)} ({curve.parameters:,})'

    def _shift_verdict(self, found: Tolerance) -> str:
        pixels = shift_told(len(found.shifts))
        at, start = found.shifts.index(pixels), found.shifts.index(0)
        moved = self.tr("Moved %1 px to the right").replace("%1", str(pixels))
        return self._verdict(
            moved, found, [(curve.right_shifted[at], curve.right_shifted[start]) for curve in found.curves]
        )

    def _angle_verdict(self, found: Tolerance) -> str:
        at, start = found.angles.index(ANGLE), found.angles.index(0)
        turned = self.tr("Turned by %1°").replace("%1", str(ANGLE))
        return self._verdict(
            turned, found, [(curve.right_turned[at], curve.right_turned[start]) for curve in found.curves]
        )

    def _verdict(self, what: str, found: Tolerance, hits: list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]) -> str:
        """hits: moved and unmoved, this network's first."""
        own, start = hits[0]
        low, high = wilson(int(own.sum()), len(own))
        words = self.tr("%1, %2 % of %3 images are answered right (%4 to %5 %); unmoved, %6 %.")
        figures = (what, _percent(own.mean()), f"{len(own):,}", _percent(low), _percent(high), _percent(start.mean()))
        for number, figure in enumerate(figures, 1):
            words = words.replace(f"%{number}", figure, 1)
        names = [self.tr(curve.name) for curve in found.curves[1:]]
        return words + self.tr(" The rivals then: ") + f"{self._against(names, [moved for moved, _ in hits])}"

    def _against(self, names: Names, hits: list[NDArray[np.bool_]]) -> str:
        """Each rival in a few words: points more or fewer, with the interval of the difference."""
        parts = []
        for name, other in zip(names, hits[1:], strict=True):
            low, high = paired_difference(int((other & ~hits[0]).sum()), int((hits[0] & ~other).sum()), len(other))
            points = 100 * (float(other.mean()) - float(hits[0].mean()))
            ends = f"{_signed(100 * low)} to {_signed(100 * high)}"
            if low <= 0 <= high:
                parts.append(self.tr("%1: no difference that n = %2 could tell (%3)").replace("%3", ends))
            else:
                parts.append(self.tr("%1: %4 points (%3)").replace("%3", ends).replace("%4", _signed(points)))
            parts[-1] = parts[-1].replace("%1", name).replace("%2", f"{len(other):,}")
        return "; ".join(parts) + "."

    def _tell_age(self) -> None:
        """What the curves are of, and whether the network has learned on since."""
        found, epochs = self.kept.found, self.focus.session.epochs
        if found is None:
            return
        measured = found.curves[0].epochs
        words = self.tr("This network after epoch %1, the rivals after epoch %2.").replace("%1", f"{measured:,}")
        others = sorted({curve.epochs for curve in found.curves[1:]})
        words = words.replace("%2", self.tr(" and ").join(f"{count:,}" for count in others))
        if epochs and epochs[-1].epoch != measured:
            words += self.tr(" It has learned on since: compare again.")
        self.note.setText(" ".join([words, *found.without]))

    def numbers(self) -> dict[str, NDArray[Any]]:
        found = self.kept.found
        if found is None:
            return {}
        made: dict[str, NDArray[Any]] = {
            "pixels to the right": np.array(found.shifts),
            "degrees": np.array(found.angles),
        }
        for curve in found.curves:
            made[f"{curve.name}, shifted: share, low, high"] = _band(curve.right_shifted).T
            made[f"{curve.name}, turned: share, low, high"] = _band(curve.right_turned).T
        return made

    def in_words(self) -> str:
        return self.words.text().replace("<br>", " ")


def shift_told(shifts: int) -> int:
    """Pixels that the verdict is about: a third of the farthest shift.

    >>> shift_told(13), shift_told(9)
    (2, 1)
    """
    return max(1, (shifts // 2) // 3)


def _band(hits: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Share, lower and upper end of its interval, for each row of hits (points, n)."""
    n = hits.shape[1]
    ends = [wilson(int(count), n) for count in hits.sum(axis=1)]
    return np.vstack([hits.mean(axis=1), np.array(ends).T])


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _signed(points: float) -> str:
    return f"{points:+.1f}".replace("-", "−")
