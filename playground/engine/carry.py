"""What a network has learned, carried into the one that an edit made of it: weights, the optimiser's memory, the count.

Every weight that leads from one unit to another goes where these two are now (lineage.py). Weights that lead from new
units into those that have learned begin SMALL, so that what the network gives hardly changes: the input z of a unit
changes by at most SMALL · Σ |w·a|, over its new inputs a and the weights w that torch would have drawn. After Chen,
Goodfellow and Shlens 2016 (Net2Net), who copy units instead; new ones learn something of their own sooner. What
normalises over all units of a layer (LayerNorm, GroupNorm, softmax) mixes the new ones in nevertheless.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from playground.engine.beginnings import SMALL, Beginnings
from playground.engine.checkpoint import Checkpoint
from playground.engine.compile import Network, build
from playground.engine.lineage import NEW, SCALING, Marks, Traced, Units, numbered, same, traced
from playground.engine.optimise import optimised_names
from playground.engine.state import go_on_counting
from playground.engine.stepping import Step
from playground.engine.weights import restore_optimiser
from playground.graph.check import check
from playground.graph.model import Graph, NodeId

if TYPE_CHECKING:
    from playground.engine.train import Training

Places = tuple[NDArray[np.int64], ...]
"""For each side of a tensor and each place on it: where that was, or -1."""


@dataclass(frozen=True)
class Kept:
    """What became of what was learned, counted in numbers."""

    kept: int
    learned: int
    """Weights that the earlier network had."""
    new: int
    """Weights that it had not."""
    anew: tuple[tuple[NodeId, str], ...] = ()
    """Layers that it had and that begin anew, and why."""
    passing: tuple[NodeId, ...] = ()
    """New layers that pass on what they get."""


def carry(checkpoint: Checkpoint, before: Graph, training: Training, same_batches: bool = True) -> Kept:
    """Give a new training what a run of the network `before` had learned.

    same_batches: whether data, batch and seed are the same: it goes on within the epoch, else at its beginning.
    """
    old = build(before)
    moves = _Moves(old, before, training.network, training.graph)
    weights = checkpoint.weights
    now = training.network.state_dict()
    places = {name: found for name in now if (found := moves.of(name, weights, now[name])) is not None}
    with torch.no_grad():
        fresh = {name: value.clone() for name, value in now.items()}
        for name, found in places.items():
            now[name].copy_(_moved(weights[moves.origin[name]], fresh[name], found, moves.out(name)))
    _carry_memory(checkpoint, old, training, places, moves.origin)
    go_on_counting(checkpoint, training, same_batches)
    if training.first:
        training.first = {name: value.detach().clone() for name, value in training.network.state_dict().items()}
    return _summary(old, training.network, places, moves)


class _Moves:
    """Where each weight of the new network was in the old one."""

    def __init__(self, old: Network, before: Graph, new: Network, after: Graph) -> None:
        there, here = check(before), check(after)
        self.names = _named(there.written_out, here.written_out)
        self._old = {step.id: step for step in old.each_step()}
        self._new = {step.id: step for step in new.each_step()}
        unknown = {id for id, name in self.names.items() if name.startswith(NEW)}
        self.beginnings = Beginnings(new, unknown, here.shapes)
        self._was = traced(old, there.shapes, {id: id for id in there.written_out.nodes}, lambda _step, _units: None)
        self._is = traced(new, here.shapes, self.names, self.beginnings)
        self.origin: dict[str, str] = {}
        """What each weight that is carried over was called."""
        self.anew: dict[NodeId, str] = {}
        self._places: dict[str, tuple[Places, int | None]] = {}
        for step in self._new.values():
            self._compare(step)

    def of(self, name: str, weights: Mapping[str, NDArray[Any]], own: Tensor) -> Places | None:
        """Where that weight's numbers were; None if they begin anew."""
        if name not in self.origin or self.origin[name] not in weights:
            return None
        old, found = weights[self.origin[name]], self._places[name][0]
        fits = len(found) == old.ndim == own.dim()
        inside = fits and all(
            len(each) == side and (not len(each) or each.max() < width)
            for each, side, width in zip(found, own.shape, old.shape, strict=True)
        )
        return found if inside and np.isfinite(np.asarray(old, np.float64)).all() else None

    def out(self, name: str) -> int | None:
        """Which side of a weight stands for its own units."""
        return self._places[name][1]

    def _compare(self, step: Step) -> None:
        name = self.names[step.id]
        was = self._old.get(name)
        if step.module is None or was is None or was.module is None or not step.module.state_dict():
            return
        if type(was.module) is not type(step.module):
            self.anew[step.id] = "it is another kind of layer"
            return
        sides = _sides(step, self._is), _sides(was, self._was)
        found: dict[str, tuple[Places, int | None]] = {}
        for own, (marks, out) in sides[0].items():
            if own not in sides[1]:
                continue  # a bias that was not there, another layer of a stack
            found[own] = tuple(same(old, new) for old, new in zip(sides[1][own][0], marks, strict=True)), out
            if lacking := [number for number, each in enumerate(found[own][0]) if len(each) and (each < 0).all()]:
                self.anew[step.id] = _reason(lacking[0], out, sides[1][own][0], marks)
                return
        for own, each in found.items():
            self.origin[f"{step.id}.{own}"] = f"{name}.{own}"
            self._places[f"{step.id}.{own}"] = each


