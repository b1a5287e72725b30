"""The list of layers on the left: by family, searched, dragged onto the canvas or added by double click."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QMimeData, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeySequence, QPainter, QPixmap, QShortcut
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from playground.app.adding import LIBRARY, OWN
from playground.app.own_blocks import forget_block, own_blocks
from playground.graph.block_library import BLOCKS
from playground.layers.layer import FAMILIES, LAYERS, Layer
from playground.ui.canvas.view import LAYER_MIME
from playground.ui.theme import FAMILY, theme_of


class _List(QListWidget):
    """Drags a layer's type name."""

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        data = QMimeData()
        if items:
            data.setData(LAYER_MIME, str(items[0].data(Qt.ItemDataRole.UserRole)).encode("utf-8"))
        return data


class LayerPalette(QWidget):
    """Every layer there is."""

    chosen = Signal(str)
    """A layer's type name, or a block's name: add it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit(placeholderText=self.tr("Find a layer…"), clearButtonEnabled=True)
        self.search.setAccessibleName(self.tr("Find a layer"))
        self.list = _List()
        self.list.setAccessibleName(self.tr("Layers"))
        self.list.setDragEnabled(True)
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setIconSize(QSize(12, 12))
        self.list.setUniformItemSizes(False)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._choose_first)
        self.list.itemActivated.connect(self._activated)
        # Not the standard key: on X11 that is Ctrl+D too. While the list has no focus the key is the canvas's.
        forget = QShortcut(QKeySequence("Del"), self.list)
        forget.setContext(Qt.ShortcutContext.WidgetShortcut)
        forget.activated.connect(self._forget)
        self.restyle()

    def restyle(self) -> None:
        """Fill the list in the present theme's colours."""
        self.list.clear()
        for family in FAMILIES:
            members = [layer for layer in LAYERS.values() if layer.family == family]
            if members:
                self._add_heading(family)
            for layer in members:
                self._add_layer(layer)
        self._add_heading(self.tr("Blocks"))
        for block in BLOCKS.values():
            self._add_block(f"{LIBRARY}:{block.name}", block.title, block.about)
        for own in own_blocks():
            self._add_block(f"{OWN}:{own.title}", own.title, self.tr("A block of your own. Delete takes it away."))
        self._filter(self.search.text())

    def _add_block(self, name: str, title: str, about: str) -> None:
        item = QListWidgetItem(_dot(theme_of().muted, is_square=True), title)
        item.setData(Qt.ItemDataRole.UserRole, name)
        hint = self.tr("Drag it onto the canvas, or double-click.")
        item.setToolTip(f"<p><b>{escape(title)}</b></p><p>{escape(about)}</p><p>{hint}</p>")
        item.setSizeHint(QSize(0, 22))
        self.list.addItem(item)

    def _forget(self) -> None:
        """Take the person's own block in hand away."""
        item = self.list.currentItem()
        name = str(item.data(Qt.ItemDataRole.UserRole)) if item is not None else ""
        own = next((block for block in own_blocks() if f"{OWN}:{block.title}" == name), None)
        if own is not None:
            forget_block(own.path)
            self.restyle()

    def _add_heading(self, family: str) -> None:
        item = QListWidgetItem(family.capitalize())
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        font = item.font()
        font.setBold(True)
        item.setFont(font)
        item.setForeground(QColor(theme_of().muted))
        item.setSizeHint(QSize(0, 24))
        self.list.addItem(item)

    def _add_layer(self, layer: type[Layer]) -> None:
        item = QListWidgetItem(_dot(FAMILY[layer.family]), layer.type_title)
        item.setData(Qt.ItemDataRole.UserRole, layer.__name__)
        about = (layer.__doc__ or "").strip().split("\n\n")[0]
        item.setToolTip(
            f"<p><b>{layer.type_title}</b></p><p>{about}</p><p>Drag it onto the canvas, or double-click.</p>"
        )
        item.setSizeHint(QSize(0, 22))
        self.list.addItem(item)

    def _filter(self, text: str) -> None:
        wanted = text.strip().lower()
        heading: QListWidgetItem | None = None
        for row in range(self.list.count()):
            item = self.list.item(row)
            name = item.data(Qt.ItemDataRole.UserRole)
            if name is None:
                heading = item
                item.setHidden(True)
                continue
            layer = LAYERS.get(name)
            own = (layer.type_title, layer.family, *layer.keywords) if layer is not None else (item.text(), "block")
            words = " ".join((name, *own)).lower()
            item.setHidden(wanted not in words)
            if wanted in words and heading is not None:
                heading.setHidden(False)

    def _choose_first(self) -> None:
        for row in range(self.list.count()):
            item = self.list.item(row)
            if not item.isHidden() and item.data(Qt.ItemDataRole.UserRole):
                self._activated(item)
                return

    def _activated(self, item: QListWidgetItem) -> None:
        name = item.data(Qt.ItemDataRole.UserRole)
        if name:
            self.chosen.emit(str(name))


def _dot(color: str, is_square: bool = False) -> QIcon:
    made = QPixmap(24, 24)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    box = QRectF(QPointF(3, 3), QPointF(21, 21))
    painter.drawRoundedRect(box, 4, 4) if is_square else painter.drawEllipse(box)
    painter.end()
    return QIcon(made)
