"""The File menu's Import, and what is dropped on the window: models as projects, weights into the network there is.

What is read is playground.app.bringing_in's; handing over is in handing.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from playground.app.bringing_in import Brought, project_of, weights_into
from playground.app.other_files import MODELS
from playground.app.session import Session
from playground.ui.handing import tell_all

if TYPE_CHECKING:
    from playground.ui.main_window import MainWindow


class Imports(QObject):
    """Owned by the window."""

    def __init__(self, window: MainWindow, session: Session, keep: Callable[[], object]) -> None:
        """keep: keeps unsaved work before another project takes its place."""
        super().__init__(window)
        self._window, self._session, self._keep = window, session, keep

    def ask(self) -> None:
        """Ask for a file."""
        folder = self._session.path.parent if self._session.path is not None else Path.home()
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Import"),
            str(folder),
            self.tr("Models and weights (*.onnx *.json *.py *.safetensors);;All files (*)"),
        )
        if name:
            self.take(Path(name))

    def take(self, path: Path) -> None:
        """Read it beside this thread: a model becomes the project, weights go into the network."""
        session = self._session
        session.say(self.tr("Reading %1…").replace("%1", path.name), is_complaint=False)
        if path.suffix.lower() in MODELS:
            session.beside.run(partial(project_of, path), self._open, lambda error: session.say(str(error)))
            return
        taken = session.ask(weights_into(path, session.document))
        if taken is None:
            session.say(self.tr("There is no network yet that could take weights. Build it first."))
            return
        session.beside.watch(taken, self._taken, lambda error: session.say(str(error)))

    def _open(self, brought: Brought) -> None:
        self._keep()
        self._session.start(brought.project)
        self._window.go_to_canvas()
        first = self.tr("Imported %1.").replace("%1", brought.project.document.name)
        tell_all(self._window, self._session, (first, *brought.notes))

    def _taken(self, words: str) -> None:
        self._session.say(words, is_complaint=False)
        self._session.tell("run")
