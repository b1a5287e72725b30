"""What goes in: the data set, a look at its examples, how it is divided, and the knobs of the 2-D sets."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import ValidationError
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from playground.app.redrawing import Drawing
from playground.app.session import Session
from playground.data import drawn
from playground.data.catalogue import is_gone
from playground.data.dataset import ENGINEERED, READINGS, SCARCE, DataChoice, Examples
from playground.data.points import SETS
from playground.data.profile import one_of_each, profile
from playground.data.published import PUBLISHED
from playground.layers.refusal import refusal
from playground.ui.bridge import Bridge
from playground.ui.class_marks import paint_examples
from playground.ui.download_dialog import ask_download
from playground.ui.drawing import compact, example_image, icon
from playground.ui.form import SettingsForm
from playground.ui.panes.data_combo import DataCombo
from playground.ui.panes.data_state import EnoughButton, ReadingBar
from playground.ui.panes.data_words import examples_words
from playground.ui.panes.few import FewSlider
from playground.ui.panes.made_knobs import MadeKnobs
from playground.ui.theme import theme_of

WRITTEN = {"x": "x", "y": "y", "x2": "x²", "y2": "y²", "xy": "xy", "sin x": "sin x", "sin y": "sin y"}


class Preview(QWidget):
    """A few examples, in the form that suits them."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(64)
        self._examples: Examples | None = None
        self._pictures: Any = ()
        self.setAccessibleName(self.tr("Some examples"))

    def show_examples(self, examples: Examples | None) -> None:
        self._examples = examples
        self._pictures = ()
        if examples is not None and examples.dataset.kind == "image":
            self._pictures = [example_image(each) for each in one_of_each(examples.dataset)]
        is_table = examples is not None and examples.dataset.kind == "table"
        self.setFixedHeight(
            110 if examples is not None and examples.dataset.kind == "points" else 2 if is_table else 64
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        examples = self._examples
        if examples is None:
            return
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._pictures:
                self._paint_pictures(painter)
            elif examples.dataset.plane is not None:
                self._paint_points(painter, examples)
            elif examples.dataset.kind == "sequence":
                self._paint_series(painter, examples)
            elif examples.dataset.kind == "text":
                self._paint_text(painter, examples)
        finally:
            painter.end()

    def _paint_pictures(self, painter: QPainter) -> None:
        in_row = 5 if len(self._pictures) > 6 else max(1, len(self._pictures))
        side = min((self.width() - 2) / in_row - 3, 30.0)
        for number, picture in enumerate(self._pictures[: in_row * 2]):
            row, column = divmod(number, in_row)
            painter.drawImage(QRectF(column * (side + 3), row * (side + 3), side, side), picture)

    def _paint_points(self, painter: QPainter, examples: Examples) -> None:
        theme, plane = theme_of(), examples.dataset.plane
        assert plane is not None
        reach = float(np.abs(plane).max()) * 1.05 or 1.0
        side = min(self.width(), self.height()) - 2.0
        left = (self.width() - side) / 2
        painter.setPen(QPen(theme.color("border"), 1))
        painter.setBrush(theme.color("window"))
        painter.drawRect(QRectF(left, 1, side, side))
        painter.setPen(Qt.PenStyle.NoPen)
        places = (plane / reach + 1) / 2 * [side, -side] + [left, 1 + side]
        paint_examples(painter, examples, places, 1.7, most=250)

    def _paint_text(self, painter: QPainter, examples: Examples) -> None:
        """Some examples, a line each: the symbols that go in, and those that are wanted."""
        dataset = examples.dataset
        painter.setPen(theme_of().color("text"))
        height = self.height() / 3
        for number, row in enumerate(examples.train.rows[:3]):
            given = "".join(dataset.feature_names[int(code)] for code in dataset.inputs[row])
            wanted = "".join(dataset.class_names[int(code)] for code in np.ravel(dataset.targets[row]))
            line = QRectF(0, number * height, self.width(), height)
            words = painter.fontMetrics().elidedText(f"{given} → {wanted}", Qt.TextElideMode.ElideMiddle, self.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_series(self, painter: QPainter, examples: Examples) -> None:
        theme = theme_of()
        inputs, shown = examples.dataset.inputs, 3
        colors = ("train", "valid", "baseline")
        low, high = float(inputs[:shown, :, 0].min()), float(inputs[:shown, :, 0].max())
        steps = np.linspace(2, self.width() - 2, inputs.shape[1])
        for number in range(shown):
            heights = 4 + (1 - (inputs[number, :, 0] - low) / ((high - low) or 1)) * (self.height() - 8)
            painter.setPen(QPen(theme.color(colors[number]), 1.3))
            painter.drawPolyline([QPointF(x, y) for x, y in zip(steps, heights, strict=True)])


class SplitBar(QWidget):
    """Train, validation and test as shares of one bar."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(9)
        self._sizes: tuple[int, int, int] = (1, 0, 0)

    def show_sizes(self, train: int, valid: int, test: int) -> None:
        self._sizes = (train, valid, test)
        self.setAccessibleName(f"{train} training, {valid} validation, {test} test examples")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = theme_of(), QPainter(self)
        try:
            left, total = 0.0, sum(self._sizes) or 1
            for size, color in zip(self._sizes, ("train", "valid", "edge"), strict=True):
                width = self.width() * size / total
                painter.fillRect(QRectF(left, 0, width - 1, self.height()), QColor(getattr(theme, color)))
                left += width
        finally:
            painter.end()


AS_UNDERSTOOD = dict.fromkeys(("target", *READINGS)) | SCARCE
"""Nothing is said of how other data are read, nor of what is made scarce in them."""


class DataPane(QWidget):
    """Reads the session's data; changes them through session.choose_data."""

    browse = Signal()
    """The person wants to open data from a file or folder."""
    find_wanted = Signal()
    """The person knows where the data are that are not in their place."""
    examples_wanted = Signal()
    """The person wants to look through the examples."""
    pad_wanted = Signal()
    """The person wants to draw points."""
    table_wanted = Signal()
    """How the present table is read is to be changed."""

    def __init__(self, session: Session, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.combo = DataCombo()
        self.combo.activated.connect(self._choose)
        self._open = QToolButton()
        self._open.setToolTip(self.tr("Open data of your own: a table, arrays, series, a text, or a folder of images"))
        self._open.setAccessibleName(self.tr("Open data"))
        self._open.clicked.connect(self.browse)
        self._about = QLabel(wordWrap=True)
        self._about.setProperty("role", "note")
        self.preview = Preview()
        self._bar = SplitBar()
        self._counts = QLabel(wordWrap=True)
        self._counts.setProperty("role", "note")
        self.enough = EnoughButton(session)
        self._knobs = self._make_knobs()
        self._split = self._split_button()
        row = QHBoxLayout()
        row.addWidget(self.combo, 1)
        row.addWidget(self._split)
        row.addWidget(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        self.as_table = self._table_button()
        self.reading = ReadingBar(session)
        bridge.tick.connect(self.reading.refresh)
        self.few = FewSlider(session)
        for widget in (self.reading, self._about, self.as_table, self.preview, self._bar, self._counts, self.few):
            column.addWidget(widget)
        column.addLayout(self._under())
        column.addWidget(self._knobs)
        self.made = MadeKnobs(session)
        column.addWidget(self.made)
        for signal in (bridge.data, bridge.document):
            signal.connect(self.refresh)
        self.refresh()

    def _under(self) -> QHBoxLayout:
        """What can be asked of the data that are there."""
        self.look = QPushButton(self.tr("Browse …"))
        self.look.setToolTip(self.tr("Look through the examples, columns and classes; put labels right (Ctrl+Shift+D)"))
        self.look.clicked.connect(self.examples_wanted)
        self.get = QPushButton(self.tr("Download …"))
        self.get.setToolTip(self.tr("Get the data set that the project uses; you are asked first"))
        self.get.clicked.connect(lambda: self.choose_source(self._session.document.data.source))
        self.draw = QPushButton(self.tr("Draw …"))
        self.draw.setToolTip(self.tr("Bring the sheet forward that the points are drawn on"))
        self.draw.clicked.connect(self.pad_wanted)
        self.find_it = QPushButton(self.tr("Find it …"))
        self.find_it.setToolTip(self.tr("Show where the file or folder is now; what was learned from it stays"))
        self.find_it.clicked.connect(self.find_wanted)
        row = QHBoxLayout()
        row.addWidget(self.find_it)
        row.addWidget(self.get)
        row.addWidget(self.draw)
        row.addWidget(self.look)
        row.addWidget(self.enough, 1)
        return row

    def _table_button(self) -> QPushButton:
        made = QPushButton(self.tr("Columns and target …"))
        made.setToolTip(self.tr("What is predicted, from what, and how each column is read"))
        made.clicked.connect(self.table_wanted)
        return made

    def _split_button(self) -> QToolButton:
        button = QToolButton()
        button.setAccessibleName(self.tr("Split"))
        button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        button.setToolTip(self.tr("How the examples are divided and scaled."))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        self._divided = SettingsForm(DataChoice, ("valid", "test", "seed", "scaling", "imbalance", "label_noise"))
        self._divided.setContentsMargins(12, 10, 12, 10)
        self._divided.edited.connect(self._divide)
        action = QWidgetAction(menu)
        action.setDefaultWidget(self._divided)
        menu.addAction(action)
        button.setMenu(menu)
        return button

    def _divide(self, name: str, value: object) -> None:
        choice = self._session.document.data
        try:
            self._session.choose_data(DataChoice.model_validate({**choice.model_dump(), name: value}), name)
        except ValidationError as error:
            self._session.say(refusal(DataChoice, error))
            self.refresh()

    def _make_knobs(self) -> QWidget:
        knobs = QWidget()
        grid = QGridLayout(knobs)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        self.noise = QSlider(Qt.Orientation.Horizontal)
        self.noise.setRange(0, 50)
        self.noise.setAccessibleName(self.tr("Noise, percent"))
        self.noise.setToolTip(self.tr("How far points are moved at random: more noise, less to be learned."))
        self.noise.valueChanged.connect(self._set_noise)
        self._noise_words = QLabel()
        self._noise_words.setProperty("role", "note")
        grid.addWidget(self._noise_words, 0, 0)
        grid.addWidget(self.noise, 0, 1, 1, 3)
        self.inputs: dict[str, QCheckBox] = {}
        for number, name in enumerate(ENGINEERED):
            box = QCheckBox(WRITTEN[name])
            box.setToolTip(self.tr("An input made by hand of the point's coordinates: feature engineering."))
            box.clicked.connect(self._set_inputs)
            self.inputs[name] = box
            grid.addWidget(box, 1 + number // 4, number % 4)
        return knobs

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        self._open.setIcon(icon("folder-open"))
        self._split.setIcon(icon("sliders-horizontal"))
        self.preview.show_examples(self._session.examples)
        self.update()

    def _show_choice(self, choice: DataChoice) -> None:
        """Which data, and what can be set of them."""
        self.combo.show_source(choice.source)
        self._divided.show_values(SCARCE | choice.model_dump())
        is_drawn = choice.source == drawn.SOURCE
        is_plane = choice.source in SETS or is_drawn
        self._knobs.setVisible(is_plane)
        self.noise.setVisible(not is_drawn)
        self._noise_words.setVisible(not is_drawn)
        self.draw.setVisible(is_drawn)
        self.made.show_choice(choice)
        if is_plane:
            self._show_knobs(choice.noise, choice.features)

    def refresh(self) -> None:
        """Show the session's data."""
        self._open.setIcon(icon("folder-open"))
        self._split.setIcon(icon("sliders-horizontal"))
        choice, examples = self._session.document.data, self._session.examples
        self._show_choice(choice)
        self.as_table.setVisible(examples is not None and examples.dataset.table is not None)
        is_bad = examples is None and self._session.data_problem is not None
        self.find_it.setVisible(is_bad and is_gone(choice.source))
        for widget in (self.preview, self._bar, self._counts, self.look):
            widget.setHidden(is_bad)
        if examples is None:
            self._about.setText(self._session.data_problem or self.tr("Reading …"))
            self.get.setVisible(choice.source in PUBLISHED and not PUBLISHED[choice.source].is_here)
            self._counts.clear()
            self.preview.show_examples(None)
            self.enough.hide()
            self.few.hide()
            return
        self.get.hide()
        self.enough.look_at(examples)
        self.few.look_at(examples)
        dataset, facts = examples.dataset, profile(examples)
        self._about.setText("\n".join([examples_words(dataset), *dataset.notes]))
        self._about.setToolTip(f"<p>{dataset.about}</p>")
        self.preview.show_examples(examples)
        self._bar.show_sizes(facts.train, facts.valid, facts.test)
        counts = (self.tr("train"), facts.train), (self.tr("valid"), facts.valid), (self.tr("test"), facts.test)
        known = self.tr("test kept apart")
        known += self.tr(" · known to ± %1 points") if dataset.task == "classes" else ""
        known = known.replace("%1", f"{facts.half_width * 100:.1f}")
        self._counts.setText(" · ".join(f"{part} {size:,}" for part, size in counts) + f"\n{known}")
        tip = self.tr(
            "Training examples teach, validation examples choose, test examples stay locked away. With %1 validation "
            "examples an accuracy is known to ± %2 points at worst: half of its 95 % interval."
        )
        tip = tip.replace("%1", compact(facts.valid)).replace("%2", f"{facts.half_width * 100:.1f}")
        for widget in (self._counts, self._bar):
            widget.setToolTip(f"<p>{tip}</p>")

    def _show_knobs(self, noise: int, features: tuple[str, ...]) -> None:
        blocked = self.noise.blockSignals(True)
        self.noise.setValue(noise)
        self.noise.blockSignals(blocked)
        self._noise_words.setText(self.tr("noise %1 %").replace("%1", str(noise)))
        for name, box in self.inputs.items():
            box.setChecked(name in features)

    def _choose(self, place: int) -> None:
        source = self.combo.itemData(place)
        if source and (source != self._session.document.data.source or source == drawn.SOURCE):
            self.choose_source(source)

    def choose_source(self, source: str) -> None:
        """Use the data set of that name: draw it, or ask before it is downloaded, where that is needed."""
        if source == drawn.SOURCE:
            Drawing(self._session).choose()
            self.pad_wanted.emit()
            return
        if source in PUBLISHED and not PUBLISHED[source].is_here:
            dialog = ask_download(PUBLISHED[source], self.window())
            dialog.got.connect(self.choose_source, Qt.ConnectionType.UniqueConnection)
            self.refresh()  # the box shows what is used, until it is here
            return
        choice = self._session.document.data
        if source != choice.source:
            choice = choice.model_copy(update={"source": source} | AS_UNDERSTOOD)
        self._session.choose_data(choice)

    def _set_noise(self, value: int) -> None:
        choice = self._session.document.data.model_copy(update={"noise": value})
        self._session.choose_data(choice, "noise")

    def _set_inputs(self) -> None:
        chosen = tuple(name for name, box in self.inputs.items() if box.isChecked())
        if not chosen:
            self._session.say(self.tr("A network needs at least one input."))
            self.refresh()
            return
        self._session.choose_data(self._session.document.data.model_copy(update={"features": chosen}), "inputs")
