"""Rules on the curves and the comparison: learning rate, over- and under-fitting, plateau, worse than the baseline.

The other rules are in advice_layers.py and advice_data.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import inf
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from playground.app.changes import EditGraph
from playground.app.evidence import Advice, Evidence, Rule
from playground.app.experiments import Experiment, recipe_change
from playground.graph.edits import InsertOnEdge
from playground.graph.linearity import is_linear
from playground.graph.model import Graph
from playground.graph.rewiring import SetAll
from playground.layers.dense import Dense
from playground.layers.image import Conv2d
from playground.layers.normalise import Dropout

if TYPE_CHECKING:
    from playground.selection.outcome import Row

PIECE = 512
"""Losses looked at together."""
WORSE = 1.1
"""Validation loss over its best from which on it counts as risen."""
RISEN = 0.02
"""Part of what the validation loss had fallen by that it must have risen again for a word."""
FLAT = 0.005
"""Relative fall of the training loss over the last epochs below which it counts as flat."""
HIDDEN = 8
"""Units of the hidden layer that is offered where there is none."""
SLOW = 0.02
"""Relative fall of the training loss an epoch below which it counts as slow."""


def rate_too_high(evidence: Evidence) -> Iterator[Advice]:
    """The run diverged, or the training loss went up about as often as down, in leaps."""
    rate = evidence.document.recipe.learning_rate
    lower = _rate(evidence, 0.1), _rate(evidence, 0.3)
    why = "Each step goes further than the slope holds, and lands higher up on the other side."
    if evidence.reason == "diverged":
        yield Advice("learning rate too high", f"The loss overflowed at a learning rate of {rate:g}.", why, lower)
        return
    losses = _lately(evidence, 10)
    rises = [after for before, after in pairwise(losses) if after > 1.02 * before]
    if len(losses) >= 6 and len(rises) >= 0.4 * (len(losses) - 1) and max(losses) > 1.2 * min(losses):
        seen = (
            f"The training loss rose in {len(rises)} of the last {len(losses) - 1} epochs, between {min(losses):.3g} "
            f"and {max(losses):.3g}, at a learning rate of {rate:g}."
        )
        yield Advice("learning rate too high", seen, why, lower)


def rate_too_low(evidence: Evidence) -> Iterator[Advice]:
    """The training loss falls every epoch, but by little, and is far from the bottom."""
    epochs = evidence.epochs
    if len(epochs) < 5:
        return
    first, now = epochs[0].train.loss, epochs[-1].train.loss
    if now < 0.5 * first or now <= 0:
        return
    falls = [1 - after / before for before, after in pairwise(_lately(evidence, 6))]
    pace = median(falls)
    if min(falls) > 0 and FLAT / 5 < pace < SLOW:
        rate = evidence.document.recipe.learning_rate
        seen = (
            f"The training loss falls in every epoch, but by only {pace:.1%}, at a learning rate of {rate:g}: "
            f"{first:.3g} at first, {now:.3g} now."
        )
        why = "The direction is right and the steps are short. A higher rate gets there sooner."
        yield Advice("learning rate too low", seen, why, (_rate(evidence, 3), _rate(evidence, 10)))


def over_fitting(evidence: Evidence) -> Iterator[Advice]:
    """The validation loss has risen from its best while the training loss fell on."""
    epochs = evidence.epochs
    if len(epochs) < 6:
        return
    best, now = epochs[epochs.best], epochs[-1]
    since = now.epoch - best.epoch
    rise, fall = now.valid.loss - best.valid.loss, epochs[0].valid.loss - best.valid.loss
    has_risen = now.valid.loss >= WORSE * best.valid.loss and rise >= RISEN * fall
    if since < 3 or not has_risen or now.train.loss >= best.train.loss:
        return
    seen = (
        f"The validation loss was lowest in epoch {best.epoch} ({best.valid.loss:.3g}) and is {now.valid.loss:.3g} "
        f"now, while the training loss fell from {best.train.loss:.3g} to {now.train.loss:.3g}."
    )
    why = "The network learns its examples by heart. Stop earlier, keep the weights small, or learn from more examples."
    recipe = evidence.document.recipe
    tries = [recipe_change("Stop after 5 epochs without a better one", recipe, patience=5, keep_best=True)]
    if recipe.l2 == 0:
        tries.append(recipe_change("Keep weights small: L2 of 0.001", recipe, l2=0.001))
    tries += _dropout(evidence)
    yield Advice("over-fitting", seen, why, tuple(tries))


def under_fitting(evidence: Evidence) -> Iterator[Advice]:
    """On its own training examples the network is no better than the linear model is on new ones."""
    linear = _row(evidence, ("logistic", "ridge"))
    if linear is None or len(evidence.epochs) < 5 or not is_flat(evidence):
        return
    measure = "accuracy" if evidence.comparison is not None and evidence.comparison.metric == "accuracy" else "r2"
    own = evidence.epochs[-1].train.measures.get(measure)
    if own is None or own > linear.score:
        return
    name = "accuracy" if measure == "accuracy" else "R²"
    seen = (
        f"After {evidence.epochs[-1].epoch} epochs the {name} on the network's own training examples is {own:.3f}; "
        f"{linear.title[0].lower()}{linear.title[1:]} reaches {linear.score:.3f} on new ones."
    )
    why = "It cannot express what a linear model can, or has not got there. Give it more units, or let it learn on."
    yield Advice("under-fitting", seen, why, (*_wider(evidence), _longer(evidence)))


def without_hidden_layer(evidence: Evidence) -> Iterator[Advice]:
    """The training loss of a linear network has stopped falling: its loss has one valley, and this is its floor."""
    graph = evidence.document.graph
    if not is_linear(graph) or not is_flat(evidence):
        return
    train = evidence.epochs[-1].train
    accuracy = train.measures.get("accuracy")
    if accuracy is not None and accuracy > 0.98:
        return
    reached = f"an accuracy of {accuracy:.3f}" if accuracy is not None else f"a loss of {train.loss:.3g}"
    seen = f"The network has no hidden layer, and stands at {reached} on its own training examples."
    why = (
        "Without one it parts classes by a straight line, a plane or the like, and answers numbers along one, whatever "
        "the learning rate. A hidden layer with an activation bends it (Minsky and Papert 1969 on exclusive or)."
    )
    yield Advice("no hidden layer", seen, why, _with_hidden(graph))


def _with_hidden(graph: Graph) -> tuple[Experiment, ...]:
    """A few units before the last Dense."""
    last = next((id for id in reversed(graph.order) if isinstance(graph.nodes[id], Dense)), None)
    edge = next((edge for edge in graph.edges if edge.target == last), None)
    if edge is None:
        return ()
    change = EditGraph(InsertOnEdge(edge, graph.fresh_id(Dense), Dense(units=HIDDEN, activation="tanh")))
    return (Experiment(f"A hidden layer of {HIDDEN} units before {last}", (change,)),)


def plateau(evidence: Evidence) -> Iterator[Advice]:
    """The training loss of more than a linear network has stopped falling well above zero."""
    if not is_flat(evidence) or is_linear(evidence.document.graph):
        return
    first, now = evidence.epochs[0].train, evidence.epochs[-1].train
    if now.measures.get("accuracy", 0) > 0.98 or now.loss < 0.02 * first.loss:
        return
    last = _last(evidence)
    seen = f"The training loss has stood at {now.loss:.3g} for {last} epochs (it changed by less than {FLAT:.1%})."
    why = (
        "Gradient descent circles around a valley or crawls over flat ground. A lower rate settles into the valley, a "
        "higher one or another optimiser crosses the flat."
    )
    recipe = evidence.document.recipe
    tries = [_rate(evidence, 0.1), _rate(evidence, 3)]
    if recipe.optimiser == "sgd":
        tries.append(recipe_change("Use Adam", recipe, optimiser="adam", learning_rate=0.003))
    yield Advice("plateau", seen, why, tuple(tries))


def worse_than_baseline(evidence: Evidence) -> Iterator[Advice]:
    """The comparison shows the network to be behind the best baseline."""
    comparison = evidence.comparison
    verdict = comparison.verdict if comparison is not None else None
    if verdict is None or not (verdict.p_value < 0.05 and verdict.difference < 0):
        return
    why = "A simple model is the first thing to beat. Until the network does, the simple one is the better choice."
    yield Advice("worse than the baseline", verdict.text, why, (_longer(evidence), _rate(evidence, 0.3)))


RULES: tuple[Rule, ...] = (
    rate_too_high, rate_too_low, over_fitting, under_fitting, without_hidden_layer, plateau, worse_than_baseline,
)  # fmt: skip


def is_flat(evidence: Evidence) -> bool:
    """Whether the training loss of the last epochs hardly changed."""
    epochs, last = evidence.epochs, _last(evidence)
    there = len(epochs)
    if there < 8:
        return False
    least, low, high = FLAT * max(abs(epochs[there - last].train.loss), 1e-12), inf, -inf
    for end in range(there, there - last, -PIECE):  # seldom more than one: a quarter of a long run is a lot to look at
        losses = epochs.values("train", first=max(there - last, end - PIECE), last=end)
        low, high = np.minimum(low, losses.min()), np.maximum(high, losses.max())
        if not high - low < least:  # nor where one is no number
            return False
    return True


def _lately(evidence: Evidence, last: int) -> list[float]:
    """The training losses of so many epochs, or of all that there are."""
    return [epoch.train.loss for epoch in evidence.epochs[-last:]]


def _last(evidence: Evidence) -> int:
    """Epochs that count as the last ones: a quarter, at least five."""
    return max(5, len(evidence.epochs) // 4)


def _row(evidence: Evidence, names: tuple[str, ...]) -> Row | None:
    rows = evidence.comparison.models if evidence.comparison is not None else ()
    return next((row for row in rows if row.name in names), None)


def _rate(evidence: Evidence, times: float) -> Experiment:
    recipe = evidence.document.recipe
    rate = float(f"{recipe.learning_rate * times:.1g}")
    return recipe_change(f"Learning rate {rate:g}", recipe, learning_rate=rate)


def _longer(evidence: Evidence) -> Experiment:
    recipe = evidence.document.recipe
    return recipe_change(f"Train for {2 * recipe.epochs:,} epochs", recipe, epochs=2 * recipe.epochs)


def _dropout(evidence: Evidence) -> list[Experiment]:
    """Before the last layer with weights, if there is none yet."""
    graph = evidence.document.graph
    if any(isinstance(layer, Dropout) for layer in graph.nodes.values()):
        return []
    last = [id for id, layer in graph.nodes.items() if isinstance(layer, Dense)]
    edges = [edge for edge in graph.edges if last and edge.target == last[-1]]
    if not edges or graph.nodes[edges[0].source].family == "input":
        return []
    change = EditGraph(InsertOnEdge(edges[0], graph.fresh_id(Dropout), Dropout(rate=0.5)))
    return [Experiment(f"Drop half of what reaches {last[-1]}", (change,))]


def _wider(evidence: Evidence) -> list[Experiment]:
    """Twice the units, or filters, in every hidden layer that has them."""
    graph, tries = evidence.document.graph, []
    feeding = {edge.source for edge in graph.edges if graph.nodes[edge.target].gives_output}
    for kind, setting, words in ((Dense, "units", "units"), (Conv2d, "filters", "filters")):
        ids = [id for id, layer in graph.nodes.items() if isinstance(layer, kind) and id in feeding]
        sizes = [getattr(graph.nodes[id], setting) for id in ids]
        if ids and max(sizes) <= 2048:
            change = EditGraph(SetAll(tuple(ids), setting, 2 * max(sizes)))
            tries.append(Experiment(f"{2 * max(sizes):,} {words} in each hidden layer", (change,)))
    return tries
