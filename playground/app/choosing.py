"""Taking other data: read beside the session's thread, then one step of its history. Knows neither Qt nor torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.app.changes import ChooseData
from playground.data.dataset import DataChoice, Examples

if TYPE_CHECKING:
    from playground.app.session import Session


def choose(session: Session, choice: DataChoice, setting: str = "", label: str = "") -> None:
    """Read them; when they are there, the document takes them and the network's ends follow."""
    session.wanted = choice
    if choice == session.document.data and session.examples is None:  # what was missing may be there by now
        session.load(choice)
        return

    def take(answer: Examples | str) -> None:
        if session.wanted != choice:
            return  # another was chosen meanwhile, as in dragging a slider
        if isinstance(answer, str):
            session.say(answer)
        else:
            session.do(ChooseData(choice, answer.signature, setting, label, len(answer.train)))
        session.tell("data")

    session.loading.read(choice, take)
