"""The loss surface around the present weights, with the path walked to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from playground.ui.drawing import figure
from playground.ui.views.focus import Focus
from playground.ui.views.map import Map
from playground.ui.views.marks import Trail
from playground.ui.views.side_by_side import SideBySide
from playground.ui.views.view import View

if TYPE_CHECKING:
    from collections.abc import Generator

    from playground.engine.train import Training
    from playground.insight.landscape import Landscape

SIDES = (15, 25, 41)
PROMISE = 620
"""Pixels of a line of words at most: longer ones are hard to read."""
EXAMPLES = 1024
"""Training examples that the loss is the mean over, at most; always the same."""


class LossSurface(View):
    """The surface is computed on demand; the path is kept by the run (app/weight_path.py), whatever is open."""

    name = "loss_surface"
    title = "Loss surface"
    group = "Training"
    about = (
        "The training loss over a plane through the present weights (the dot in the middle), on a logarithmic "
        "scale that stands below; in evaluation mode, without dropout and with running averages. Random: two random "
        "directions, each filter as long as the network's own, so that "
        "networks can be compared. Path: the two main directions of the way that learning took in this run; the line "
        "is that way. Source: Li, Xu, Taylor, Studer and Goldstein 2018."
    )
    is_live = False

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._found: Landscape | None = None
        self.kind, self.extent, self.side = QComboBox(), QComboBox(), QComboBox()
        for box, name in ((self.kind, "Directions"), (self.extent, "Reach"), (self.side, "Points")):
            box.setAccessibleName(self.tr(name))
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for key, words in (("random", "random directions"), ("path", "directions of the path")):
            self.kind.addItem(self.tr(words), key)
        for reach in (0.25, 1.0, 3.0):
            self.extent.addItem(f"± {reach:g}", reach)
        self.extent.setCurrentIndex(1)
        for side in SIDES:
            self.side.addItem(f"{side} × {side}", side)
        self.draw = QPushButton(self.tr("Compute the surface"))
        self.draw.clicked.connect(self.begin)
        row = QHBoxLayout()
        row.addWidget(self.extent)
        row.addWidget(self.side)
        self.map = Map(self.tr("Loss surface"), most=520)
        self.words, self.kept, self.over = QLabel(wordWrap=True), QLabel(wordWrap=True), QLabel(wordWrap=True)
        for label in (self.kept, self.over):
            label.setProperty("role", "note")
        self.play = QPushButton(self.tr("Play"))
        self.play.setToolTip(self.tr("Train: the way of the weights is kept from its beginning"))
        self.play.clicked.connect(lambda _=False: focus.session.play())
        self.column.addWidget(self.kind)
        self.column.addLayout(row)
        beside = QWidget()
        column = QVBoxLayout(beside)
        column.setContentsMargins(0, 0, 0, 0)
        for label in (self.words, self.kept):
            column.addWidget(label)
        column.addWidget(self.play, 0, Qt.AlignmentFlag.AlignLeft)
        self.map.clear()
        self.promise = QLabel(self._promise(), wordWrap=True)
        self.promise.setMaximumWidth(PROMISE)
        self.side.currentIndexChanged.connect(lambda _: self.promise.setText(self._promise()))
        self.pictures = SideBySide((self.map, beside), least=1)
        for widget in (self.promise, self.over):
            self.column.addWidget(widget)
        self.column.addWidget(self.draw, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(self.pictures)
        self.column.addStretch(1)
        for signal in (focus.bridge.run, focus.bridge.curves, focus.bridge.status, focus.bridge.data):
            signal.connect(self._tell)
        self._tell()

    def _promise(self) -> str:
        """What will stand here."""
        heading = self.tr("Here will be how the loss lies around the weights")
        what = self.tr(
            "A map: to the right and upwards the weights are changed in two directions, and the shade says how large "
            "the loss is there. The dot in the middle is where the network stands now; the line is the way on which "
            "training came there."
        )
        why = self.tr("A wide, smooth bowl is easy to walk down; a narrow or rugged one needs small steps.")
        cost = self.tr("%1 losses have to be worked out, which takes some seconds, and can be cancelled.")
        side = int(self.side.currentData())
        return f"<b>{heading}</b><p>{what}</p><p>{why} {cost.replace('%1', f'{side * side:,}')}</p>"

    def showEvent(self, event: object) -> None:
        self._tell()

    def _tell(self) -> None:
        """Which examples a surface is over, and how much of the way there is."""
        session = self.focus.session
        if session.examples is None or session.run is None or not self.isVisible():
            return
        count = len(session.examples.train)
        words = self.tr("Over %1 training examples, in evaluation mode: without dropout, with running averages.")
        some = f"{EXAMPLES:,} of {count:,}" if count > EXAMPLES else f"all {count:,}"
        self.over.setText(words.replace("%1", some))
        path = session.run.path
        epochs = path.epochs
        can_go_on = session.status in ("ready", "paused")
        self.play.setVisible(len(epochs) < 3 and can_go_on and not path.is_too_large)
        if path.is_too_large:
            words = self.tr("This network is too large for its way to be kept; random directions need none.")
        elif len(epochs) < 3:
            words = self.tr("The way of the weights is kept while the network trains, whatever is open.")
        else:
            words = self.tr("The way of the weights: %1 points, from epoch %2 to %3.").replace("%1", str(len(epochs)))
            words = words.replace("%2", str(epochs[0])).replace("%3", str(epochs[-1]))
        self.kept.setText(words)

    def begin(self) -> None:
        """Go through the grid."""
        run = self.focus.session.run
        kind, path = str(self.kind.currentData()), [weights for _, weights in run.path.points] if run else []
        side, extent = int(self.side.currentData()), float(self.extent.currentData())

        def job(training: Training) -> Generator[float, None, Any]:
            from playground.insight.landscape import flat, landscape

            every = [*path, flat(training)]
            found = yield from landscape(training, kind, every, side, extent, most=EXAMPLES)  # type: ignore[arg-type]
            return found

        self.start(job)

    def show_answer(self, answer: Any) -> None:
        self._found = answer
        self.promise.hide()
        self.draw.setText(self.tr("Compute it anew"))
        self._show(answer)

    def _show(self, found: Landscape) -> None:
        losses = np.where(np.isfinite(found.losses), found.losses, np.nanmax(found.losses))
        heights = np.log10(np.maximum(losses, 1e-12))
        reach = figure(found.extent)
        self.map.show_values(heights[::-1], signed=False, words=self.tr("log₁₀ loss, ± %1").replace("%1", reach))
        side = len(losses)
        scale = (side - 1) / (2 * found.extent)
        points = tuple(
            ((right + found.extent) * scale + 0.5, side - 0.5 - (up + found.extent) * scale) for right, up in found.path
        )
        self.map.trails = [Trail(points, "valid"), Trail(((side / 2, side / 2),))]
        self.map.update()
        words = self.tr(
            "Mean loss of %4 training examples as the network answers them: in the middle %1; lowest on the plane "
            "%2, highest %3."
        )
        middle = losses[side // 2, side // 2]
        for number, value in enumerate((middle, losses.min(), losses.max()), 1):
            words = words.replace(f"%{number}", figure(float(value)))
        words = words.replace("%4", f"{found.examples:,}") + self._of_the_curve()
        if np.isfinite(found.explained[0]):
            more = self.tr(" The two directions hold %1 and %2 of the path's variance.")
            shares = f"{found.explained[0]:.0%}", f"{found.explained[1]:.0%}"
            words += more.replace("%1", shares[0]).replace("%2", shares[1])
        self.words.setText(words)

    def _of_the_curve(self) -> str:
        """Why the curve of the training loss may stand elsewhere."""
        epochs = self.focus.session.epochs
        if not epochs:
            return ""
        words = self.tr(" (The curve's last point, %1, is the mean over the batches while it learned.)")
        return words.replace("%1", figure(epochs[-1].train.loss))

    def numbers(self) -> dict[str, NDArray[Any]]:
        return {"loss": self._found.losses, "path": self._found.path} if self._found is not None else {}

    def in_words(self) -> str:
        return self.words.text()
