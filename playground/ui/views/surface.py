"""The decision surface of a problem in the plane, painted, with the training points on it and its colour scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from playground.app.session import Session
from playground.ui.class_marks import class_image, paint_examples, paint_legend
from playground.ui.drawing import signed_image
from playground.ui.theme import NOTE, sized, theme_of

if TYPE_CHECKING:
    from playground.insight.boundary import Surface


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
            self._image = (
                class_image(surface.chances[:, ::-1])
                if surface.chances is not None
                else signed_image(surface.output[::-1], self.reach(surface))
            )
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
        painter.setPen(QPen(theme.color("panel"), 0.8))
        across = (examples.dataset.plane - low) / (high - low) * [side, -side] + [place.left(), place.bottom()]
        paint_examples(painter, examples, across, 2.6, most=300)
        self._paint_scale(painter, place, surface)

    def _paint_scale(self, painter: QPainter, place: QRectF, surface: Surface) -> None:
        """The colours and what they stand for."""
        theme, reach = theme_of(), self.reach(surface)
        examples = self._session.examples
        font = painter.font()
        font.setPixelSize(sized(NOTE))
        painter.setFont(font)
        if surface.chances is not None and examples is not None:
            below = QRectF(place.left(), place.bottom() + 6, place.width(), 16)
            paint_legend(painter, below, examples.dataset.class_names)
            return
        ramp = signed_image(np.linspace(-1, 1, 64)[None, :], 1.0)
        bar = QRectF(place.left(), place.bottom() + 8, place.width(), 8)
        painter.drawImage(bar, ramp)
        painter.setPen(theme.color("muted"))
        is_classes = examples is not None and examples.targets is None
        ends = (f"−{reach:.2g}", "0", f"+{reach:.2g}")
        if examples is not None and is_classes:
            first, second = examples.dataset.class_names[:2]
            ends = (f"surely {first}", "undecided", f"surely {second}")
        flags = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight)
        for words, flag in zip(ends, flags, strict=True):
            painter.drawText(QRectF(bar.left(), bar.bottom() + 2, bar.width(), 16), flag, words)
