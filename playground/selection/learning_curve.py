"""Score against the number of training examples, for the network and for a baseline: would more data help?

Subsets lie within one another (subsets.py), are drawn anew in each repeat, and all models get the same ones; the
validation part stays the same, and everything that is fitted, scaling too, is fitted to the subset alone; the epoch
to stop at is chosen on a fifth of it, since what judges must not choose (stopping.py). What the points say is worked
out in learning_summary.py. Source: Viering and Loog 2023, "The shape of learning curves: a review". Knows neither torch
nor scikit-learn at import.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from playground.data.dataset import DataChoice, Examples, Ints, Part
from playground.data.split import assembled, rebuilding
from playground.engine.measures import accuracy, regression
from playground.engine.recipe import Recipe
from playground.graph.check import check
from playground.graph.cost import costs, total
from playground.graph.edits import adapt
from playground.graph.model import Graph
from playground.selection.baseline_catalogue import suitable
from playground.selection.folds import set_apart
from playground.selection.main_loss import REBUILDING, loss_of
from playground.selection.runs import KEPT_BYTES, Run, RunDone, RunEpoch, RunFailed, Task, Together, sentence
from playground.selection.stopping import chooses_epoch, for_parts
from playground.selection.subsets import nested_order, sizes_of, subset

Metric = Literal["accuracy", "r2"]
Hold = Literal["steps", "epochs"]
NETWORK = "network"
LONGER = 10
"""How many times more epochs a smaller subset gets than the recipe says, at most."""
MOST_SCORED = 10_000
"""Training examples that a baseline's training score is taken over, at most."""


@dataclass(frozen=True)
class CurvePlan:
    """What is trained on how much."""

    sizes: tuple[int, ...] = ()
    """Numbers of training examples, rising; empty: sizes_of()."""
    repeats: int = 5
    """How often each size is done, with other examples and, for the network, another seed."""
    baselines: tuple[str, ...] = ()
    hold: Hold = "steps"
    """steps: smaller subsets get more epochs, so that as many steps are taken as with all data, but at most LONGER
    times as many epochs. epochs: as the recipe says, so that fewer data are also fewer steps."""
    trains_network: bool = True
    stacks: bool = True
    """Whether repeats may be trained together."""


@dataclass(frozen=True, slots=True)
class CurveStarted:
    """What is going to be done. A fact."""

    metric: Metric
    sizes: tuple[int, ...]
    repeats: int
    models: tuple[str, ...]
    valid: int
    """Validation examples, the same for all points."""


@dataclass(frozen=True, slots=True)
class CurveProgress:
    """How far it is, from 0 to 1. A frame: only the newest matters."""

    share: float
    model: str
    n: int


@dataclass(frozen=True, slots=True)
class PointDone:
    """One model trained on one subset. A fact."""

    model: str
    """NETWORK, or a baseline's name."""
    n: int
    """Training examples."""
    repeat: int
    """From 0; each has its own order of examples, and seed."""
    train: float
    """Score on the subset itself: accuracy from 0 to 1, or R². A baseline's over at most MOST_SCORED of it."""
    valid: float
    seconds: float = 0.0
    parameters: int = 0


@dataclass(frozen=True, slots=True)
class PointFailed:
    """One model could not be trained on one subset: a sentence for a person. A fact."""

    model: str
    n: int
    repeat: int
    message: str


Event = CurveStarted | CurveProgress | PointDone | PointFailed


class CurveProblem(Exception):
    """A learning curve that cannot be drawn: one sentence, with a way out."""


