"""From a graph to a torch network: one module a layer, called in the graph's order.

Knows no training. Which modules there can be is written in modules.py.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from playground.engine.modules import make
from playground.graph.check import check
from playground.graph.model import Graph, NodeId


class CompileProblem(Exception):
    """A network that cannot be built: the first problem's sentence."""


@dataclass(frozen=True, slots=True)
class Step:
    """One layer in the order of computing."""

    id: NodeId
    inputs: tuple[NodeId, ...]
    module: nn.Module | None
    """None for the Output, which passes its input on."""
    then: tuple[nn.Module, ...]


class Network(nn.Module):
    """A compiled graph. Its weights are named "<layer>.<name>", as in conv1.weight."""

    def __init__(self, input: NodeId, output: NodeId, steps: tuple[Step, ...]) -> None:
        super().__init__()
        self.input, self.output, self.steps = input, output, steps
        for step in steps:
            if step.module is not None:
                # add_module() refuses names such as "train" that are a module's own attributes; the weights' names are
                # all that is wanted here. What follows a layer has no weights and need not be known.
                self._modules[step.id] = step.module
        self._line = self._as_line()

    def _as_line(self) -> tuple[nn.Module, ...] | None:
        """The modules one after another, if the graph is a chain: the loop for it is shorter."""
        before = self.input
        line: list[nn.Module] = []
        for step in self.steps:
            if step.inputs != (before,):
                return None
            line += [*([step.module] if step.module is not None else []), *step.then]
            before = step.id
        return tuple(line)

    def forward(self, x: Tensor) -> Tensor:
        """Raw scores (n, outputs) of examples (n, *shape)."""
        if self._line is not None:
            for module in self._line:
                x = module(x)
            return x
        return self._run(x)[self.output]

    def _run(self, x: Tensor) -> dict[NodeId, Tensor]:
        values = {self.input: x}
        for step in self.steps:
            given = [values[id] for id in step.inputs]
            value = given[0] if step.module is None else step.module(*given)
            for module in step.then:
                value = module(value)
            values[step.id] = value
        return values

    def activations(self, x: Tensor, wanted: Collection[NodeId]) -> dict[NodeId, Tensor]:
        """What those layers give for examples (n, *shape), activations included."""
        values = self._run(x)
        return {id: values[id] for id in wanted if id in values}

    @property
    def count(self) -> int:
        """Parameters that training adjusts."""
        return sum(parameter.numel() for parameter in self.parameters())


def build(graph: Graph, seed: int = 0) -> Network:
    """Compile a graph, with weights drawn anew from the seed by torch's usual rules.

    Raises: CompileProblem: If the graph has errors, or not exactly one Input and one Output.
    """
    report = check(graph)
    if report.errors:
        raise CompileProblem(report.errors[0].text)
    inputs, outputs = graph.of_type("Input"), graph.of_type("Output")
    if len(inputs) != 1 or len(outputs) != 1:
        raise CompileProblem("A network needs one Input and one Output. Add or delete until there is one of each.")
    needed = _behind(graph, outputs[0])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        steps = tuple(_step(graph, id, report.shapes) for id in graph.order if id in needed and id != inputs[0])
    return Network(inputs[0], outputs[0], steps)


def _behind(graph: Graph, output: NodeId) -> set[NodeId]:
    """The output and every layer that feeds it: the others compute nothing that is used."""
    found, stack = {output}, [output]
    while stack:
        for edge in graph.incoming[stack.pop()]:
            if edge.source not in found:
                found.add(edge.source)
                stack.append(edge.source)
    return found


def _step(graph: Graph, id: NodeId, shapes: object) -> Step:
    sources = tuple(edge.source for edge in graph.incoming[id])
    call = graph.nodes[id].torch(*(shapes[source] for source in sources))  # type: ignore[index]
    if call is None:
        return Step(id, sources, None, ())
    return Step(id, sources, make(call), tuple(make(after) for after in call.then))
