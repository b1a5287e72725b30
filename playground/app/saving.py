"""Writing the session's project beside its thread. Files themselves are in files.py."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from playground.app import carried
from playground.app.carried_data import content_of
from playground.data.catalogue import is_own

if TYPE_CHECKING:
    from playground.app.session import Session


def save(session: Session, target: Path) -> None:
    """Write it; topic "file" tells when it is done. Data that came with the file stay in it."""
    history, document = session.history, session.history.document

    exam = session.comparing.exam

    def written(epochs: int) -> None:
        if session.history is history:  # and no other project was opened meanwhile
            session.path, session.saved_epochs, session.saved_exam = target, epochs, exam
            history.mark_saved(document)
        session.say(f"Saved {target.name}.", is_complaint=False)
        session.tell("file")

    learned = session.learned()
    data = session.data_carried if is_own(document.data.source) else None
    epochs, marks = session.epochs, session.marks  # what comes until the run has answered is added to them
    write = partial(carried.write, target, document, learned, epochs, session.offset, session.examples, data, marks)
    write = partial(write, exam=exam)
    session.beside.write(write, written, lambda error: session.say(f"Not saved: {error}", stays=True))


def save_with_data(session: Session, target: Path) -> None:
    """Write it with its data file in it. Raises CarryingProblem."""
    session.data_carried = content_of(session.history.document)
    save(session, target)
