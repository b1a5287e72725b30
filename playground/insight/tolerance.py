"""Scores against shift and angle: of a network, of its twin without pooling, of an MLP and of logistic regression.

The rivals are trained beside the network, a step at a time, with its recipe, split and seed. Their graphs are made in
graph/twins.py, the images moved in moving.py. What a difference is worth is said elsewhere: here are only the hits.
"""

from __future__ import annotations

import copy
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from playground.data.dataset import Examples, Part
from playground.engine.events import BatchDone, Ended, EpochDone, Event
from playground.engine.judging import Judge, answered
from playground.engine.train import Training
from playground.graph.check import check
from playground.graph.cost import costs, total
from playground.graph.model import Graph
from playground.graph.twins import logistic_regression, multilayer_perceptron, without_pooling
from playground.insight.moving import Move, background, moved

MOST = 1000
"""Validation examples that are moved, spread evenly over the part."""
AT_ONCE = 64
"""Images in one slice."""
FARTHEST = 6
"""Pixels, or half the image where that is less."""
ANGLES = tuple(range(-45, 46, 5))
"""Degrees, counter-clockwise."""
THIS, TWIN, MLP, LOGISTIC = "this network", "without pooling", "MLP", "logistic regression"
CHECKED = 64
"""Validation examples scored after each of a rival's epochs, where its recipe does not heed them."""


@dataclass(frozen=True, eq=False)
class Curve:
    """One network's hits."""

    name: str
    """THIS, TWIN, MLP or LOGISTIC."""
    parameters: int
    epochs: int
    """It was trained for."""
    right_shifted: NDArray[np.bool_]
    """(shifts, n) whether each example is answered right, moved to the right by so many pixels."""
    right_turned: NDArray[np.bool_]
    """(angles, n)"""


@dataclass(frozen=True, eq=False)
class Tolerance:
    """All curves, of the same examples."""

    curves: tuple[Curve, ...]
    """This network's first."""
    shifts: tuple[int, ...]
    """Pixels to the right."""
    angles: tuple[int, ...]
    """Degrees, counter-clockwise."""
    without: tuple[str, ...] = ()
    """Rivals there are none of, or whose training failed, each with the reason."""

    @property
    def n(self) -> int:
        return int(self.curves[0].right_shifted.shape[1])


class Rival:
    """A network in training beside another one, under random numbers of its own.

    Keep it to train it on later, from where it is.
    """

    def __init__(self, name: str, graph: Graph, beside: Training, epochs: int) -> None:
        """epochs: that it will learn for at least."""
        self.name, self.note = name, ""
        """What it is called, and how its training ended, if badly."""
        recipe = beside.recipe.model_copy(update={"epochs": max(beside.recipe.epochs, epochs)})
        heeds = recipe.patience or recipe.keep_best or recipe.schedule == "plateau"
        examples = beside.examples if heeds else replace(beside.examples, valid=_some(beside.examples.valid, CHECKED))
        self._random = _states(beside.device)
        with self._apart(beside.device):
            self.training = Training(graph, recipe, examples, beside.device.type)
            self._events: Iterator[Event] = self.training.events()
        self.is_ended = False
        self.work: int = total(costs(graph, check(graph))).multiply_adds
        """Multiply-adds for one example."""

    def learn(self, epochs: int) -> Generator[float, None, None]:
        """On to so many epochs, or to its own end; yields the share that is done, after each step."""
        whole = max(1, epochs * self.training.batches)
        while not self.is_ended and (self.training.epoch < epochs or epochs >= self.training.recipe.epochs):
            with self._apart(self.training.device):
                event = next(self._events, None)
            if event is None or isinstance(event, Ended):
                self.is_ended = True
                self.note = event.message if event is not None else ""
            elif isinstance(event, BatchDone | EpochDone):
                yield min(1.0, self.training.step / whole)

    @contextmanager
    def _apart(self, device: torch.device) -> Iterator[None]:
        """Its own state of the random generators; afterwards they, and the threads, are as they were."""
        outside, threads = _states(device), torch.get_num_threads()
        _put_back(self._random, device)
        try:
            yield
        finally:
            self._random = _states(device)
            _put_back(outside, device)
            if torch.get_num_threads() != threads:
                torch.set_num_threads(threads)


def tolerance(
    training: Training, rivals: dict[str, Rival] | None = None, learned: int | None = None
) -> Generator[float, None, Tolerance]:
    """Train the rivals as far as the network is trained, and move the validation examples before all of them.

    rivals: those of an earlier time, by name; new ones are put there. They go on learning from where they are, and are
    begun anew where they are further than the network. learned: epochs that it has learned for, if some of them were
    in earlier runs.
    Raises: ValueError: With a sentence, where it does not apply.
    """
    epochs = training.epoch if learned is None else learned
    refuse(training, epochs)
    network, wanted = copy.deepcopy(training.network).eval(), _wanted(training, epochs)
    graphs, without = rival_graphs(training.graph, training.examples)
    kept = {} if rivals is None else rivals
    for name, graph in graphs.items():
        if name not in kept or kept[name].training.epoch > wanted:
            kept[name] = Rival(name, graph, training, wanted)
        yield 0.0
    moving = Moving(training)
    own = total(costs(training.graph, check(training.graph))).multiply_adds
    ends = _ends(own, [kept[name].work for name in graphs], 3 * wanted * len(training.examples.train), moving.passes)
    judge = Judge(network, training.examples.signature.outputs)
    found = yield from _within(moving.curve(THIS, judge, network.count, epochs), 0.0, ends[0])
    curves = [found]
    for name, low, high in zip(graphs, ends, ends[1:], strict=False):
        found = yield from _within(_measured(kept[name], wanted, moving), low, high)
        if problem := kept[name].note:
            without = (*without, f"Nothing is said of {name}: {problem}")
            del kept[name]  # asked again, it begins anew
        else:
            curves.append(found)
    return Tolerance(tuple(curves), moving.shifts, ANGLES, without)