class LearningCurve:
    """events() trains all points, the smallest first. The same arguments give the same points.

    examples: divided by `choice`; the test part is not touched.
    Raises: CurveProblem: If the network or the plan cannot be used.
    """

    def __init__(
        self,
        graph: Graph,
        recipe: Recipe,
        examples: Examples,
        choice: DataChoice,
        plan: CurvePlan | None = None,
        device: str = "cpu",
    ) -> None:
        plan = plan or CurvePlan()
        self.graph, self.recipe, self.choice, self.plan, self._device = graph, recipe, choice, plan, device
        self.examples = examples
        self._is_rebuilding = loss_of(graph) == REBUILDING
        self.metric: Metric = "r2" if self._is_rebuilding or examples.dataset.task == "numbers" else "accuracy"
        self.sizes = plan.sizes or sizes_of(examples)
        self.models = ((NETWORK,) if plan.trains_network else ()) + plan.baselines
        self._refuse()
        self._orders = [nested_order(examples, _mixed(choice.seed, repeat)) for repeat in range(plan.repeats)]
        self._stopping = False
        self._done = 0

    def stop(self) -> None:
        """End after the epoch, or the baseline, under way; events() then ends."""
        self._stopping = True

    def rows(self, n: int, repeat: int) -> Ints:
        """(n,) the rows of the data set that this subset has."""
        return self._orders[repeat][:n]

    def subset(self, n: int, repeat: int) -> Examples:
        """What one point is trained and judged on."""
        return subset(self.examples.dataset, self.choice, self.rows(n, repeat), self.examples.valid.rows)

    def events(self) -> Iterator[Event]:
        """CurveStarted, then a PointDone or PointFailed for each model, size and repeat, with progress in between."""
        yield CurveStarted(self.metric, self.sizes, self.plan.repeats, self.models, len(self.examples.valid))
        for n in self.sizes:
            for name in self.plan.baselines:
                yield from self._baseline(name, n)
            if self.plan.trains_network:
                yield from self._network(n)
            if self._stopping:
                return

    def _refuse(self) -> None:
        whole = len(self.examples.train)
        if not self.models or self.plan.repeats < 1:
            raise CurveProblem("There is nothing to train. Choose the network or a baseline, and at least one repeat.")
        if min(self.sizes) < 2 or max(self.sizes) > whole or list(self.sizes) != sorted(set(self.sizes)):
            raise CurveProblem(
                f"The sizes of a learning curve rise from 2 to the {whole:,} training examples. Choose others."
            )
        seen = rebuilding(self.examples) if self._is_rebuilding else self.examples
        names = [each.name for each in suitable(seen)]
        if unknown := [name for name in self.plan.baselines if name not in names]:
            raise CurveProblem(f"There is no baseline “{unknown[0]}” for these data. There are: {', '.join(names)}.")
        report = check(self.graph, self.examples.signature)
        if self.plan.trains_network and report.errors:
            raise CurveProblem(f"The network cannot be trained: {report.errors[0].text}")

    # The network

    def _network(self, n: int) -> Iterator[Event]:
        runs = [self._run(n, repeat) for repeat in range(self.plan.repeats)]
        if self._are_together(runs):
            yield from self._told(n, runs, self._together(runs))
            return
        from playground.selection.training_runs import alone

        for run in runs:
            if self._stopping:
                return
            yield from self._told(n, [run], alone(run, self._device, lambda _: self._stopping))

    def _run(self, n: int, repeat: int) -> Run:
        made: list[Examples] = []

        recipe = self._recipe(n, repeat)
        apart = set_apart(self.examples.dataset, np.sort(self.rows(n, repeat))) if chooses_epoch(recipe) else None

        def examples() -> Examples:
            if not made:
                made.append(self._learning(n, repeat, apart))
            return made[0]

        recipe = for_parts(recipe, len(apart[0]), len(apart[1])) if apart else for_parts(recipe, n, None)
        graph = adapt(self.graph, examples().signature) if self.examples.dataset.table is not None else self.graph
        cost = total(costs(graph, check(graph)))
        return Run(repeat, 0, graph, recipe, examples, cost.parameters, recipe.batch * cost.multiply_adds)

    def _learning(self, n: int, repeat: int, apart: tuple[Ints, Ints] | None) -> Examples:
        """The subset as the network gets it: what chooses the epoch is set apart of it, as in folds."""
        if apart is None:
            return self.subset(n, repeat)
        return assembled(self.examples.dataset, self.choice, (*apart, self.examples.valid.rows))

    def _recipe(self, n: int, repeat: int) -> Recipe:
        return recipe_for(self.recipe, n, len(self.examples.train), self.plan.hold).model_copy(
            update={"seed": (self.recipe.seed + repeat) % 2**31}
        )

    def _are_together(self, runs: list[Run]) -> bool:
        from playground.selection.performing import pays_to_stack

        if not self.plan.stacks or len(runs) < 2 or len({(repr(run.graph), run.recipe.batch) for run in runs}) > 1:
            return False
        if not pays_to_stack(runs[0].graph, runs[0].recipe):
            return False
        return sum(run.examples().nbytes for run in runs) <= KEPT_BYTES

    def _together(self, runs: list[Run]) -> Iterator[Any]:
        from playground.selection.training_runs import together

        for message in together(runs, Task({}, device=self._device, tells=False)):
            yield message
            if self._stopping:
                return

    def _told(self, n: int, runs: list[Run], messages: Iterator[Any]) -> Iterator[Event]:
        epochs = runs[0].recipe.epochs
        for message in messages:
            if isinstance(message, RunEpoch):
                yield self._progress(NETWORK, n, message.done.epoch / epochs)
            elif isinstance(message, Together):
                yield self._progress(NETWORK, n, len(runs) * message.epoch / epochs)
            elif isinstance(message, RunFailed):
                self._done += 1
                yield PointFailed(NETWORK, n, message.trial, message.message)
            elif isinstance(message, RunDone):
                self._done += 1
                train, valid = (scores.measures[self.metric] for scores in (message.train, message.valid))
                yield PointDone(NETWORK, n, message.trial, train, valid, message.seconds, message.parameters)

    def _progress(self, model: str, n: int, points: float) -> CurveProgress:
        whole = len(self.models) * len(self.sizes) * self.plan.repeats
        return CurveProgress(min(1.0, (self._done + points) / whole), model, n)

    # A baseline

    def _baseline(self, name: str, n: int) -> Iterator[Event]:
        same: PointDone | PointFailed | None = None
        for repeat in range(self.plan.repeats):
            if self._stopping:
                return
            yield self._progress(name, n, 0.0)
            is_same = np.array_equal(np.sort(self.rows(n, repeat)), np.sort(self.rows(n, 0)))
            same = replace(same, repeat=repeat) if same is not None and is_same else self._fitted(name, n, repeat)
            self._done += 1
            yield same

    def _fitted(self, name: str, n: int, repeat: int) -> PointDone | PointFailed:
        """Fitted to a subset, and judged on the validation part and on the subset at once."""
        from playground.selection.baselines import fit

        try:
            examples = self.subset(n, repeat)
            examples = rebuilding(examples) if self._is_rebuilding else examples
            joined = replace(examples, valid=_joined(examples.valid, _first(examples.train, MOST_SCORED)))
            outcome = fit(name, joined, loss_of(self.graph))
        except Exception as error:  # noqa: BLE001 - it is told to the person
            return PointFailed(name, n, repeat, sentence(error))
        count = len(examples.valid)
        valid = self._score(examples, joined.valid.targets[:count], outcome.predictions[:count])
        train = self._score(examples, joined.valid.targets[count:], outcome.predictions[count:])
        return PointDone(name, n, repeat, train, valid, outcome.seconds, outcome.parameters)

    def _score(self, examples: Examples, truth: Any, predictions: Any) -> float:
        if examples.targets is None:
            return accuracy(truth, predictions)
        truth = examples.targets.undo(truth.astype(np.float32))
        return regression(truth, predictions, examples.is_rebuilding)["r2"]


