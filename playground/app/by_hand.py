"""Weights that a person sets by hand, in the network as it has learned so far: one at a time, also while it learns.

They are no part of the document, so the document's history cannot take them back: this does, and the session asks it
first. What may be set is decided on the training thread by insight/plane.py. Knows neither Qt nor torch.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from playground.app.following import mark
from playground.graph.model import NodeId

if TYPE_CHECKING:
    from playground.app.document import Document
    from playground.app.edit_marks import Mark
    from playground.app.session import Session
    from playground.engine.train import Training

EVERY = 3
"""Polls, some 30 a second, between two tellings while a weight is dragged."""
MOST = 100
"""Changes that can be taken back."""


@dataclass(eq=False)
class _Set:
    """One change: of a whole drag."""

    document: Document
    id: NodeId
    unit: int
    source: int
    value: float
    was: Future[float]
    """What it was before; known at the run's next step."""
    mark: Mark | None = None
    """Where it stands on the curves; None before the first epoch."""

    @property
    def label(self) -> str:
        return f"Set a weight of {self.id} by hand"


class ByHand:
    """The weights set by hand in one session's network."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._done: list[_Set] = []
        self._undone: list[_Set] = []
        self._beats, self._is_told = 0, True

    @property
    def is_possible(self) -> bool:
        """Whether the network that is shown is the one that learns: the past stays as it was."""
        return self._session.run is not None and self._session.timeline.looked_at is None

    @property
    def undo_label(self) -> str | None:
        """What Undo would take back; None if that is the document's affair."""
        return self._done[-1].label if self._is_next(self._done) else None

    @property
    def redo_label(self) -> str | None:
        return self._undone[-1].label if self._is_next(self._undone) else None

    def set(self, id: NodeId, unit: int, source: int, value: float, goes_on: bool = False) -> None:
        """Give a weight of a dense layer another value; source: the input's number, or insight.plane's BIAS.

        goes_on: the hand that changed it last still holds it: to be taken back together.
        """
        if not self.is_possible:
            return
        was = self._change(id, unit, source, float(value))
        if was is None:
            return
        self._undone.clear()
        if goes_on and self._done:
            self._done[-1].value = value
            return
        change = _Set(self._session.document, id, unit, source, value, was)
        change.mark = mark(self._session, change.label)
        self._done.append(change)
        del self._done[:-MOST]
        self._session.tell("status")

    def undo(self) -> bool:
        """Take the last change back; False if the document's last edit is newer, or there is none."""
        if not self._is_next(self._done) or not self.is_possible:
            return False
        last = self._done.pop()
        self._change(last.id, last.unit, last.source, last.was)
        self._undone.append(last)
        session = self._session
        session.marks = [each for each in session.marks if each is not last.mark]
        session.tell("curves", "status")
        return True

    def redo(self) -> bool:
        """Make the change again that was taken back last; False if there is none."""
        if not self._is_next(self._undone) or not self.is_possible:
            return False
        last = self._undone.pop()
        was = self._change(last.id, last.unit, last.source, last.value)
        if was is not None:
            last.was, last.mark = was, mark(self._session, last.label)
            self._done.append(last)
        self._session.tell("curves", "status")
        return True

    def forget(self) -> None:
        """The network begins anew, or is another."""
        self._done.clear()
        self._undone.clear()

    def poll(self) -> None:
        """Tell of what a drag changed, some ten times a second."""
        self._beats += 1
        if not self._is_told and self._beats % EVERY == 0:
            self._is_told = True
            self._session.tell("curves")

    def _is_next(self, changes: list[_Set]) -> bool:
        return bool(changes) and changes[-1].document is self._session.document

    def _change(self, id: NodeId, unit: int, source: int, value: float | Future[float]) -> Future[float] | None:
        self._is_told, self._session.comparing.is_stale = False, True
        return self._session.ask(partial(_changed, id=id, unit=unit, source=source, value=value))


def _changed(training: Training, id: NodeId, unit: int, source: int, value: float | Future[float]) -> float:
    """On the training thread: what was asked for before, it has answered."""
    from playground.insight.plane import set_weight

    return set_weight(training, id, unit, source, value if isinstance(value, float) else value.result(timeout=0))
