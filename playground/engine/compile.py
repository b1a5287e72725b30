"""From a graph to a torch network: one module a layer, called in the graph's order.

Knows no training. Which modules there can be is written in modules.py, how a loop is led through time in stepping.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import cast

import torch
from torch import Tensor, nn

from playground.engine import ragged
from playground.engine.modules import make
from playground.engine.shaping import StepsBatchNorm
from playground.engine.stepping import Feed, LoopStep, Step, Values, run_step
from playground.graph.check import check
from playground.graph.loops import Stage, stages
from playground.graph.model import Edge, Graph, NodeId
from playground.graph.problem import Report
from playground.layers.ends import Input, Output
from playground.layers.layer import Weighted
from playground.layers.shape import Shape
from playground.layers.steps import Conv1d, Pool1d


class CompileProblem(Exception):
    """A network that cannot be built: the first problem's sentence."""


class Network(nn.Module):
    """A compiled graph. Its weights are named "<layer>.<name>", as in conv1.weight; a copy's in a repeated block
    "<layer>.<number>.<name>".
    """

    def __init__(self, ends: Ends, steps: tuple[Step | LoopStep, ...]) -> None:
        super().__init__()
        self.ends, self.steps = ends, steps
        self.input, self.output = ends.input, ends.output
        for step in self.each_step():
            if step.module is not None:
                # add_module() refuses names such as "train" that are a module's own attributes, and those with a dot;
                # the weights' names are all that is wanted here. What follows a layer has no weights.
                self._modules[step.id] = step.module
        self._line = self._as_line()
        self._slides = any(isinstance(module, nn.Conv2d) for module in self.modules())
        self.is_masked = False
        """Whether sequences are of unequal length, so that what fills them up is left out of account: ragged.py."""

    def each_step(self) -> Iterable[Step]:
        """Every layer that computes, those in loops too."""
        for step in self.steps:
            yield from step.steps if isinstance(step, LoopStep) else (step,)

    def _as_line(self) -> tuple[nn.Module, ...] | None:
        """The modules one after another, if the graph is a chain: the loop for it is shorter."""
        before = self.input
        line: list[nn.Module] = []
        if not self.ends.is_single:
            return None
        for step in self.steps:
            if isinstance(step, LoopStep) or step.is_special or step.sources != (before,):
                return None
            line += [*([step.module] if step.module is not None else []), *step.then]
            before = step.id
        return tuple(line)

    def forward(self, x: Tensor, answers: Tensor | None = None) -> Tensor:
        """Raw scores (n, outputs), or (n, steps, outputs), of examples (n, *shape).

        answers: codes (n, steps) of the answers before each; where the network reads them, see judging.py.
        """
        if self._line is not None and not self.is_masked:
            x = self._laid_out(x)
            for module in self._line:
                x = module(x)
            return x
        return self._run(x, answers)[self.output]

    def outputs(self, x: Tensor, answers: Tensor | None = None) -> list[Tensor]:
        """The scores of all Outputs, in the order of ends.outputs."""
        if self._line is not None and not self.is_masked:
            return [self(x)]
        values = self._run(x, answers)
        return [values[id] for id in self.ends.outputs]

    def _run(self, x: Tensor, answers: Tensor | None) -> Values:
        values: Values = {}
        x, own = ragged.begin(x) if self.is_masked else (x, None)
        for id, layer in self.ends.inputs.items():
            if layer.reads == "answers":
                assert answers is not None, "a network with a decoder is given the answers so far"
                values[id] = answers
            else:
                values[id] = self._laid_out(_columns(x, layer))
        return self.values_of(values, own)

    def _laid_out(self, x: Tensor) -> Tensor:
        """Images that are to be convolved on a processor, with the channels of a pixel side by side in memory: torch
        pools ten times as fast so, and convolves half as fast again; what follows keeps the layout. Indices stay.
        """
        is_image = self._slides and x.dim() == 4 and x.device.type == "cpu"
        return x.to(memory_format=torch.channels_last) if is_image else x

    def values_of(self, given: Values, own: Tensor | None = None) -> Values:
        """What every layer gives, when each Input gives that: (n, *dims), its columns alone.

        own: how many steps at the end of each example are its own, (n,); None: all.
        """
        values = dict(given)
        if own is not None:
            reading = [id for id, layer in self.ends.inputs.items() if layer.reads == "data"]
            ragged.run(self.steps, values, dict.fromkeys(reading, own))
            return values
        for step in self.steps:
            if isinstance(step, LoopStep):
                step.run(values)
            else:
                run_step(step, values)
        return values

    def activations(self, x: Tensor, wanted: Collection[NodeId], answers: Tensor | None = None) -> dict[NodeId, Tensor]:
        """What those layers give for examples (n, *shape), activations included."""
        values = self._run(x, answers)
        return {id: values[id] for id in wanted if id in values}

    @cached_property
    def _everything(self) -> tuple[nn.Module, ...]:
        return tuple(self.modules())

    def train(self, mode: bool = True) -> Network:
        """As torch's, which asks each module for its children anew: a tenth of a tiny network's epoch."""
        for module in self._everything:
            module.__dict__["training"] = mode
        return self

    @property
    def is_packed(self) -> bool:
        """Whether a step's operations depend on how long its sequences are, so that none can be written out flat:
        recurrent layers are packed, and batch normalisation picks the own steps of a batch.
        """
        kinds = nn.RNNBase, StepsBatchNorm
        return self.is_masked and any(isinstance(module, kinds) for module in self._everything)

    @property
    def count(self) -> int:
        """Weights and biases, those of a layer that serves in two places once."""
        return sum(parameter.numel() for parameter in self.parameters())