def recipe_for(recipe: Recipe, n: int, whole: int, hold: Hold) -> Recipe:
    """The recipe for a subset of n of `whole` training examples.

    Batches are no larger than the subset. hold="steps": epochs, and what is counted in epochs (schedule, warm-up,
    patience), are multiplied so that as many steps are taken, at most LONGER times.
    """
    batch = min(recipe.batch, n)
    times = 1.0
    if hold == "steps":
        times = min(LONGER, (-(-whole // min(recipe.batch, whole))) / (-(-n // batch)))

    def longer(epochs: int, most: int) -> int:
        return min(most, round(epochs * times))

    return recipe.model_copy(
        update={
            "batch": batch,
            "epochs": longer(recipe.epochs, 1_000_000),
            "schedule_epochs": longer(recipe.schedule_epochs, 100_000),
            "warmup": longer(recipe.warmup, 1000),
            "patience": longer(recipe.patience, 100_000),
        }
    )


def _mixed(seed: int, repeat: int) -> int:
    """A seed of its own for each repeat."""
    return int(np.random.SeedSequence([seed, repeat]).generate_state(1)[0])


def _first(part: Part, most: int) -> Part:
    return Part(part.inputs[:most], part.targets[:most], part.rows[:most])


def _joined(first: Part, second: Part) -> Part:
    return Part(
        np.concatenate([np.asarray(first.inputs[:]), np.asarray(second.inputs[:])]),
        np.concatenate([first.targets, second.targets]),
        np.concatenate([first.rows, second.rows]),
    )
