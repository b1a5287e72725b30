"""Many networks of one chain of Dense layers as one: the weights of each are a row, and a layer is one batched product.

Knows no training: what is done with the rows is in stacked.py. Which graphs are such a chain, can_stack() says.
Networks of any other graph are built in compile.py and trained one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from playground.engine.compile import build
from playground.engine.recipe import Recipe
from playground.graph.check import check
from playground.graph.model import Graph, NodeId
from playground.graph.problem import Report
from playground.layers.dense import Dense
from playground.layers.ends import Input, Output
from playground.layers.layer import Layer

ELEMENTWISE = frozenset(
    {
        "nn.ReLU", "nn.LeakyReLU", "nn.ELU", "nn.CELU", "nn.SELU", "nn.SiLU", "nn.GELU", "nn.Mish", "nn.Softplus",
        "nn.Hardswish", "nn.Hardsigmoid", "nn.Hardtanh", "nn.Sigmoid", "nn.Tanh", "hard_sigmoid", "step",
    }
)  # fmt: skip
"""Calls without weights that look at one value at a time: they do not mind another axis in front."""


def can_stack(graph: Graph, *recipes: Recipe) -> str:
    """Empty if such networks can be trained as one batched model, else a sentence that says what prevents it.

    The recipes may differ in all but batch and optimiser.
    """
    report = check(graph)
    if report.errors:
        return report.errors[0].text
    if any(recipe.augment.is_on for recipe in recipes):
        return "The training examples are changed at random (augmentation): such networks are trained one by one."
    for name in ("batch", "optimiser"):
        if len({getattr(recipe, name) for recipe in recipes}) > 1:
            return f"The recipes differ in their {name}: only those of the same {name} are trained together."
    return next(_obstacles(report), "")


def _obstacles(report: Report) -> Iterator[str]:
    graph = report.written_out
    if graph.feedback:
        yield "The network has feedback: only a chain of layers is trained together with others."
    ends = [layer for layer in graph.nodes.values() if isinstance(layer, Input | Output)]
    if len(ends) != 2 or any(len(graph.incoming[id]) > 1 for id in graph.nodes) or _branches(graph):
        yield "The network is no chain of layers from one Input to one Output."
    for id, layer in graph.nodes.items():
        if reason := _obstacle(id, layer, report):
            yield reason
    if not any(isinstance(layer, Dense) for layer in graph.nodes.values()):
        yield "The network has no Dense layer, and so nothing to learn."


def _branches(graph: Graph) -> bool:
    sources = [edge.source for id in graph.nodes for edge in graph.incoming[id]]
    return len(sources) != len(set(sources)) or len(sources) != len(graph.nodes) - 1


def _obstacle(id: NodeId, layer: Layer, report: Report) -> str:
    if isinstance(layer, Input):
        return f"{id} takes some of the columns." if layer.chosen or layer.reads == "answers" else ""
    if isinstance(layer, Output):
        return f"{id} judges each step." if layer.each_step else f"{id} rebuilds its input." if layer.rebuilds else ""
    if isinstance(layer, Dense):
        if layer.shares or not layer.trainable:
            return f"The weights of {id} are {'shared' if layer.shares else 'frozen'}."
        return "" if report.given[id][0].is_vector else f"{id} works on each step of a sequence."  # type: ignore[union-attr]
    call = layer.torch(*report.given[id])  # type: ignore[arg-type]
    if call is not None and (call.name in ELEMENTWISE or (call.name == "nn.Flatten" and id not in report.times)):
        return ""
    return f"{layer.heading} ({id}) is neither Dense nor Flatten nor a function of single values."


@dataclass(frozen=True, slots=True)
class Place:
    """Where one Dense layer's numbers stand in a row: weights (inputs, units), then biases (units,) if it has any."""

    id: NodeId
    begin: int
    inputs: int
    units: int
    has_bias: bool

    @property
    def middle(self) -> int:
        return self.begin + self.inputs * self.units

    @property
    def end(self) -> int:
        return self.middle + self.units * self.has_bias


