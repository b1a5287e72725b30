"""From the session to Qt: one timer that empties the mailboxes, one signal a topic.

No widget subscribes to the session itself; they connect to these signals, so that Qt disconnects them.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from playground.app.session import Session
from playground.app.telling import Topic
from playground.app.turn import window_turn
from playground.ui.budget import Budget
from playground.ui.tempo import FRAME, Tempo

SETTLE = 250
"""Milliseconds without an edit before the network is built for a look inside."""


class Bridge(QObject):
    """Says, as Qt signals, what changed in the session. Owned by the window."""

    document = Signal()
    """The document changed: graph, positions, data choice, recipe; also on undo and on opening."""
    data = Signal()
    """Examples were read, or could not be."""
    status = Signal()
    """session.status may differ."""
    curves = Signal()
    """An epoch was added, or the curves were cleared."""
    progress = Signal()
    """A newer frame of the run."""
    baseline = Signal()
    comparison = Signal()
    contenders = Signal()
    """Other runs or projects stand beside the network."""
    file = Signal()
    """Saved or opened: path and title."""
    message = Signal(str)
    """One sentence for the person."""
    run = Signal()
    """There is another network to look into."""
    runs = Signal()
    """The run history has more to show: some four times a second while a run is recorded."""
    past = Signal()
    """There are more moments to go back to, or another one is looked at."""
    tick = Signal()
    """20 to 30 times a second, after everything else: time to ask for pictures, if visible."""

    def __init__(self, session: Session, parent: QObject, prepares: bool = True) -> None:
        """prepares: whether networks are built at once, which imports torch; else from the first prepare() on."""
        super().__init__(parent)
        self.session = session
        self.budget, self._tempo = Budget(), Tempo()
        session.subscribe(self._told)
        self._timer = QTimer(self, interval=FRAME)
        self._timer.timeout.connect(self._beat)
        self._timer.start()
        self._settled = QTimer(self, interval=SETTLE, singleShot=True)
        self._prepares = prepares
        self._settled.timeout.connect(lambda: session.prepare() if self._prepares else None)

    def stop(self) -> None:
        """Hear nothing more: the window is closing."""
        self._timer.stop()
        self._settled.stop()

    def prepare(self) -> None:
        """Have the network built from now on, as soon as an edit has settled."""
        self._prepares = True
        self.session.prepare()

    def _beat(self) -> None:
        with window_turn.taken():
            self.budget.begin_beat()
            self.session.poll()
            self.tick.emit()
        interval = self._tempo.interval(window_turn.spent, self.session.status == "running")
        if interval != self._timer.interval():
            self._timer.setInterval(interval)

    def _told(self, topic: Topic) -> None:
        if topic in ("document", "data", "status"):
            self._settled.start()
        if topic == "message":
            self.message.emit(self.session.message)
        else:
            getattr(self, topic).emit()
