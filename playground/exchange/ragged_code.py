"""Sequences of unequal length in written code: layers that mix steps are told how many are a sequence's own.

As engine/ragged.py has it, for the layers that are named here; can_say() is False for a network with others. A layer
that looks at each step by itself is written as ever: what it gives before a sequence begins is never looked at.
"""

from __future__ import annotations

from collections.abc import Mapping

from playground.exchange.layer_code import RECURRENT, Given, said
from playground.exchange.names import Names
from playground.exchange.page import Value, chain
from playground.exchange.wiring import Wiring
from playground.graph.model import NodeId
from playground.graph.problem import Report
from playground.layers.ends import Input, Output
from playground.layers.layer import Call
from playground.layers.slide import Slide
from playground.layers.steps import AvgPool1d, Conv1d, Pool1d

OF_THE_FILE = (
    "lengths",
    "own_steps",
    "is_own_step",
    "zeros_before",
    "to_front",
    "to_end",
    "over_own_steps",
    "norm_own_steps",
    "place_of_steps",
    "shares",
)
"""Names that no layer may have beside these."""
SHARES = "shares"
"""The variable that says how much of each window is a sequence's own."""
_EACH_STEP = (
    "nn.Linear nn.ReLU nn.LeakyReLU nn.ELU nn.CELU nn.SELU nn.SiLU nn.GELU nn.Mish nn.Softplus nn.Hardswish "
    "nn.Hardsigmoid nn.Hardtanh nn.Sigmoid nn.Tanh nn.Softmax nn.LogSoftmax nn.Dropout add average concat embedding "
    "expression gate hard_sigmoid last_step learned_scale maximum multiply one_hot scale step steps_prelu subtract"
)
EACH_STEP = frozenset(_EACH_STEP.split())
"""Calls that look at each step by itself."""
WHOLE = frozenset({"nn.Flatten", "reshape", "permute"})
"""Calls that take all steps as one vector: they see zeros before a sequence."""
SLIDING = frozenset({"steps_conv1d", "steps_max_pool1d", "steps_avg_pool1d"})
MIXING = frozenset({"steps_batch_norm", "global_avg_pool", "global_max_pool", "positional_encoding"})
NEEDS = {
    "steps_batch_norm": ("is_own_step", "norm_own_steps"),
    "global_avg_pool": ("is_own_step", "zeros_before"),
    "global_max_pool": ("is_own_step", "zeros_before"),
    "positional_encoding": ("place_of_steps",),
}
"""What of snippets.py those need."""


def can_say(report: Report) -> bool:
    """Whether a network without errors can be written so that each sequence's own steps alone are looked at."""
    return not report.errors and own_of(Wiring(report)) is not None


def own_of(wiring: Wiring) -> Mapping[NodeId, NodeId] | None:
    """By every layer that gives such sequences the one that set how many steps are their own; None if there is none,
    or some layer on the way cannot be said.
    """
    outputs = (layer for id in wiring.outputs if isinstance(layer := wiring.flat.nodes[id], Output))
    if any(stage.is_loop for stage in wiring.stages) or any(layer.reads != "data" for layer in wiring.inputs.values()):
        return None
    if any(layer.each_step or layer.rebuilds for layer in outputs):
        return None  # there, steps before a sequence have no right answer
    first = next(iter(wiring.inputs))
    own = {id: first for id in wiring.inputs if wiring.report.shapes[id].is_sequence}
    for id in wiring.places:
        given = [own.get(feed.edge.source) for feed in wiring.feeds[id] if not feed.is_state]
        whose = {each for each in given if each is not None}
        if not whose:
            continue
        if len(whose) > 1 or not _is_sayable(wiring, id):
            return None
        if wiring.report.shapes[id].is_sequence and _call(wiring, id).name not in WHOLE:
            own[id] = id if _shortens(wiring, id) else whose.pop()
    return own or None


def _is_sayable(wiring: Wiring, id: NodeId) -> bool:
    feeds = wiring.feeds[id]
    if id in wiring.report.times or any(feed.edge.feedback for feed in feeds):
        return False
    call = _call(wiring, id)
    if call.name in SLIDING:
        return len(feeds) == 1 and slide_of(wiring, id) is not None
    if call.name in MIXING:
        return len(feeds) == 1 and not call.then
    if call.name == "nn.LayerNorm":
        return len(call.args[0]) == 1
    return call.name in EACH_STEP | WHOLE | RECURRENT


def _call(wiring: Wiring, id: NodeId) -> Call:
    call = wiring.calls[id]
    assert call is not None
    return call


def slide_of(wiring: Wiring, id: NodeId) -> Slide | None:
    """How a layer's window moves, if it does so alike over sequences of every length and zeros are its padding."""
    layer = wiring.flat.nodes[id]
    assert isinstance(layer, Conv1d | Pool1d)
    given = wiring.report.given[id][0]
    assert given is not None
    way = layer.slide(given.steps)
    follows_length = layer.padding == "tf_same" and layer.stride > 1
    is_filled_otherwise = isinstance(layer, Conv1d) and layer.padding_mode != "zeros"
    counts_padding = isinstance(layer, AvgPool1d) and layer.count_include_pad and any(way.around[0])
    return None if follows_length or is_filled_otherwise or counts_padding or way.is_rounded_up else way


