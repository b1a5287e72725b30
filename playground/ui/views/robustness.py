"""One image moved, turned, scaled, blurred or made noisy by hand, and what that changes in every layer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from playground.graph.receptive import fields
from playground.ui.drawing import chance, example_image
from playground.ui.looking import Look
from playground.ui.theme import NOTE, sized, theme_of
from playground.ui.views.bars import Bars
from playground.ui.views.focus import Focus
from playground.ui.views.map import Map
from playground.ui.views.painted import Painted
from playground.ui.views.side_by_side import SideBySide
from playground.ui.views.view import View

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.insight.robustness import Robustness

SLIDERS = {
    "angle": ("Angle", -90, 90, 0, 1.0, "°"),
    "scale": ("Size", 50, 200, 100, 0.01, " %"),
    "blur": ("Blur", 0, 30, 0, 0.1, " px"),
    "noise": ("Noise", 0, 20, 0, 0.1, " σ"),
}
"""Name, smallest, largest and neutral position, what one position is, and the unit that is written."""
MEASURES = {
    "change": "Change of each layer",
    "unexplained": "Change that moving its maps does not explain",
    "alike": "Correlation with its answer before",
}
MOST_CLASSES = 5


class DragMap(Map):
    """A picture that is dragged with the mouse, or moved with the arrow keys."""

    dragged = Signal(float, float)
    """By how many of its pixels, to the right and down."""

    def __init__(self, name: str) -> None:
        super().__init__(name, most=300)
        self._from: QPointF | None = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def _pixel(self) -> float:
        return self.place().width() / max(1, self._size().width())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.place().contains(event.position()):
            self._from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is None:
            super().mouseMoveEvent(event)
            return
        way = event.position() - self._from
        self._from = event.position()
        self.dragged.emit(way.x() / self._pixel(), way.y() / self._pixel())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._from = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
        key = Qt.Key(event.key())
        if key in step:
            self.dragged.emit(*map(float, step[key]))
        else:
            super().keyPressEvent(event)


class Pairs(Painted):
    """Probabilities before, an outlined bar, and after, a filled one."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._pairs: list[tuple[str, float, float]] = []

    def show_pairs(self, pairs: list[tuple[str, float, float]]) -> None:
        """Names, shares before and shares after, from the top."""
        self._pairs = pairs
        self.setFixedHeight(max(1, len(pairs) * self._line()))
        self.update()

    def _line(self) -> int:
        return sized(NOTE) + 9

    def paint(self, painter: QPainter) -> None:
        theme, line = theme_of(), self._line()
        left, right = self.width() * 0.24, 13.0 * sized(NOTE)
        room = max(self.width() - left - right, 20.0)
        for number, (name, before, after) in enumerate(self._pairs):
            top = number * line
            painter.setPen(theme.color("text"))
            words = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(left - 8))
            painter.drawText(QRectF(0, top, left - 6, line), Qt.AlignmentFlag.AlignVCenter, words)
            painter.fillRect(QRectF(left, top + 5, after * room, line - 9), theme.color("train"))
            painter.setPen(QPen(theme.color("text"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(left, top + 2, before * room, line - 4))
            place = QRectF(self.width() - right, top, right, line)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(place, flags, f"{chance(before)} → {chance(after)}")


class RobustnessView(View):
    """Drag the right-hand image; the sliders do the rest."""

    name = "robustness"
    title = "Move the input"
    group = "Example"
    about = (
        "What changes when the input is moved, turned, scaled, blurred or made noisy: of each layer |a(x′) − a(x)| / "
        "|a(x)|, and what of it remains once the layer's own maps are moved in the same way. A convolution follows its "
        "input (equivariance), pooling lets a layer change less than that, a dense layer takes a moved input for "
        "another one. Sources: Goodfellow, Bengio and Courville 2016, sections 9.2 and 9.3; Lenc and Vedaldi 2015."
    )
    every = 0.12

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._found: Robustness | None = None
        self.right = self.down = 0.0
        self.before, self.after = Map(self.tr("Example"), most=300), DragMap(self.tr("Moved example"))
        self.after.dragged.connect(self.drag)
        self.sliders = {name: self._slider(name) for name in SLIDERS}
        self._figures = {name: QLabel() for name in SLIDERS}
        self.words = QLabel(wordWrap=True)
        self.chances, self.bars = Pairs(self.tr("Probabilities before and after")), Bars(self.tr("Layers"))
        self.measure = QComboBox()
        self.measure.setAccessibleName(self.tr("What of a layer"))
        for name, words in MEASURES.items():
            self.measure.addItem(self.tr(words), name)
        self.measure.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.measure.activated.connect(self._show_layers)
        self.note = QLabel(wordWrap=True)
        self.note.setProperty("role", "note")
        done = _stacked(SideBySide((self.before, self.after)), self._controls())
        made = _stacked(self.words, self.chances, self.measure, self.bars, self.note)
        self.column.addWidget(SideBySide((done, made), least=1))
        self.column.addStretch(1)

    def _slider(self, name: str) -> QSlider:
        words, least, most, neutral, _, _ = SLIDERS[name]
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(least, most)
        slider.setValue(neutral)
        slider.setAccessibleName(self.tr(words))
        slider.valueChanged.connect(self._moved)
        return slider

    def _controls(self) -> QWidget:
        controls = QWidget()
        grid = QGridLayout(controls)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        grid.setVerticalSpacing(3)
        for row, (name, slider) in enumerate(self.sliders.items()):
            label = QLabel(self.tr(SLIDERS[name][0]))
            label.setBuddy(slider)
            self._figures[name].setMinimumWidth(3 * sized(NOTE) + 12)
            for column, widget in enumerate((label, slider, self._figures[name])):
                grid.addWidget(widget, row, column)
        self.shift = QLabel()
        self.shift.setWordWrap(True)
        self.reset = QPushButton(self.tr("As it was"))
        self.reset.setToolTip(self.tr("Take back all that was done to the input"))
        self.reset.clicked.connect(self.take_back)
        last = QHBoxLayout()
        last.addWidget(self.shift, 1)
        last.addWidget(self.reset)
        grid.addLayout(last, len(self.sliders), 0, 1, 3)
        self._tell_move()
        return controls

    # What is done to the input

    def move_now(self) -> dict[str, float]:
        """The fields of insight's Move."""
        chosen = {name: self.sliders[name].value() * SLIDERS[name][4] for name in SLIDERS}
        return {"right": self.right, "down": self.down, **chosen}

    def drag(self, right: float, down: float) -> None:
        """Shift the image further, but never out of sight."""
        if self.lacks():
            return
        height, width = self.focus.scaled().shape[1:]
        self.right = float(np.clip(self.right + right, -width, width))
        self.down = float(np.clip(self.down + down, -height, height))
        self._moved()

    def take_back(self) -> None:
        """Everything neutral."""
        self.right = self.down = 0.0
        for name, slider in self.sliders.items():
            slider.setValue(SLIDERS[name][3])
        self._moved()

    def _moved(self) -> None:
        self._tell_move()
        self.ask_again()

    def _tell_move(self) -> None:
        for name, label in self._figures.items():
            _, _, _, _, one, unit = SLIDERS[name]
            at = self.sliders[name].value()
            label.setText((f"{at}" if one in (1.0, 0.01) else f"{at * one:.1f}").replace("-", "−") + unit)
        words = self.tr("Shift: %1 px right, %2 px down")
        right, down = (f"{value:.1f}".replace("-", "−") for value in (self.right + 0.0, self.down + 0.0))
        self.shift.setText(words.replace("%1", right).replace("%2", down))

    # What a view is asked

    @classmethod
    def misfit(cls, focus: Focus) -> str:
        examples = focus.session.examples
        if examples is None or examples.valid.inputs.ndim == 4:
            return ""
        return focus.tr("Only images can be moved and turned. Choose a data set of images.")

    def look(self) -> Look | None:
        report = self.focus.session.report
        known = fields(self.focus.session.document.graph, report)
        strides = {id: field.stride for id, field in known.items() if field is not None}
        return partial(_look, example=self.focus.scaled(), settings=self.move_now(), strides=strides)

    def show_answer(self, answer: Any) -> None:
        self._found = answer
        examples = self.focus.session.examples
        if examples is None:
            return
        self.before.show_image(example_image(self.focus.raw()), self.tr("as it is"))
        moved = examples.inputs.undo(answer.image[None])[0]
        self.after.show_image(example_image(moved), self.tr("drag, or arrow keys"))
        self._show_chances(answer)
        self._show_layers()

    def _show_chances(self, found: Robustness) -> None:
        examples = self.focus.session.examples
        names = examples.dataset.class_names if examples is not None else ()
        if len(names) != len(found.before):
            whole = max(float(np.linalg.norm(found.before)), 1e-12)
            off = float(np.linalg.norm(found.after - found.before)) / whole
            self.chances.show_pairs([])
            self.words.setText(self.tr("The answer changes by %1.").replace("%1", f"{off:.0%}"))
            return
        order = np.argsort(-np.maximum(found.before, found.after), kind="stable")[:MOST_CLASSES]
        self.chances.show_pairs([(names[at], float(found.before[at]), float(found.after[at])) for at in order])
        was, now = int(found.before.argmax()), int(found.after.argmax())
        words = self.tr("The answer stays “%1”.") if was == now else self.tr("The answer “%1” becomes “%2”.")
        self.words.setText(words.replace("%1", names[was]).replace("%2", names[now]))

    def _show_layers(self) -> None:
        if self._found is None:
            return
        which = str(self.measure.currentData())
        values = [(layer.id, _plain(float(getattr(layer, which)))) for layer in self._found.layers]
        self.bars.show_bars([(id, value) for id, value in values if np.isfinite(value)])
        silent = [id for id, value in values if np.isinf(value)]
        unknown = [id for id, value in values if np.isnan(value)]
        words = ""
        if silent:
            words = self.tr("Silent before, not so now: %1. ").replace("%1", ", ".join(silent))
        if unknown and which == "unexplained":
            words += self.tr("Only maps can follow a shift, an angle or a size; these layers have none to move: %1.")
            words = words.replace("%1", ", ".join(unknown))
        self.note.setText(words)

    def numbers(self) -> dict[str, NDArray[Any]]:
        found = self._found
        if found is None:
            return {}
        layers = [[layer.change, layer.alike, layer.unexplained] for layer in found.layers]
        return {
            "input": found.image,
            "change, correlation, unexplained": np.array(layers),
            "probabilities before, after": np.column_stack([found.before, found.after]),
        }

    def in_words(self) -> str:
        if self._found is None:
            return ""
        most = max(self._found.layers, key=lambda layer: layer.change)
        words = self.tr(" Of all layers %1 changes most, by %2.").replace("%1", most.id)
        return self.words.text() + words.replace("%2", f"{most.change:.0%}")


def _stacked(*parts: QWidget) -> QWidget:
    """One below the other."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    for part in parts:
        column.addWidget(part)
    return made


def _plain(value: float) -> float:
    """0 for what is only rounding."""
    return 0.0 if abs(value) < 1e-6 else value


def _look(
    training: Training, example: NDArray[np.float32], settings: dict[str, float], strides: dict[str, tuple[int, int]]
) -> Robustness:
    from playground.insight.moving import Move
    from playground.insight.robustness import robustness

    return robustness(training, example, Move(**settings), strides)  # type: ignore[arg-type]
