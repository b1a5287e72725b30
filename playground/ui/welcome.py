"""The first page: templates as cards, projects worked on lately, an empty canvas."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from playground.data.catalogue import CATALOGUE
from playground.graph.templates import FAMILIES, TEMPLATES, Template
from playground.ui.go_on import GoOn
from playground.ui.theme import BODY, NOTE, TITLE, theme_of

FIRST = ("spiral-mlp", "one-neuron", "digits-cnn", "table-mlp", "frequency-lstm", "xor-mlp")
"""For the first minutes; all others stand below them, by family."""
ACROSS = 3


class TemplateCard(QPushButton):
    """One template: title, what it shows, its data."""

    def __init__(self, template: Template) -> None:
        super().__init__()
        self._template = template
        self.setFixedSize(QSize(280, 104))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(template.title)
        self.setAccessibleDescription(template.summary)
        self.setObjectName(f"template:{template.name}")
        self.words = f"{template.name} {template.title} {template.summary} {template.family} {template.data}".lower()
        """What it is found by."""

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = theme_of(), QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            lit = self.underMouse() or self.hasFocus()
            painter.setPen(theme.color("accent" if lit else "border"))
            painter.setBrush(theme.color("card"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
            font = painter.font()
            font.setPixelSize(round(TITLE))
            font.setBold(True)
            painter.setFont(font)
            painter.setPen(theme.color("text"))
            painter.drawText(QRectF(16, 10, 250, 22), Qt.AlignmentFlag.AlignVCenter, self._template.title)
            font.setBold(False)
            font.setPixelSize(round(BODY))
            painter.setFont(font)
            painter.setPen(theme.color("muted"))
            flags = int(Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
            painter.drawText(QRectF(16, 35, 252, 48), flags, self._template.summary)
            font.setPixelSize(round(NOTE))
            painter.setFont(font)
            painter.setPen(theme.color("accent"))
            painter.drawText(
                QRectF(16, 81, 252, 16), Qt.AlignmentFlag.AlignVCenter, CATALOGUE[self._template.data].title
            )
        finally:
            painter.end()


class WelcomePage(QScrollArea):
    """What a person sees who starts the program without a project."""

    template_chosen = Signal(str)
    project_chosen = Signal(object)
    empty_chosen = Signal()
    open_wanted = Signal(str)
    """Something that is there already, by the name of the action that asks for it."""
    back_wanted = Signal()

    def __init__(self, parent: QWidget | None = None, *, waits: bool = False) -> None:
        """waits: until refresh() before it makes its cards."""
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setAccessibleName(self.tr("Welcome"))
        self.has_project = False
        """Whether there is a project to go back to."""
        if not waits:
            self.refresh()

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        if self.widget() is not None:
            self.refresh()

    def refresh(self) -> None:
        """Make the page, with the projects that are recent now."""
        page = QWidget()
        outer = QHBoxLayout(page)
        column = QVBoxLayout()
        column.setContentsMargins(24, 28, 24, 28)
        column.setSpacing(14)
        outer.addStretch(1)
        outer.addLayout(column)
        outer.addStretch(1)
        title = QLabel(self.tr("Build a network, watch it learn, see whether it beats a simple model."))
        title.setProperty("role", "title")
        column.addWidget(title)
        hint = QLabel(self.tr("Choose one and press Space, or drop a file or folder of your own data here."))
        hint.setProperty("role", "note")
        column.addWidget(hint)
        first = self._cards(FIRST)
        shown = (item.widget() for item in map(first.itemAt, range(first.count())) if item is not None)
        self._first = [card for card in shown if isinstance(card, TemplateCard)]
        self._found: list[TemplateCard] = []
        column.addLayout(first)
        column.addLayout(self._buttons())
        self.go_on = GoOn()
        self.go_on.chosen.connect(self.project_chosen)
        column.addWidget(self.go_on)
        column.addWidget(self._library())
        column.addStretch(1)
        self.setWidget(page)

    def _cards(self, names: Iterable[str]) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(12)
        for number, name in enumerate(names):
            card = TemplateCard(TEMPLATES[name])
            card.clicked.connect(partial(self.template_chosen.emit, name))
            grid.addWidget(card, number // ACROSS, number % ACROSS, Qt.AlignmentFlag.AlignLeft)
        grid.setColumnStretch(ACROSS, 1)
        return grid

    def _library(self) -> QWidget:
        """Every other network, family by family, found by a few letters."""
        library = QWidget()
        column = QVBoxLayout(library)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(10)
        self.search = QLineEdit(
            placeholderText=self.tr("Find a network: ResNet, LSTM, ridge …"), clearButtonEnabled=True
        )
        self.search.setAccessibleName(self.tr("Find a network"))
        self.search.setFixedWidth(280)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._open_found)
        column.addWidget(self.search)
        self._families: list[tuple[QLabel, QWidget, list[TemplateCard]]] = []
        for family in FAMILIES:
            names = [name for name, each in TEMPLATES.items() if each.family == family and name not in FIRST]
            heading, shelf = QLabel(family.upper()), QWidget()
            heading.setProperty("role", "heading")
            grid = self._cards(names)
            grid.setContentsMargins(0, 0, 0, 0)
            shelf.setLayout(grid)
            column.addWidget(heading)
            column.addWidget(shelf)
            self._families.append((heading, shelf, shelf.findChildren(TemplateCard)))
        self._nothing = QLabel(self.tr("No network has such a name. Try fewer letters."))
        self._nothing.setProperty("role", "note")
        self._nothing.hide()
        column.addWidget(self._nothing)
        return library

    def _filter(self, text: str) -> None:
        """Only the networks whose words hold the text, without gaps."""
        wanted = text.strip().lower()
        self._found = [card for card in self._first if wanted and wanted in card.words]
        for heading, shelf, cards in self._families:
            fitting = [card for card in cards if wanted in card.words]
            grid = shelf.layout()
            assert isinstance(grid, QGridLayout)
            for card in cards:
                card.setVisible(card in fitting)
                grid.removeWidget(card)
            for number, card in enumerate(fitting):
                grid.addWidget(card, number // ACROSS, number % ACROSS, Qt.AlignmentFlag.AlignLeft)
            heading.setVisible(bool(fitting))
            shelf.setVisible(bool(fitting))
            self._found += fitting
        self._nothing.setVisible(not self._found)

    def _open_found(self) -> None:
        """Enter opens the first of what was found."""
        if self.search.text().strip() and self._found:
            self._found[0].clicked.emit()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for words, tip, act in (
            (self.tr("Empty canvas"), "", self.empty_chosen.emit),
            (self.tr("Open a project…"), "", partial(self.open_wanted.emit, "open")),
            (
                self.tr("Your own data…"),
                self.tr("A table, series, text or arrays; a file or folder can be dropped here too"),
                partial(self.open_wanted.emit, "open_data"),
            ),
            (
                self.tr("A folder of images or texts…"),
                self.tr("In which each class has a folder of its own; it can be dropped here too"),
                partial(self.open_wanted.emit, "open_folder"),
            ),
        ):
            button = QPushButton(words)
            button.setToolTip(tip)
            button.clicked.connect(lambda _=False, act=act: act())
            row.addWidget(button)
        self.back = QPushButton(self.tr("Back to the project (Esc)"))
        self.back.clicked.connect(self.back_wanted)
        self.back.setVisible(self.has_project)
        row.addWidget(self.back)
        row.addStretch(1)
        return row
