"""Runs of the history and other projects, chosen to stand beside the network: their answers, scores and curves.

They are read beside the window's thread, and anew when the data change: only who answered the same validation examples
can be set against the network example by example. Knows neither Qt nor torch at import.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.app import carried
from playground.app.beside import Beside
from playground.app.checking import checked
from playground.app.document import Document, DocumentProblem
from playground.app.files import read_project
from playground.app.loading import prepared
from playground.app.run_columns import when_words
from playground.app.run_facts import data_fingerprint, split_fingerprint
from playground.app.runs import RunHistory
from playground.app.runs_file import HistoryProblem
from playground.data.dataset import DataChoice, DataProblem, Examples
from playground.engine.events import EpochDone
from playground.graph.cost import costs, total

if TYPE_CHECKING:
    from playground.selection.outcome import Outcome

MOST = 60
"""Contenders at once: a class of pupils and their teacher's own."""
OTHER_EXAMPLES = "its own validation examples"


Present = tuple[DataChoice, Examples]


class ContenderProblem(Exception):
    """A run or project that cannot stand in the comparison: one sentence, with a way out."""


@dataclass(frozen=True, eq=False)
class Contender:
    """One run or project, as it stands beside the network."""

    key: str
    """"run:" and its id, or "file:" and its path."""
    title: str
    outcome: Outcome
    epochs: Sequence[EpochDone]
    document: Document

    @property
    def is_paired(self) -> bool:
        """Whether it answered the same examples as the network."""
        return self.outcome.truth is None


class Contenders:
    """Those chosen, in their order, by key."""

    def __init__(
        self, beside: Beside, runs: RunHistory, present: Callable[[], Present | None],
        changed: Callable[[], None], say: Callable[[str], None],
    ) -> None:  # fmt: skip
        """present: the data that the network learns from, if they are read."""
        self._beside, self._runs, self._present = beside, runs, present
        self._changed, self._say = changed, say
        self.found: dict[str, Contender] = {}
        self._wanted: dict[str, object] = {}
        """By key, a token of the latest reading: an older one's answer is not wanted any more."""
        self._stood: set[str] = set()
        """Those that stood beside some network."""

    @property
    def is_reading(self) -> bool:
        """Whether some are not there yet."""
        return len(self._wanted) > len(self.found)

    def __contains__(self, key: str) -> bool:
        return key in self._wanted

    def add(self, *keys: str) -> None:
        """Have them stand beside the network, once they were read."""
        for key in keys:
            if key in self._wanted:
                continue
            if len(self._wanted) >= MOST:
                self._say(f"No more than {MOST} can be compared at once. Take some away first.")
                return
            self._read(key)
        self._changed()

    def remove(self, *keys: str) -> None:
        """Take them away again."""
        for key in keys:
            self._wanted.pop(key, None)
            self.found.pop(key, None)
        self._changed()

    def renew(self) -> None:
        """There are other examples: who answered the same ones is found out anew; who cannot be compared leaves."""
        for key in tuple(self._wanted):
            self._read(key)

    def _read(self, key: str) -> None:
        token = self._wanted[key] = object()

        def then(contender: Contender) -> None:
            if self._wanted.get(key) is token:
                self.found[key] = contender
                self._stood.add(key)
                self.found = {each: self.found[each] for each in self._wanted if each in self.found}
                self._changed()

        def failed(error: Exception) -> None:
            if self._wanted.get(key) is token:
                self._wanted.pop(key)
                self.found.pop(key, None)
                if key not in self._stood:  # else it leaves with the project that it was set against
                    self._say(_sentence(key, error))
                self._changed()

        kind, _, name = key.partition(":")
        read = partial(of_run, self._runs, name) if kind == "run" else partial(of_file, Path(name))
        self._beside.run(partial(read, self._present()), then, failed)


