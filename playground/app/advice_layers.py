"""Rules on what happens inside layers: dead rectifiers, saturation, gradients that vanish or explode.

The figures are playground.insight.checkup's; all rules together are in advice.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from playground.app.changes import EditGraph
from playground.app.evidence import Advice, Evidence, Rule
from playground.app.experiments import Experiment, recipe_change
from playground.graph.model import Graph, NodeId
from playground.graph.repeat import original
from playground.graph.rewiring import Replace, SetAll
from playground.layers.activation import LeakyReLU, ReLU
from playground.layers.layer import Layer

DEAD = 0.3
"""Share of a layer's units from which on dead ones are spoken of."""
SATURATED = 0.5
"""Share of a layer's answers from which on saturation is spoken of."""
VANISHING = 1e-3
"""Gradient of the first layer over that of the last, root mean squares, below which it counts as vanishing."""
DEEP = 4
"""Layers with weights from which on that ratio is looked at."""
EXPLODING = 100.0
"""Length of the whole gradient above which it counts as exploding."""
SQUASHERS = ("Sigmoid", "Tanh", "HardSigmoid", "HardTanh")


def dead_rectifiers(evidence: Evidence) -> Iterator[Advice]:
    """Units that answer 0 to everything get no gradient, and never come back."""
    for id, facts in evidence.layers.items():
        if facts.dead is None or facts.dead < DEAD:
            continue
        recipe = evidence.document.recipe
        lower = float(f"{recipe.learning_rate / 3:.1g}")
        seen = f"{facts.dead:.0%} of the units of {id} answer 0 to every example looked at."
        why = "A ReLU that never fires passes no gradient: it has stopped learning. A leaky one still learns."
        tries = [
            *_swapped(evidence.document.graph, id, LeakyReLU(), "leaky_relu", "Make it a leaky ReLU"),
            recipe_change(f"Learning rate {lower:g}", recipe, learning_rate=lower),
        ]
        yield Advice("dead ReLUs", seen, why, tuple(tries), original(id))


def saturation(evidence: Evidence) -> Iterator[Advice]:
    """Squashers at their bounds have almost no slope. Where every answer is right, they are where they should be."""
    if _is_at_its_top(evidence):
        return
    for id, facts in evidence.layers.items():
        if facts.saturated is None or facts.saturated < SATURATED or _is_last(evidence.document.graph, original(id)):
            continue
        seen = f"{facts.saturated:.0%} of the answers of {id} lie within 2 % of a bound of its activation."
        why = "There the curve is flat, and hardly any gradient passes. Smaller weights, scaled inputs or a ReLU help."
        tries = _swapped(evidence.document.graph, id, ReLU(), "relu", "Make it a ReLU")
        yield Advice("saturation", seen, why, tuple(tries), original(id))


def vanishing(evidence: Evidence) -> Iterator[Advice]:
    """The first layers get next to nothing of the gradient."""
    sizes = [(id, facts.gradient) for id, facts in evidence.layers.items() if facts.gradient is not None]
    if len(sizes) < DEEP or sizes[-1][1] <= 0 or sizes[0][1] >= VANISHING * sizes[-1][1]:
        return
    (first, small), (last, large) = sizes[0], sizes[-1]
    seen = (
        f"The gradient at {first} is {small:.1e} and at {last} {large:.1e} (root mean square a weight): a share of "
        f"{small / large:.1e} arrives."
    )
    why = "Each layer multiplies the gradient by its slope. Activations that stay steep, and shortcuts, let it pass."
    graph = evidence.document.graph
    ids = tuple(id for id, layer in graph.nodes.items() if getattr(layer, "activation", "") in ("sigmoid", "tanh"))
    edits = _rectified(graph, ids)
    tries = (Experiment("ReLU in place of sigmoid and tanh", tuple(edits)),) if edits else _calmer(evidence)
    yield Advice("vanishing gradients", seen, why, tries, original(first))


def exploding(evidence: Evidence) -> Iterator[Advice]:
    """The whole gradient is longer than any step should be."""
    if evidence.gradient <= EXPLODING:
        return
    largest = max(evidence.layers, key=lambda id: evidence.layers[id].gradient or 0.0)
    seen = f"The gradient is {evidence.gradient:,.3g} long; it is largest at {largest}."
    why = "One such step throws the weights far away. Clipping keeps its direction and shortens it."
    recipe = evidence.document.recipe
    tries = (recipe_change("Clip the gradient at 1", recipe, clip=1.0),) if recipe.clip == 0 else _calmer(evidence)
    yield Advice("exploding gradients", seen, why, tries, original(largest))


RULES: tuple[Rule, ...] = (dead_rectifiers, saturation, vanishing, exploding)


def _swapped(graph: Graph, id: NodeId, layer: Layer, setting: str, words: str) -> list[Experiment]:
    """Another activation, whether it is a layer of its own or a setting."""
    own = original(id)
    if own not in graph.nodes:
        return []
    if graph.nodes[own].family == "activation":
        return [Experiment(words, (EditGraph(Replace(own, layer, own)),))]
    if "activation" in type(graph.nodes[own]).model_fields:
        return [Experiment(words, (EditGraph(SetAll((own,), "activation", setting)),))]
    return []


def _rectified(graph: Graph, ids: tuple[NodeId, ...]) -> list[EditGraph]:
    """Edits that make every squasher between hidden layers a ReLU."""
    edits = [EditGraph(SetAll(ids, "activation", "relu"))] if ids else []
    alone = [id for id, layer in graph.nodes.items() if layer.type in SQUASHERS and not _is_last(graph, id)]
    return edits + [EditGraph(Replace(id, ReLU(), id)) for id in alone]


def _is_at_its_top(evidence: Evidence) -> bool:
    """Whether all validation examples were answered right after the last epoch."""
    return bool(evidence.epochs) and evidence.epochs[-1].valid.measures.get("accuracy", 0.0) >= 1.0


def _is_last(graph: Graph, id: NodeId) -> bool:
    """Whether an Output comes right after it: what squashes there is meant to."""
    return any(edge.source == id and not graph.nodes[edge.target].gives_output for edge in graph.edges)


def _calmer(evidence: Evidence) -> tuple[Experiment, ...]:
    recipe = evidence.document.recipe
    lower = float(f"{recipe.learning_rate / 10:.1g}")
    return (recipe_change(f"Learning rate {lower:g}", recipe, learning_rate=lower),)