def _reason(side: int, out: int | None, old: Sequence[Marks], new: Sequence[Marks]) -> str:
    widths = f"({len(old[side])} → {len(new[side])})"
    return f"its width is another {widths}" if side == out else f"its input has another width {widths}"


def _named(old: Graph, new: Graph) -> dict[NodeId, NodeId]:
    """What the new network's layers were called in the old one: by their id, or the layer whose wires they have."""
    gone = [id for id in old.nodes if id not in new.nodes]
    found: dict[NodeId, NodeId] = {}
    for id, layer in new.nodes.items():
        if id in old.nodes:
            found[id] = id
            continue
        renamed = next((it for it in gone if old.nodes[it] == layer and _wires(old, it) == _wires(new, id)), None)
        found[id] = NEW + id if renamed is None else renamed
        if renamed is not None:
            gone.remove(renamed)
    return found


def _wires(graph: Graph, id: NodeId) -> tuple[list[tuple[NodeId, str]], list[tuple[NodeId, str]]]:
    return (
        [(edge.source, edge.port) for edge in graph.incoming[id]],
        [(edge.target, edge.port) for edge in graph.outgoing[id]],
    )


Sides = dict[str, tuple[tuple[Marks, ...], int | None]]
"""Of each weight the marks along its sides, and which side stands for the layer's own units."""


def _sides(step: Step, traced: Traced) -> Sides:
    module, inputs = step.module, traced.inputs[step.id]
    assert module is not None
    if isinstance(module, nn.RNNBase):
        return _recurrent_sides(module, inputs[0])
    found: Sides = {}
    for name, value in module.state_dict().items():
        found[name] = _sides_of(module, name, tuple(value.shape), inputs)
    return found


def _sides_of(
    module: nn.Module, name: str, shape: tuple[int, ...], inputs: list[Units]
) -> tuple[tuple[Marks, ...], int | None]:
    own = tuple(numbered(side, number) for number, side in enumerate(shape))
    first = inputs[0].marks if inputs else np.zeros(0, np.uint64)
    if isinstance(module, SCALING):
        fits = bool(shape) and shape[0] == len(first)
        return (first, *own[1:]) if fits else own, None
    if name == "bias":
        return own, 0
    if isinstance(module, nn.Linear) and name == "weight":
        return (own[0], first), 0
    if isinstance(module, nn.Conv1d | nn.Conv2d) and name == "weight":
        taps = tuple(_taps(side, module, number) for number, side in enumerate(shape[2:]))
        return (own[0], first if module.groups == 1 else own[1], *taps), 0
    if isinstance(module, nn.ConvTranspose2d) and name == "weight":
        taps = tuple(_taps(side, module, number) for number, side in enumerate(shape[2:]))
        return (first if module.groups == 1 else own[0], own[1], *taps), 1
    if isinstance(module, nn.Embedding):
        return own, 1
    return tuple(numbered(side, side, number) for number, side in enumerate(shape)), None  # as it is, or not at all


