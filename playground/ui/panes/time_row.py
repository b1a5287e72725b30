"""The row under the curves: drag back to any moment that was kept, play it back, resume or fork from there.

What is kept is app/pasts.py's affair; comparing two moments is in times_dialog.py, the film in film_dialog.py.
"""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSlider, QToolButton, QVBoxLayout, QWidget

from playground.app.files import Project
from playground.app.pasts import DISK, MEGABYTE, MEMORY, Gone, Past
from playground.app.session import Session
from playground.ui.bridge import Bridge
from playground.ui.drawing import epoch_words, icon, moment_words
from playground.ui.elided import Elided
from playground.ui.preferences import preferences
from playground.ui.theme import sized

FRAME = 120
"""Milliseconds that a moment stands at least when the past is played back."""
SHORTEST = 120
"""Pixels of the slider at least."""
SHOWN = 80
"""Moments of a playback at most: ten seconds."""
BUDGETS = ((64, 0), (256, 1024), (1024, 4096), (4096, 16384))
"""Megabytes of memory and of disk that can be chosen."""


class TimeRow(QWidget):
    """Reads the session's timeline; its slider has one place a moment, and the present at its end."""

    leaving = Signal()
    """Later moments are about to be left: whoever keeps work keeps it now."""
    forked = Signal(Project)
    """A project that begins at the moment looked at."""
    comparison_wanted = Signal()
    film_wanted = Signal()

    def __init__(self, session: Session, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._timeline = session, session.timeline
        self._moments: list[Past] = []
        self.play = self._button(self.tr("Play the past back, from the beginning to now"))
        self.play.setAccessibleName(self.tr("Play back"))
        self.play.setCheckable(True)
        self.play.toggled.connect(self._play)
        self.slider = _Slider(Qt.Orientation.Horizontal)
        self.slider.setMinimumWidth(SHORTEST)
        self.slider.setAccessibleName(self.tr("Moment that all panes show"))
        self.slider.setToolTip(
            self.tr("<p>Drag back: network, curves and pictures show what was then. Esc or Play returns to now.</p>")
        )
        self.slider.valueChanged.connect(self._moved)
        self.slider.left.connect(self._timeline.return_to_now)
        self.where, self.before = Elided(), Elided()
        for label in (self.where, self.before):
            label.setProperty("role", "note")
        self.resume = QPushButton(self.tr("Resume from here"))
        self.resume.setToolTip(
            self.tr(
                "The curves end here and training goes on from these weights, bit for bit. What came later is kept as "
                "a session on the first page."
            )
        )
        self.resume.clicked.connect(self.resume_here)
        self.fork = QPushButton(self.tr("Fork from here"))
        self.fork.setToolTip(self.tr("A project of its own that begins here; this one is kept"))
        self.fork.clicked.connect(self.fork_here)
        self.now = QPushButton(self.tr("Back to now"))
        self.now.clicked.connect(lambda: self._timeline.return_to_now())
        self.more = self._button(self.tr("Compare, export, and how much is kept"))
        self.more.setAccessibleName(self.tr("More about the past"))
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill_menu)
        self.more.setMenu(self._menu)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self._lay_out()
        self._clock = QTimer(self, interval=FRAME)
        self._clock.timeout.connect(self._next)
        self._settings = preferences()
        self._take_budget()
        for signal in (bridge.past, bridge.document, bridge.status, bridge.data):
            signal.connect(self.refresh)
        self.restyle()

    def _button(self, tip: str) -> QToolButton:
        made = QToolButton()
        made.setToolTip(tip)
        made.setAutoRaise(True)
        return made

    def _lay_out(self) -> None:
        # What comes with the past stands in a line of its own: the slider must not change under the hand that drags it.
        self.past = QWidget()
        above, row = QHBoxLayout(self.past), QHBoxLayout()
        above.setContentsMargins(0, 0, 0, 0)
        row.setContentsMargins(0, 0, 0, 0)
        for line in (above, row):
            line.setSpacing(8)
        for button in (self.now, self.resume, self.fork):
            above.addWidget(button)
        above.addWidget(self.before, 1)
        for widget, stretch in ((self.play, 0), (self.slider, 1), (self.where, 0), (self.more, 0)):
            row.addWidget(widget, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 0, 10, 4)
        column.setSpacing(4)
        column.addWidget(self.past)
        column.addLayout(row)

    def restyle(self) -> None:
        """Take the colours and the size of type of the present theme."""
        self._show_play()
        self.more.setIcon(icon("ellipsis"))
        for button in (self.play, self.more):
            button.setIconSize(QSize(sized(15), sized(15)))
        self.refresh()

    def _show_play(self) -> None:
        self.play.setIcon(icon("pause" if self.play.isChecked() else "play"))

    # What is shown

    def refresh(self) -> None:
        """Follow the session: moments that came or went, and the one that is looked at."""
        self._moments = self._timeline.moments()
        past, count = self._timeline.looked_at, len(self._moments)
        at = self._moments.index(past) if past in self._moments else count
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, count)
            self.slider.setPageStep(max(1, count // 10))
            self.slider.setValue(at)
        has_any, is_past = count > 0, past is not None
        for widget in (self.slider, self.play):
            widget.setEnabled(has_any)
        self.past.setVisible(is_past)
        self.before.setText(self._told(past) if past is not None else "")
        self.where.setMinimumWidth(self._room_of_words())
        self.where.setText(self._words(past))
        if not is_past and self.play.isChecked():
            self.play.setChecked(False)

    def _room_of_words(self) -> int:
        """For the name of any moment, so that the slider stays as long as it is; a sentence is cut instead."""
        if not self._moments:
            return 0
        within = next((0.5 for each in self._moments if not float(each.epoch).is_integer()), 0.0)
        return self.where.fontMetrics().horizontalAdvance(moment_words(88_888 + within))

    def _words(self, past: Past | None) -> str:
        if not self._moments and self._timeline.is_too_large:
            return self.tr("This network is too large for the budget of the past: give it more behind the dots.")
        if not self._moments and self._is_reopened:
            return self.tr("Earlier moments are not kept with a project: train on, and you can go back in time here.")
        if not self._moments:
            return self.tr("Once it has learned, you can go back in time here.")
        if past is None:
            return self.tr("now")
        return moment_words(past.epoch)

    @property
    def _is_reopened(self) -> bool:
        """Whether what has been learned was learned before this session."""
        return bool(self._session.epochs) and self._session.status != "running"

    def _told(self, past: Past) -> str:
        """What resuming would do, before it is done."""
        later = self._timeline.later(past)
        one, many = self.tr("Resuming sets 1 later epoch aside"), self.tr("Resuming sets %1 later epochs aside")
        found = [one if later == 1 else many.replace("%1", f"{later:,}")] if later else []
        if edit := self._timeline.edit_after(past):
            found.append(self.tr("an earlier network, before “%1”").replace("%1", edit))
        elif past in self._moments[:1] and self._timeline.has_before(past):
            found.append(self.tr("another network before it: Undo brings it back with its past"))
        return " · ".join(found)

    # What hands do

    def _moved(self, at: int) -> None:
        self._session.move_on()
        if at < len(self._moments):
            self._timeline.look_at(self._moments[at])
        else:
            self._timeline.return_to_now()

    def step(self, by: int) -> None:
        """So many moments back or forth."""
        self.slider.setValue(self.slider.value() + by)

    def resume_here(self) -> None:
        """Training goes on from the moment looked at."""
        past = self._timeline.looked_at
        if past is None:
            self._session.say(self.tr("Drag the slider under the curves back to a moment first."))
            return
        self.leaving.emit()
        try:
            self._timeline.resume(past)
        except Gone as problem:
            self._session.say(str(problem))
            return
        words = self.tr(
            "Back at epoch %1: Play goes on from there. What came later stands on the first page, under “Go on with”, "
            "unless it is in the project's file."
        )
        self._session.say(words.replace("%1", epoch_words(past.epoch)), is_complaint=False)

    def fork_here(self) -> None:
        """Another project begins at the moment looked at."""
        past = self._timeline.looked_at
        if past is None:
            self._session.say(self.tr("Drag the slider under the curves back to a moment first."))
            return
        try:
            project = self._timeline.project(past)
        except Gone as problem:
            self._session.say(str(problem))
            return
        self._timeline.return_to_now(goes_on=False)
        self.forked.emit(project)
        words = self.tr("%1: it goes on with Play. The project it came from is on the first page, under “Go on with”.")
        self._session.say(words.replace("%1", project.document.name), is_complaint=False)

    # Playing back

    def _play(self, is_on: bool) -> None:
        self._show_play()
        if not is_on:
            self._clock.stop()
            return
        if self.slider.value() >= len(self._moments) - 1:
            self.slider.setValue(0)
        self._clock.start()

    def _next(self) -> None:
        """The next moment, when the one before it is there."""
        if not self._timeline.is_settled:
            return
        at = self.slider.value() + max(1, len(self._moments) // SHOWN)
        if at >= len(self._moments):
            self.play.setChecked(False)
            self._timeline.return_to_now()
        else:
            self.slider.setValue(at)

    # More

    def _fill_menu(self) -> None:
        self._menu.clear()
        self._menu.addAction(self.tr("Compare two times…"), self.comparison_wanted.emit)
        self._menu.addAction(self.tr("Export as a film…"), self.film_wanted.emit)
        self._menu.addSeparator()
        self._menu.addSection(self.used())
        kept = (self._timeline.pasts.memory // MEGABYTE, self._timeline.pasts.disk // MEGABYTE)
        for memory, disk in BUDGETS:
            words = self.tr("Keep at most %1 in memory, %2 on disk")
            action = QAction(words.replace("%1", _size(memory)).replace("%2", _size(disk)), self._menu)
            action.setCheckable(True)
            action.setChecked(kept == (memory, disk))
            action.triggered.connect(lambda _=False, memory=memory, disk=disk: self.set_budget(memory, disk))
            self._menu.addAction(action)

    def used(self) -> str:
        """How much of the budget is taken."""
        pasts = self._timeline.pasts
        if not pasts.all:
            return self.tr("No moments yet: they are kept as it learns, while the project is open")
        words = self.tr("%1 moments: %2 of %3 in memory, %4 of %5 on disk")
        for number, value in enumerate(
            (str(len(pasts.all)), *(_size(size / MEGABYTE) for size in (
                pasts.in_memory, pasts.memory, pasts.on_disk, pasts.disk
            ))), 1,
        ):  # fmt: skip
            words = words.replace(f"%{number}", value)
        return words

    def set_budget(self, memory: int, disk: int) -> None:
        """Megabytes; kept for the next start."""
        self._settings.setValue("past_memory", memory)
        self._settings.setValue("past_disk", disk)
        self._timeline.set_budget(memory * MEGABYTE, disk * MEGABYTE)

    def _take_budget(self) -> None:
        found = []
        for name, usual in (("past_memory", MEMORY), ("past_disk", DISK)):
            stored = str(self._settings.value(name, ""))
            found.append(int(stored) * MEGABYTE if stored.isdigit() and len(stored) < 7 else usual)
        self._timeline.set_budget(*found)


class _Slider(QSlider):
    """Esc leaves the past; a click goes to the place clicked on."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def _size(megabytes: float) -> str:
    """A size as people read it.

    >>> _size(0), _size(0.31), _size(256), _size(4096)
    ('0 MB', '0.3 MB', '256 MB', '4 GB')
    """
    if megabytes >= 1024:
        return f"{megabytes / 1024:.3g} GB"
    return f"{megabytes:.1f} MB" if 0 < megabytes < 10 else f"{megabytes:.0f} MB"