Leaves = Mapping[NodeId, tuple[Tensor, ...]]
"""Weights (k, inputs, units) and biases (k, 1, units) of each Dense layer, as leaves of autograd."""


class StackedNetwork:
    """The chain that all of them share. A row (count,) holds all weights of one; rows (k, count) those of k."""

    def __init__(self, graph: Graph) -> None:
        self.network = build(graph)
        self._line: tuple[Place | nn.Module, ...] = tuple(self._parts())
        self.places = tuple(part for part in self._line if isinstance(part, Place))
        self.count = self.places[-1].end
        self.widest = max(max(place.inputs, place.units) for place in self.places)
        self.is_weight = torch.zeros(self.count)
        """1 for a weight, 0 for a bias, on which no penalty falls."""
        for place in self.places:
            self.is_weight[place.begin : place.middle] = 1

    def _parts(self) -> Iterable[Place | nn.Module]:
        end = 0
        for step in self.network.each_step():
            if isinstance(step.module, nn.Linear):
                inputs, units = step.module.in_features, step.module.out_features
                place = Place(step.id, end, inputs, units, step.module.bias is not None)
                end = place.end
                yield place
            elif isinstance(step.module, nn.Flatten):
                yield nn.Flatten(2)
            elif step.module is not None:
                yield step.module
            yield from step.then

    def drawn(self, seeds: Sequence[int]) -> Tensor:
        """Rows (k, count) of the weights that compile.build() draws from each seed."""
        made: dict[int, Tensor] = {}
        for seed in dict.fromkeys(seeds):
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                for _, linear in self._linears():
                    linear.reset_parameters()
            made[seed] = self._row()
        return torch.stack([made[seed] for seed in seeds])

    def _linears(self) -> Iterator[tuple[NodeId, nn.Linear]]:
        for step in self.network.each_step():
            if isinstance(step.module, nn.Linear):
                yield step.id, step.module

    def _row(self) -> Tensor:
        pieces = []
        for _, linear in self._linears():
            pieces += [linear.weight.detach().T.flatten()]
            pieces += [linear.bias.detach()] if linear.bias is not None else []
        return torch.cat(pieces)

    def weights(self, row: Tensor) -> dict[str, Tensor]:
        """A row as the ordinary network's state dict: copies, by "<layer>.<name>"."""
        made: dict[str, Tensor] = {}
        for place in self.places:
            matrix = row[place.begin : place.middle].view(place.inputs, place.units)
            made[f"{place.id}.weight"] = matrix.T.clone(memory_format=torch.contiguous_format)
            if place.has_bias:
                made[f"{place.id}.bias"] = row[place.middle : place.end].clone()
        return made

    def leaves(self, rows: Tensor) -> Leaves:
        """Views of rows (k, count), which change as the rows do."""
        found: dict[NodeId, tuple[Tensor, ...]] = {}
        for place in self.places:
            weights = rows[:, place.begin : place.middle].view(-1, place.inputs, place.units)
            biases = (rows[:, None, place.middle : place.end],) if place.has_bias else ()
            found[place.id] = tuple(leaf.detach().requires_grad_() for leaf in (weights, *biases))
        return found

    def scores(self, leaves: Leaves, inputs: Tensor) -> Tensor:
        """Raw scores (k, n, outputs) of examples (k, n, *shape), other ones for each network."""
        x = inputs
        for part in self._line:
            if isinstance(part, Place):
                weights, *bias = leaves[part.id]
                x = torch.baddbmm(bias[0], x, weights) if bias else torch.bmm(x, weights)
            else:
                x = part(x)
        return x


def gradient(losses: Tensor, leaves: Leaves, shares: Tensor) -> Tensor:
    """Rows (k, count): the gradient of each network's Σ shares · losses, both (k, n), over its weights."""
    every = [leaf for pair in leaves.values() for leaf in pair]
    total = torch.dot(losses.flatten(), shares.flatten())
    return torch.cat([each.flatten(1) for each in torch.autograd.grad(total, every)], dim=1)
