"""A Training whose steps are shared by the processes of a team: each learns from its part of every batch.

Gradients are averaged by DistributedDataParallel, weighted by the examples behind them, so that a step is that of one
process with the whole batch; scores are gathered, so that all processes know the same figures and end together.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from inspect import signature
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from playground.data.dataset import Examples
from playground.engine.augment import Batch
from playground.engine.checkpoint import Checkpoint
from playground.engine.events import Ended, Event, Started
from playground.engine.feeding import Inputs, pieces
from playground.engine.judging import Judge
from playground.engine.recipe import Recipe, RecipeProblem
from playground.engine.team import Team
from playground.engine.team_norm import synchronise
from playground.engine.train import CHUNK, PartName, Training, count_batches, fewest_in_batch
from playground.graph.model import Graph

_BUFFERS_EACH_STEP = next(
    word
    for word in ("forward_sync_buffers", "broadcast_buffers")
    if word in signature(DistributedDataParallel).parameters
)
"""What says whether buffers are sent at each step; here they are averaged when they are used. Its name is changing."""
ASKED_EVERY = 8
"""Steps between two questions whether somebody wants to stop: an answer waits for the graphics card."""


warnings.filterwarnings("ignore", "(?s)Grad strides do not match bucket view strides")
"""Of a convolution of one channel: its gradient lies in the same order, but torch compares strides nobody uses."""


class TeamTraining(Training):
    """One process's side of a run. Its checkpoint is everyone's; any number of processes can go on from it.

    synchronised: whether batch normalisation sees all processes' examples; else each its own.
    """

    is_shared = True
    _is_over = False
    _is_asked = False
    _weight = 1.0
    """How much this process's mean counts in the mean of all, in the step under way: 1 where shares are alike."""

    def __init__(
        self,
        graph: Graph,
        recipe: Recipe,
        examples: Examples,
        team: Team,
        *,
        weights: Mapping[str, NDArray[Any]] | None = None,
        checkpoint: Checkpoint | None = None,
        final_exam: bool = False,
        synchronised: bool = False,
    ) -> None:
        self.team = team
        super().__init__(
            graph, recipe, examples, team.device.type,
            weights=weights, checkpoint=checkpoint, final_exam=final_exam, flat=False,
        )  # fmt: skip
        needed = team.size * fewest_in_batch(self.network)
        if recipe.batch < needed:
            raise RecipeProblem(
                f"A batch of {recipe.batch:,} cannot be shared by {team.size:,} processes. Choose {needed:,} or more."
            )
        self.batches = count_batches(len(examples.train), recipe.batch, needed)
        self._losses = torch.zeros(self.batches, device=self.device)
        self.work //= team.size
        if synchronised:
            synchronise(self.network)
        self.judge = _TeamJudge(self.judge, self.network, examples, lambda: self._weight)

    def stop(self) -> None:
        """End after one of the next steps, together with the others."""
        self._is_asked = True

    def events(self) -> Iterator[Event]:
        """As Training's. When it is over the processes are alone again: what is asked then is answered by each."""
        for event in super().events():
            if isinstance(event, Started) and not self.team.is_first:
                torch.manual_seed(self.recipe.seed + 1_000_003 * self.team.rank + self.step)  # dropout of its own
            if isinstance(event, Ended):
                self._is_over = True
                event = _in_words(event)
            yield event

    def drawn(self, inputs: Inputs, targets: Tensor, rows: Tensor) -> Batch:
        """The part of this process of the rows of a step, changed as the recipe asks."""
        own = self.team.share(len(rows))
        self._weight = len(own) * self.team.size / len(rows)
        rows = rows[own.start : own.stop]
        there = inputs.index_select(0, rows), targets.index_select(0, rows)
        if self._augmenter is None:
            return Batch(*there)
        return self._augmenter.batch(*there, self.step * self.team.size + self.team.rank)

    def _some_steps(self, inputs: Inputs, targets: Tensor, order: Tensor) -> Tensor:
        """One step; the scores of the whole batch."""
        number = self.batch
        rows = self.rows(order, number, number + 1)
        scores = self.stepper.one(self.drawn(inputs, targets, rows), number)
        mean = self._losses[number] * (self._weight / self.team.size)
        facts = self.team.add_up(torch.stack([mean, mean.new_tensor(float(self._is_asked))]))
        self._losses[number] = facts[0]
        if number % ASKED_EVERY == 0 or self.batch == self.batches:
            self._stopping = bool(facts[1] > 0)
        return self.team.gather(scores, len(rows))

    def scores(self, part: PartName) -> Tensor:
        """Raw scores of a part, of which each process makes its share."""
        if self._is_over:
            return super().scores(part)
        if self.scored is None or self.scored[:2] != (self.step, part):
            self.team.agree_on_buffers(self.network)
            inputs = self._tensors(part)[0]
            with self.looking():
                own = [self.judge.scores(piece) for piece in pieces(inputs, CHUNK, self.team.share(len(inputs)))]
            made = torch.cat(own) if own else self._nothing(inputs)
            self.scored = (self.step, part, self.team.gather(made, len(inputs)))
        return self.scored[2]

    def _nothing(self, inputs: Inputs) -> Tensor:
        """No scores, of the right form, where there are fewer examples than processes."""
        with self.looking():
            return self.judge.scores(inputs.index_select(0, torch.zeros(1, dtype=torch.int64, device=self.device)))[:0]


class _Learner(nn.Module):
    """The network with its loss as one module: DistributedDataParallel wraps what begins with data and ends there."""

    def __init__(self, judge: Judge, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self._judge = judge

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """As Judge.learn_from."""
        return self._judge.learn_from(batch)


class _TeamJudge(Judge):
    """Judges through DistributedDataParallel, so that the gradients of what it gives are averaged over the team."""

    def __init__(self, judge: Judge, network: Any, examples: Examples, weight: Callable[[], float]) -> None:
        super().__init__(network, examples.signature.outputs)
        options: dict[str, Any] = {_BUFFERS_EACH_STEP: False}
        self._together = DistributedDataParallel(_Learner(judge, network), **options)
        self._weight = weight

    def learn_from(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """As Judge's; the loss to descend on is weighted by this process's share of the examples."""
        scores, loss, total = self._together(batch)
        return scores, loss, total * self._weight()


def _in_words(event: Ended) -> Ended:
    """What the transport complains of when somebody is gone, for a person."""
    lost = ("gloo", "NCCL", "Connection closed", "Timed out", "store")
    if event.reason != "failed" or not any(word in event.message for word in lost):
        return event
    return replace(event, message="Another process of this run ended or cannot be reached, so it cannot go on.")
