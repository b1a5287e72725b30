"""The baselines of the present data and the comparison with the network, kept up to date while it learns.

Knows neither Qt nor torch. The fits run in worker.py's process, the figures are made by playground.selection.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from playground.app.beside import Beside
from playground.app.runner import Mailbox
from playground.app.worker import BaselineDone, BaselineFailed, BaselineFit
from playground.data.dataset import DataChoice, Examples
from playground.graph.model import Graph
from playground.layers.ends import Output

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.selection.outcome import Comparison, Outcome

REBUILDING = "rebuilding"
"""Stands for the loss where the input itself is to be given back."""
USUAL = {"classes": ("logistic", "majority"), "numbers": ("ridge", "mean")}
"""What every run is set against."""


class Comparing:
    """Baselines by name, and the latest comparison."""

    def __init__(self, beside: Beside, tell: Callable[[Any], None]) -> None:
        self._beside, self._tell = beside, tell
        self._mailbox = Mailbox()
        self._fit: BaselineFit | None = None
        self._pending: Future[Comparison] | None = None
        self._asked = 0.0
        self.baselines: dict[str, Outcome] = {}
        self.comparison: Comparison | None = None
        self.problem = ""
        self.is_stale = False
        """Whether a baseline came after the latest comparison."""

    @property
    def is_fitting(self) -> bool:
        return self._fit is not None and not self._fit.join(0)

    def begin(self, choice: DataChoice, graph: Graph, examples: Examples) -> None:
        """Fit the usual baselines unless that was done for these data and this loss."""
        loss = loss_of(graph)
        if self._fit is not None and (self._fit.choice, self._fit.loss) == (choice, loss):
            return
        self._stop()
        names = ("mean",) if loss == REBUILDING else USUAL[examples.dataset.task]
        self._fit = BaselineFit(choice, names, loss, self._mailbox)
        self._tell("baseline")

    def poll(self) -> None:
        """Take in fits that are done."""
        for fact in self._mailbox.empty():
            if isinstance(fact, BaselineFailed):
                self.problem = fact.message
            elif isinstance(fact, BaselineDone) and self._is_of_present(fact):
                self.baselines[fact.outcome.name] = fact.outcome
                self.is_stale = True
            self._tell("baseline")

    def _is_of_present(self, fact: BaselineDone) -> bool:
        """Whether it was fitted for the present data and loss, not for those before an edit."""
        return self._fit is not None and (fact.choice, fact.loss) == (self._fit.choice, self._fit.loss)

    def refresh(self, ask: Callable[..., Any], seconds: float, now: float, at_most_every: float) -> None:
        """Compare the network as it is now, unless that was done a moment ago; tells "comparison" when done.

        seconds: what all epochs on the curves took, those before an edit too.
        """
        if now - self._asked < at_most_every or (self._pending is not None and not self._pending.done()):
            return
        baselines = list(self.baselines.values())

        def look(training: Training) -> Comparison:
            from playground.selection.compare import compare
            from playground.selection.network import outcome_of

            return compare(replace(outcome_of(training), seconds=seconds), baselines, training.examples)

        future = ask(look)
        if future is not None:
            self._asked, self._pending, self.is_stale = now, future, False
            self._beside.watch(future, lambda comparison: self._compared(future, comparison), self._failed)

    def _compared(self, asked: Future[Comparison], comparison: Comparison) -> None:
        if asked is self._pending:
            self.comparison = comparison
            self._tell("comparison")

    def _failed(self, error: Exception) -> None:
        self.problem = f"The comparison failed: {error}"
        self._tell("comparison")

    def clear(self) -> None:
        """Forget the comparison; baselines stay while the data do."""
        self.comparison = None
        self._pending = None

    def forget(self) -> None:
        """Other data: neither comparison nor baselines hold any more."""
        self.clear()
        self._stop()

    def _stop(self) -> None:
        if self._fit is not None:
            self._fit.cancel()
        self._fit = None
        self.baselines, self.problem = {}, ""
        self._mailbox.empty()

    def close(self) -> None:
        """Kill a fit under way."""
        if self._fit is not None:
            self._fit.cancel()
            self._fit.join(2)


def loss_of(graph: Graph) -> str:
    """The loss of the network's answer; REBUILDING if that is its input again, empty if it has no Output."""
    outputs = [layer for layer in graph.nodes.values() if isinstance(layer, Output)]
    if not outputs:
        return ""
    main = max(outputs, key=lambda output: output.weight)
    return REBUILDING if main.rebuilds else main.loss
