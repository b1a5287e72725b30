"""The models beside the network, baselines and contenders, and the comparison with them, kept up to date.

Knows neither Qt nor torch. The fits run in worker.py's process, the figures are made by playground.selection on a
thread beside the window's.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from playground.app.beside import Beside
from playground.app.contenders import Contenders, Present
from playground.app.runner import Mailbox
from playground.app.runs import RunHistory
from playground.app.telling import Telling
from playground.app.worker import BaselineDone, BaselineFailed, BaselineFit, BaselineStarted
from playground.data.dataset import DataChoice, Examples
from playground.graph.model import Graph
from playground.selection.baseline_catalogue import suitable
from playground.selection.main_loss import REBUILDING, loss_of

if TYPE_CHECKING:
    from playground.app.sitting import Sitting
    from playground.engine.train import Training
    from playground.selection.outcome import Comparison, Outcome

SHARE = 0.02
"""Of the training's time that keeping the comparison fresh may take."""
USUAL = {"classes": ("logistic", "majority"), "numbers": ("ridge", "mean")}
"""What every run is set against."""


def offered(examples: Examples) -> tuple[tuple[str, str], ...]:
    """The baselines that suit the data: name and title."""
    return tuple((each.name, each.title) for each in suitable(examples))


def usual(examples: Examples, loss: str) -> tuple[str, ...]:
    """Names of those that every network of that loss is set against; the simple model worth the name stands first."""
    return ("mean",) if loss == REBUILDING else USUAL[examples.dataset.task]


