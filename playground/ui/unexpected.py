"""Exceptions that nobody expected: written down, told in a sentence, and the window goes on.

Python would print them where nobody looks. Installed by start.py, so that tests see exceptions as they are.
"""

from __future__ import annotations

import sys
import threading
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler

from playground.app.log import Faults, note

if TYPE_CHECKING:
    from playground.app.telling import Topic
    from playground.ui.main_window import MainWindow


class Unexpected(QObject):
    """Owned by the window; what it hears of on any thread is told on the window's."""

    _told = Signal(str)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._faults = Faults()
        self._before: tuple[Any, ...] = ()
        self._told.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take in every exception and every warning of Qt's, and note what the person does."""
        self._before = sys.excepthook, threading.excepthook, qInstallMessageHandler(_warned)
        sys.excepthook, threading.excepthook = self._raised, self._raised_on_thread
        for name, action in self._window.actions_by_name.items():
            action.triggered.connect(partial(note, f"chose {name}"))
        self._window.session.subscribe(self._note)

    def remove(self) -> None:
        """As it was before."""
        sys.excepthook, threading.excepthook, messages = self._before
        qInstallMessageHandler(messages)

    def _raised(self, kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._window.close()
        elif sentence := self._faults.take(kind, error, at):
            self._told.emit(sentence)

    def _raised_on_thread(self, args: threading.ExceptHookArgs) -> None:
        if sentence := self._faults.take(args.exc_type, args.exc_value, args.exc_traceback):
            self._told.emit(sentence)

    def _tell(self, sentence: str) -> None:
        self._window.session.say(sentence)

    def _note(self, topic: Topic) -> None:
        session = self._window.session
        if topic == "document":
            note(f"edited: {session.history.undo_label or 'back at the beginning'}")
        elif topic == "message" and session.message:
            note(f"said: {session.message}")
        elif topic in ("file", "run", "data"):
            note(f"{topic}: {session.status}")


def _warned(kind: QtMsgType, _where: QMessageLogContext, words: str | None) -> None:
    if kind is not QtMsgType.QtDebugMsg and words and "This plugin does not support" not in words:
        note(f"Qt: {words}")
        sys.stderr.write(f"{words}\n")
