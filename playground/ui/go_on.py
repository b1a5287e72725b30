"""What the first page offers to go on with: what a crash left, work that is in no file, and the latest projects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from playground.app.kept import MOST_BYTES, MOST_DEAR, MOST_KEPT, Kept, all_kept, first_of, kept_words, throw_away
from playground.app.recovery import Lost, lost_work
from playground.app.settings import recent_projects
from playground.ui.miniature import SIZE, miniature, no_miniature
from playground.ui.theme import theme_of

AT_FIRST = 4
"""Kept sessions that are shown;"""
AT_ONCE = 8
"""and so many more with each click: their files are read then."""
MOST_PROJECTS = 5


@dataclass(frozen=True)
class Entry:
    """A line to go on with."""

    words: str
    path: Path
    is_kept: bool = False


class GoOn(QWidget):
    """A button each, with its small picture."""

    chosen = Signal(object)
    """The file or folder."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        found = all_kept()
        shown = first_of(found, AT_FIRST)
        self._rest = [each for each in found if each not in shown]
        newest = found[0] if found else None
        lost = [Entry(self._lost_words(each), each.folder) for each in lost_work()]
        kept = [self._kept_entry(each, is_newest=each is newest) for each in shown]
        projects = [Entry(f"{path.name}  —  {path.parent}", path) for path in recent_projects()[:MOST_PROJECTS]]
        if lost or kept or projects:
            heading = QLabel(self.tr("GO ON WITH"))
            heading.setProperty("role", "heading")
            self._column.addWidget(heading)
        self._add([*lost, *kept])
        self._older = QVBoxLayout()
        self._older.setSpacing(2)
        self._column.addLayout(self._older)
        self.more = _flat(QPushButton())
        self.more.setToolTip(self._how_long())
        self.more.clicked.connect(self._show_older)
        self._column.addWidget(self.more)
        self._count_rest()
        self._add(projects)

    def _lost_words(self, lost: Lost) -> str:
        when, words = _when(lost.when), self.tr("Not saved when the program ended")
        if lost.path is None:
            return f"{words}: {lost.name}  —  {when}"
        words = self.tr("%1, not saved when the program ended").replace("%1", lost.path.name)
        return f"{words}  —  {lost.path.parent}  —  {when}"

    def _kept_entry(self, kept: Kept, is_newest: bool) -> Entry:
        path, when = kept.origin.path, f"  —  {_when(kept.when)}" if kept.when is not None else ""
        if path is not None:
            words = self.tr("%1, with changes that are not saved").replace("%1", path.name)
            return Entry(f"{words}  —  {path.parent}{when}", kept.file, is_kept=True)
        about = kept_words(kept.file)
        words = self.tr("The last session, not saved to a file") if is_newest else self.tr("An earlier session")
        return Entry((f"{words}: {about}" if about else words) + when, kept.file, is_kept=True)

    def _add(self, entries: Iterable[Entry], column: QVBoxLayout | None = None) -> None:
        for entry in entries:
            button = _flat(QPushButton(entry.words))
            button.setIcon(miniature(entry.path, theme_of()) or no_miniature())
            button.setIconSize(SIZE)
            button.clicked.connect(partial(self.chosen.emit, entry.path))
            if entry.is_kept:
                button.setToolTip(self._how_long())
                button.addAction(self._throwing_away(button, entry.path))
                button.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
            (column or self._column).addWidget(button)

    def _throwing_away(self, button: QPushButton, path: Path) -> QAction:
        action = QAction(self.tr("Throw it away"), button)
        action.triggered.connect(partial(throw_away, path))
        action.triggered.connect(button.hide)
        return action

    def _show_older(self) -> None:
        shown, self._rest = self._rest[:AT_ONCE], self._rest[AT_ONCE:]
        self._add([self._kept_entry(each, is_newest=False) for each in shown], self._older)
        self._count_rest()

    def _count_rest(self) -> None:
        self.more.setText(self.tr("Older work that is in no file (%1) …").replace("%1", str(len(self._rest))))
        self.more.setVisible(bool(self._rest))

    def _how_long(self) -> str:
        words = self.tr(
            "Work that is in no file is kept on this computer until you throw it away (right-click). Where it is much, "
            "the oldest goes: of what has learned or is of a file beyond %1 sessions or %2 GB, of the rest beyond %3."
        )
        figures = ((f"%{number}", f"{most}") for number, most in enumerate((MOST_DEAR, MOST_BYTES >> 30, MOST_KEPT), 1))
        for sign, figure in figures:
            words = words.replace(sign, figure)
        return words


def _flat(button: QPushButton) -> QPushButton:
    button.setFlat(True)
    button.setStyleSheet("text-align: left; padding: 4px;")
    return button


def _when(when: datetime) -> str:
    """The year too, where it is another than this one."""
    return f"{when:%d.%m. %H:%M}" if when.year == datetime.now().year else f"{when:%d.%m.%Y %H:%M}"
