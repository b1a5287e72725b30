"""Recurrent layers over time: states and gates of an example, how the gradient fares on its way back, attention."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from playground.engine.compile import Network, build
from playground.engine.judging import Judge, answered
from playground.engine.ragged import is_own
from playground.engine.stepping import OWN, STATE, LoopStep, Step
from playground.engine.train import Training
from playground.graph.model import Graph, NodeId
from playground.insight.gates import GATES, Course, course
from playground.insight.modes import as_it_learns

BATCH = 32
"""Training examples over which the gradient's length is averaged: the first ones."""


@dataclass(frozen=True, eq=False)
class Unrolled:
    """One layer over the steps of one example."""

    arrives: NDArray[np.float64]
    """(steps, features) what it reads."""
    course: Course
    """Of a layer without gates: its answers as hidden states."""
    note: str = ""
    """What is not shown of the layer."""


def unrolled(training: Training, id: NodeId, example: NDArray[np.float32]) -> Unrolled | None:
    """States and gates for one scaled example; None if the layer gives no sequence and has no steps inside."""
    step = next((step for step in training.network.each_step() if step.id == id), None)
    if step is None or not step.feeds:
        return None
    x = torch.from_numpy(np.ascontiguousarray(example))[None].to(training.device)
    answers = training.judge.own_answers(x)
    first = step.feeds[0].source
    with training.looking():
        values = training.network._run(x, answers)
    arrives = _own(values, first)
    kind = type(step.module).__name__
    if kind not in GATES or arrives.ndim != 2:
        given = _own(values, id)
        if given.ndim != 2:
            return None
        return Unrolled(arrives if arrives.ndim == 2 else given, Course(given, None, {}))
    assert step.module is not None
    weights = {name: value.detach().double().cpu().numpy() for name, value in step.module.state_dict().items()}
    state, curve = _state(values, step), str(getattr(step.module, "nonlinearity", "tanh"))
    several = int(getattr(step.module, "num_layers", 1)) > 1 or bool(getattr(step.module, "bidirectional", False))
    note = "The lowest of its levels, forwards." if several else ""
    return Unrolled(arrives, course(kind, arrives, weights, state, curve), note)


def _own(values: dict[str, Tensor], id: NodeId) -> NDArray[np.float64]:
    """What a layer gives for the one example, of a sequence that is filled up its own steps."""
    value: NDArray[np.float64] = values[id][0].double().cpu().numpy()
    return value[-int(values[id + OWN][0]) :] if id + OWN in values else value


def _state(values: dict[str, Tensor], step: Step) -> NDArray[np.float64] | None:
    """The flat state a layer begins with, if an edge brings one."""
    for feed in step.feeds[1:]:
        key = feed.source + STATE if feed.state else feed.source
        if key in values and values[key].dim() == 2:
            found: NDArray[np.float64] = values[key][0].double().cpu().numpy()
            return found
    return None


