"""Trains many small networks of the same shape at once, as one batched model: folds, seeds and settings side by side.

A step of a small network costs torch more in calls than in arithmetic, and stacked networks share the calls. The
numbers are those of train.py run one by one, but for rounding: the same first weights, shuffling, batches and scores.
What the networks compute is in stacked_network.py, which also says what cannot be stacked; how they step in
stacked_optimise.py, how they are judged in stacked_scores.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from playground.data.dataset import Examples
from playground.engine.device import pick, use_threads
from playground.engine.divergence import outgrown, sentence
from playground.engine.events import Ended, EpochDone, Reason, Scores
from playground.engine.judging import answered
from playground.engine.optimise import Schedule
from playground.engine.recipe import Recipe, RecipeProblem
from playground.engine.stacked_network import Leaves, StackedNetwork, can_stack, gradient
from playground.engine.stacked_optimise import StackedOptimiser
from playground.engine.stacked_scores import EACH, StackedPart, Tally
from playground.engine.train import PartName, check_batch
from playground.graph.check import check
from playground.graph.cost import costs, total
from playground.graph.model import Graph

AT_ONCE = 1 << 20
"""Numbers gathered, or computed in a layer, at once: 4 MB, so that they stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class StackedEpoch:
    """One pass of all networks that still learn, by their numbers from 0. A fact."""

    epoch: int
    """Counted from 1."""
    done: Mapping[int, EpochDone]
    """What train.py says of each; the seconds of the pass are divided among them."""
    ended: Mapping[int, Ended]
    """Those that end with this epoch."""
    seconds: float
    """Wall time of the pass, validation included."""


@dataclass
class _Member:
    """One network that still learns: what train.Training remembers of a run."""

    number: int
    recipe: Recipe
    schedule: Schedule
    best_epoch: int = 0
    best_loss: float = float("inf")
    waited: int = 0
    first_loss: float | None = None
    message: str = ""

    def note(self, loss: float, epoch: int) -> bool:
        """Hear of an epoch's validation loss; whether it is the best so far."""
        self.schedule.seen(loss)
        if loss < self.best_loss:
            self.best_epoch, self.best_loss, self.waited = epoch, loss, 0
            return True
        self.waited += 1
        return False

    def reason(self, epoch: int) -> Reason | None:
        """Why it ends with that epoch, if it does."""
        if self.message:
            return "diverged"
        if self.recipe.patience and self.waited >= self.recipe.patience:
            return "early_stopping"
        return "epochs" if epoch >= self.recipe.epochs else None


