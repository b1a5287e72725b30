"""One example: large, with what is known of it, and with what can be put right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from playground.app.browsing import PARTS, Browsing
from playground.data.corrections import can_be_labelled
from playground.ui.example_pictures import cells, has_pictures
from playground.ui.theme import sized, theme_of

SIDE = 200
MOST_CELLS = 60


class Detail(QWidget):
    """Shows a row of the data set; its buttons are steps of the project's history."""

    def __init__(self, browsing: Browsing) -> None:
        super().__init__()
        self._browsing = browsing
        self.row: int | None = None
        self.picture = QLabel()
        self.title, self.words, self.values = QLabel(wordWrap=True), QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.words.setProperty("role", "note")
        self.values.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.title, self.words, self.values):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label = QComboBox()
        self.label.setAccessibleName(self.tr("Its class"))
        self.label.setToolTip(self.tr("Its class. Kept in the project, not in the file; Ctrl+Z takes it back."))
        self.label.activated.connect(self._relabel)
        self.drop, self.restore = QPushButton(), QPushButton(self.tr("As it came"))
        self.drop.setToolTip(self.tr("Neither trained nor judged on it. Del; Ctrl+Z takes it back."))
        self.drop.clicked.connect(self.toggle_dropped)
        self.restore.clicked.connect(self._restore)
        self.setMinimumWidth(sized(240))
        inside = QWidget()
        inside.setObjectName("place")
        column = QVBoxLayout(inside)
        column.setContentsMargins(14, 8, 12, 12)
        column.setSpacing(10)
        row = QHBoxLayout()
        row.addWidget(self.drop)
        row.addWidget(self.restore)
        row.addStretch(1)
        for widget in (self.picture, self.title, self.label):
            column.addWidget(widget)
        column.addLayout(row)
        column.addWidget(self.words)
        column.addWidget(self.values)
        column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        self.show_row(None, None)

    def restyle(self) -> None:
        """Take the type and colours of the present theme."""
        self.title.setStyleSheet(f"font-weight: 600; color: {theme_of().text}")

    def show_row(self, row: int | None, image: QImage | None) -> None:
        """Show an example; None: nothing."""
        self.row = row
        for widget in (self.picture, self.title, self.label, self.drop, self.restore, self.words, self.values):
            widget.setVisible(row is not None)
        if row is None:
            return
        browsing = self._browsing
        dataset, part = browsing.dataset, browsing.part_of(row)
        self.picture.setVisible(image is not None and not image.isNull())
        if image is not None and not image.isNull():
            modes, ratio = Qt.TransformationMode, Qt.AspectRatioMode.KeepAspectRatio
            way = modes.FastTransformation if dataset.kind == "image" else modes.SmoothTransformation
            self.picture.setPixmap(QPixmap.fromImage(image).scaled(sized(SIDE), sized(SIDE), ratio, way))
        words = self.tr("Example %1, %2: “%3”").replace("%1", f"{row + 1:,}").replace("%2", PARTS[part])
        self.title.setText(words.replace("%3", browsing.answer(row)[:200]))
        self._fill_label(row)
        self.drop.setText(self.tr("Put back") if part == "out" else self.tr("Leave out"))
        self.restore.setVisible(row in browsing.corrected())
        place = dataset.place(row)
        if dataset.kind != "image":  # of an image it is the file's name
            place = place[:1].upper() + place[1:]
        known = [*([place] if place else []), *browsing.why(row)]
        self.words.setVisible(bool(known))
        self.words.setText("\n".join(known))
        shown = [] if has_pictures(dataset) and dataset.kind != "points" else cells(dataset, row)[:MOST_CELLS]
        self.values.setVisible(bool(shown))
        self.values.setText("\n".join(f"{name}: {value}" for name, value in shown))

    def _fill_label(self, row: int) -> None:
        dataset = self._browsing.dataset
        can = can_be_labelled(dataset)
        self.label.setVisible(can)
        if can:
            names = [self.label.itemText(place) for place in range(self.label.count())]
            if names != list(dataset.class_names):
                self.label.clear()
                self.label.addItems(list(dataset.class_names))
            self.label.setCurrentIndex(int(dataset.targets[row]))

    def _relabel(self, _: int) -> None:
        if self.row is not None:
            self._browsing.label(self.row, self.label.currentText())

    def toggle_dropped(self) -> None:
        """Leave the example out, or put it back."""
        if self.row is not None:
            self._browsing.drop(self.row, self._browsing.part_of(self.row) != "out")

    def _restore(self) -> None:
        if self.row is not None:
            self._browsing.restore(self.row)
