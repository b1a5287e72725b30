"""A Keras layer while it becomes a layer here: its settings, what it reads, and the layers that are made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playground.exchange.keras_reading import Use, named
from playground.exchange.made import Made, Unsayable, configured, ports_of, settled
from playground.layers import LAYERS
from playground.layers.shape import Shape

FUNCTIONS: Mapping[str, str] = {
    "relu": "relu", "sigmoid": "sigmoid", "tanh": "tanh", "elu": "elu", "selu": "selu", "gelu": "gelu",
    "celu": "celu", "softplus": "softplus", "swish": "silu", "silu": "silu", "mish": "mish",
    "hard_swish": "hard_swish", "hard_silu": "hard_swish", "hard_tanh": "hard_tanh",
}  # fmt: skip
"""Functions that a layer with weights can have for a setting, by Keras' name."""
LAYERS_OF: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "relu": ("ReLU", {}), "sigmoid": ("Sigmoid", {}), "tanh": ("Tanh", {}), "elu": ("ELU", {}), "selu": ("SELU", {}),
    "gelu": ("GELU", {}), "celu": ("CELU", {}), "softplus": ("Softplus", {}), "swish": ("SiLU", {}),
    "silu": ("SiLU", {}), "mish": ("Mish", {}), "hard_swish": ("HardSwish", {}), "hard_silu": ("HardSwish", {}),
    "hard_tanh": ("HardTanh", {}), "softmax": ("Softmax", {}), "log_softmax": ("LogSoftmax", {}),
    "relu6": ("HardTanh", {"low": 0.0, "high": 6.0}), "leaky_relu": ("LeakyReLU", {"slope": 0.2}),
    "hard_sigmoid": ("HardSigmoid", {}),
}  # fmt: skip
"""Functions as layers of their own."""
HARD_SIGMOID_BEFORE = {"slope": 0.2, "offset": 0.5}
"""In Keras 1 and 2."""


@dataclass(frozen=True)
class Value:
    """What a layer gives."""

    source: int
    """The layer, by its place among what was made."""
    shape: Shape
    is_known: bool = True
    """Whether that is its shape: behind a layer that nobody here knows it is a guess."""


class Making:
    """One use of a layer. Rows read it and add to it."""

    def __init__(
        self, use: Use, sources: Sequence[Value], made: list[Made], tell: Callable[[str], None], *, is_old: bool
    ) -> None:
        self.use, self.sources, self.made, self.tell, self.is_old = use, list(sources), made, tell, is_old

    def get(self, name: str, default: Any = None) -> Any:
        """A setting; the default where the file leaves it out."""
        return self.use.settings.get(name, default)

    def only(self) -> Value:
        """The one thing that it reads."""
        if len(self.sources) != 1:
            raise Unsayable(f"it reads {len(self.sources)} layers")
        return self.sources[0]

    def listed(self, name: str) -> list[Any]:
        """A setting that is a list."""
        found = self.get(name)
        if not isinstance(found, list):
            raise Unsayable(f"its {name} is no list")
        return found

    def sides(self, name: str, default: int = 1) -> tuple[int, int]:
        """Height and width: two numbers, or one for both."""
        found = self.get(name, default)
        pair = found if isinstance(found, list) else [found]
        if len(pair) not in (1, 2):
            raise Unsayable(f"its {name} has {len(pair)} sides")
        return whole(pair[0]), whole(pair[-1])

    def side(self, name: str, default: int = 1) -> int:
        """As sides, where both must be equal."""
        height, width = self.sides(name, default)
        if height != width:
            raise Unsayable(f"its {name} differs between height and width")
        return height

    def need_last_axis(self, axis: Any) -> None:
        """Keras names a side by its number, the examples being 0. Here it must be the channels."""
        axis = axis[0] if isinstance(axis, list) and len(axis) == 1 else axis
        if axis not in (-1, self.sources[0].shape.rank if self.sources else -1):
            raise Unsayable("it works along another side than the channels")

    def need_channels_last(self) -> None:
        """Images whose channels are in front would need every layer to be turned."""
        if self.get("data_format") not in (None, "channels_last"):
            raise Unsayable("its channels come first, and only models with channels last are read")

    # Adding layers

    def add(self, kind: str, inputs: Sequence[Value], **settings: Any) -> Value:
        """A layer. Behind one whose shape nobody knows, one that would not fit is made all the same."""
        if self.get("trainable", True) is False and "trainable" in LAYERS[kind].model_fields:
            settings["trainable"] = False
        is_known = all(value.is_known for value in inputs)
        try:
            layer, shape = settled(kind, [value.shape for value in inputs], settings)
        except Unsayable:
            if is_known:
                raise
            layer, shape = configured(kind, settings), inputs[0].shape
        edges = [(value.source, port) for value, port in zip(inputs, ports_of(layer, len(inputs)), strict=True)]
        self.made.append(Made(layer, edges, {}, self.use.name, of=(self.use.name,)))
        return Value(len(self.made) - 1, shape, is_known)

    def activated(self, kind: str, inputs: Sequence[Value], **settings: Any) -> Value:
        """A layer with its activation, which becomes a layer of its own where it can be no setting."""
        function = named(self.get("activation"))
        if function in FUNCTIONS:
            return self.add(kind, inputs, activation=FUNCTIONS[function], **settings)
        after, given = self.function(self.get("activation"))
        made = self.add(kind, inputs, **settings)
        return self.add(after, [made], **given) if after else made

    def function(self, said: Any) -> tuple[str, Mapping[str, Any]]:
        """A function by its name, as a layer; empty where nothing is computed."""
        name = named(said)
        if name in ("", "linear"):
            return "", {}
        if name == "hard_sigmoid" and self.is_old:
            return "HardSigmoid", HARD_SIGMOID_BEFORE
        if name not in LAYERS_OF:
            raise Unsayable(f"no layer computes {name[:40]}")
        return LAYERS_OF[name]

    def inside(self, inner: Mapping[str, Any], rows: Mapping[str, Callable[[Making], Value]]) -> Value:
        """A layer that another wraps, made in its place."""
        config = inner.get("config")
        settings = config if isinstance(config, dict) else {}
        use = Use(self.use.name, str(inner["class_name"]), settings)
        return rows[use.kind](Making(use, self.sources, self.made, self.tell, is_old=self.is_old))


def whole(value: Any) -> int:
    """A whole number. Raises Unsayable for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1 or abs(value) > 1e9:
        raise Unsayable(f"{str(value)[:40]} is no whole number")
    return int(value)
