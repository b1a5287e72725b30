"""What becomes of a session's run when its document changes: it goes on with what still fits, or as it was before.

The session (session.py) calls moved() for every edit, undo and redo. What fits is found on the training thread by
engine/carry.py; what earlier documents had learned is in remembered.py. Knows neither Qt nor torch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from playground.app import choosing
from playground.app.checking import checked, needs_checking
from playground.app.edit_marks import Mark
from playground.app.redrawing import is_redrawn
from playground.app.remembered import Moment, differ_in_labels, have_weights_in_common
from playground.app.runner import Mailbox
from playground.engine.events import EpochDone, counted_from

if TYPE_CHECKING:
    from playground.app.carried import Carried
    from playground.app.document import Document
    from playground.app.session import Session
    from playground.engine.carry import Kept

NO_STEP = 1e-6
"""Epochs that are less than a step of any run: what rounding makes of the same place."""
MOST_NAMED = 2
"""Layers that begin anew which are named in the sentence."""


def moved(session: Session, move: Callable[[], bool], goes_back: bool = False) -> bool:
    """Change the document and let the run follow; False if nothing changed. goes_back: by undo or redo."""
    session.timeline.return_to_now()
    before, was_running = session.document, session.status == "running"
    is_going = was_running or session.goes_on_when_mended
    if not move():
        return False
    after = session.document
    left, known = session.remembered.turn(before, after, lambda: _left(session, before), goes_back)
    session.leaving.expect(left)
    if after.data != before.data:
        keeps = is_redrawn(before.data, after.data) or differ_in_labels(before.data, after.data)
        keeps |= session.examples is None and choosing.is_found_again(before.data, after.data)
        _exchange(session, keeps)
    if needs_checking(before, after):
        session.report = checked(after, session.signature, session.report)
    session.move_on()
    if known and not session.is_complaint:
        session.say(_gone_back(session, known), is_complaint=False)  # no more what was kept at an edit that is undone
    _recall(session, known) if known else _follow(session, before, after)
    session.leaving.forget()
    _go_on(session, is_going and (known is not None or after.data == before.data))
    session.tell("document", "status", *(("data",) if after.data != before.data else ()))
    if was_running and not known and is_redrawn(before.data, after.data):
        session.play()
    return True


def _left(session: Session, document: Document) -> Moment | None:
    """What is left behind with a document; None before anything was learned."""
    learned = session.learned() if session.epochs else None
    if learned is None:
        return None
    exam = session.comparing.exam
    return Moment(document, learned, session.epochs.copy(), session.offset, tuple(session.marks), exam)


def _go_on(session: Session, is_going: bool) -> None:
    """What ran runs on; where the edit broke the network, as soon as it is mended."""
    has_none = session.run is None
    session.goes_on_when_mended = is_going and has_none and bool(session.report.errors)
    if is_going and has_none and not session.report.errors and session.examples is not None:
        session.make_run().go()
        session.is_fresh = False


def _gone_back(session: Session, known: Moment) -> str:
    """What came back with an earlier network, where it has fewer epochs than the one that is undone."""
    words = session.history.undone
    had, has = (epochs[-1].epoch if epochs else 0 for epochs in (session.epochs, known.epochs))
    if words is None or had <= has:
        return ""
    return f"Undid “{words}”: the network is back as it was at epoch {has:,}. Redo has what it learned up to {had:,}."


def _recall(session: Session, known: Moment) -> None:
    """The weights, the curves and the marks on them that this document had."""
    comparison = session.comparing.comparison
    session.drop_run()
    session.clear_curves()
    session.leaving.recall(known)
    if known.epochs:  # the latest stays in view until there is one of these weights: nothing blinks
        session.comparing.comparison, session.comparing.is_stale = comparison, True
    session.to_begin, session.epochs = known.for_recipe(session.document), known.epochs.copy()
    session.offset, session.marks = known.offset, list(known.marks)
    session.comparing.exam = known.exam
    session.tell("curves")


def _exchange(session: Session, keeps: bool) -> None:
    """Other data: nothing learned is kept, unless only points were drawn or labels put right."""
    session.drop_run(keep_weights=keeps and not session.is_fresh)
    if not keeps:
        session.clear_curves()
    session.load(session.document.data)


def _follow(session: Session, before: Document, after: Document) -> None:
    """Bring a run up to date with an edit: it goes on with what still fits."""
    was_unmade = session.history.undone is not None and _unmark(session, after)
    if after.data != before.data or (after.graph == before.graph and after.recipe == before.recipe):
        return
    if after.graph != before.graph:
        session.comparing.exam = None  # it was another network that sat it
    rate = after.recipe.learning_rate
    if after.graph == before.graph and before.recipe.model_copy(update={"learning_rate": rate}) == after.recipe:
        session.ask(lambda training: training.set_learning_rate(rate))
        return
    if session.run is None:
        session.to_begin = session.to_begin.changed() if session.to_begin else None
        return
    keeps = not session.is_fresh and have_weights_in_common(before.graph, after.graph)
    session.drop_run(keep_weights=keeps)
    if keeps and not was_unmade:
        undone = session.history.undone
        words = session.history.undo_label or "" if undone is None else f"Undo “{undone}”"
        session.leaving.marked(mark(session, words, before))
    elif not keeps:
        session.clear_curves()
        session.tell("curves")
    if keeps and after.graph != before.graph and session.to_begin is not None:
        session.beside.watch(session.to_begin.became, partial(_tell, session, after), lambda _: None)


def mark(session: Session, words: str, left: Document | None = None) -> Mark | None:
    """Note an edit on the curves; of edits that are one step for Undo the last counts. None before there are curves.

    left: the document that it left, where it made another.
    """
    place = _reached(session)
    if place is None:
        return None
    made = Mark(place, words, left)
    last = session.marks[-1] if session.marks else None
    if last is not None and last.words == words and made.epoch - last.epoch < 1:
        made = replace(made, left=last.left)
        session.marks = [*session.marks[:-1], made]
    else:
        session.marks = [*session.marks, made]
    session.tell("curves")
    return made


def _reached(session: Session) -> float | None:
    """How far the curves go, in epochs; None before there are any."""
    reached = [float(session.epochs[-1].epoch)] if session.epochs else []
    reached += [session.progress.epoch] if session.progress is not None else []
    return max(reached, default=None)


def _unmark(session: Session, again: Document) -> bool:
    """Take the mark away of an edit that is undone before anything was learned under it; whether there was one.

    again: the document that it left.
    """
    at = max((n for n, mark in enumerate(session.marks) if mark.left is again), default=None)
    if at is None or session.marks[at].epoch < (_reached(session) or 0.0) - NO_STEP:
        return False
    session.marks = session.marks[:at]
    session.tell("curves")
    return True


def _tell(session: Session, after: Document, kept: Kept) -> None:
    if session.document.graph is after.graph:  # else it was undone, or changed once more, before the run had begun
        session.say(in_words(kept), is_complaint=False)


def in_words(kept: Kept) -> str:
    """What became of what was learned, in one sentence."""
    whole = kept.kept == kept.learned
    said = [f"Kept all {kept.learned:,} weights" if whole else f"Kept {kept.kept:,} of {kept.learned:,} weights"]
    said += [f"{id} begins anew: {why}" for id, why in kept.anew[:MOST_NAMED]]
    if more := len(kept.anew) - MOST_NAMED:
        said += [f"{more} more begin anew"] if more > 0 else []
    if kept.passing:
        said.append(f"{', '.join(kept.passing[:MOST_NAMED])} at first {_passes(len(kept.passing))} on what comes in")
    if kept.new:
        said.append(f"{kept.new:,} {'is' if kept.new == 1 else 'are'} new")
    return "; ".join(said) + "."


def _passes(count: int) -> str:
    return "passes" if count == 1 else "pass"


@dataclass(eq=False)
class _Left:
    """A run that was left, and what is known of it."""

    mailbox: Mailbox
    learned: Carried
    offset: int
    batches: int
    """Steps in one of its epochs."""
    moments: list[Moment]
    """What was left since it was, whose curves go through its own."""
    counts: bool = True
    """Whether the curves that are shown do."""
    mark: Mark | None = None
    """The edit that it was left for."""

    def came(self) -> tuple[list[EpochDone], float] | None:
        """Epochs that nobody has heard of yet, and where it stood in the end; None while more may come."""
        if not self.learned.checkpoint.done():
            return None
        if self.learned.checkpoint.cancelled() or self.learned.checkpoint.exception() is not None:
            return [], 0.0
        facts = self.learned.checkpoint.result().facts
        done, batch = int(facts.get("epoch", 0)), int(facts.get("batch", 0))
        told = [event for event in self.mailbox.empty() if isinstance(event, EpochDone) and event.epoch <= done]
        counted = (counted_from(event, self.offset) for event in told)
        place = self.offset + done + batch / max(1, self.batches)
        return [event for event in counted if isinstance(event, EpochDone)], place


class Leaving:
    """Runs that edits took the place of: epochs that they ended before they were left are still to be heard of.

    Edits may follow one another faster than a run answers, so there can be several, the first one left first.
    """

    def __init__(self) -> None:
        self.moment: Moment | None = None
        """What is being left, so that it is asked for once; only while an edit is made."""
        self._left: list[_Left] = []

    def expect(self, moment: Moment | None) -> None:
        self.moment = moment
        if moment is not None:
            for left in self._left:
                left.moments.append(moment)

    def forget(self) -> None:
        self.moment = None

    def leave(self, mailbox: Mailbox, learned: Carried, offset: int, batches: int) -> None:
        """What is in that mailbox, or will be until the checkpoint is taken, counts."""
        self._left.append(_Left(mailbox, learned, offset, batches, [self.moment] if self.moment is not None else []))

    def marked(self, mark: Mark | None) -> None:
        """That edit stands where the run left last will have stood."""
        if self._left:
            self._left[-1].mark = mark

    def recall(self, known: Moment) -> None:
        """The curves are that moment's again: of what is still to come, theirs alone count."""
        for left in self._left:
            left.counts = known in left.moments

    def drop(self) -> None:
        """Whatever comes, the curves that are shown are others."""
        for left in self._left:
            left.counts = False

    def take_in(self, session: Session) -> bool:
        """Add to the curves what came since they were left, and put edits' marks there; False while more may come."""
        while self._left:
            left = self._left[0]
            came = left.came()
            if came is None:
                return not any(each.counts for each in self._left)
            del self._left[0]
            epochs, place = came
            for moment in left.moments:
                moment.epochs.extend(epochs)
            if left.counts:
                session.epochs.extend(epochs)
                if left.mark is not None and place:
                    moved = replace(left.mark, epoch=place)
                    session.marks[:] = [moved if mark is left.mark else mark for mark in session.marks]
                session.tell("curves")
        return True
