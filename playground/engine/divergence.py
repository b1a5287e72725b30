"""Finding out where numbers overflowed: the exact step and the first layer, and what to try."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from playground.engine.recipe import Recipe
from playground.graph.repeat import original

if TYPE_CHECKING:
    from playground.engine.feeding import Inputs
    from playground.engine.state import Snapshot
    from playground.engine.train import Training


def explain(
    training: Training, before: Snapshot, inputs: Inputs, targets: Tensor, rows: tuple[Tensor, ...], first: int
) -> str:
    """A sentence naming step and layer. The steps of the epoch up to there are done again, since a step's weights are
    gone by the time the loss is looked at. Afterwards the weights are those of the epoch's beginning.
    """
    losses = training.step_losses()[first : training.batch]
    bad = first + int(torch.nonzero(~torch.isfinite(losses))[0])
    before.put_back()
    training.replay(inputs, targets, rows, range(first, bad))
    step = training.step + 1
    layer = _first_overflow(training, training.drawn(inputs, targets, rows[bad]).inputs)
    before.put_back()
    return sentence(training.recipe, step, training.epoch + 1, layer)


def explain_end(training: Training, pieces: Iterable[Tensor]) -> str:
    """The same where it was the epoch's last step that spoilt the weights: its own loss was a number still.

    pieces: the validation inputs, whose loss is none.
    """
    layers = [_first_overflow(training, piece) for piece in pieces]
    order = [original(step.id) for step in training.network.each_step()]
    return sentence(training.recipe, training.step, training.epoch, "after it " + min(layers, key=order.index))


def sentence(recipe: Recipe, step: int, epoch: int, layer: str) -> str:
    """What is said of a step, counted from 1, after which a layer's numbers were no numbers."""
    return (
        f"Training diverged at step {step}, in epoch {epoch}: {layer} gave numbers too large to hold. "
        f"Try a learning rate of {calmer(recipe):g} instead of {recipe.learning_rate:,g}"
        + (", or clip the gradient at 1." if not recipe.clip else ".")
    )


def outgrown(recipe: Recipe, epoch: int, first: float, loss: float) -> str:
    """A sentence if a loss is still a number, but has left every bound since the first step's; else empty."""
    if loss < 1000 * max(first, 1.0):
        return ""
    return (
        f"Training diverged in epoch {epoch}: the loss rose from {first:.3g} to {loss:.3g}. "
        f"Try a learning rate of {calmer(recipe):g}, or clip the gradient at 1."
    )


def calmer(recipe: Recipe) -> float:
    """A learning rate to try instead: a tenth, and no more than is usual for the optimiser."""
    usual = 0.1 if recipe.optimiser == "sgd" else 0.01
    return min(recipe.learning_rate / 10, usual)


def _first_overflow(training: Training, batch: Tensor) -> str:
    """The id of the first layer whose output is not finite; the Output if only the loss is not."""
    network = training.network
    with training.looking():
        steps = list(network.each_step())
        values = network.activations(batch, [step.id for step in steps], training.judge.own_answers(batch))
    for step in steps:
        if not bool(torch.isfinite(values[step.id]).all()):
            return original(step.id)
    return network.output