def _taps(side: int, module: nn.Module, number: int) -> Marks:
    """Places of a kernel, counted from its middle, so that a larger one keeps the smaller in its middle."""
    dilation = getattr(module, "dilation", (1, 1))[number]
    offsets = (np.arange(side) * 2 - (side - 1)) * dilation
    return (offsets.astype(np.int64) + 2**32).astype(np.uint64)


def _recurrent_sides(module: nn.RNNBase, given: Units) -> Sides:
    """Gates one behind the other: four of an LSTM, three of a GRU, each as wide as the layer."""
    width = module.hidden_size
    directions = 2 if module.bidirectional else 1
    found: Sides = {}
    for name, value in module.state_dict().items():
        rows = np.concatenate([numbered(width, 7, gate) for gate in range(len(value) // width)])
        if name.startswith("bias"):
            found[name] = ((rows,), 0)
        elif name.startswith("weight_hh"):
            found[name] = ((rows, numbered(width, 8)), 0)
        elif name.startswith("weight_ih_l0"):
            found[name] = ((rows, given.marks), 0)
        else:
            below = np.concatenate([numbered(width, 9, number) for number in range(directions)])
            found[name] = ((rows, below), 0)
    return found


def _moved(old: NDArray[np.generic], fresh: Tensor, places: Places, out: int | None) -> Tensor:
    """The new weight: what was learned in its place, the rest as drawn, small where it leads into what has learned."""
    if not places:
        return torch.from_numpy(np.array(old))
    made = fresh.detach().cpu().numpy().copy()
    if out is not None and len(places) > 1:
        into = [slice(None)] * len(places)
        into[out] = places[out] >= 0  # type: ignore[call-overload]
        made[tuple(into)] *= SMALL
    known = np.ix_(*(np.flatnonzero(each >= 0) for each in places))
    made[known] = np.asarray(old)[np.ix_(*(each[each >= 0] for each in places))]
    return torch.from_numpy(made)


def _carry_memory(
    checkpoint: Checkpoint, old: Network, training: Training, places: Mapping[str, Places], origin: Mapping[str, str]
) -> None:
    """The optimiser's memory of each weight that is kept; of new ones it begins at nothing.

    The mean square of gradients, which divides a step, begins at its mean over the tensor: from nothing it would make
    the first steps three times too long. Another optimiser begins anew.
    """
    kept = checkpoint.group("optimiser")
    numbers = {name: str(number) for number, name in enumerate(optimised_names(old))}
    what = {key.partition("/")[2] for key in kept}
    own = training.network.state_dict()
    made: dict[str, NDArray[np.float32]] = {}
    for number, name in enumerate(optimised_names(training.network)):
        for each in what:
            value = np.zeros(() if each == "step" else tuple(own[name].shape), np.float32)
            old_value = kept.get(f"{numbers.get(origin.get(name, ''), '')}/{each}")
            if old_value is not None and name in places:
                value = _moved_memory(each, old_value, value, places[name])
            made[f"{number}/{each}"] = value
    if made:
        restore_optimiser(training.optimiser, made)


def _moved_memory(
    what: str, old: NDArray[np.float32], value: NDArray[np.float32], places: Places
) -> NDArray[np.float32]:  # fmt: skip
    if what == "step":
        return old
    if what in ("exp_avg_sq", "square_avg"):
        value = np.full_like(value, old.mean())
    known = np.ix_(*(np.flatnonzero(each >= 0) for each in places))
    value[known] = old[np.ix_(*(each[each >= 0] for each in places))]
    return value


def _summary(old: Network, new: Network, places: Mapping[str, Places], moves: _Moves) -> Kept:
    """In numbers, those of buffers left out, of shared ones counted once."""
    kept = sum(
        int(np.prod([(each >= 0).sum() for each in places[name]]))
        for name, _ in new.named_parameters()
        if name in places
    )
    return Kept(kept, old.count, new.count - kept, tuple(moves.anew.items()), tuple(moves.beginnings.passing))
