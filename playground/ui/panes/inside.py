"""Inside the network, live: the decision surface of 2-D problems, filters and feature maps of images, states over time.

Small pictures also go into the cards on the canvas. Everything is asked of the training thread by Looking.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from playground.app.session import Session
from playground.ui.bridge import Bridge
from playground.ui.canvas.view import CanvasView
from playground.ui.drawing import example_image, grey_image, icon, signed_image
from playground.ui.looking import Look, Looking
from playground.ui.theme import NOTE, sized, theme_of

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.insight.boundary import Surface

MOST_PICTURES = 4
"""Thumbnails in a card."""


class SurfaceView(QWidget):
    """What the network answers all over the plane, with the training points on top."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._surface: Surface | None = None
        self._image: QImage | None = None
        self.setMinimumSize(180, 200)
        self.setAccessibleName(self.tr("Decision surface"))

    def resizeEvent(self, event: object) -> None:
        self.setFixedHeight(min(self.width() - 30, 420) + 46)

    def show_surface(self, surface: Surface | None) -> None:
        self._surface = surface
        self._image = None
        if surface is not None:
            self._image = signed_image(surface.output[::-1], self.reach(surface))
        self.update()

    def reach(self, surface: Surface) -> float:
        """What full colour stands for: 1 for two classes; for numbers the largest target."""
        examples = self._session.examples
        if examples is None or examples.targets is None:
            return 1.0
        return float(np.abs(examples.dataset.targets).max()) or 1.0

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            self._paint(painter)
        finally:
            painter.end()

    def _paint(self, painter: QPainter) -> None:
        theme, examples, surface = theme_of(), self._session.examples, self._surface
        if surface is None or self._image is None or examples is None or examples.dataset.plane is None:
            return
        side = min(self.width() - 30.0, self.height() - 46.0)
        place = QRectF((self.width() - side) / 2 + 6, 4, side, side)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._image)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawRect(place)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, high = surface.extent[:2]
        values = np.asarray(examples.dataset.targets, dtype=float).reshape(len(examples.dataset.targets), -1)[:, 0]
        middle = 0.5 if examples.targets is None else 0.0
        rows = examples.train.rows[:: max(1, len(examples.train.rows) // 300)]
        painter.setPen(QPen(theme.color("panel"), 0.8))
        for row in rows:
            x, y = (examples.dataset.plane[row] - low) / (high - low)
            painter.setBrush(theme.color("positive" if values[row] > middle else "negative"))
            painter.drawEllipse(QPointF(place.left() + x * side, place.bottom() - y * side), 2.6, 2.6)
        self._paint_scale(painter, place, surface)

    def _paint_scale(self, painter: QPainter, place: QRectF, surface: Surface) -> None:
        """The colours and what they stand for."""
        theme, reach = theme_of(), self.reach(surface)
        examples = self._session.examples
        font = painter.font()
        font.setPixelSize(sized(NOTE))
        painter.setFont(font)
        ramp = signed_image(np.linspace(-1, 1, 64)[None, :], 1.0)
        bar = QRectF(place.left(), place.bottom() + 8, place.width(), 8)
        painter.drawImage(bar, ramp)
        painter.setPen(theme.color("muted"))
        is_classes = examples is not None and examples.targets is None
        ends = ("surely −1", "undecided", "surely +1") if is_classes else (f"−{reach:.2g}", "0", f"+{reach:.2g}")
        flags = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight)
        for words, flag in zip(ends, flags, strict=True):
            painter.drawText(QRectF(bar.left(), bar.bottom() + 2, bar.width(), 16), flag, words)


class Pictures(QWidget):
    """A grid of pictures with a title and a scale."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title, self._note = title, ""
        self._pictures: list[QImage] = []
        self.setAccessibleName(title)

    def show_pictures(self, pictures: list[QImage], note: str = "") -> None:
        self._pictures, self._note = pictures, note
        self.setVisible(bool(pictures))
        self.updateGeometry()
        self.setFixedHeight(self._needed())
        self.update()

    def _grid(self) -> tuple[int, float]:
        count = len(self._pictures)
        is_wide = count == 1
        in_row = 1 if is_wide else min(max(4, round(count**0.5 * 1.4)), 8, max(count, 1))
        return in_row, min((self.width() - 4) / in_row - 3, 110.0 if is_wide else 64.0)

    def _needed(self) -> int:
        if not self._pictures:
            return 0
        in_row, side = self._grid()
        return round(36 + -(-len(self._pictures) // in_row) * (side + 3))

    def resizeEvent(self, event: object) -> None:
        self.setFixedHeight(self._needed())

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._pictures:
            return
        painter, theme = QPainter(self), theme_of()
        try:
            font = painter.font()
            font.setPixelSize(sized(NOTE))
            painter.setFont(font)
            painter.setPen(theme.color("muted"))
            font.setBold(True)
            painter.setFont(font)
            painter.drawText(QRectF(0, 0, self.width(), 16), Qt.AlignmentFlag.AlignLeft, self.title)
            font.setBold(False)
            painter.setFont(font)
            painter.drawText(QRectF(0, 16, self.width(), 16), Qt.AlignmentFlag.AlignLeft, self._note)
            in_row, side = self._grid()
            for number, picture in enumerate(self._pictures):
                row, column = divmod(number, in_row)
                wide = (
                    self.width() - 4.0 if picture.width() > 2 * picture.height() and len(self._pictures) == 1 else side
                )
                painter.drawImage(QRectF(column * (side + 3), 34 + row * (side + 3), wide, side), picture)
        finally:
            painter.end()


class InsidePane(QWidget):
    """The pictures that suit the data and the selected layer."""

    def __init__(self, session: Session, bridge: Bridge, canvas: CanvasView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._canvas = session, canvas
        self._example = 0
        self.surface = SurfaceView(session)
        self.filters = Pictures(self.tr("FILTERS — WHAT IT LOOKS FOR"))
        self.maps = Pictures(self.tr("WHAT EACH UNIT ANSWERS"))
        self.input = Pictures(self.tr("EXAMPLE"))
        self._empty = QLabel(wordWrap=True)
        self._empty.setProperty("role", "note")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        column.addLayout(self._chooser())
        for widget in (self.surface, self.input, self.filters, self.maps, self._empty):
            column.addWidget(widget)
        column.addStretch(1)
        self._inside = Looking(session, bridge, self, self._look, self._show)
        self._cards = Looking(session, bridge, canvas, self._look_cards, self._show_cards, every=0.25)
        canvas.selection_changed.connect(self._inside.refresh)
        bridge.data.connect(self._data_changed)
        self._data_changed()

    def _chooser(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._which = QLabel(wordWrap=True)
        self._which.setProperty("role", "note")
        self._buttons: list[QToolButton] = []
        for name, step, words in (("chevron-left", -1, "Previous example"), ("chevron-right", 1, "Next example")):
            button = QToolButton()
            button.setIcon(icon(name))
            button.setProperty("icon_name", name)
            button.setToolTip(self.tr(words))
            button.setAccessibleName(self.tr(words))
            button.clicked.connect(lambda _=False, step=step: self._next(step))
            self._buttons.append(button)
            row.addWidget(button)
        row.addWidget(self._which, 1)
        return row

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        for button in self._buttons:
            button.setIcon(icon(str(button.property("icon_name"))))
        self._inside.refresh()
        self._cards.refresh()

    @property
    def _kind(self) -> str:
        return self._session.examples.dataset.kind if self._session.examples is not None else ""

    def _data_changed(self) -> None:
        self._example = 0
        has_examples = self._kind in ("image", "sequence")
        for widget in (*self._buttons, self._which):
            widget.setVisible(has_examples)
        self.surface.setVisible(self._kind == "points")
        self.surface.show_surface(None)
        for pictures in (self.filters, self.maps, self.input):
            pictures.show_pictures([])
        self._empty.setVisible(self._kind in ("table", ""))
        self._empty.setText(
            self.tr("A table's rows have no picture. Select a dense layer: its weights are shown here, a row a unit.")
        )
        self._canvas.clear_pictures()
        self._show_which()

    def _next(self, step: int) -> None:
        examples = self._session.examples
        if examples is not None:
            self._example = (self._example + step) % len(examples.valid)
            self._show_which()
            self._inside.refresh()
            self._cards.refresh()

    def _show_which(self) -> None:
        examples = self._session.examples
        if examples is None:
            return
        words = self.tr("validation example %1 of %2").replace("%1", str(self._example + 1))
        words = words.replace("%2", f"{len(examples.valid):,}")
        if examples.targets is None:
            truth = examples.dataset.class_names[int(examples.valid.targets[self._example])]
            words += self.tr(", truly “%1”").replace("%1", truth)
        self._which.setText(words)

    # The right-hand pane

    def _look(self) -> Look | None:
        examples = self._session.examples
        if examples is None:
            return None
        selected = self._canvas.selected()
        id = selected[0] if len(selected) == 1 else None
        if self._kind == "points":
            return partial(_surface, id=id)
        example = examples.valid.inputs[self._example % len(examples.valid)]

        def look(training: Training) -> Any:
            from playground.insight.feature_maps import feature_maps
            from playground.insight.filters import filters

            return id, filters(training, id) if id else None, feature_maps(training, example, [id] if id else [], 16)

        return look

    def _show(self, answer: Any) -> None:
        if self._kind == "points":
            self._show_plane(answer)
            return
        examples = self._session.examples
        if examples is None or not isinstance(answer, tuple):
            return
        id, weights, found = answer
        if self._kind == "image":
            raw = examples.dataset.inputs[examples.valid.rows[self._example % len(examples.valid)]]
            self.input.show_pictures([example_image(raw)])
        self._show_filters(weights)
        maps = found.get(id)
        pictures = _map_pictures(maps)
        self.maps.show_pictures(pictures, _span(maps) if pictures else "")
        self._empty.setVisible(id is None)
        if id is None:
            self._empty.setText(self.tr("Select a layer to see its filters and what it makes of this example."))

    def _show_plane(self, surface: Surface | None) -> None:
        """The output all over the plane, and each unit of the selected layer."""
        self.surface.show_surface(surface)
        units = next(iter(surface.neurons.values()), None) if surface is not None else None
        pictures = [signed_image(unit[::-1]) for unit in units] if units is not None else []
        self.maps.show_pictures(pictures, self.tr("each from its own −max, orange, to +max, blue"))
        self._empty.setVisible(not pictures)
        self._empty.setText(self.tr("Select a layer to see what each of its units answers all over the plane."))

    def _show_filters(self, weights: np.ndarray | None) -> None:
        if weights is None:
            self.filters.show_pictures([])
            return
        reach = float(np.abs(weights).max(initial=0.0))
        flat = [each.mean(axis=0) for each in weights[:32]] if weights.ndim == 4 else [weights[:64]]
        words = self.tr("orange −%1, neutral 0, blue +%1").replace("%1", f"{reach:.2g}")
        if weights.ndim == 4 and weights.shape[1] > 1:
            words += self.tr(" · mean over %1 channels").replace("%1", str(weights.shape[1]))
        self.filters.show_pictures([signed_image(each, reach) for each in flat], words)

    # The cards on the canvas

    def _look_cards(self) -> Look | None:
        examples = self._session.examples
        if examples is None:
            return None
        graph, shapes = self._session.document.graph, self._session.report.shapes
        # An Output only passes on what the layer before it shows already.
        ids = tuple(id for id in self._canvas.visible_nodes() if id in shapes and graph.nodes[id].gives_output)
        if self._kind == "points":

            def look_plane(training: Training) -> Any:
                from playground.insight.boundary import surface

                dense = [id for id in ids if training.graph.nodes.get(id, None) is not None]
                wanted = [id for id in dense if training.graph.nodes[id].family in ("dense", "activation")]
                return surface(training, 20, wanted)

            return look_plane
        if self._kind not in ("image", "sequence"):
            return None
        example = examples.valid.inputs[self._example % len(examples.valid)]

        def look(training: Training) -> Any:
            from playground.insight.feature_maps import feature_maps

            return feature_maps(training, example, ids, 4)

        return look

    def _show_cards(self, answer: Any) -> None:
        if answer is None:
            return
        found = answer if isinstance(answer, dict) else answer.neurons
        for id, maps in found.items():
            if self._kind == "points":
                pictures = [signed_image(unit[::-1]) for unit in maps[:MOST_PICTURES]]
            else:
                pictures = _map_pictures(maps)[:MOST_PICTURES]
            self._canvas.set_pictures(id, pictures)


def _surface(training: Training, id: str | None) -> Any:
    from playground.insight.boundary import surface

    return surface(training, 64, [id] if id is not None and id in training.graph.nodes else [])


def _map_pictures(maps: np.ndarray | None) -> list[QImage]:
    """Channels as grey images; states over time as one signed image, time to the right; vectors as one signed row."""
    if maps is None:
        return []
    if maps.ndim == 3:
        return [grey_image(channel) for channel in maps]
    return [signed_image(maps.T if maps.ndim == 2 else np.repeat(maps[None, :64], 4, axis=0))]


def _span(maps: np.ndarray | None) -> str:
    return f"from {float(maps.min()):.3g} to {float(maps.max()):.3g}" if maps is not None and maps.size else ""
