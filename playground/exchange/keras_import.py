"""A Keras model's JSON as a network: what layers know becomes layers, the rest nodes that say so. It has no weights.

How the JSON is read, keras_reading.py says; which layer a Keras layer is, the other keras modules do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from playground.exchange.keras_layers import ROWS
from playground.exchange.keras_making import Making, Value
from playground.exchange.keras_reading import KerasModel, Place, Use, model_of
from playground.exchange.keras_recurrent import RECURRENT
from playground.exchange.keras_windows import WINDOWS
from playground.exchange.made import Imported, Made, Unsayable, as_network, judge, told
from playground.exchange.problem import ExportProblem
from playground.graph.model import NodeId
from playground.layers.ends import Input, Output
from playground.layers.layer import KERAS, Layer, Unknown
from playground.layers.shape import MOST_VALUES, Shape

KNOWN = {**ROWS, **WINDOWS, **RECURRENT}
STEPS = 20
"""Of a sequence whose length the file leaves open."""
LOSSES = {
    "mse": "mean_squared_error", "mean_squared_error": "mean_squared_error", "MeanSquaredError": "mean_squared_error",
    "hinge": "hinge", "Hinge": "hinge",
}  # fmt: skip
"""What a model was trained by, where the activation at its end does not tell."""
LOSS_OF = {"softmax": "cross_entropy", "sigmoid": "binary_cross_entropy"}
"""What learns with such an activation at the end, which is inside the loss here."""


def imported_keras(values: Any, name: str) -> Imported:
    """The network that such JSON describes. Raises ExportProblem."""
    return _Import(model_of(values), name).result()


class _Import:
    def __init__(self, model: KerasModel, name: str) -> None:
        self._model, self._name = model, name
        self._made: list[Made] = []
        self._values: dict[Place, Value] = {}
        self._unknown: list[tuple[str, str]] = []
        self._notes: dict[str, None] = {}
        """In order, each once."""
        for place in _in_order(model):
            self._values[place] = self._use(place, model.uses[place])
        self._ends = [self._output(place) for place in dict.fromkeys(model.outputs)]

    def _use(self, place: Place, use: Use) -> Value:
        if use.kind == "InputLayer":
            return self._input(use)
        sources = [self._values[source] for source in use.sources]
        before = len(self._made)
        making = Making(use, sources, self._made, self._tell, is_old=self._model.is_old)
        try:
            if use.trouble or use.kind not in KNOWN:
                raise Unsayable(use.trouble or "no layer computes that")
            return KNOWN[use.kind](making)
        except Unsayable as why:
            reason = str(why)
        except (ValueError, TypeError, KeyError, IndexError, OverflowError, ZeroDivisionError):
            reason = "its settings are damaged"
        del self._made[before:]
        return self._as_unknown(place, use, sources, reason)

    def _input(self, use: Use) -> Value:
        said = use.settings.get("batch_shape") or use.settings.get("batch_input_shape")
        sides = said[1:] if isinstance(said, list) else []
        if not 1 <= len(sides) <= 4 or any(side is not None and not _is_side(side) for side in sides):
            raise ExportProblem(f"Its input “{use.name[:60]}” has no shape that a network here can read.")
        if len(sides) <= 2 and sides[0] is None:
            self._tell(f"Its input leaves the number of steps open: {STEPS} are taken. Data with others change it.")
            sides = [STEPS, *sides[1:]]
        if None in sides:
            raise ExportProblem(
                f"Its input “{use.name[:60]}” leaves sides open. Write the JSON of a model with a fixed input."
            )
        shape = _turned(tuple(sides))
        if shape.size > MOST_VALUES:
            raise ExportProblem(f"Its input “{use.name[:60]}” has {shape.size:,} values, more than a layer takes.")
        self._made.append(Made(Input(dims=shape.dims), [], {}, use.name))
        return Value(len(self._made) - 1, shape)

    def _as_unknown(self, place: Place, use: Use, sources: list[Value], why: str) -> Value:
        self._unknown.append((use.kind[:40], why))
        kept = {str(key)[:60]: _kept(value) for key, value in list(use.settings.items())[:40]}
        layer = Unknown(type_name=f"{use.kind[:40] or 'nothing'}{KERAS}", kept=kept)
        edges = list(dict.fromkeys((value.source, layer.ports()[0]) for value in sources))
        self._made.append(Made(layer, edges, {}, use.name))
        sides = self._model.shapes.get(place, ())
        is_said = 1 <= len(sides) <= 4 and all(map(_is_side, sides))
        guess = sources[0].shape if sources else Shape((1,))
        return Value(len(self._made) - 1, _turned(sides) if is_said else guess, is_known=is_said)

    def _output(self, place: Place) -> int:
        value, said = self._values[place], LOSSES.get(self._model.loss, "")
        source, function = value.source, ""
        if not said:
            source, function = self._without_end(value.source)
        layer: Layer = judge(value.shape, said or LOSS_OF.get(function, ""))
        first = next((made.layer for made in self._made if isinstance(made.layer, Input)), None)
        is_same = first is not None and first.dims == value.shape.dims and value.shape.size > 2
        if is_same and function != "softmax" and (value.shape.is_vector or value.shape.rank > 2):
            layer = Output(loss="mean_squared_error", units=1, truth="inputs")  # an autoencoder
            source = value.source
        elif function:
            self._tell(f"The {function} at its end is inside the Output's loss, and no layer here.")
        self._made.append(Made(layer, [(source, "scores")], {}, f"{place[0]}_out"))
        return len(self._made) - 1

    def _without_end(self, at: int) -> tuple[int, str]:
        """What an Output reads in place of a softmax or sigmoid, and which of them it was."""
        made = self._made[at]
        if any(at == source for other in self._made for source, _ in other.inputs):
            return at, ""  # others read it too
        if made.layer.type in ("Softmax", "Sigmoid"):
            return made.inputs[0][0], made.layer.type.lower()
        if made.layer.settings.get("activation") == "sigmoid" and not isinstance(made.layer, Unknown):
            self._made.append(replace(made, layer=made.layer.with_settings(activation="none")))
            return len(self._made) - 1, "sigmoid"
        return at, ""

    def _tell(self, words: str) -> None:
        self._notes.setdefault(words)

    def result(self) -> Imported:
        network = as_network(self._made, self._ends)
        outputs: Mapping[NodeId, str] = {network.ids[at]: self._made[at].output for at in self._ends}
        notes = list(self._notes)
        if self._unknown:
            notes.append(told(self._unknown, f"{len(self._model.uses)} layers"))
        notes.append("Keras' JSON holds no weights: press Play to train. Save as ONNX to bring weights too.")
        return Imported(self._name, network.graph, {}, tuple(notes), {}, outputs)


def _in_order(model: KerasModel) -> list[Place]:
    """Each use behind those it reads. Raises: ExportProblem: Where they read in a circle, or what is not there."""
    missing = [name for use in model.uses.values() for name, at in use.sources if (name, at) not in model.uses]
    missing += [name for name, at in model.outputs if (name, at) not in model.uses]
    if missing:
        raise ExportProblem(f"A layer reads “{missing[0][:60]}”, which is not there. Write the JSON anew.")
    sorter = TopologicalSorter({place: use.sources for place, use in model.uses.items()})
    try:
        return list(sorter.static_order())
    except CycleError as error:
        raise ExportProblem("Its layers read each other in a circle. Write the JSON anew.") from error


def _turned(sides: tuple[int, ...]) -> Shape:
    """A shape with its channels in front, where Keras has them behind."""
    return Shape((*sides[:-3], sides[-1], *sides[-3:-1]) if len(sides) > 2 else sides)


def _is_side(side: Any) -> bool:
    return isinstance(side, int) and not isinstance(side, bool) and 1 <= side <= 1_000_000


def _kept(value: Any) -> Any:
    """A setting as a file keeps it: small, and of JSON's kinds."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return [each if isinstance(each, int | float) else str(each)[:60] for each in value[:20]]
    return value[:200] if isinstance(value, str) else value
