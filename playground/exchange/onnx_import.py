"""An ONNX file as a network of layers with its weights: what layers know becomes layers, the rest nodes that say so.

Nothing in a file is run. Its limits are onnx_reading.py's; which layer an operator is, the onnx_operators modules say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from heapq import heappop, heappush
from pathlib import Path
from typing import Any

import numpy as np

from playground.exchange.made import Imported, Made, Unsayable, as_network, judge, told
from playground.exchange.onnx_folding import FOLDED, folded
from playground.exchange.onnx_operators import RULES
from playground.exchange.onnx_operators_recurrent import recurrent
from playground.exchange.onnx_operators_sides import SIDES
from playground.exchange.onnx_operators_windows import WINDOWS
from playground.exchange.onnx_reading import End, Model, Node, read_model
from playground.exchange.onnx_values import Making, Value
from playground.exchange.problem import ExportProblem
from playground.layers.ends import Input
from playground.layers.layer import FOREIGN, Unknown
from playground.layers.shape import MOST_VALUES, Shape

KNOWN: Mapping[str, Callable[[Making], Any]] = {
    **RULES, **SIDES, **WINDOWS, "RNN": recurrent, "LSTM": recurrent, "GRU": recurrent,
}  # fmt: skip
UNDERSTOOD = KNOWN.keys() | FOLDED.keys() | {"Shape"}
DOMAINS = ("", "ai.onnx")


def import_onnx(path: Path) -> Imported:
    """Read a file. Raises ExportProblem, if it is none, too large, or turns in circles."""
    model = read_model(path)
    try:
        return imported(model, path.stem)
    except ExportProblem as problem:
        raise ExportProblem(f"{path} cannot be read. {problem}") from problem


def imported(model: Model, name: str) -> Imported:
    """The network of a model. Raises ExportProblem."""
    return _Import(model, name).result()


class _Import:
    def __init__(self, model: Model, name: str) -> None:
        if not model.inputs or not model.outputs:
            raise ExportProblem("It has no input or no output, so it is no network. Export the whole model.")
        nodes = _in_order(model)
        self._model, self._name = model, name
        self._making = Making(model, nodes)
        self._unknown: list[tuple[str, str]] = []
        """Operators that no layer is, and why."""
        self._notes: list[str] = []
        for end in model.inputs:
            self._input(end)
        for node in nodes:
            self._node(node)
        self._ends = [self._output(end) for end in model.outputs]

    # Ends

    def _input(self, end: End) -> None:
        sides = end.sides
        if sides is None or len(sides) < 2 or any(side is None or side < 1 for side in sides[1:]):
            raise ExportProblem(
                f"Its input “{end.name[:60]}” has {_said(sides)}: the first side must be the examples, and the others "
                "fixed numbers. Export it anew with fixed sides."
            )
        steps_first = self._reads_steps_first(end.name) and len(sides) == 3 and (sides[0] or 0) > 0
        kept = (sides[0], sides[2]) if steps_first else sides[1:]
        dims = tuple(int(side) for side in kept if side is not None)
        if len(dims) > 4 or Shape(dims).size > MOST_VALUES:
            raise ExportProblem(f"Its input “{end.name[:60]}” has {_said(sides)}, more than a layer takes.")
        self._making.made.append(Made(Input(dims=dims), [], {}, end.name))
        at = len(self._making.made) - 1
        order = (1, 0, 2) if steps_first else tuple(range(len(dims) + 1))
        self._making.values[end.name] = Value(at, Shape(dims), order)

    def _reads_steps_first(self, name: str) -> bool:
        """Whether a recurrent operator reads it as it comes, with its steps in front of the examples."""
        reading = [node for node in self._model.nodes if name in node.inputs]
        return any(
            node.op in ("RNN", "LSTM", "GRU") and node.inputs[0] == name and not node.attributes.get("layout", 0)
            for node in reading
        )

    def _output(self, end: End) -> int:
        making = self._making
        value = making.values.get(end.name)
        if not isinstance(value, Value):
            raise ExportProblem(f"Its output “{end.name[:60]}” does not come from its inputs.")
        making.node = Node("", (end.name,), (end.name,))
        if not isinstance(making.made[value.source].layer, Unknown):
            try:
                value = making.natural(value)
            except Unsayable as why:
                self._notes.append(f"The output {end.name[:60]} stands as the layer gives it: {why}.")
        layer = judge(value.shape, self._model.metadata.get(f"loss {end.name}", ""))
        making.made.append(Made(layer, [(value.source, "scores")], {}, end.name))
        return len(making.made) - 1

    # Operators

    def _node(self, node: Node) -> None:
        making = self._making
        making.node = node
        before = len(making.made)
        try:
            if node.domain not in DOMAINS or (
                node.op not in KNOWN and node.op not in ("Constant", "ConstantOfShape", "Shape")
            ):
                raise Unsayable("no layer computes that")
            known = folded(making)
            found = known if known is not None else KNOWN[node.op](making)
        except (Unsayable, KeyError) as why:
            del making.made[before:]
            found = self._as_unknown(node, str(why) if isinstance(why, Unsayable) else "no layer computes that")
        except (ValueError, IndexError, TypeError, AttributeError, AssertionError, OverflowError):
            del making.made[before:]  # a damaged operator: settings of the wrong kind, weights of the wrong size
            found = self._as_unknown(node, "its settings or weights are damaged")
        results = found if isinstance(found, tuple) else (found,)
        making.values.update(zip(node.outputs, results, strict=False))
        for name in node.outputs[len(results) :]:
            making.values.setdefault(name, results[0])

    def _as_unknown(self, node: Node, why: str) -> Value:
        """A node that says what nobody here can compute; what follows knows its shape if the file says so."""
        making = self._making
        self._unknown.append((node.op, why))
        kept = {key[:60]: _kept(value) for key, value in list(node.attributes.items())[:40]}
        layer = Unknown(type_name=f"{node.op[:40] or 'nothing'}{FOREIGN}", kept=kept)
        sources = [value for name in node.inputs if isinstance(value := making.values.get(name), Value)]
        port = layer.ports()[0]
        edges = list(dict.fromkeys((value.source, port) for value in sources))
        making.made.append(Made(layer, edges, {}, node.outputs[0] if node.outputs else node.op))
        sides = self._model.known.get(node.outputs[0]) if node.outputs else None
        dims = tuple(side for side in sides[1:] if side) if sides else ()
        if not sides or len(dims) != len(sides) - 1 or not 1 <= len(dims) <= 4:
            dims = sources[0].shape.dims if sources else (1,)
        return Value(len(making.made) - 1, Shape(dims), tuple(range(len(dims) + 1)))

    # The whole

    def result(self) -> Imported:
        made = self._making.made
        network = as_network(made, self._ends)
        outputs = {network.ids[at]: made[at].output for at in self._ends}
        return Imported(self._name, network.graph, network.weights, self._told(), self._model.metadata, outputs)

    def _told(self) -> tuple[str, ...]:
        notes = list(self._notes)
        if self._unknown:
            notes.append(told(self._unknown, f"{len(self._model.nodes)} operators"))
        return tuple(notes)


def _in_order(model: Model) -> list[Node]:
    """The operators that an output needs, each behind those whose results it reads; else as they stand in the file.

    Raises: ExportProblem: Where they read each other's.
    """
    makers = {name: at for at, node in enumerate(model.nodes) for name in node.outputs if name}
    if sum(1 for node in model.nodes for name in node.outputs if name) != len(makers):
        raise ExportProblem("Two of its operators give a result of the same name. It is damaged.")
    needed: set[int] = set()
    stack = [makers[end.name] for end in model.outputs if end.name in makers]
    while stack:
        at = stack.pop()
        if at not in needed:
            needed.add(at)
            stack += [makers[name] for name in model.nodes[at].inputs if name in makers]
    waits = {at: {makers[name] for name in model.nodes[at].inputs if name in makers} for at in needed}
    readers: dict[int, list[int]] = {}
    for at, sources in waits.items():
        for source in sources:
            readers.setdefault(source, []).append(at)
    ready = sorted(at for at, sources in waits.items() if not sources)
    order: list[int] = []
    while ready:
        at = heappop(ready)
        order.append(at)
        for reader in readers.get(at, ()):
            waits[reader].discard(at)
            if not waits[reader]:
                heappush(ready, reader)
    if len(order) < len(needed):
        raise ExportProblem("Its operators read each other's results in a circle. It is damaged.")
    return [model.nodes[at] for at in order]


def _kept(value: Any) -> Any:
    """An attribute as a file keeps it: small, and of JSON's kinds."""
    if isinstance(value, int | float | str):
        return value if not isinstance(value, str) else value[:200]
    if isinstance(value, tuple):
        return [each if isinstance(each, int | float) else str(each)[:60] for each in value[:20]]
    return "a constant" if isinstance(value, np.ndarray) else "a graph"


def _said(sides: tuple[int | None, ...] | None) -> str:
    if sides is None:
        return "no sides that are known"
    return f"the sides {'×'.join('?' if side is None else str(side) for side in sides) or '(none)'}"
