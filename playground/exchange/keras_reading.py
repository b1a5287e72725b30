"""What a Keras model's JSON says: which layers with which settings, and who reads whom. Nothing of it is run.

Keras 2 and 3 write sequential and functional models, each in its own way; here they become the same values. What
layers those are is keras_layers.py's. Source: Keras' guide "Whole model saving and loading", section "APIs".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playground.exchange.problem import ExportProblem

MOST_LAYERS = 5_000
FUNCTIONAL = ("Functional", "Model")
Place = tuple[str, int]
"""A layer's name, and which of its uses is meant."""


@dataclass(frozen=True)
class Use:
    """A layer where it is used; one that several places share has a use for each."""

    name: str
    kind: str
    settings: Mapping[str, Any]
    sources: tuple[Place, ...] = ()
    trouble: str = ""
    """Why it cannot be a layer, where what it reads tells."""


@dataclass(frozen=True)
class KerasModel:
    """A model as it was written."""

    uses: Mapping[Place, Use]
    outputs: tuple[Place, ...]
    is_old: bool
    """Written by Keras 2 or 1, whose defaults differ."""
    loss: str
    """What it was trained by, in Keras' words; empty where the file does not say."""
    shapes: Mapping[Place, tuple[Any, ...]]
    """What layers give, in Keras' order and behind the batch, as far as the file says it."""


def model_of(values: Any) -> KerasModel:
    """The model that such JSON describes. Raises: ExportProblem: If it describes none."""
    if not isinstance(values, dict) or not isinstance(values.get("class_name"), str) or "config" not in values:
        raise ExportProblem("It is JSON, but no Keras model. Write one with model.to_json().")
    kind, config = values["class_name"], values["config"]
    if kind != "Sequential" and kind not in FUNCTIONAL:
        raise ExportProblem(
            f"It is a {kind[:60]}, whose layers are not in the file. Sequential and functional models can be read; "
            "save another as ONNX."
        )
    is_old = str(values.get("keras_version", "3"))[:2] in ("1.", "2.")
    compiled = values.get("compile_config")
    loss = named(compiled.get("loss")) if isinstance(compiled, dict) else ""
    uses, outputs = _sequential(config, values) if kind == "Sequential" else _functional(config)
    return KerasModel(uses, outputs, is_old, loss, dict(_shapes(config)))


def _layers(config: Any) -> list[dict[str, Any]]:
    found = config if isinstance(config, list) else config.get("layers") if isinstance(config, dict) else None
    if not isinstance(found, list) or not found or not all(_is_layer(each) for each in found):
        raise ExportProblem("Its list of layers is missing or damaged. Write it anew with model.to_json().")
    if len(found) > MOST_LAYERS:
        raise ExportProblem(f"It has {len(found):,} layers, more than the {MOST_LAYERS:,} that are read.")
    return found


def _is_layer(each: Any) -> bool:
    return isinstance(each, dict) and isinstance(each.get("class_name"), str) and isinstance(each.get("config"), dict)


def _sequential(config: Any, values: Mapping[str, Any]) -> tuple[dict[Place, Use], tuple[Place, ...]]:
    """One behind the other. The first says what goes in, or the model where it was built."""
    layers = list(_flat(_layers(config)))
    first = layers[0]["config"]
    if layers[0]["class_name"] != "InputLayer":
        built = config.get("build_input_shape") if isinstance(config, dict) else None
        build = values.get("build_config")
        built = built or (build.get("input_shape") if isinstance(build, dict) else None)
        shape = first.get("batch_input_shape") or first.get("batch_shape") or built
        if not isinstance(shape, list):
            raise ExportProblem(
                "It does not say what goes in. Give it a keras.Input, or build it, before you write the JSON."
            )
        layers.insert(0, {"class_name": "InputLayer", "config": {"batch_shape": shape, "name": "input"}})
    uses: dict[Place, Use] = {}
    before: tuple[Place, ...] = ()
    for at, each in enumerate(layers):
        name = str(each["config"].get("name") or f"layer{at}")
        place = (name, sum(1 for known, _ in uses if known == name))
        uses[place] = Use(name, each["class_name"], each["config"], before)
        before = (place,)
    return uses, before


def _flat(layers: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The layers, with those of a sequential model among them in its place."""
    for at, each in enumerate(layers):
        if each["class_name"] == "Sequential":
            inner = list(_flat(_layers(each["config"])))
            yield from inner if at == 0 else (one for one in inner if one["class_name"] != "InputLayer")
        else:
            yield each


def _functional(config: Any) -> tuple[dict[Place, Use], tuple[Place, ...]]:
    uses: dict[Place, Use] = {}
    for each in _layers(config):
        name = str(each.get("name") or each["config"].get("name") or "")
        nodes = each.get("inbound_nodes")
        if not isinstance(nodes, list):
            raise ExportProblem(f"Its layer “{name[:60]}” does not say what it reads. Write the JSON anew.")
        for at, node in enumerate(nodes or [[]]):
            read = list(_tensors(node))
            trouble = "it reads another result than the first of a layer" if any(one[2] for one in read) else ""
            if any(True for given in _kept_aside(node) for _ in _tensors(given)):
                trouble = "it is given more by name than what it reads"
            uses[name, at] = Use(name, each["class_name"], each["config"], tuple(one[:2] for one in read), trouble)
        if len(uses) > MOST_LAYERS:
            raise ExportProblem(f"It uses its layers more than {MOST_LAYERS:,} times, which is too much for a picture.")
    outputs = tuple(one[:2] for one in _tensors([config.get("output_layers")]))
    if not outputs:
        raise ExportProblem("It names no output. Write the JSON anew with model.to_json().")
    return uses, outputs


def _tensors(node: Any) -> Iterator[tuple[str, int, int]]:
    """Name, use and result of all that is named in there: Keras 3's tensors, or Keras 2's lists."""
    if isinstance(node, dict):
        history = node["config"].get("keras_history") if _is_tensor(node) else None
        if history is not None:
            yield from _tensors([history])
        else:
            for value in node.values():
                yield from _tensors(value)
    elif isinstance(node, list):
        if len(node) >= 3 and isinstance(node[0], str) and all(type(each) is int for each in node[1:3]):
            yield node[0], node[1], node[2]
            return
        for value in node:
            yield from _tensors(value)


def _is_tensor(node: Mapping[str, Any]) -> bool:
    return node.get("class_name") == "__keras_tensor__" and isinstance(node.get("config"), dict)


def _kept_aside(node: Any) -> Iterator[Any]:
    """What a layer is given by name beside what it reads, such as an initial state."""
    if isinstance(node, dict):
        yield node.get("kwargs")
    elif isinstance(node, list):
        for each in node:
            if isinstance(each, list) and len(each) > 3:
                yield each[3]


def _shapes(values: Any) -> Iterator[tuple[Place, tuple[Any, ...]]]:
    """The shapes that Keras 3 writes beside each tensor that is read."""
    if isinstance(values, dict):
        if _is_tensor(values):
            shape = values["config"].get("shape")
            for name, use, result in _tensors(values):
                if result == 0 and isinstance(shape, list):
                    yield (name, use), tuple(shape[1:])
            return
        values = list(values.values())
    if isinstance(values, list):
        for value in values:
            yield from _shapes(value)


def named(value: Any) -> str:
    """A function or class by its name: written as a word, or as an object that names it."""
    if isinstance(value, dict):
        inner = value.get("config")
        value = inner if isinstance(inner, str) else value.get("class_name")
    return value if isinstance(value, str) else ""
