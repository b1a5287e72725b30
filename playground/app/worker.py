"""Work that would hold Python's lock, in a process of its own that can be killed.

Used for the baselines' fits. The child reads the data anew from their description, so that nothing large
is sent; it imports neither Qt nor torch.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from playground.app.child import Child
from playground.app.runner import Mailbox
from playground.data.dataset import DataChoice

if TYPE_CHECKING:
    from playground.selection.outcome import Outcome


@dataclass(frozen=True)
class BaselineStarted:
    """A baseline is being fitted. A fact."""

    name: str


@dataclass(frozen=True)
class BaselineDone:
    """One baseline has been fitted, to the data of that choice. A fact."""

    choice: DataChoice
    loss: str
    outcome: Outcome


@dataclass(frozen=True)
class BaselineFailed:
    """A baseline could not be fitted. A fact."""

    name: str
    message: str


class BaselineFit:
    """Fits baselines in a process and puts each into the mailbox as it is done."""

    def __init__(self, choice: DataChoice, names: Sequence[str], loss: str, mailbox: Mailbox) -> None:
        self.choice, self.names, self.loss = choice, tuple(names), loss
        self._mailbox = mailbox
        self._child = Child()
        self._thread = threading.Thread(target=self._work, args=(self.names,), name="baselines", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Kill the process; nothing more is put into the mailbox."""
        self._child.kill()

    def join(self, timeout: float | None = None) -> bool:
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self, names: tuple[str, ...]) -> None:
        try:
            words = self._child.begin(_fit_all, self.choice, names, self.loss)
        except (OSError, RuntimeError) as error:
            self._mailbox.put(BaselineFailed(names[0], f"The baselines could not be fitted: {error}."))
            return
        if words is None:
            return
        for name in names:
            self._receive(name, words)
        self._child.join()
        words.close()

    def _receive(self, name: str, words: Connection) -> None:
        try:
            result = words.recv()
            if isinstance(result, BaselineStarted):
                self._mailbox.put(result)
                result = words.recv()
        except (EOFError, OSError):
            result = "the process that fitted it ended early."
        if self._child.killed:
            return
        if isinstance(result, str):
            self._mailbox.put(BaselineFailed(name, f"The baseline {name} could not be fitted: {result}"))
        else:
            self._mailbox.put(BaselineDone(self.choice, self.loss, result))


def _fit_all(choice: DataChoice, names: tuple[str, ...], loss: str, theirs: Connection) -> None:
    """In the child: fit each and send its Outcome, or a sentence.

    On one thread and with low priority: beside it a network trains, whose threads wait for one another at every step.
    """
    from threadpoolctl import threadpool_limits

    from playground.data.catalogue import load
    from playground.data.split import prepare, rebuilding
    from playground.selection.baselines import fit

    if hasattr(os, "nice"):
        os.nice(10)
    with threadpool_limits(1):
        examples = None
        for name in names:
            try:
                if examples is None:
                    examples = prepare(load(choice), choice)
                    examples = rebuilding(examples) if loss == "rebuilding" else examples
                theirs.send(BaselineStarted(name))
                theirs.send(fit(name, examples, loss))
            except Exception as error:  # noqa: BLE001 - it is told to the person
                theirs.send(str(error) or type(error).__name__)
