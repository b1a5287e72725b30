"""A linear baseline as a network of one artificial neuron (for classes, one a class), trained by gradient descent.

Same model, same penalty, same examples: gradient descent ends where scikit-learn's solver does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.data.dataset import Examples
from playground.graph.dense_nets import neuron
from playground.graph.model import Graph
from playground.selection.baseline_catalogue import is_neuron
from playground.selection.outcome import Outcome

EPOCHS, RATE = 4000, 0.2
"""With which the solver's weights are reached within 1 %, of the L1 penalty too."""
MOST_BATCH = 65_536
NO_PENALTY = ("linear", "logistic-none")


def can_be_neuron(name: str, examples: Examples) -> str:
    """Why a baseline cannot be opened as a neuron; empty if it can."""
    if not is_neuron(name):
        return "It is not one artificial neuron."
    if examples.signature.steps is not None:
        return "It answers at each step of a sequence."
    if name == "linear-svm" and len(examples.dataset.class_names) != 2:
        return "Of several classes each neuron of the SVM is trained by itself; the network's hinge compares them."
    return ""


def as_neuron(outcome: Outcome, examples: Examples) -> tuple[Graph, Mapping[str, Any]]:
    """The network, and the recipe's settings that lead to the baseline's own solution.

    scikit-learn sums the loss over the examples where the network takes the mean, so penalties are divided by their
    number n: with C, ½|w|² + C Σ loss becomes the mean loss + |w|²/(2Cn); ridge's |w|² α becomes α/n |w|²; the lasso's
    squared error is halved, so α becomes 2α. The bias has no penalty.
    Raises: ValueError: If it is no neuron.
    """
    if reason := can_be_neuron(outcome.name, examples):
        raise ValueError(reason)
    count = len(examples.train)
    graph = neuron(examples.signature, "hinge" if outcome.name == "linear-svm" else "")
    recipe = {
        "optimiser": "adam", "learning_rate": RATE, "schedule": "cosine", "epochs": EPOCHS, "warmup": 0,
        "batch": min(count, MOST_BATCH), "l1": 0.0, "l2": 0.0, "patience": 0, "clip": 0.0,
    }  # fmt: skip
    return graph, recipe | _penalty(outcome, count, examples.signature.outputs)


def _penalty(outcome: Outcome, count: int, outputs: int) -> dict[str, float]:
    strength = outcome.strength
    if strength is None or outcome.name in NO_PENALTY:
        return {}
    if outcome.name == "ridge":
        return {"l2": 2 * strength / (count * outputs)}
    if outcome.name == "lasso":
        return {"l1": 2 * strength / outputs}
    return {"l1" if outcome.name == "logistic-l1" else "l2": 1 / (strength * count)}