def refuse(training: Training, epochs: int) -> None:
    """Raise ValueError unless there are images of one class each, and something was learned."""
    part = training.examples.valid
    if part.inputs.ndim != 4 or training.examples.targets is not None or part.targets.ndim > 1:
        raise ValueError("This is about images of one class each. Choose such a data set, as digits.")
    if not epochs:
        raise ValueError("Nothing is learned yet. Train for at least one epoch.")


def rival_graphs(graph: Graph, examples: Examples) -> tuple[dict[str, Graph], tuple[str, ...]]:
    """The rivals by name, and a sentence for each that there cannot be."""
    signature, twin = examples.signature, without_pooling(graph)
    rivals = {MLP: multilayer_perceptron(signature), LOGISTIC: logistic_regression(signature)}
    if twin.differs:
        left = ", ".join(twin.left)
        sentence = (f"The twin still pools in {left}: no convolution gives the same shape.",) if twin.left else ()
        return {TWIN: twin.graph, **rivals}, sentence
    pools = "its pooling cannot be replaced" if twin.left else "it pools nothing"
    return rivals, (f"There is no twin without pooling: {pools}.",)


class Moving:
    """The validation examples, to be moved in many ways before several networks."""

    def __init__(self, training: Training) -> None:
        part = _some(training.examples.valid, MOST)
        self.images = torch.from_numpy(np.asarray(part.inputs)).to(training.device)
        self.truth = torch.from_numpy(part.targets).to(training.device)
        self.fill = background(training.examples)
        reach = min(FARTHEST, min(part.inputs.shape[2:]) // 2)
        self.shifts = tuple(range(-reach, reach + 1))
        self.moves = (*(Move(right=shift) for shift in self.shifts), *(Move(angle=angle) for angle in ANGLES))

    @property
    def passes(self) -> int:
        """Images shown to each network."""
        return len(self.images) * len(self.moves)

    def curve(self, name: str, judge: Judge, parameters: int, epochs: int) -> Generator[float, None, Curve]:
        """Show one network all moves, a slice at a time. Its network is in evaluation mode."""
        hits = np.zeros((len(self.moves), len(self.images)), np.bool_)
        for row, move in enumerate(self.moves):
            for first in range(0, len(self.images), AT_ONCE):
                some = slice(first, first + AT_ONCE)
                with torch.no_grad():
                    scores = judge.scores(moved(self.images[some], move, self.fill))
                hits[row, some] = (answered(scores) == self.truth[some]).cpu().numpy()
                yield (row + min(1.0, (first + AT_ONCE) / len(self.images))) / len(self.moves)
        turned = len(self.shifts)
        return Curve(name, parameters, epochs, hits[:turned], hits[turned:])


def _measured(rival: Rival, wanted: int, moving: Moving) -> Generator[float, None, Curve]:
    """Train a rival, then show it all moves; learning is most of the work."""
    for share in rival.learn(wanted):
        yield 0.9 * share
    training = rival.training
    training.network.eval()
    slices = moving.curve(rival.name, training.judge, training.network.count, training.epoch)
    curve = yield from _within(slices, 0.9, 1.0)
    training.network.train()
    return curve


def _within(slices: Generator[float, None, Curve], low: float, high: float) -> Generator[float, None, Curve]:
    """A part of a job, as the share of the whole from low to high."""
    while True:
        try:
            share = next(slices)
        except StopIteration as end:
            found: Curve = end.value
            return found
        yield low + share * (high - low)


def _ends(own: int, rivals: list[int], learning: int, passes: int) -> list[float]:
    """Where each network's part of the job ends, by multiply-adds: forward and backward cost three passes."""
    work = np.cumsum([own * passes, *(one * (learning + passes) for one in rivals)], dtype=np.float64)
    return [float(share) for share in work / max(work[-1], 1.0)]


def _wanted(training: Training, epochs: int) -> int:
    """Epochs the rivals learn for: as many as the network; the whole recipe where it shows its best weights."""
    return max(epochs, training.recipe.epochs) if training.last else epochs


def _some(part: Part, most: int) -> Part:
    """At most so many examples, spread evenly, since a part may be sorted by class."""
    if len(part) <= most:
        return part
    rows = np.linspace(0, len(part) - 1, most).round().astype(np.int64)
    return Part(part.inputs[rows], part.targets[rows], part.rows[rows])


def _states(device: torch.device) -> tuple[Tensor, Tensor | None]:
    return torch.get_rng_state(), torch.cuda.get_rng_state(device) if device.type == "cuda" else None


def _put_back(states: tuple[Tensor, Tensor | None], device: torch.device) -> None:
    torch.set_rng_state(states[0])
    if states[1] is not None:
        torch.cuda.set_rng_state(states[1], device)
