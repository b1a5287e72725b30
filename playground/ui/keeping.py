"""Keeps what is in no file when it makes room for other work, and brings it back to the file it was of.

What is kept and for how long is app/kept.py's; what a crash leaves is written by app/journal.py.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QPushButton

from playground.app.document import Document
from playground.app.files import FileProblem, Project, read_project
from playground.app.journal import has_news
from playground.app.kept import keep, newer_than
from playground.app.open_file import OpenFile
from playground.app.origin import Origin
from playground.ui.miniature import keep_miniature

if TYPE_CHECKING:
    from playground.app.session import Session
    from playground.app.sitting import Sitting
    from playground.engine.events import Progress
    from playground.ui.bridge import Bridge
    from playground.ui.main_window import MainWindow

    _Had = tuple[Document, int, Sitting | None, Progress | None]


class Keeping:
    """Of one window."""

    def __init__(self, window: MainWindow, session: Session, open_file: OpenFile) -> None:
        self._window, self._session, self._open_file = window, session, open_file
        self._had: _Had | None = None
        """The state that is kept already, or in the history of runs."""
        self.is_taking = False
        """Whether work is just being put in a file's window that its file does not have."""

    def keep(self) -> bool:
        """Keep unsaved work for the next start; nothing asks "are you sure". False if it could not be written."""
        session = self._session
        document = session.history.document
        if not document.graph.nodes or not has_news(session) or self._is_had():
            return True
        learned = session.learned()
        try:
            checkpoint = learned.to_write(timeout=3) if learned is not None else None
            session.poll()  # the epochs done before that answer
            epochs, marks, exam = session.epochs.copy(), tuple(session.marks), session.comparing.exam
            path = session.path.resolve() if session.path is not None else None
            origin = Origin(path, self._open_file.stamp if path is not None else None, len(epochs))
            file = keep(Project(document, checkpoint, epochs, marks=marks, exam=exam), origin, datetime.now())
            self.draw(file)
        except (FileProblem, TimeoutError, CancelledError) as problem:
            session.say(str(problem))
            return False
        self.have()
        return True

    def draw(self, path: Path) -> None:
        """What the first page shows of that file."""
        if self._session.timeline.earlier is None:
            keep_miniature(path, self._window.canvas.network, self._session.epochs)

    def have(self) -> None:
        """The work as it is now needs not be kept again."""
        self._had = self._state

    @property
    def _state(self) -> _Had:
        session = self._session
        return session.history.document, len(session.epochs), session.comparing.exam, session.progress

    def _is_had(self) -> bool:
        if self._had is None or self._session.status == "running":
            return False
        document, epochs, exam, progress = self._had
        now = self._state
        return document is now[0] and epochs == now[1] and exam is now[2] and progress is now[3]

    def open(self, file: Path) -> None:
        """Go on with work that was kept; it stays where it is until it is thrown away or makes room."""

        def take(project: Project) -> None:
            self.take(project, project.origin or Origin())
            self.have()

        self._session.beside.run(partial(read_project, file), take, lambda error: self._session.say(str(error)))

    def take(self, project: Project, origin: Origin) -> None:
        """Put work that no file has in the place of what is there, which is kept; saving leads to its file again."""
        self.keep()
        session, path = self._session, origin.path
        self.is_taking = True
        session.start(project, path if origin.is_there else None)
        self.is_taking = False
        session.history.mark_saved(Document())  # no file has it
        if origin.is_there and origin.stamp is not None:
            self._open_file.stamp = origin.stamp
        if path is not None and not origin.is_there:
            words = _words("%1 is no longer in %2: saving asks for a new place.")
            session.say(words.replace("%1", path.name).replace("%2", str(path.parent)))
        elif path is not None and origin.has_changed:
            words = _words(
                "%1 was changed by another window or program since: saving asks which of the two is to stay."
            )
            session.say(words.replace("%1", path.name))
        session.tell("document")
        self._window.go_to_canvas()

    def tell_newer(self, path: Path) -> None:
        """Say so where a file that was opened has newer work, and offer that."""
        newer = newer_than(path) if not self.is_taking else None
        if newer is None:
            return
        when = newer.when
        words = _words("%1 has newer changes, kept on %2, that are not saved.").replace("%1", path.name)
        words = words.replace("%2", f"{when:%d.%m. at %H:%M}" if when is not None else "?")
        self._session.say(words, is_complaint=False)
        self._window.newer.offer(words, partial(self.open, newer.file))


class NewerWork(QPushButton):
    """Beside a sentence in the status line: opens what it tells of, as long as it stands there."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._told = ""
        self._open: Callable[[], None] | None = None
        self.setText(self.tr("Open them"))
        self.setToolTip(self.tr("Go on with the newer changes; the file stays as it is until you save"))
        self.setStyleSheet("padding: 0px 8px;")
        self.hide()
        self.clicked.connect(self._go)
        bridge.message.connect(self._hear)

    def offer(self, told: str, open_it: Callable[[], None]) -> None:
        """Be there while that sentence is."""
        self._told, self._open = told, open_it
        self.show()

    def _go(self) -> None:
        if self._open is not None:
            self._open()

    def _hear(self, words: str) -> None:
        if words != self._told:
            self.hide()


def _words(text: str) -> str:
    return QCoreApplication.translate("keeping", text)
