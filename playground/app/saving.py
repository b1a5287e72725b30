"""Writing the session's project beside its thread. Files themselves are in files.py."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from playground.app import carried
from playground.app.carried import Carried

if TYPE_CHECKING:
    from playground.app.session import Session


def save(session: Session, target: Path, learned: Carried | None) -> None:
    """Write it; topic "file" tells when it is done."""
    history, document, epochs = session.history, session.document, tuple(session.epochs)

    def written(_: None) -> None:
        if session.history is history:  # and no other project was opened meanwhile
            session.path = target
            history.mark_saved(document)
        session.say(f"Saved {target.name}.", is_complaint=False)
        session.tell("file")

    write = partial(carried.write, target, document, learned, epochs)
    session.beside.run(write, written, lambda error: session.say(f"Not saved: {error}"))
