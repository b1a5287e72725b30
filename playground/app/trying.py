"""Trying the network in the window on something new: live, on what is drawn, filled in or written; and on files.

Knows neither Qt nor torch. The network is asked on the training thread between two steps; files are read beside the
window. How answers are made: predicting.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from playground.app.carried import Carried
from playground.app.files import Project
from playground.app.for_use import ForUse, known_examples, spread_of
from playground.app.predicting import Answer, Predicting, csv_file, of_project
from playground.app.session import Session
from playground.app.writing import TEMPERATURE
from playground.data.dataset import DataChoice, DataProblem, Examples
from playground.data.familiarity import Familiarity
from playground.data.fresh import Fresh
from playground.data.intake import Intake
from playground.selection.main_loss import REBUILDING, loss_of

if TYPE_CHECKING:
    from playground.engine.train import Training

MOST_ROWS = 20_000
"""Examples of files that are kept to be shown; a terminal takes more."""
MOST_PICTURES = 300
"""Of which pictures are kept."""


@dataclass(frozen=True, eq=False)
class Tried:
    """Examples of files with their answers."""

    answers: tuple[Answer, ...]
    pictures: tuple[NDArray[Any], ...]
    """(channels, height, width) arrays of the first ones; empty for other data."""
    notes: tuple[str, ...]
    epoch: int
    """Of the network that answered."""


class TryingStopped(Exception):
    """A person did not want to wait for it."""


class Trying:
    """What is new, and what the session's network says of it."""

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        """changed: called when it is known how new examples are read."""
        self._session, self._changed = session, changed
        self._seen: tuple[Examples | None, bool] = (None, False)
        self._intake: Intake | None = None
        self._known: _Known | None = None
        self.temperature = TEMPERATURE
        """Of text that is written; see writing.py."""
        self._stored: Predicting | None = None
        self._stored_for: Carried | None = None
        self._is_stopped = False
        self.progress: tuple[int, int] | None = None
        """Of files that are being read: how much is done, and of how much."""

    @property
    def intake(self) -> Intake | None:
        """How new examples are read; None while that is not known. It is worked out beside the window."""
        session, examples = self._session, self._session.examples
        self._look_into_file()
        if self.is_stored and self._stored is not None:
            return self._stored.intake
        rebuilds = loss_of(session.document.graph) == REBUILDING
        if (examples, rebuilds) != self._seen:
            self._seen, self._known, self._intake = (examples, rebuilds), None, None
            if examples is not None and not self.are_films:
                take = partial(self._take, self._seen)
                session.beside.run(partial(_looked_at, examples, session.document.data, rebuilds), take, _forget)
        return self._intake

    @property
    def are_films(self) -> bool:
        """Whether the data are sequences of images, which are read from arrays alone."""
        examples = self._session.examples
        return examples is not None and examples.dataset.inputs.ndim > 4

    def _take(self, seen: tuple[Examples | None, bool], intake: Intake) -> None:
        if seen == self._seen:
            self._intake = intake
            self._changed()

    @property
    def is_trained(self) -> bool:
        """Whether the network has learned anything yet."""
        return bool(self._session.epochs) or self._session.progress is not None

    @property
    def is_ready(self) -> bool:
        """Whether there is a network to ask."""
        return self.is_stored or (self.is_trained and self._session.run is not None)

    def recent_values(self) -> str:
        """The newest window of a series that is not kept for the exam, a moment a line; empty for other data."""
        examples = self._session.examples
        if examples is None or examples.dataset.forecast is None:
            return ""
        newest = examples.dataset.inputs[int(examples.valid.rows[-1])]
        return "\n".join(", ".join(f"{value:.6g}" for value in moment) for moment in newest)

    # A project whose data are not at hand, but which says how they were read

    @property
    def is_stored(self) -> bool:
        """Whether the answers are those of what the project's file holds."""
        return self._stored is not None and self._stored_in() is self._stored_for

    def _stored_in(self) -> Carried | None:
        """What the file holds, if the data cannot be read and it knows how they were."""
        session, begun = self._session, self._session.to_begin
        is_kept = session.examples is None and session.data_problem is not None and session.run is None
        return begun if is_kept and begun is not None and begun.goes_on and begun.for_use is not None else None

    def _look_into_file(self) -> None:
        """Have the stored network built beside the window, once."""
        begun, document = self._stored_in(), self._session.document
        if begun is self._stored_for:
            return
        self._stored, self._stored_for = None, begun
        if begun is None:
            return

        def take(found: Predicting) -> None:
            if begun is self._stored_for:
                self._stored = found
                self._changed()

        def build() -> Predicting:
            return of_project(Project(document, begun.checkpoint.result(), (), begun.for_use))

        self._session.beside.run(build, take, _forget)

    def ask_stored(self, some: Fresh, then: Callable[[Answer], None], failed: Callable[[str], None]) -> None:
        """One answer of the stored network, worked out beside the window."""
        stored = self._stored
        assert stored is not None
        stored.temperature = self.temperature
        self._session.beside.run(
            lambda: stored.answers(some)[0], then, lambda error: failed(f"It cannot be answered: {error}.")
        )

    # One, live

    def look(self, some: Fresh) -> Callable[[Training], Answer]:
        """What to ask the training thread about one new example."""
        intake, is_running = self.intake, self._session.status == "running"
        assert intake is not None
        return lambda training: self._answers(training, intake, some, is_running)[0]

    def _answers(self, training: Training, intake: Intake, some: Fresh, is_running: bool) -> list[Answer]:
        """On the training thread."""
        from playground.engine.answering import Answering

        answering = Answering.of(training)
        known = self._known
        if known is None or not known.fits(training, is_running):
            document, step = self._session.document, None if is_running else training.step
            found = known_examples(document, training.examples, None if is_running else answering)
            known = self._known = _Known(training, step, found)
        if intake.windows is not None and not is_running:
            intake = intake.model_copy(update={"spread": spread_of(training.examples, training.predict("valid"))})
        predicting = Predicting(ForUse(intake, known.at(training.step)), answering)
        predicting.temperature = self.temperature
        return predicting.answers(some)

    # Files

    def open(self, paths: Sequence[Path], then: Callable[[Tried], None], failed: Callable[[str], None]) -> None:
        """Read files beside the window and have the network answer; the sentence that failed() takes may be empty."""
        run, intake = self._session.shown, self.intake
        if intake is None or (run is None and not self.is_stored):
            failed("There is no network to ask yet. Press Play first.")
            return
        self._is_stopped, self.progress = False, (0, 0)

        def look(some: Fresh) -> Callable[[Training], tuple[list[Answer], int]]:
            return lambda training: (self._answers(training, intake, some, is_running=False), training.epoch)

        def ask(some: Fresh) -> tuple[list[Answer], int]:
            assert run is not None
            return run.ask(look(some)).result()

        stored, epoch = (self._stored if self.is_stored else None), len(self._session.epochs)
        answer = None if stored is None else lambda some: (stored.answers(some), epoch)

        def work() -> Tried:
            from playground.data.fresh_files import fresh

            found = _Found()
            for path in paths:
                for some in fresh(intake, path, self._tell):
                    found.take(some, *(answer(some) if answer is not None else ask(some)))
                    self._tell(len(found.answers), 0)
                    if len(found.answers) >= MOST_ROWS:
                        return found.cut()
            return found.done()

        self._session.beside.run(work, self._ended(then), self._ended(lambda error: failed(_sentence(error))))

    def _ended(self, then: Callable[[Any], None]) -> Callable[[Any], None]:
        def ended(value: Any) -> None:
            self.progress = None
            then(value)

        return ended

    def _tell(self, done: int, total: int) -> None:
        if self._is_stopped:
            raise TryingStopped
        self.progress = done, total

    def save(self, tried: Tried, path: Path) -> None:
        """Write all answers as CSV, beside the window; the session says so."""
        intake, say = self.intake, self._session.say
        assert intake is not None

        def write() -> None:
            with csv_file(path, intake) as take:
                for answer in tried.answers:
                    take(answer)

        done = partial(say, f"Saved {path.name}: {len(tried.answers):,} answers.", False)
        self._session.beside.run(write, lambda _: done(), lambda error: say(str(error)))

    def stop(self) -> None:
        """Read no further."""
        self._is_stopped = True