def _sentence(key: str, error: Exception) -> str:
    if isinstance(error, ContenderProblem | HistoryProblem | DocumentProblem | DataProblem):
        return str(error)
    return f"{key.partition(':')[2]} cannot be compared: {error}."


def of_run(runs: RunHistory, id: str, present: Present | None) -> Contender:
    """A run of the history. Raises: ContenderProblem, HistoryProblem."""
    from playground.selection.outcome import Outcome

    run, answers = runs.get(id), runs.answers(id)
    if answers is None:
        raise ContenderProblem(f"What “{run.name}” answered was not kept, so it cannot be compared. Train it again.")
    document = runs.document(id)
    _refuse_other_task(f"“{run.name}”", answers["truth"].dtype.kind == "f", present)
    is_same = present is not None and (run.data, run.split) == _prints(present[1])
    title = f"{run.name}, {when_words(run.started)}"
    outcome = Outcome(
        f"run:{id}", title, "run", answers["predicted"], run.last.loss if run.last else nan, run.parameters,
        run.seconds, _note(", ".join((f"seed {run.seed}", f"{run.epochs} epochs", *run.tags)), is_same),
        multiply_adds=_multiply_adds(document, present[1]) if is_same and present else None,
        truth=None if is_same else answers["truth"],
    )  # fmt: skip
    return Contender(f"run:{id}", title, outcome, runs.curves(id, whole=True), document)


def of_file(path: Path, present: Present | None) -> Contender:
    """A trained project file, evaluated on its own data. Raises: ContenderProblem, DocumentProblem, DataProblem."""
    from playground.engine.train import Training
    from playground.selection.network import outcome_of

    project = read_project(path)
    if project.checkpoint is None:
        raise ContenderProblem(f"{path.name} has not been trained, so it cannot be compared. Open it and train it.")
    document = project.document
    own = present[1] if present is not None and document.data == present[0] else prepared(document.data)
    _refuse_other_task(path.name, own.dataset.task == "numbers", present)
    report = checked(document, own.signature)
    if report.errors:
        raise ContenderProblem(f"{path.name} cannot be compared: {report.errors[0].text}")
    training = Training(document.graph, document.recipe, own, "cpu", weights=project.checkpoint.weights)
    if not carried.fits(project.checkpoint, training):
        raise ContenderProblem(f"The network in {path.name} was changed since it was trained. Train it again.")
    found = outcome_of(training)
    is_same = present is not None and (own is present[1] or _prints(own) == _prints(present[1]))
    spent = sum(epoch.seconds for epoch in project.epochs)
    key = f"file:{path}"
    note = _note(f"seed {document.recipe.seed}, {len(project.epochs)} epochs", is_same)
    outcome = replace(
        found,
        name=key,
        title=path.stem,
        kind="project",
        seconds=spent,
        note=note,
        truth=None if is_same else _truth(own),
    )
    return Contender(key, path.stem, outcome, project.epochs, document)


def _refuse_other_task(name: str, is_numbers: bool, present: Present | None) -> None:
    """Raise for answers of another kind: a squared error and a loss in nats have no common scale."""
    if present is None or is_numbers == (present[1].dataset.task == "numbers"):
        return
    theirs, ours = ("numbers", "classes") if is_numbers else ("classes", "numbers")
    raise ContenderProblem(
        f"{name} predicts {theirs}, the network here {ours}: their scores have no common scale. Open it by itself."
    )


def _prints(examples: Examples) -> tuple[str, str]:
    return data_fingerprint(examples), split_fingerprint(examples)


def _note(words: str, is_same: bool) -> str:
    return words if is_same else f"{words}; scored on {OTHER_EXAMPLES}, which are others"


def _truth(examples: Examples) -> Any:
    targets = examples.valid.targets
    return targets if examples.targets is None else examples.targets.undo(targets.astype("float32"))


def _multiply_adds(document: Document, examples: Examples) -> int | None:
    report = checked(document, examples.signature)
    return None if report.errors else total(costs(document.graph, report)).multiply_adds
