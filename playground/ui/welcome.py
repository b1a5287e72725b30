"""The first page: templates as cards, projects worked on lately, an empty canvas."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

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

from playground.app.settings import last_session, recent_projects
from playground.data.catalogue import CATALOGUE
from playground.graph.templates import FAMILIES, TEMPLATES, Template
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
    open_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setAccessibleName(self.tr("Welcome"))
        self._build()

    def restyle(self) -> None:
        """Take the colours of the present theme, and look for recent projects anew."""
        self._build()

    def _build(self) -> None:
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
        hint = QLabel(self.tr("Choose one and press Space."))
        hint.setProperty("role", "note")
        column.addWidget(hint)
        column.addLayout(self._cards(FIRST))
        column.addLayout(self._buttons())
        column.addLayout(self._recent())
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
        wanted = text.strip().lower()
        found = False
        for heading, shelf, cards in self._families:
            fitting = [card for card in cards if wanted in card.words]
            for card in cards:
                card.setVisible(card in fitting)
            heading.setVisible(bool(fitting))
            shelf.setVisible(bool(fitting))
            found = found or bool(fitting)
        self._nothing.setVisible(not found)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for words, signal in (
            (self.tr("Empty canvas"), self.empty_chosen),
            (self.tr("Open a project…"), self.open_wanted),
        ):
            button = QPushButton(words)
            button.clicked.connect(signal)
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _recent(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(2)
        entries: list[tuple[str, Path]] = []
        if last_session().is_file():
            entries.append((self.tr("The last session, not saved to a file"), last_session()))
        entries += [(f"{path.name}  —  {path.parent}", path) for path in recent_projects()[:5]]
        if entries:
            heading = QLabel(self.tr("GO ON WITH"))
            heading.setProperty("role", "heading")
            column.addWidget(heading)
        for words, path in entries:
            button = QPushButton(words)
            button.setFlat(True)
            button.setStyleSheet("text-align: left; padding: 4px;")
            button.clicked.connect(partial(self.project_chosen.emit, path))
            column.addWidget(button)
        return column
