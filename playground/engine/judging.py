"""What a network's answers cost: every Output's loss, weighted, for one answer an example or one a step.

Also decoding: a network that reads the answers so far is given the right ones while it learns (teacher forcing), and
its own when it predicts (free running). The losses themselves are in losses.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from playground.engine.losses import LOSSES, classes

if TYPE_CHECKING:
    from playground.engine.augment import Batch
    from playground.engine.compile import Network


class Judge:
    """Scores and losses of one network. classes: how many there are, which is the code for “begin” too."""

    def __init__(self, network: Network, classes: int) -> None:
        self._network, self._ends, self._classes = network, network.ends, classes
        main = self._ends.losses[network.output]
        self.loss_name = main.loss
        self._main = LOSSES[main.loss]
        self._is_plain = self._ends.is_single and not main.rebuilds and not main.each_step

    def learn(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Scores of the main Output, its loss, and the weighted sum of all losses, to descend on."""
        if self._is_plain:
            scores: Tensor = self._network(inputs)
            loss = self._main(scores, targets)
            return scores, loss, loss
        answers = self.before(targets) if self._ends.reads_answers else None
        return self.weighed(self._network.outputs(inputs, answers), inputs, targets)

    def learn_from(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """As learn(), of examples that were changed: an autoencoder gives back the clean ones, mixed ones have two
        answers.
        """
        if batch.clean is None:
            return self.learn(batch.inputs, batch.targets)
        answers = self.before(batch.targets) if self._ends.reads_answers else None
        outputs = self._network.outputs(batch.inputs, answers)
        scores, loss, total = self.weighed(outputs, batch.clean, batch.targets)
        if batch.others is not None:
            _, other, rest = self.weighed(outputs, batch.clean, batch.others)
            loss, total = (batch.share * own + (1 - batch.share) * left for own, left in ((loss, other), (total, rest)))
        return scores, loss, total

    def weighed(self, outputs: list[Tensor], inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As learn(), of scores that are there already: those of ends.outputs, in their order."""
        total: Tensor | None = None
        for id, scores_of in zip(self._ends.outputs, outputs, strict=True):
            output = self._ends.losses[id]
            truth = inputs if output.rebuilds else targets
            each = LOSSES[output.loss](*self._flat(scores_of, truth, output.rebuilds))
            if id == self._network.output:
                scores, loss = scores_of, each
            total = output.weight * each if total is None else total + output.weight * each
        assert total is not None
        return scores, loss, total

    def loss(self, scores: Tensor, targets: Tensor) -> Tensor:
        """The main Output's loss."""
        return self._main(*self._flat(scores, targets, self._ends.losses[self._network.output].rebuilds))

    def _flat(self, scores: Tensor, targets: Tensor, rebuilds: bool) -> tuple[Tensor, Tensor]:
        """One row an answer: of the examples, or of all their steps; what fills up a sequence has no right answer."""
        if rebuilds:
            scores, targets = scores.flatten(1), targets.flatten(1)
        elif scores.dim() == 3:
            scores, targets = scores.flatten(0, 1), targets.flatten(0, 1)
        if self._network.is_masked:
            known = is_known(targets)
            if rebuilds:
                return scores[known][None], targets[known][None]
            if not self._is_plain:
                known = known if known.dim() == 1 else known.all(1)
                return scores[known], targets[known]
        return scores, targets

    def scores(self, inputs: Tensor) -> Tensor:
        """What the network answers, without being told anything."""
        if not self._ends.reads_answers:
            made: Tensor = self._network(inputs)
            return made
        scored: Tensor = self._network(inputs, self.own_answers(inputs))
        return scored

    def own_answers(self, inputs: Tensor) -> Tensor | None:
        """The network's own answers before each step, (n, steps); None if it reads none.

        One step after the other, each with all that was answered: as many passes as there are steps.
        """
        if not self._ends.reads_answers:
            return None
        steps = next(layer.dims[0] for layer in self._ends.inputs.values() if layer.reads == "answers")
        before = torch.full((len(inputs), steps), float(self._classes), device=inputs.device)
        for step in range(steps - 1):
            scores: Tensor = self._network(inputs, before)
            before[:, step + 1] = classes(scores[:, step]).float()
        return before

    def before(self, targets: Tensor) -> Tensor:
        """The right answers before each step, (n, steps): “begin”, then all but the last.

        Source: Williams and Zipser 1989, section 3.3, teacher forcing.
        """
        begin = torch.full_like(targets[:, :1], self._classes)
        return torch.cat([begin, targets[:, :-1]], dim=1).float()


def is_known(targets: Tensor) -> Tensor:
    """Where there is a right answer: not where a sequence is filled up (playground.data.lengths)."""
    return ~targets.isnan() if targets.is_floating_point() else targets >= 0


def answered(scores: Tensor) -> Tensor:
    """The class of each answer, (n,) or (n, steps)."""
    return classes(scores.flatten(0, 1)).view(scores.shape[:2]) if scores.dim() == 3 else classes(scores)