class Ends:
    """Where data enter a network and where they are judged."""

    def __init__(self, graph: Graph) -> None:
        self.inputs = {id: layer for id, layer in graph.nodes.items() if isinstance(layer, Input)}
        judged = {id: layer for id, layer in graph.nodes.items() if isinstance(layer, Output)}
        self.losses = judged
        self.outputs = tuple(judged)
        self.output = main_output(graph)
        reading = [id for id, layer in self.inputs.items() if layer.reads == "data"]
        self.input = next(iter((*reading, *self.inputs)))
        self.reads_answers = len(reading) < len(self.inputs)

    @property
    def is_single(self) -> bool:
        """Whether one Input takes all of the data, and one Output judges."""
        return (
            len(self.inputs) == 1 == len(self.outputs) and not self.inputs[self.input].chosen and not self.reads_answers
        )


def main_output(graph: Graph) -> NodeId:
    """The Output whose scores are the network's answer: the first of the largest weight."""
    judged = {id: layer.weight for id, layer in graph.nodes.items() if isinstance(layer, Output)}
    return max(judged, key=lambda id: judged[id])


def build(graph: Graph, seed: int = 0, is_masked: bool = False) -> Network:
    """Compile a graph, with weights drawn anew from the seed by torch's usual rules. is_masked: see Network.

    Raises: CompileProblem: If the graph has errors.
    """
    report = check(graph)
    if report.errors:
        raise CompileProblem(report.errors[0].text)
    flat = report.written_out
    ends = Ends(flat)
    needed = _behind(flat, ends.outputs)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        made = (_stage(flat, stage, report) for stage in stages(flat) if not needed.isdisjoint(stage.nodes))
        steps = tuple(step for step in made if step is not None)
    network = Network(ends, steps)
    network.is_masked = is_masked
    _tie_and_freeze(flat, network, report)
    return network


def _behind(graph: Graph, outputs: Iterable[NodeId]) -> set[NodeId]:
    """The outputs and every layer that feeds them: the others compute nothing that is used."""
    found = set(outputs)
    stack = list(found)
    returning: dict[NodeId, list[Edge]] = {}
    for edge in graph.feedback:
        returning.setdefault(edge.target, []).append(edge)
    while stack:
        id = stack.pop()
        for edge in (*graph.incoming[id], *returning.get(id, ())):
            if edge.source not in found:
                found.add(edge.source)
                stack.append(edge.source)
    return found


def _stage(graph: Graph, stage: Stage, report: Report) -> Step | LoopStep | None:
    if stage.is_loop:
        inner = set(stage.nodes)
        steps = tuple(_step(graph, id, report, inner) for id in stage.nodes)
        dims = {id: report.shapes[id].frame.dims for id in stage.nodes}
        outside = {feed.source for step in steps for feed in step.feeds if feed.source not in inner}
        timed = {id for id in outside if report.shapes[id].is_sequence or report.shapes[id].is_film}
        return LoopStep(steps, dims, frozenset(timed), frozenset(outside - timed))
    (id,) = stage.nodes
    return None if isinstance(graph.nodes[id], Input) else _step(graph, id, report, set())


def _step(graph: Graph, id: NodeId, report: Report, loop: set[NodeId]) -> Step:
    """One layer as a step; loop: the nodes of the loop it is in, if it is in one."""
    layer = graph.nodes[id]
    call = layer.torch(*cast(tuple[Shape, ...], report.given[id]))
    feeds = tuple(_feeds(graph, id))
    each_frame = id in report.times and not loop
    if call is None:
        return Step(id, feeds, layer.ports(), None, ())
    slide = layer.slide if isinstance(layer, Conv1d | Pool1d) else None
    then = tuple(make(after) for after in call.then)
    return Step(id, feeds, layer.ports(), make(call), then, layer.weighs, each_frame, slide)


def _feeds(graph: Graph, id: NodeId) -> Iterable[Feed]:
    """What reaches a layer, a port after the other, feedback last within each."""
    layer = graph.nodes[id]
    returning = [edge for edge in graph.feedback if edge.target == id]
    for port in layer.ports():
        single = not layer.takes_several(port)
        for edge in (*(e for e in graph.incoming[id] if e.port == port), *(e for e in returning if e.port == port)):
            state = port == layer.state_port and graph.nodes[edge.source].final_state() is not None
            yield Feed(edge.source, port, single, edge.feedback, state)


def _tie_and_freeze(graph: Graph, network: Network, report: Report) -> None:
    """Let layers use others' weights, and leave those alone that are not to be trained."""
    for step in network.each_step():
        layer = graph.nodes[step.id]
        if step.module is None or not isinstance(layer, Weighted):
            continue
        if layer.shares:
            if layer.shares not in network._modules:  # it feeds no Output itself, but its weights are used here
                call = graph.nodes[layer.shares].torch(*cast(tuple[Shape, ...], report.given[layer.shares]))
                assert call is not None
                network._modules[layer.shares] = make(call)
            _tie(step.module, cast(nn.Module, network._modules[layer.shares]))
        if not layer.trainable:
            step.module.requires_grad_(False)


def _tie(module: nn.Module, other: nn.Module) -> None:
    for name, parameter in list(other.named_parameters()):
        place, _, own = name.rpartition(".")
        setattr(module.get_submodule(place), own, parameter)


def _columns(x: Tensor, layer: Input) -> Tensor:
    """What an Input takes of the examples (n, *shape): all, or some features or channels."""
    if not layer.chosen:
        return x
    axis = x.dim() - 1 if x.dim() in (2, 3) else x.dim() - 3
    return x.index_select(axis, torch.tensor(layer.chosen, device=x.device))
