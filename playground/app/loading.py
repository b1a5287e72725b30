"""Reading data beside the window's thread. The last few data sets stay at hand, for undo.

Knows neither Qt nor torch. What is read and how it is divided: playground.data.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from playground.app.beside import Beside
from playground.data.dataset import DataChoice, DataProblem, Examples

KEPT = 3
Answer = Callable[[Examples | str], None]
"""Takes the examples, or a sentence why there are none."""


class Loading:
    """Prepares data choices, one answer each."""

    def __init__(self, beside: Beside) -> None:
        self._beside = beside
        self._kept: dict[DataChoice, Examples] = {}

    def at_hand(self, choice: DataChoice) -> Examples | None:
        """The examples of that choice if they were read lately."""
        return self._kept.get(choice)

    def read(self, choice: DataChoice, answer: Answer) -> None:
        """Answer at once if they are at hand, else when they have been read."""
        if (examples := self.at_hand(choice)) is not None:
            answer(examples)
            return

        def then(examples: Examples) -> None:
            self._kept[choice] = examples
            while len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
            answer(examples)

        self._beside.run(partial(prepared, choice), then, lambda error: answer(_sentence(choice, error)))


def _sentence(choice: DataChoice, error: Exception) -> str:
    if isinstance(error, DataProblem):
        return str(error)
    if isinstance(error, MemoryError):
        return f"The memory is not enough for {choice.source}. Use a part of it."
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"{choice.source} cannot be read: {reason}. Check the file and try again."


def prepared(choice: DataChoice) -> Examples:
    """Read, divide and scale. Raises DataProblem."""
    from playground.data.catalogue import load
    from playground.data.split import prepare

    return prepare(load(choice), choice)
