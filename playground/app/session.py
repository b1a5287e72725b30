"""One project being worked on: its document, data, run, baselines and comparison, as the window shows them.

Everything happens on one thread, the one that calls poll(); slow work runs beside it and comes back through poll().
Knows neither Qt nor torch. The run itself is in runner.py, what changes a document in changes.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from playground.app import carried, choosing, following, saving
from playground.app.beside import Beside
from playground.app.by_hand import ByHand
from playground.app.checking import checked
from playground.app.comparing import Comparing
from playground.app.document import Document
from playground.app.edit_marks import Mark
from playground.app.ended import early_words
from playground.app.files import Project, read_project
from playground.app.history import Change, History
from playground.app.loading import Loading
from playground.app.looking_on import Following
from playground.app.recording import Recording
from playground.app.remembered import Remembered
from playground.app.runner import Pace, Run
from playground.app.telling import Telling, Topic
from playground.app.timeline import Timeline
from playground.data.dataset import DataChoice, Examples
from playground.engine.augmentation import misfits
from playground.engine.epochs import Epochs
from playground.engine.events import Ended, EpochDone, Event, Progress, Started, counted_from
from playground.graph.check import Report
from playground.layers.shape import Signature

if TYPE_CHECKING:
    from playground.engine.train import Training

T = TypeVar("T")
Status = Literal["loading", "problem", "ready", "running", "paused", "ended"]


class Session(Telling):
    """The state of one window."""

    def __init__(self, document: Document | None = None, path: Path | None = None) -> None:
        super().__init__()
        self.beside = Beside()
        self.loading = Loading(self.beside)
        self.wanted: DataChoice | None = None
        self.recording = Recording(self.tell, self.say)
        self.elsewhere = Following(self.beside, self.tell, self.say)
        self.comparing = Comparing(self.beside, self, self.recording.runs, self._present)
        self.to_begin: carried.Carried | None = None  # what the next run begins with
        self._begun: carried.Carried | None = None  # what the present one began with
        self._aim: Callable[[], int | None] = lambda: None  # the last epoch of the present one, by its own count
        self.device = "auto"
        self.run: Run | None = None
        self._under = Document()  # what that run learns under
        self.epochs = Epochs()
        self.progress: Progress | None = None
        self.started: Started | None = None
        self.ended: Ended | None = None
        self.is_fresh = True  # the run there is has not been played yet
        self.offset = 0  # epochs of earlier runs on the same curves, which the present one does not count
        self.marks: list[Mark] = []  # edits made while it learned
        self.leaving = following.Leaving()
        self.goes_on_when_mended = False  # it ran when an edit broke the network
        self.timeline = Timeline(self)
        self.hand = ByHand(self)
        self._told: Status = "loading"  # what subscribers know of
        self._begin(document or Document(), path)

    def _begin(self, document: Document, path: Path | None, project: Project | None = None) -> None:
        self.drop_run()
        self.timeline.clear()
        self.path = path
        self.history, self.remembered = History(document), Remembered()
        self.hand.forget()
        self.examples: Examples | None = None
        self.data_problem: str | None = None
        self.clear_curves()
        if project is not None:
            self.epochs, self.marks = Epochs(project.epochs), list(project.marks)
            self.to_begin = carried.stored(project.checkpoint, document, project.for_use)
            self.offset = carried.behind(project.checkpoint, self.epochs) if project.checkpoint else 0
        self.data_carried = project.data if project is not None else None  # the data file that travels with it
        self.load(document.data)
        self.comparing.exam = project.exam if project is not None else None
        self.saved_epochs, self.saved_exam = len(self.epochs), self.comparing.exam
        self.report: Report = checked(document, self.signature)

    # What there is

    @property
    def document(self) -> Document:
        """What is shown: the project as it is, or the earlier network that is looked at."""
        return self.timeline.earlier or self.history.document

    @property
    def signature(self) -> Signature | None:
        """What the data ask of the network; None until they are read."""
        return self.examples.signature if self.examples else None

    @property
    def status(self) -> Status:
        """What Play would meet now."""
        if self.data_problem or self.report.errors:
            return "problem"
        if self.examples is None:
            return "loading"
        if self.run is None or self.is_fresh:
            return "ready"
        if self.ended is not None:
            return "ended"
        return "running" if self.run.pace != "pause" else "paused"

    def _present(self) -> tuple[DataChoice, Examples] | None:
        """What is learned from, if it is read."""
        return (self.document.data, self.examples) if self.examples is not None else None

    def move_on(self) -> None:
        """A person does something else: a complaint goes, unless what it is of still holds."""
        self.take_back_complaint(self.data_problem, *(problem.text for problem in self.report.errors))

    @property
    def goal(self) -> int | None:
        """The epoch on the curves that Play goes on to; None while that is found out."""
        own = self._aim() if self.run is not None else carried.aimed(self.to_begin, self.history.document.recipe)
        return None if own is None else own + self.offset

    @property
    def is_modified(self) -> bool:
        return not self.history.is_saved

    def tell(self, *topics: Topic) -> None:
        if "status" in topics:
            self._told = self.status
        super().tell(*topics)

    # Editing

    def do(self, change: Change) -> bool:
        """Apply a change to the document; False if it changed nothing."""
        if self.timeline.earlier is not None:
            self.say("This is how the network was. Go back to now to edit it, or resume from here.")
            self.tell("document")  # whoever shows a value that was not taken shows the true one again
            return False
        return following.moved(self, lambda: self.history.do(change))

    def undo(self) -> bool:
        return self.hand.undo() or following.moved(self, self.history.undo, goes_back=True)

    def redo(self) -> bool:
        return self.hand.redo() or following.moved(self, self.history.redo, goes_back=True)

    def choose_data(self, choice: DataChoice, setting: str = "", label: str = "") -> None:
        """Read other data; when they are there, the document takes them and the network's ends follow, as one step."""
        choosing.choose(self, choice, setting, label)

    def load(self, choice: DataChoice) -> None:
        """Read the data of the document, or what is at hand of them."""
        self.comparing.forget()
        self.data_problem = None
        self.examples = self.loading.at_hand(choice)
        if self.examples is None:
            self.loading.read(choice, lambda answer: self._loaded(answer, choice))
        else:
            choosing.are_read(self, self.to_begin)

    def _loaded(self, answer: Examples | str, choice: DataChoice) -> None:
        if choice != self.document.data:
            return
        if isinstance(answer, str):
            self.data_problem = answer
            self.say(answer)
        else:
            self.examples = answer
            choosing.are_read(self, self.to_begin)
        self.report = checked(self.document, self.signature)
        self.tell("data", "document", "status")

    # Training

    def play(self, pace: Pace = "run", batches: int = 1) -> bool:
        """Train, or go on, or do so many steps; False (and a sentence) if the network or the data do not allow it."""
        self.timeline.return_to_now(goes_on=False)
        if hindrance := self._hindrance():
            self.say(hindrance)
        if hindrance or self.examples is None:
            return False
        if self.ended is not None:
            self._go_on()
        run, self.is_fresh = self.run or self.make_run(), False
        self.say("", is_complaint=False)
        self.comparing.begin(self.document.data, self.document.graph, self.examples)
        run.go(pace, batches)
        self.tell("status")
        return True

    def _hindrance(self) -> str:
        """Why there can be no training now; empty if there can."""
        if self.data_problem or self.report.errors:
            return self.data_problem or self.report.errors[0].text
        if self.examples is None:
            return "The data are still being read. Press Play again in a moment."
        return misfits(self.document.recipe.augment, self.examples.dataset)

    def _go_on(self) -> None:
        """After an end: more epochs from where it stood; after numbers that overflowed, from the beginning."""
        ended, run = self.ended, self.run
        if run is None or ended is None:
            self.ended = None
        elif ended.reason == "diverged":
            self.reset()
        elif ended.reason == "failed":
            self.drop_run(keep_weights=True)
        else:
            self.to_begin = carried.of(run, self._under)
            run.close()
            self.make_run(ended.epochs - self.offset + self.document.recipe.epochs)

    def pause(self) -> None:
        self.goes_on_when_mended = False
        if self.run is not None:
            if self.status == "running":
                self.timeline.take_now()
            self.run.go("pause")
            self._refresh_comparison()
            self.tell("status")

    def toggle(self) -> None:
        """Play or pause."""
        self.pause() if self.status == "running" else self.play()

    def reset(self) -> None:
        """Forget what was learned and the curves; the network stays."""
        self.goes_on_when_mended = False
        self.timeline.clear()
        self.drop_run(keep_weights=False)
        self.clear_curves()
        self.tell("status", "curves")

    def prepare(self) -> None:
        """Build the network before Play, paused, so that panes can look inside it."""
        if self.run is None and self.status == "ready" and self.timeline.earlier is None:
            was_trained = self.to_begin is not None
            self.make_run()
            self.is_fresh = not was_trained
            if was_trained and self.examples is not None:
                self.comparing.begin(self.document.data, self.document.graph, self.examples)

    @property
    def shown(self) -> Run | None:
        """Who is looked into: the run, or one of the past."""
        return self.timeline.viewer or self.run

    def ask(self, look: Callable[[Training], T]) -> Future[T] | None:
        """Have the training thread look inside the network between two steps; None if there is no network yet."""
        return self.shown.ask(look) if self.shown is not None else None

    def make_run(self, epochs: int | None = None) -> Run:
        """A run, paused, that begins with what is carried; epochs: the last of those it goes on to."""
        begun, self.to_begin = self.to_begin, None
        document, examples = self.history.document, self.examples
        recipe = document.recipe
        assert examples is not None
        if begun is None:
            self.clear_curves()
            self.hand.forget()
            self.timeline.clear()
            self.tell("curves")
        if epochs is not None:
            recipe = recipe.model_copy(update={"epochs": epochs})
        self._begun = begun.changed() if begun else None
        self._aim = partial(carried.aimed, None if epochs is not None else begun, recipe)
        self.ended, self._under = None, document
        self.run = self.recording.run(
            document, recipe, examples, self.device, begun, self.offset, epochs is None, self.timeline.hear
        )
        self.timeline.follow(self.run, document, self.offset)
        self.tell("run")
        return self.run

    def learned(self) -> carried.Carried | None:
        """What there is to keep: of the run, or of what it began with if it could do nothing."""
        if self.run is None or self.is_fresh:
            return self.to_begin
        if self.ended is not None and self.ended.reason == "failed" and self.ended.epochs <= self.offset:
            return self._begun
        return carried.of(self.run, self._under)

    def drop_run(self, keep_weights: bool = False) -> None:
        if self.run is not None:
            is_spoilt = self.ended is not None and self.ended.reason == "diverged"
            left = self.leaving.moment
            learned = (left.learned if left else self.learned()) if keep_weights and not is_spoilt else None
            self.to_begin = learned.changed() if learned else None
            if learned is not None:
                batches = self.started.batches if self.started is not None else 1
                self.leaving.leave(self.run.mailbox, learned, self.offset, batches)
        self.recording.leave("edited" if keep_weights else "stopped")  # while the run can still be asked
        if self.run is not None:
            self.run.close()
            self.run, self.ended = None, None
        self.is_fresh, self._begun = True, None

    def clear_curves(self) -> None:
        self.epochs, self.progress, self.started, self.ended = Epochs(), None, None, None
        self.offset, self.to_begin, self.marks = 0, None, []
        self.leaving.drop()
        self.comparing.clear()

    # What happened

    def poll(self) -> None:
        """Take in what happened beside this thread. Called 20 to 30 times a second."""
        self.beside.poll()
        self.comparing.poll()
        self.recording.poll()
        self.elsewhere.poll()
        self.timeline.poll()
        self.hand.poll()
        if self.leaving.take_in(self) and self.run is not None:
            known = len(self.epochs)
            for event in self.run.mailbox.empty():
                self._take(event)
            if len(self.epochs) > known:  # told once for all: a tiny network does a hundred epochs a second
                self.tell("curves")
                self._refresh_comparison(at_most_every=1.5)
        if self.status != self._told:  # a run pauses itself when the steps asked for are done
            self.comparing.is_stale = True
            self.tell("status")
        if self.comparing.is_stale and self.status != "running":
            self._refresh_comparison()  # or a baseline came after the last epoch

    def _take(self, event: Event) -> None:
        event = counted_from(event, self.offset)
        if isinstance(event, Started):
            self.started = event
            self.tell("status")
        elif isinstance(event, Progress):
            self.progress = event
            self.tell("progress")
        elif isinstance(event, EpochDone):
            self.epochs.append(event)
        elif isinstance(event, Ended):
            self._take_end(event)

    def _take_end(self, event: Ended) -> None:
        self.ended = event
        if event.message:
            self.say(event.message)
        elif words := early_words(event, self._under.recipe):
            self.say(words, is_complaint=False)
        if event.reason != "failed":
            self._refresh_comparison()
        self.tell("status")

    def _refresh_comparison(self, at_most_every: float = 0.0) -> None:
        if self.examples is not None and self.epochs:
            self.comparing.refresh(self.ask, self.timeline.seconds, time.monotonic(), at_most_every)

    # Files

    def save(self, path: Path | None = None) -> None:
        """Write the project beside this thread; topic "file" tells when it is done."""
        target = path or self.path
        assert target is not None, "a project without a file is saved with a path"
        saving.save(self, target)

    def open(self, path: Path) -> None:
        """Read a project file beside this thread and put it in this one's place; on failure nothing is lost."""
        self.beside.run(
            partial(read_project, path), lambda project: self.start(project, path), lambda error: self.say(str(error))
        )

    def start(self, project: Project, path: Path | None = None) -> None:
        """Work on another project."""
        self.elsewhere.stop()
        self.say("", is_complaint=False)  # what was said was of the one before
        self._begin(project.document, path, project)
        self.tell("file", "document", "data", "curves", "status")

    def close(self, timeout: float = 5.0) -> bool:
        """End the run and everything beside it; True if the training thread ended in time."""
        run, self.run = self.run, None
        self.timeline.close()
        self.recording.leave("stopped")
        self.comparing.close()
        if run is not None:
            run.close()
        self.beside.close()
        is_done = run.join(timeout) if run is not None else True
        self.recording.close(timeout)
        return is_done