def _looked_at(examples: Examples, choice: DataChoice, rebuilds: bool) -> Intake:
    """Beside the window, which then finds the readers imported."""
    from playground.data import fresh_files
    from playground.data.intake_from import intake_of

    assert fresh_files
    return intake_of(examples, choice, rebuilds)


def _forget(_error: Exception) -> None:
    """Data that cannot be described have no entry to try."""


class _Known:
    """Examples to compare with, and of which network at which step their features are; None for inputs alone."""

    def __init__(self, training: Training, step: int | None, found: Familiarity | None) -> None:
        self._training, self._step, self._found = training, step, found

    def fits(self, training: Training, is_running: bool) -> bool:
        """Whether it may be used: while weights change for the inputs alone, which do not change."""
        return training is self._training and (is_running or self._step == training.step)

    def at(self, step: int) -> Familiarity | None:
        """What of it counts at that step."""
        if self._found is None or self._step == step:
            return self._found
        views = {name: view for name, view in self._found.views.items() if name == "inputs"}
        return Familiarity(views) if views else None


class _Found:
    """Answers as they come."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self._pictures: list[NDArray[Any]] = []
        self._notes: list[str] = []
        self._epoch = 0

    def take(self, some: Fresh, answers: list[Answer], epoch: int) -> None:
        self.answers += answers
        self._epoch = epoch
        self._notes += [note for note in some.notes if note not in self._notes]
        if some.pictures is not None and len(self._pictures) < MOST_PICTURES:
            self._pictures += list(some.pictures[: MOST_PICTURES - len(self._pictures)])

    def done(self) -> Tried:
        return Tried(tuple(self.answers), tuple(self._pictures), tuple(self._notes), self._epoch)

    def cut(self) -> Tried:
        made = self.done()
        note = f"Only the first {MOST_ROWS:,} are shown here; “playground predict” in a terminal takes any number."
        return replace(made, answers=made.answers[:MOST_ROWS], notes=(*made.notes, note))


def _sentence(error: Exception) -> str:
    if isinstance(error, TryingStopped):
        return ""
    if isinstance(error, DataProblem):
        return str(error)
    if isinstance(error, CancelledError):
        return "The network was changed meanwhile. Open the files again."
    return f"The files cannot be used: {error}."