class Comparing:
    """Baselines by name, contenders, and the latest comparison."""

    def __init__(
        self, beside: Beside, telling: Telling, runs: RunHistory, present: Callable[[], Present | None]
    ) -> None:
        self._beside, self._tell = beside, telling.tell
        self.contenders = Contenders(beside, runs, present, self._contenders_changed, telling.say)
        self._present = present
        self._mailbox = Mailbox()
        self._fits: list[BaselineFit] = []
        """The usual ones first, then those asked for."""
        self.waited_for: dict[str, None] = {}
        """Names of the baselines that are being fitted."""
        self.fitting = ""
        """The one that was begun last."""
        self._pending: Future[Outcome] | None = None
        self._asked, self._took = 0.0, 0.0
        """When the network was last asked, and how many seconds of the training it took."""
        self._network: Outcome | None = None
        """What the network answered when it was last asked."""
        self._turn = 0
        """Which comparison is the newest: an older one may be done later."""
        self.baselines: dict[str, Outcome] = {}
        self.comparison: Comparison | None = None
        self.problem = ""
        self.against = ""
        """The model that a person set all others against; empty for the strongest baseline."""
        self.is_stale = False
        """Whether a model came after the latest comparison."""
        self.exam: Sitting | None = None
        """The latest final exam of this network."""

    @property
    def is_fitting(self) -> bool:
        return bool(self.waited_for)

    @property
    def usual(self) -> tuple[str, ...]:
        """Names of the baselines that every network is set against here."""
        return self._fits[0].names if self._fits else ()

    def begin(self, choice: DataChoice, graph: Graph, examples: Examples) -> None:
        """Fit the usual baselines unless that was done for these data and this loss."""
        loss = loss_of(graph)
        if self._fits and (self._fits[0].choice, self._fits[0].loss) == (choice, loss):
            return
        self._stop()
        self._fit(choice, usual(examples, loss), loss)

    def answers_of(self, name: str) -> NDArray[Any] | None:
        """What a model of the comparison answered to the validation examples, as in Outcome.predictions."""
        if name == "network":
            return self._network.predictions if self._network is not None else None
        found = self.contenders.found.get(name)
        outcome = found.outcome if found is not None else self.baselines.get(name)
        return outcome.predictions if outcome is not None and outcome.truth is None else None

    def want(self, *names: str) -> None:
        """Fit more baselines to the data of the usual ones; needs begin() first."""
        missing = tuple(name for name in names if name not in self.baselines and name not in self.waited_for)
        if missing and self._fits:
            self._fit(self._fits[0].choice, missing, self._fits[0].loss)

    def drop(self, *names: str) -> None:
        """Take baselines away, those being fitted too."""
        for fit in self._fits[1:]:
            if set(fit.names) <= set(names):
                fit.cancel()
        self._fits = [fit for fit in self._fits if fit is self._fits[0] or not set(fit.names) <= set(names)]
        for name in names:
            self.baselines.pop(name, None)
            self.waited_for.pop(name, None)
        self.compare_again()
        self._tell("baseline")

    def note_exam(self, sat: Sitting) -> None:
        """Keep in view, and for the project's file, what the test part said."""
        self.exam = sat
        self._tell("comparison")

    def set_against(self, name: str) -> None:
        """Set all models against that one; empty for the strongest baseline."""
        self.against = name
        self.compare_again()

    def _fit(self, choice: DataChoice, names: tuple[str, ...], loss: str) -> None:
        self.waited_for |= dict.fromkeys(names)
        self._fits.append(BaselineFit(choice, names, loss, self._mailbox))
        self._tell("baseline")

    def poll(self) -> None:
        """Take in fits that are done."""
        for fact in self._mailbox.empty():
            if isinstance(fact, BaselineStarted):
                self.fitting = fact.name
            elif isinstance(fact, BaselineFailed):
                self.problem = fact.message
                self.waited_for.pop(fact.name, None)
            elif isinstance(fact, BaselineDone) and self._is_of_present(fact):
                self.waited_for.pop(fact.outcome.name, None)
                self.baselines[fact.outcome.name] = fact.outcome
                self.is_stale = True
            self._tell("baseline")

    def _is_of_present(self, fact: BaselineDone) -> bool:
        """Whether it was fitted for the present data and loss, not for those before an edit."""
        return bool(self._fits) and (fact.choice, fact.loss) == (self._fits[0].choice, self._fits[0].loss)

    def refresh(self, ask: Callable[..., Any], seconds: float, now: float, at_most_every: float) -> None:
        """Compare the network as it is now, unless that was done a moment ago; tells "comparison" when done.

        seconds: of all epochs on the curves, those before an edit too. at_most_every: seconds, more where an answer
        takes long: then it takes SHARE of the training's time; 0: whatever it costs.
        """
        rest = max(at_most_every, self._took / SHARE) if at_most_every else 0.0
        if now - self._asked < rest or (self._pending is not None and not self._pending.done()):
            return

        def look(training: Training) -> Outcome:
            from playground.selection.network import outcome_of

            began = monotonic()
            outcome = replace(outcome_of(training), seconds=seconds)
            self._took = monotonic() - began
            return outcome

        future = ask(look)
        if future is not None:
            self._asked, self._pending, self.is_stale = now, future, False
            self._beside.watch(future, lambda outcome: self._answered(future, outcome), self._failed)

    def _answered(self, asked: Future[Outcome], outcome: Outcome) -> None:
        if asked is self._pending:
            self._network = outcome
            self.compare_again()

    def compare_again(self) -> None:
        """With the network's latest answers: other models stand beside it, or another is the measure."""
        network, present = self._network, self._present()
        if network is None or present is None:
            return
        self._turn += 1
        turn = self._turn
        others = [*self.baselines.values(), *(each.outcome for each in self.contenders.found.values())]

        def then(comparison: Comparison) -> None:
            if turn == self._turn:
                self.comparison = comparison
                self._tell("comparison")

        self._beside.run(partial(_compare, network, others, present[1], self.against), then, self._failed)

    def _contenders_changed(self) -> None:
        self._tell("contenders")
        self.compare_again()

    def _failed(self, error: Exception) -> None:
        self.problem = f"The comparison failed: {error}"
        self._tell("comparison")

    def clear(self) -> None:
        """Forget the comparison; baselines stay while the data do."""
        self.comparison = self._network = self._pending = None
        self.exam = None
        self._turn += 1

    def forget(self) -> None:
        """Other data: neither comparison nor baselines hold any more."""
        self.clear()
        self._stop()
        self.contenders.found.clear()  # they are read anew for the data to come
        self.against = ""

    def _stop(self) -> None:
        for fit in self._fits:
            fit.cancel()
        self._fits, self.waited_for = [], {}
        self.baselines, self.problem = {}, ""
        self._mailbox.empty()

    def close(self) -> None:
        """Kill fits under way."""
        for fit in self._fits:
            fit.cancel()
        for fit in self._fits:
            fit.join(2)


def _compare(network: Outcome, others: list[Outcome], examples: Examples, against: str) -> Comparison:
    from playground.selection.compare import compare

    return compare(network, others, examples, against)