def _shortens(wiring: Wiring, id: NodeId) -> bool:
    """Whether a layer gives sequences of another length than it gets."""
    way = slide_of(wiring, id) if _call(wiring, id).name in SLIDING else None
    return way is not None and (way.stride > 1 or sum(way.around[0]) != way.kernel[0] - 1)


class Ragged:
    """The lengths of one network's sequences while its forward() is written."""

    def __init__(self, wiring: Wiring, names: Names) -> None:
        """Of a network that can be said."""
        found = own_of(wiring)
        assert found is not None
        self._wiring, self._own = wiring, found
        setting = dict.fromkeys(found.values())
        self._variables = {id: self._named(id, names) for id in setting}
        self.needs: set[str] = {"own_steps"}

    def _named(self, id: NodeId, names: Names) -> str:
        is_first = isinstance(self._wiring.flat.nodes[id], Input)
        return "lengths" if is_first else names.fresh(f"{names.of[id][:20]}_lengths")

    def begin(self) -> list[str]:
        """The first line of forward()."""
        return ["        x, lengths = own_steps(x)"]

    def reaching(self, id: NodeId) -> str:
        """The variable with the lengths of what reaches a layer; empty where that are no such sequences."""
        sources = (feed.edge.source for feed in self._wiring.feeds.get(id, ()) if not feed.is_state)
        return next((self._variables[self._own[source]] for source in sources if source in self._own), "")

    def before(self, id: NodeId, given: Given, variable: str) -> tuple[list[str], Given]:
        """Lines before a layer's own, and what it gets then."""
        own, call = self.reaching(id), _call(self._wiring, id)
        if not own or call.name not in WHOLE | SLIDING:
            return [], given
        if call.name in WHOLE or self._needs_zeros_alone(id):
            self.needs |= {"is_own_step", "zeros_before"}
            return [], [f"zeros_before({given[0]}, {own})", *given[1:]]
        self.needs |= {"is_own_step", "to_front", "to_end"}
        fill = ", -torch.inf" if call.name == "steps_max_pool1d" else ""
        lines = [f"        {variable} = to_front({given[0]}, {own}{fill})"]
        if call.name == "steps_avg_pool1d":
            ones = f"torch.ones_like({given[0]}[..., :1])"
            lines.insert(0, f"        {SHARES} = to_front({ones}, {own})")
        return lines, [variable]

    def after(self, id: NodeId, name: str, variable: str) -> list[str]:
        """Lines behind them. name: of its attribute."""
        own, call = self.reaching(id), _call(self._wiring, id)
        if not own or call.name not in SLIDING:
            return []
        lines, now = [], self._variables[self._own[id]]
        if call.name == "steps_avg_pool1d" and (shares := said(call, name, [SHARES])) is not None:
            lines += shares.value.written(SHARES, 8)
            lines += [f"        {variable} = {variable} / {SHARES}.clamp(min=1e-9)"]
        if now != own:
            way = slide_of(self._wiring, id)
            assert way is not None
            more = sum(way.around[0]) - way.kernel[0]
            room = f"({own} {'+' if more >= 0 else '-'} {abs(more)}) // {way.stride} + 1"
            room = f"{own} - {-1 - more}" if way.stride == 1 and more < -1 else room
            lines.append(f"        {now} = ({room}).clamp(min=1)")
        return lines if self._needs_zeros_alone(id) else [*lines, f"        {variable} = to_end({variable}, {now})"]

    def _needs_zeros_alone(self, id: NodeId) -> bool:
        """A convolution in single steps, which is padded by what stands before a sequence."""
        way = slide_of(self._wiring, id)
        return _call(self._wiring, id).name == "steps_conv1d" and way is not None and way.stride == 1

    def value(self, id: NodeId, name: str, given: Given) -> Value | None:
        """What a layer that mixes steps gives; None for any other. name: of its attribute."""
        own, call = self.reaching(id), _call(self._wiring, id)
        if not own or call.name not in MIXING:
            return None
        self.needs.update(NEEDS[call.name])
        if call.name == "steps_batch_norm":
            return Value("norm_own_steps", (f"self.{name}", given[0], own))
        if call.name == "global_avg_pool":
            return Value("zeros_before", (given[0], own)).method("sum", "1").behind(f" / {own}[:, None]")
        if call.name == "global_max_pool":
            return Value("zeros_before", (given[0], own, "-torch.inf")).method("amax", "1")
        return chain("+", [given[0], f"self.{name}[place_of_steps({given[0]}, {own})]"])

    def recurrent(self, id: NodeId, name: str, arrived: list[str]) -> Value | None:
        """A recurrent layer's call: states and last state; None where no such sequences reach it."""
        own = self.reaching(id)
        if not own:
            return None
        self.needs |= {"is_own_step", "to_front", "to_end", "over_own_steps"}
        return Value("over_own_steps", (f"self.{name}", arrived[0], own, *arrived[1:]))