class Stepped(nn.Module):
    """A recurrent module led through time a step at a time, so that the loss's slope along each state is known."""

    def __init__(self, module: nn.RNNBase) -> None:
        super().__init__()
        self.module = module
        self.states: list[Tensor] = []
        """h behind each step, of the lowest level, forwards."""
        self._own: Tensor | None = None

    def led(self, given: list[Tensor | None], lengths: Tensor) -> tuple[Tensor, Tensor]:
        """As forward(), of sequences (n, steps, features) of which so many steps at the end are their own."""
        assert given[0] is not None
        self._own = is_own(lengths, given[0].shape[1])
        try:
            return self(*given)  # type: ignore[no-any-return]
        finally:
            self._own = None

    def forward(self, steps: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """As the module: all states (n, steps, units · directions), and the flat final state."""
        m, units = self.module, self.module.hidden_size
        directions = 2 if m.bidirectional else 1
        levels = m.num_layers * directions
        h = steps.new_zeros(levels, len(steps), units)
        c = torch.zeros_like(h)
        if state is not None:
            stacked = state.reshape(len(state), -1, units).transpose(0, 1)
            h = stacked[:levels]
            c = stacked[levels:] if len(stacked) > levels else c
        self.states, ends_h, ends_c, given = [], [], [], steps
        for level in range(m.num_layers):
            ways = []
            for direction in range(directions):
                number = level * directions + direction
                out, end = self._run(given, level, direction, h[number], c[number])
                ways.append(out)
                ends_h.append(end[0])
                ends_c.append(end[1])
            given = torch.cat(ways, dim=-1)
        ends = [*ends_h, *(ends_c if isinstance(m, nn.LSTM) else [])]
        return given, torch.cat(ends, dim=1)

    def _run(
        self, steps: Tensor, level: int, direction: int, h: Tensor, c: Tensor
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        weights = self.module.all_weights[level * (2 if self.module.bidirectional else 1) + direction]
        w_in, w_back, *biases = weights
        b_in, b_back = biases if biases else (None, None)
        times = range(steps.shape[1]) if not direction else reversed(range(steps.shape[1]))
        found: dict[int, Tensor] = {}
        for time in times:
            x, before = steps[:, time], (h, c)
            if isinstance(self.module, nn.LSTM):
                h, c = torch._VF.lstm_cell(x, (h, c), w_in, w_back, b_in, b_back)
            elif isinstance(self.module, nn.GRU):
                h = torch._VF.gru_cell(x, h, w_in, w_back, b_in, b_back)
            else:
                is_tanh = self.module.nonlinearity == "tanh"
                cell = torch._VF.rnn_tanh_cell if is_tanh else torch._VF.rnn_relu_cell
                h = cell(x, h, w_in, w_back, b_in, b_back)
            if self._own is not None:  # a state waits for its sequence to begin, and backwards after it has ended
                h, c = (torch.where(self._own[:, time, None], *both) for both in zip((h, c), before, strict=True))
            if level == 0 and direction == 0:
                self.states.append(h)
            found[time] = h
        return torch.stack([found[time] for time in range(steps.shape[1])], dim=1), (h, c)


class Tap(nn.Module):
    """Keeps what passes at each step of a loop, so that the loss's slope along it is known."""

    def __init__(self) -> None:
        super().__init__()
        self.states: list[Tensor] = []

    def forward(self, value: Tensor) -> Tensor:
        """The same value."""
        self.states.append(value)
        return value


def gradient_in_time(training: Training, id: NodeId, network: Network | None = None) -> NDArray[np.float64] | None:
    """‖∂ loss / ∂ hₜ‖ behind each step (steps,), averaged over BATCH training examples; None if it is not recurrent.

    h is the state of a recurrent layer, or what a layer in a loop of feedback edges gives: all of the slope comes
    through later steps or the answer. In training mode, on a copy. network: another one for the same data, as with
    other gates. Source: Pascanu, Mikolov and Bengio 2013, section 2.
    """
    model = copy.deepcopy(network if network is not None else training.network)
    model.is_masked = training.network.is_masked
    states = _tapped(model, id)
    if states is None:
        return None
    part = training.examples.train
    inputs = torch.from_numpy(part.inputs[:BATCH]).to(training.device)
    targets = torch.from_numpy(part.targets[:BATCH]).to(training.device)
    judge = Judge(model, training.examples.signature.outputs)
    with as_it_learns(model):
        before = judge.before(targets) if model.ends.reads_answers else None
        values = model._run(inputs, before)
        total = judge.weighed([values[end] for end in model.ends.outputs], inputs, targets)[2] * len(inputs)
        slopes = torch.autograd.grad(total, states.states, allow_unused=True)
    lengths = [0.0 if slope is None else float(slope.double().flatten(1).norm(dim=1).mean()) for slope in slopes]
    return np.array(lengths)


def _tapped(model: Network, id: NodeId) -> Stepped | Tap | None:
    """Have a layer keep its states; None where it has none."""
    made: list[Step | LoopStep] = []
    tap: Stepped | Tap | None = None
    for step in model.steps:
        if isinstance(step, LoopStep) and any(inner.id == id and inner.module is not None for inner in step.steps):
            tap = Tap()
            inner = [replace(each, then=(*each.then, tap)) if each.id == id else each for each in step.steps]
            step = replace(step, steps=tuple(inner))
        elif isinstance(step, Step) and step.id == id and isinstance(step.module, nn.RNNBase):
            tap = Stepped(step.module)
            step = replace(step, module=tap)
        made.append(step)
    model.steps, model._line = tuple(made), None
    return tap


def with_gates(training: Training, graph: Graph, id: NodeId) -> NDArray[np.float64] | None:
    """The same of a network that has not learned yet: graph, built from the run's seed."""
    return gradient_in_time(training, id, build(graph, training.recipe.seed).to(training.device))


def attention(training: Training, id: NodeId, example: NDArray[np.float32]) -> NDArray[np.float64] | None:
    """Weights (heads, queries, keys) of an attention layer for one scaled example, rows summing to 1; None if none."""
    step = next((step for step in training.network.each_step() if step.id == id), None)
    if step is None or not hasattr(step.module, "last_weights"):
        return None
    x = torch.from_numpy(np.ascontiguousarray(example))[None].to(training.device)
    with training.looking():
        wanted = [feed.source + OWN for feed in step.feeds]
        owns = training.network.activations(x, [id, *wanted], training.judge.own_answers(x))
    found = getattr(step.module, "last_weights", None)
    if not isinstance(found, Tensor):
        return None
    weights = found[0].double().cpu().numpy()
    weights = weights[None] if weights.ndim == 2 else weights
    queries, keys = (int(owns[source][0]) if source in owns else 0 for source in (wanted[0], wanted[:2][-1]))
    return weights[:, -queries:, -keys:]


def wrote(training: Training, example: NDArray[np.float32]) -> NDArray[np.int64] | None:
    """The network's own answers to one scaled example, (steps,) classes; None if it answers once, or in numbers."""
    if training.examples.targets is not None or training.examples.valid.targets.ndim < 2:
        return None
    x = torch.from_numpy(np.ascontiguousarray(example))[None].to(training.device)
    with training.looking():
        found: NDArray[np.int64] = answered(training.judge.scores(x)).cpu().numpy()[0]
    return found


def written(training: Training, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The network's own answers for the first validation examples, and the right ones: (count, steps) classes each."""
    part = training.examples.valid
    x = torch.from_numpy(part.inputs[:count]).to(training.device)
    with training.looking():
        scores = training.judge.scores(x)
    return answered(scores).cpu().numpy(), part.targets[:count].astype(np.int64)
