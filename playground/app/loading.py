"""Reading data beside the window's thread, with progress, until it is stopped. The last few stay at hand, for undo.

Knows neither Qt nor torch. What is read and how it is divided: playground.data.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from playground.app.beside import Beside
from playground.data import drawn
from playground.data.choices import Progress
from playground.data.dataset import SCARCE, DataChoice, DataProblem, Dataset, Examples

KEPT = 3
KEPT_BYTES = 16 * 2**20
"""Of those before the last, together with it."""
Answer = Callable[[Examples | str], None]
"""Takes the examples, or a sentence why there are none."""


class Loading:
    """Prepares data choices, one answer each."""

    def __init__(self, beside: Beside) -> None:
        self._beside = beside
        self._kept: dict[DataChoice, Examples] = {}
        self._latest = _Reading()

    def at_hand(self, choice: DataChoice) -> Examples | None:
        """The examples of that choice if they were read lately, or are made in a few milliseconds: drawn points."""
        if choice not in self._kept and choice.source == drawn.SOURCE:
            with suppress(DataProblem):
                self._keep(choice, prepared(choice))
        return self._kept.get(choice)

    def _keep(self, choice: DataChoice, examples: Examples) -> None:
        self._kept[choice] = examples
        while len(self._kept) > 1 and (len(self._kept) > KEPT or self._bytes() > KEPT_BYTES):
            del self._kept[next(iter(self._kept))]

    def _bytes(self) -> int:
        return sum(examples.nbytes for examples in self._kept.values())

    @property
    def progress(self) -> tuple[int, int] | None:
        """How much of what is being read is done, and of how much; None if nothing is, or it is not known."""
        return self._latest.progress

    def _dataset_of(self, choice: DataChoice) -> Dataset | None:
        """What was read for a choice that makes other things scarce: the examples are the same."""
        wanted = choice.model_copy(update=SCARCE)
        same = (examples for each, examples in self._kept.items() if each.model_copy(update=SCARCE) == wanted)
        return next((examples.dataset for examples in same), None)

    def stop(self) -> None:
        """Read no further; the answer is a sentence that says so."""
        self._latest.is_stopped = True

    def read(self, choice: DataChoice, answer: Answer) -> None:
        """Answer at once if they are at hand, else when they have been read."""
        reading = self._latest = _Reading()
        known = self._dataset_of(choice)
        if (examples := self.at_hand(choice)) is not None:
            answer(examples)
            return

        def then(examples: Examples) -> None:
            reading.progress = None
            self._keep(choice, examples)
            answer(examples)

        def failed(error: Exception) -> None:
            reading.progress = None
            answer(_sentence(choice, error))

        self._beside.run(partial(prepared, choice, reading.tell, known), then, failed)


class ReadingStopped(Exception):
    """A person did not want to wait for it."""


class _Reading:
    """One reading under way."""

    def __init__(self) -> None:
        self.is_stopped = False
        self.progress: tuple[int, int] | None = None

    def tell(self, done: int, total: int) -> None:
        """Called by the reader, on its thread."""
        if self.is_stopped:
            raise ReadingStopped
        if total or self.progress is not None:  # what is read in no time shows no bar
            self.progress = done, total


def _sentence(choice: DataChoice, error: Exception) -> str:
    if isinstance(error, ReadingStopped):
        return f"{choice.source} was stopped before its end. Choose it again, or “Read again” beside the data."
    if isinstance(error, DataProblem):
        return str(error)
    if isinstance(error, MemoryError):
        return f"The memory is not enough for {choice.source}. Use a part of it."
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"{choice.source} cannot be read: {reason}. Check the file and try again."


def prepared(choice: DataChoice, progress: Progress | None = None, known: Dataset | None = None) -> Examples:
    """Read, divide and scale; known: what reading would give. Raises DataProblem, and what progress raises."""
    from playground.data.catalogue import load
    from playground.data.split import prepare

    dataset = known or load(choice, progress)
    if progress is not None:
        progress(0, 0)  # it may have been stopped meanwhile; how long dividing takes is not known
    return prepare(dataset, choice)
