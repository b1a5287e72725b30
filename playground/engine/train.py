"""The training loop: a generator of events over one compiled network and one divided data set.

Knows no window and no files. The command line loops over events(), app.runner does so on a thread; between two events
the weights stand still and may be looked at. What is said when numbers overflow is in divergence.py.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from playground.data.dataset import Examples, Part
from playground.data.split import rebuilding
from playground.engine import measures
from playground.engine.augment import Batch, augmenter
from playground.engine.checkpoint import Checkpoint
from playground.engine.compile import build
from playground.engine.device import pick, use_threads
from playground.engine.divergence import explain, explain_end, outgrown
from playground.engine.events import BatchDone, Ended, EpochDone, Event, Progress, Reason, Scores, Started
from playground.engine.feeding import Inputs, fed, pieces
from playground.engine.judging import Judge, answered
from playground.engine.losses import probabilities
from playground.engine.optimise import Schedule, optimiser
from playground.engine.recipe import Recipe, RecipeProblem
from playground.engine.state import Snapshot, read_checkpoint, take_checkpoint
from playground.engine.stepper import Stepper
from playground.engine.weights import fitting, show
from playground.graph.check import check
from playground.graph.cost import costs, total
from playground.graph.model import Graph

PartName = Literal["train", "valid", "test"]
FRAME = 0.05
"""Seconds between two Progress frames."""
MOST_KEPT = 5_000_000
"""Weights up to which those of the beginning are kept."""
CHUNK = 1024
"""Examples predicted at once."""


class Training:
    """One run: network, optimiser, data and random states. events() makes it learn.

    weights: start from those that fit, by "<layer>.<name>". checkpoint: go on exactly where it was taken.
    final_exam: score the test part once, at the end. flat: False takes each step by plain autograd, as flat.py has it.
    Raises: RecipeProblem, CompileProblem, DeviceProblem: With a sentence for a person.
    """

    slice = 0.0
    """Seconds of steps between two BatchDone; 0: one after each step."""
    is_shared = False
    """Whether other processes take the same steps (team_training.py), so that none may leave them out by itself."""
    _first_loss: float | None = None
    _stopping = False
    scored: tuple[int, str, Tensor] | None = None  # what scores() gave last, and of which step and part that was
    begins_learned, began_at = False, 0
    """Whether all its weights were learned before, as who made it knows, else some are drawn; steps done by then."""

    def __init__(
        self,
        graph: Graph,
        recipe: Recipe,
        examples: Examples,
        device: str = "auto",
        *,
        weights: Mapping[str, NDArray[Any]] | None = None,
        checkpoint: Checkpoint | None = None,
        final_exam: bool = False,
        flat: bool = True,
    ) -> None:
        check_batch(recipe.batch, len(examples.train))
        self.device = pick(device)
        self.network = build(graph, recipe.seed, examples.dataset.lengths is not None).to(self.device)
        if self.network.ends.losses[self.network.output].rebuilds:
            examples = rebuilding(examples)
        self.graph, self.recipe, self.examples, self._final_exam = graph, recipe, examples, final_exam
        self.judge = Judge(self.network, examples.signature.outputs)
        self.work = recipe.batch * total(costs(graph, check(graph))).multiply_adds  # of a forward pass of one batch
        self._parts = {name: self._on_device(getattr(examples, name)) for name in ("train", "valid")}
        self.batches = count_batches(len(examples.train), recipe.batch, fewest_in_batch(self.network))
        self._losses = torch.zeros(self.batches, device=self.device)
        self._augmenter = augmenter(recipe.augment, examples, recipe.seed, self.device)
        if weights is not None:
            fitting(weights, self.network)
        self.optimiser = optimiser(self.network, recipe, self.device)
        self.stepper = Stepper(self, flat and self.device.type == "cpu" and not self.network.is_packed)
        self.schedule = Schedule(recipe)
        self.random = torch.Generator().manual_seed(recipe.seed)
        self.epoch = self.step = self.batch = 0
        """Epochs done, steps done, and steps done of the epoch under way."""
        self.seconds = 0.0
        """Wall time of all whole epochs, validation included, waiting while paused left out."""
        self.best_epoch, self.best_loss, self.waited = 0, float("inf"), 0
        self.best: dict[str, Tensor] = {}
        self.last: dict[str, Tensor] = {}
        """Where an ended run goes on from, if the network was given its best weights since."""
        self.epoch_random: Tensor | None = None
        """State of the shuffling at the beginning of the epoch under way; None before the first."""
        self.torch_random: Tensor | None = None
        """State of torch's generator to begin with, after a resume; None once begun."""
        self._changed: dict[int, float] = {}
        """Learning rates set by hand in the epoch under way, by the batch they came before."""
        self.first = self._weights() if self.network.count <= MOST_KEPT else {}  # what the run began with
        if checkpoint is not None:
            read_checkpoint(checkpoint, self)

    # What the thread that trains may be asked

    def stop(self) -> None:
        """End after the step under way, with reason "stopped"."""
        self._stopping = True

    def set_learning_rate(self, rate: float) -> None:
        """From the next step on; a schedule goes on from the new rate."""
        self.recipe = self.recipe.model_copy(update={"learning_rate": rate})
        self.schedule.recipe = self.recipe
        self._set_rate(self.schedule.rate(self.epoch))
        self._changed[self.batch] = self.optimiser.param_groups[0]["lr"]

    def checkpoint(self) -> Checkpoint:
        """Everything needed to go on from here, as copies."""
        return take_checkpoint(self)

    def evaluate(self, part: PartName) -> Scores:
        """Loss and measures of a part under the present weights."""
        targets = self._tensors(part)[1]
        return self._score(self.scores(part), targets, None)

    def predict(self, part: PartName) -> NDArray[Any]:
        """Answers for a part: classes (n,) or (n, steps), or numbers (n, columns) in the data's own units."""
        return self._answers(self.scores(part))

    def probabilities(self, part: PartName) -> NDArray[np.float32]:
        """Class probabilities (n, classes), or (n, steps, classes), for a part."""
        scores = self.scores(part)
        flat = probabilities(scores.flatten(0, 1) if scores.dim() == 3 else scores, self.judge.loss_name)
        return (flat.view(*scores.shape[:2], -1) if scores.dim() == 3 else flat).cpu().numpy()

    def scores(self, part: PartName) -> Tensor:
        """Raw scores (n, k) of a part; kept until the next step."""
        if self.scored is None or self.scored[:2] != (self.step, part):
            inputs = self._tensors(part)[0]
            with self.looking():
                made = torch.cat([self.judge.scores(piece) for piece in pieces(inputs, CHUNK)])
            self.scored = (self.step, part, made)
        return self.scored[2]

    def forget_scores(self) -> None:
        """The weights were changed by hand: what was predicted with the old ones counts no more."""
        self.scored = None

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Without gradients, dropout or moving averages; afterwards everything is as before."""
        was = self.network.training
        self.network.eval()
        try:
            with torch.no_grad():
                yield
        finally:
            self.network.train(was)

    # Learning

    def events(self) -> Iterator[Event]:
        """Train to the end of the recipe. Not asking for the next event is pausing."""
        use_threads(self.work)
        if self.torch_random is None:
            torch.manual_seed(self.recipe.seed)
        else:
            torch.set_rng_state(self.torch_random)
            self.torch_random = None
        if self.last and self.epoch < self.recipe.epochs:
            self._show(self.last)
            self.last = {}
        yield Started(self.device.type, self.network.count, self.recipe.seed, self.batches)
        try:
            while self.epoch < self.recipe.epochs:
                message = yield from self._epoch()
                if message:
                    yield self._end("diverged", message)
                    return
                if self._stopping:
                    break
                if self.recipe.patience and self.waited >= self.recipe.patience:
                    yield self._end("early_stopping")
                    return
        except (RuntimeError, ValueError, MemoryError, OSError) as error:
            yield Ended("failed", self.epoch, self.best_epoch, None, None, _failure(error, self.recipe))
            return
        yield self._end("stopped" if self._stopping and self.epoch < self.recipe.epochs else "epochs")

    def _epoch(self) -> Generator[Event, None, str]:
        """One pass; returns a sentence if the numbers overflowed, else an empty one."""
        began = perf_counter()
        inputs, targets = self._parts["train"]
        self.epoch_random = self.random.get_state()
        order = torch.randperm(len(inputs), generator=self.random).to(self.device)
        self._set_rate(self.schedule.rate(self.epoch))
        self._changed.clear()
        before, first = Snapshot(self), self.batch
        order = order[: self.batches * self.recipe.batch]
        seen, away = yield from self._steps(inputs, targets, order)
        if not bool(torch.isfinite(self._losses[first : self.batch]).all()):
            return explain(self, before, inputs, targets, order, first)
        if self.batch < self.batches:
            return ""  # stopped
        if seen and 2 * first <= self.batches and not (self.examples.is_rebuilding and self._augmenter):
            truth = targets.index_select(0, self.rows(order, first, self.batches))
            train = self._score(torch.cat(seen), truth, self._mean_loss(len(order), first))
        else:  # resumed late in the epoch: a few batches say little; or what was given back is not the data's own
            train = self.evaluate("train")
        self.epoch, self.batch = self.epoch + 1, 0
        valid = self.evaluate("valid")
        if message := self._blown_up(train, valid):
            before.put_back()
            return message
        self._note(valid.loss)
        seconds = perf_counter() - began - away
        self.seconds += seconds
        speed = (len(order) - first * self.recipe.batch) / seconds
        yield EpochDone(self.epoch, train, valid, self.optimiser.param_groups[0]["lr"], seconds, speed)
        return ""

    def _steps(
        self, inputs: Inputs, targets: Tensor, order: Tensor
    ) -> Generator[Event, None, tuple[list[Tensor], float]]:
        """The steps left of an epoch; returns the scores they gave, and the seconds spent away, waiting."""
        self.network.train()
        began = shown = perf_counter()
        first = told = self.batch
        seen: list[Tensor] = []
        away = 0.0
        while self.batch < self.batches:
            seen.append(self._some_steps(inputs, targets, order))
            left = perf_counter()
            yield BatchDone(self.step)
            now = perf_counter()
            away += now - left
            if now - shown >= FRAME:
                loss = float(self._losses[told : self.batch].mean())
                speed = (self.batch - first) * self.recipe.batch / (now - began - away)
                if not np.isfinite(loss) and not self.is_shared:
                    break
                yield Progress(self.epoch + self.batch / self.batches, self.step, loss, speed)
                shown, told = now, self.batch
            if self._stopping:
                break
        return seen, away

    def _some_steps(self, inputs: Inputs, targets: Tensor, order: Tensor) -> Tensor:
        """As many steps as are due before the next event, of batches of one size; their scores."""
        number, size = self.batch, min(self.recipe.batch, len(order) - self.batch * self.recipe.batch)
        if self._augmenter is not None:  # each batch is changed in its own way
            return self.stepper.one(self.drawn(inputs, targets, self.rows(order, number, number + 1)), number)
        count = self.stepper.together(size, max(1, len(order) // self.recipe.batch - number), self.slice)
        rows = self.rows(order, number, number + count)
        return self.stepper.take(inputs.index_select(0, rows), targets.index_select(0, rows), number, size)

    def drawn(self, inputs: Inputs, targets: Tensor, rows: Tensor) -> Batch:
        """What the next step learns from: those rows, changed as the recipe asks."""
        there = inputs.index_select(0, rows), targets.index_select(0, rows)
        return Batch(*there) if self._augmenter is None else self._augmenter.batch(*there, self.step)

    def rows(self, order: Tensor, first: int, last: int) -> Tensor:
        """The rows of the batches from first up to and without last, in an epoch's order."""
        return order[first * self.recipe.batch : last * self.recipe.batch]

    def replay(self, inputs: Inputs, targets: Tensor, order: Tensor, numbers: range) -> None:
        """Do the steps of those batches again, with the rates they had; for divergence.explain."""
        for number in numbers:
            self._set_rate(self._changed.get(number, self.optimiser.param_groups[0]["lr"]))
            self.stepper.one(self.drawn(inputs, targets, self.rows(order, number, number + 1)), number)

    def step_losses(self) -> Tensor:
        """Loss of each step of the epoch under way."""
        return self._losses

    def _blown_up(self, train: Scores, valid: Scores) -> str:
        """A sentence if the last step overflowed, or the loss is still a number, but has left every bound."""
        if self._first_loss is None:
            self._first_loss = float(self._losses[0])
        if not np.isfinite(valid.loss):
            return explain_end(self, pieces(self._parts["valid"][0], CHUNK))
        return outgrown(self.recipe, self.epoch, self._first_loss, max(train.loss, valid.loss))

    def _note(self, loss: float) -> None:
        """Remember the best epoch, and its weights if they are to be kept."""
        self.schedule.seen(loss)
        if loss < self.best_loss:
            self.best_epoch, self.best_loss, self.waited = self.epoch, loss, 0
            if self.recipe.keep_best or self.recipe.patience:
                self.best = self._weights()
        else:
            self.waited += 1

    def _end(self, reason: Reason, message: str = "") -> Ended:
        if self.best:
            if not self.last and reason != "diverged":
                self.last = self._weights()
            self._show(self.best)
        valid = self.evaluate("valid")
        test = self.evaluate("test") if self._final_exam and reason != "diverged" else None
        return Ended(reason, self.epoch, self.best_epoch, valid, test, message)

    def _weights(self) -> dict[str, Tensor]:
        return {name: value.detach().clone() for name, value in self.network.state_dict().items()}

    def _show(self, weights: Mapping[str, Tensor]) -> None:
        show(weights, self.network)
        self.scored = None

    def _set_rate(self, rate: float) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = rate

    # Scores

    def _tensors(self, part: PartName) -> tuple[Inputs, Tensor]:
        if part == "test" and "test" not in self._parts:
            self._parts["test"] = self._on_device(self.examples.test)
        return self._parts[part]

    def _on_device(self, part: Part) -> tuple[Inputs, Tensor]:
        return fed(part.inputs, self.device), torch.from_numpy(part.targets).to(self.device)

    def _mean_loss(self, count: int, first: int) -> float:
        """Over the examples of an epoch of so many, from a batch on: the last batch may be smaller."""
        sizes = torch.full((self.batches,), float(self.recipe.batch), device=self.device)
        sizes[-1] = count - (self.batches - 1) * self.recipe.batch
        return float(torch.dot(self._losses[first:], sizes[first:]) / sizes[first:].sum())

    def _score(self, scores: Tensor, targets: Tensor, loss: float | None) -> Scores:
        if loss is None:
            loss = float(self.judge.loss(scores, targets))
        if self.examples.targets is None:
            right = (answered(scores) == targets)[targets >= 0].float().mean()
            return Scores(loss, {"accuracy": float(right)})
        truth = self.examples.targets.undo(targets.cpu().numpy())
        return Scores(loss, measures.regression(truth, self._answers(scores), self.examples.is_rebuilding))

    def _answers(self, scores: Tensor) -> NDArray[Any]:
        if self.examples.targets is None:
            return answered(scores).cpu().numpy()
        values = scores.flatten(1) if self.examples.is_rebuilding else scores
        return self.examples.targets.undo(values.cpu().numpy())


