"""The place to draw on, with what belongs beside it: eraser, brush, pictures from elsewhere, what the network sees."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from playground.ui.trying.pad import BRUSH, DrawingPad
from playground.ui.trying.picture_sources import PictureSources
from playground.ui.views.picture_grid import PictureGrid


class Paper(QWidget):
    """Of the pane that owns it."""

    def __init__(self, owner: QWidget) -> None:
        super().__init__()
        self.pad = DrawingPad()
        self.erase = QPushButton(self.tr("Erase"))
        self.erase.setCheckable(True)
        self.erase.setToolTip(self.tr("Take ink away (E). The right mouse button erases too."))
        self.erase.toggled.connect(self.pad.set_erasing)
        self.pad.mode_changed.connect(lambda: self.erase.setChecked(self.pad.is_erasing))
        self.clear = QPushButton(self.tr("Clear"))
        self.clear.setToolTip(self.tr("A new sheet (Delete)"))
        self.clear.clicked.connect(self.pad.clear)
        self.brush = QSlider(Qt.Orientation.Horizontal)
        self.brush.setRange(8, 56)
        self.brush.setValue(BRUSH)
        self.brush.setToolTip(self.tr("Width of the brush"))
        self.brush.setAccessibleName(self.tr("Width of the brush"))
        self.brush.valueChanged.connect(lambda width: setattr(self.pad, "brush", width))
        width = QLabel(self.tr("brush"))
        width.setProperty("role", "note")
        width.setBuddy(self.brush)
        self.seen = PictureGrid(self.tr("What the network sees"), tall=1.0)
        self.seen.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pictures = PictureSources(owner)
        self.paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), owner)
        self.paste.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        holder = QWidget()
        holder.setFixedWidth(96)
        tools = QVBoxLayout(holder)
        tools.setSpacing(6)
        tools.setContentsMargins(0, 0, 0, 0)
        for part in (self.erase, self.clear, self.pictures.button, width, self.brush, self.seen):
            tools.addWidget(part)
        tools.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.pad, 1)
        row.addWidget(holder)