class Stacked:
    """Runs of one graph with a recipe and examples each. events() makes them learn.

    Share one Examples among the runs that differ in the recipe alone: it is then kept once.
    final_exam: score the test part once, at the end.
    Raises: RecipeProblem, CompileProblem, DeviceProblem: With a sentence for a person.
    """

    def __init__(
        self,
        graph: Graph,
        recipes: Sequence[Recipe],
        examples: Sequence[Examples],
        device: str = "auto",
        *,
        final_exam: bool = False,
    ) -> None:
        if reason := can_stack(graph, *recipes):
            raise RecipeProblem(reason)
        if any(each.dataset.lengths is not None for each in examples):
            raise RecipeProblem("The sequences are of unequal length: such networks are trained one by one.")
        self.recipes, self.examples, self._final_exam = tuple(recipes), tuple(examples), final_exam
        self.device = pick(device)
        if self.device.type == "mps":  # which has no double precision
            self.device = torch.device("cpu")
        self._batch = recipes[0].batch
        for each in {id(each): each for each in examples}.values():
            check_batch(self._batch, len(each.train))
        self._net = StackedNetwork(graph)
        self._loss = EACH[self._net.network.ends.losses[self._net.network.output].loss]
        self._parts: dict[PartName, StackedPart] = {name: self._part(name) for name in ("train", "valid")}
        self._work = self._batch * len(recipes) * total(costs(graph, check(graph))).multiply_adds
        counts = self._parts["train"].counts
        longest_first = sorted(range(len(recipes)), key=lambda number: -self._batches(counts[number]))
        self._members = [_Member(number, recipes[number], Schedule(recipes[number])) for number in longest_first]
        """Those that still learn, so that the ones with a step more are in front: they are a slice of the rows."""
        own = [recipes[number] for number in longest_first]
        self._rows = self._net.drawn([recipe.seed for recipe in own]).to(self.device)
        self._best = self._rows.clone()
        self._optimiser = StackedOptimiser(own, self._rows, self._net.is_weight.to(self.device))
        self._random = {
            (recipe.seed, count): torch.Generator().manual_seed(recipe.seed)
            for recipe, count in zip(recipes, counts, strict=True)
        }
        self._ended: dict[int, tuple[Tensor, Tensor, bool]] = {}
        self.epoch = self.step = 0
        """Epochs done, and steps of all networks together."""
        self._stopping = False
        self._lay_out()

    def stop(self) -> None:
        """End all after the step under way, with reason "stopped"."""
        self._stopping = True

    def last(self, number: int) -> dict[str, Tensor]:
        """The weights a network has now, or ended with: a state dict of the ordinary network."""
        return self._net.weights(self._found(number)[0].cpu())

    def best(self, number: int) -> dict[str, Tensor]:
        """The weights of its best epoch, or those of the beginning before the first."""
        return self._net.weights(self._found(number)[1].cpu())

    def weights(self, number: int) -> dict[str, Tensor]:
        """The weights that a run of train.py would be left with: the best if they were to be kept, else the last."""
        last, best, is_best = self._found(number)
        return self._net.weights((best if is_best else last).cpu())

    def evaluate(self, part: PartName, numbers: Sequence[int]) -> list[Scores]:
        """Scores of some networks on a part, under the weights() of each."""
        found = [self._found(number) for number in numbers]
        return self._judged(part, numbers, torch.stack([best if is_best else last for last, best, is_best in found]))

    def predict(self, part: PartName, numbers: Sequence[int]) -> list[NDArray[Any]]:
        """Answers of some networks to a part, as Training.predict() gives them, under the weights() of each."""
        shown = [best if is_best else last for last, best, is_best in map(self._found, numbers)]
        own = self._own_part(part)
        order, _ = own.in_order(numbers)
        with torch.no_grad():
            leaves = self._net.leaves(torch.stack(shown))
            pieces = [
                self._net.scores(leaves, own.take(some)[0]) for some in torch.split(order, self._chunk(len(shown)), 1)
            ]
        scores = torch.cat(pieces, dim=1)
        return [self._answer(each[: own.counts[number]], number) for each, number in zip(scores, numbers, strict=True)]

    def _answer(self, scores: Tensor, number: int) -> NDArray[Any]:
        targets = self.examples[number].targets
        return answered(scores).cpu().numpy() if targets is None else targets.undo(scores.cpu().numpy())

    def _found(self, number: int) -> tuple[Tensor, Tensor, bool]:
        if number in self._ended:
            return self._ended[number]
        row = [member.number for member in self._members].index(number)
        return self._rows[row], self._best[row], False

    # Learning

    def events(self) -> Iterator[StackedEpoch]:
        """Train all to the end of their recipes. Not asking for the next event is pausing."""
        use_threads(self._work)
        while self._members:
            yield self._epoch()

    def _epoch(self) -> StackedEpoch:
        """One pass: steps, scores, and who ends with it."""
        began = perf_counter()
        members, before = self._members, self._rows.clone()
        counts = self._parts["train"].counts
        rates = [member.schedule.rate(self.epoch) for member in members]
        self._optimiser.begin(rates, [self._batches(counts[member.number]) for member in members])
        train, losses = self._pass()
        if self._stopping:
            return StackedEpoch(self.epoch, {}, self._leave(dict.fromkeys(range(len(members)), "stopped")), 0.0)
        valid = self._judged("valid", [member.number for member in members], self._rows)
        self._diverged(before, losses.cpu(), train, valid)
        self.epoch += 1
        going = [place for place, member in enumerate(members) if not member.message]
        better = [place for place in going if members[place].note(valid[place].loss, self.epoch)]
        self._best[better] = self._rows[better]
        seconds = perf_counter() - began
        share = seconds / len(members)
        done = {
            members[place].number: EpochDone(
                self.epoch, train[place], valid[place], rates[place], share, counts[members[place].number] / share
            )
            for place in going
        }
        reasons = {place: reason for place, member in enumerate(members) if (reason := member.reason(self.epoch))}
        return StackedEpoch(self.epoch, done, self._leave(reasons) if reasons else {}, seconds)

    def _pass(self) -> tuple[list[Scores], Tensor]:
        """The steps of an epoch; training scores as the weights moved, and each step's loss (k, steps)."""
        part, batch = self._parts["train"], self._batch
        order = self._shuffled()
        tally = Tally(part, [member.number for member in self._members])
        found: list[Tensor] = []
        width = part.inputs[0].numel() * batch * len(self._members)
        several = max(1, AT_ONCE // width)
        for first in range(0, len(self._many), several):
            span = slice(first * batch, min(first + several, len(self._many)) * batch)
            inputs, targets = part.take(order[:, span])
            scores, losses = self._steps(first, inputs, targets)
            tally.add(losses, scores, targets, self._there[:, span])
            found.append((losses * self._shares[:, span]).view(len(losses), -1, batch).sum(2))
            if self._stopping:
                break
        return tally.scores(), torch.cat(found, dim=1)

    def _steps(self, first: int, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Steps with the examples of some batches, (k, batches · batch, *shape); their scores and losses."""
        batch = self._batch
        outputs = self._net.places[-1].units
        scores = torch.zeros(*inputs.shape[:2], outputs, device=self.device)
        losses = torch.zeros(inputs.shape[:2], device=self.device)
        for at in range(0, inputs.shape[1], batch):
            number = first + at // batch
            many, piece = self._many[number], slice(at, at + batch)
            rows, leaves = self._front(many)
            made = self._net.scores(leaves, inputs[:many, piece])
            each = self._loss(made, targets[:many, piece])
            share = self._shares[:many, number * batch : (number + 1) * batch]
            self._optimiser.step(number, rows, gradient(each, leaves, share))
            scores[:many, piece], losses[:many, piece] = made.detach(), each.detach()
            self.step += many
            if self._stopping:
                break
        return scores, losses

    def _front(self, many: int) -> tuple[Tensor, Leaves]:
        """The rows of the first networks, and their leaves: views, made once."""
        if many not in self._fronts:
            rows = self._rows[:many]
            self._fronts[many] = rows, self._net.leaves(rows)
        return self._fronts[many]

    # Order

    def _batches(self, count: int) -> int:
        return -(-count // self._batch)

    def _lay_out(self) -> None:
        """What stays the same from epoch to epoch while the same networks learn."""
        self._fronts: dict[int, tuple[Tensor, Leaves]] = {}
        counts = torch.tensor([self._parts["train"].counts[member.number] for member in self._members])
        steps = self._batches(int(counts.max()))
        self._many = [int((counts > number * self._batch).sum()) for number in range(steps)]
        """How many networks take each step of an epoch."""
        there = (torch.arange(steps * self._batch) < counts[:, None]).float()
        sizes = there.view(len(counts), steps, self._batch).sum(2, keepdim=True).clamp(min=1)
        shares = (there.view(len(counts), steps, self._batch) / sizes).flatten(1)
        self._there, self._shares = there.to(self.device), shares.to(self.device)
        """1 for an example, 0 where a batch is filled up; and its share in its batch's mean. (k, steps · batch)."""

    def _shuffled(self) -> Tensor:
        """Rows (k, steps · batch) of the training examples, in each network's order of this epoch.

        Runs of the same seed and as many examples shuffle alike. What fills up is the last example once more.
        """
        part = self._parts["train"]
        keys = [(member.recipe.seed, part.counts[member.number]) for member in self._members]
        drawn: dict[tuple[int, int], Tensor] = {}
        for key in dict.fromkeys(keys):
            order = torch.randperm(key[1], generator=self._random[key])
            drawn[key] = torch.cat([order, order[-1:].expand(len(self._many) * self._batch - key[1])])
        place = {key: number for number, key in enumerate(drawn)}
        orders = torch.stack(list(drawn.values()))[[place[key] for key in keys]]
        return orders.to(self.device) + part.begins[[member.number for member in self._members]]

    # Ends

    def _diverged(self, before: Tensor, losses: Tensor, train: list[Scores], valid: list[Scores]) -> None:
        """Say so of the networks whose numbers overflowed or left every bound, and put their weights back."""
        bad = ~torch.isfinite(losses)
        overflowed, first = bad.any(1).tolist(), bad.int().argmax(1).tolist()
        counts = self._parts["train"].counts
        for place, member in enumerate(self._members):
            member.first_loss = float(losses[place, 0]) if member.first_loss is None else member.first_loss
            own = self._batches(counts[member.number])
            end, epoch = self.epoch * own, self.epoch + 1
            if overflowed[place]:
                member.message = sentence(member.recipe, end + first[place] + 1, epoch, "the network")
            elif not valid[place].loss < float("inf"):
                member.message = sentence(member.recipe, end + own, epoch, "after it the network")
            else:
                worst = max(train[place].loss, valid[place].loss)
                member.message = outgrown(member.recipe, epoch, member.first_loss, worst)
            if member.message:
                self._rows[place] = before[place]

    def _leave(self, reasons: Mapping[int, Reason]) -> dict[int, Ended]:
        """Take those at some places out of the rows, so that nothing moves them any more."""
        leaving = [self._members[place] for place in reasons]
        for place, member in zip(reasons, leaving, strict=True):
            is_best = member.best_epoch > 0 and bool(member.recipe.keep_best or member.recipe.patience)
            self._ended[member.number] = self._rows[place].clone(), self._best[place].clone(), is_best
        ended = self._told(leaving, list(reasons.values()))
        staying = [place for place in range(len(self._members)) if place not in reasons]
        self._members = [self._members[place] for place in staying]
        if staying:
            which = torch.tensor(staying, device=self.device)
            self._rows, self._best = self._rows.index_select(0, which), self._best.index_select(0, which)
            self._optimiser.keep(staying)
            self._lay_out()
        return ended

    def _told(self, leaving: Sequence[_Member], reasons: Sequence[Reason]) -> dict[int, Ended]:
        numbers = [member.number for member in leaving]
        shown = torch.stack([best if is_best else last for last, best, is_best in map(self._found, numbers)])
        valid = self._judged("valid", numbers, shown)
        tests: Sequence[Scores | None] = [None] * len(numbers)
        if self._final_exam:
            tests = self._judged("test", numbers, shown)
        return {
            member.number: Ended(
                reason,
                self.epoch - (reason == "diverged"),
                member.best_epoch,
                own_valid,
                test if reason != "diverged" else None,
                member.message,
            )
            for member, reason, own_valid, test in zip(leaving, reasons, valid, tests, strict=True)
        }

    # Scores

    def _part(self, name: PartName) -> StackedPart:
        parts = [getattr(each, name) for each in self.examples]
        return StackedPart(parts, [each.targets for each in self.examples], self.device)

    def _own_part(self, name: PartName) -> StackedPart:
        if name not in self._parts:
            self._parts[name] = self._part(name)
        return self._parts[name]

    def _chunk(self, count: int) -> int:
        """Examples that so many networks compute at once."""
        return max(1, AT_ONCE // (self._net.widest * count))

    def _judged(self, name: PartName, numbers: Sequence[int], rows: Tensor) -> list[Scores]:
        """Scores of networks on one part of their examples, under weights (k, count)."""
        part = self._own_part(name)
        order, there = part.in_order(numbers)
        tally = Tally(part, numbers)
        leaves = self._net.leaves(rows)
        chunk = self._chunk(len(numbers))
        with torch.no_grad():
            for some, here in zip(torch.split(order, chunk, dim=1), torch.split(there, chunk, dim=1), strict=True):
                inputs, targets = part.take(some)
                scores = self._net.scores(leaves, inputs)
                tally.add(self._loss(scores, targets), scores, targets, here)
        return tally.scores()