def check_batch(batch: int, count: int) -> None:
    """Raises: RecipeProblem: If a batch needs more examples than there are."""
    if batch > count:
        raise RecipeProblem(
            f"The batch of {batch:,} is larger than the {count:,} training examples. Choose {count:,} or fewer."
        )


def fewest_in_batch(network: nn.Module) -> int:
    """Examples a batch needs: batch normalisation cannot take a single one."""
    return 2 if any(isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d) for module in network.modules()) else 1


def count_batches(count: int, batch: int, fewest: int) -> int:
    """Steps in an epoch; a last batch of fewer examples than that is left out.

    >>> count_batches(70, 23, 1), count_batches(70, 23, 2), count_batches(70, 32, 2)
    (4, 3, 3)
    """
    whole, rest = divmod(count, batch)
    return whole + (rest >= fewest)


def _failure(error: Exception, recipe: Recipe) -> str:
    if isinstance(error, MemoryError) or "memory" in str(error).lower():
        smaller = max(1, recipe.batch // 4)
        return f"The memory is not enough for a batch of {recipe.batch:,}. Try {smaller:,}, or a smaller network."
    said = str(error).splitlines() or [type(error).__name__]
    first = said[-1].removeprefix("RuntimeError: ") if "TorchScript" in said[0] else said[0]
    if "more than 1 value per channel" in first:
        return "Batch normalisation needs at least two examples in a batch. Choose a batch of 2 or more."
    return f"Training failed: {first}"


def train(graph: Graph, recipe: Recipe, examples: Examples, **options: Any) -> Iterator[Event]:
    """The events of a new Training; options as there."""
    return Training(graph, recipe, examples, **options).events()
