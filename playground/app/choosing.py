"""Taking other data: read beside the session's thread, then one step of its history. Knows neither Qt nor torch."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from playground.app.changes import ChooseData
from playground.app.for_use import changed_since
from playground.data.catalogue import is_gone, is_own
from playground.data.dataset import DataChoice, Examples

if TYPE_CHECKING:
    from playground.app.carried import Carried
    from playground.app.session import Session


def choose(session: Session, choice: DataChoice, setting: str = "", label: str = "") -> None:
    """Read them; when they are there, the document takes them and the network's ends follow."""
    session.timeline.return_to_now()
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
            # A slider's drag must not leave the batch of its smallest part behind.
            count = 0 if setting else len(answer.train)
            session.do(ChooseData(choice, answer.signature, setting, label, count))
        session.tell("data")

    session.loading.read(choice, take)


def is_found_again(before: DataChoice, after: DataChoice) -> bool:
    """Whether a file or folder that is not in its place any more was shown in another: what was learned stays."""
    moved = before.model_copy(update={"source": after.source}) == after
    return moved and is_gone(before.source) and is_own(after.source)


def are_read(session: Session, learned: Carried | None) -> None:
    """The data are there: contenders on them count again; say so if a file has learned from other data than these."""
    session.comparing.contenders.renew()
    examples = session.examples
    if learned is None or learned.for_use is None or examples is None:
        return

    def told(sentence: str) -> None:
        if sentence and session.examples is examples:
            session.say(sentence)

    session.beside.run(partial(changed_since, learned.for_use, examples), told, lambda _: None)
