"""What a layer is: a frozen value whose fields are its settings, with the few rules everything else reads.

Palette, form, ports, file format, checker, compiler, costs and manual all read these declarations.
Knows no graph, no torch, no Qt: the torch call is data (`Call`), built by playground.engine.compile.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, ClassVar

from pydantic import BaseModel, Field

from playground.layers.shape import MOST_VALUES, POINTWISE, Shape, ShapeProblem, Window

LAYERS: dict[str, type[Layer]] = {}
"""Every layer by its type name, in order of declaration. Filled by importing playground.layers."""

FAMILIES = (
    "input/output",
    "dense",
    "convolution",
    "pooling",
    "recurrent",
    "attention",
    "merge",
    "normalisation",
    "activation",
    "shape",
    "text",
)
"""The palette's groups, in its order."""


@dataclass(frozen=True, slots=True)
class Call:
    """A torch call as data: built by engine.compile, printed by exchange.

    name is "nn.Conv2d" and the like, or one of engine.modules' own names ("add", "concat").
    then lists calls without weights that follow (an activation).
    """

    name: str
    args: tuple[Any, ...] = ()
    kwargs: tuple[tuple[str, Any], ...] = ()
    then: tuple[Call, ...] = ()

    def followed_by(self, *calls: Call) -> Call:
        return replace(self, then=self.then + calls)


def call(name: str, *args: Any, **kwargs: Any) -> Call:
    """Write a torch call down."""
    return Call(name, args, tuple(kwargs.items()))


class Layer(BaseModel, frozen=True, extra="forbid"):
    """One layer of a network. Subclasses declare settings as fields and say what they do in their docstring.

    A subclass writes `shape(self, image, ...)`: its parameter names are the input ports; a starred
    parameter is a port that takes several edges, one with the default None may stay empty. It raises
    ShapeProblem for inputs it cannot take. The other rules get the same inputs: None for an empty port.
    """

    type_title: ClassVar[str] = ""
    family: ClassVar[str] = ""
    stem: ClassVar[str] = ""
    """What ids of such nodes start with: conv in conv1."""
    keywords: ClassVar[tuple[str, ...]] = ()
    """Other words people search for."""
    gives_output: ClassVar[bool] = True
    """Whether edges can start here; not at an Output."""
    each_frame: ClassVar[bool] = False
    """Whether it works on images, and so on every image of a film by itself (time-distributed)."""
    weighs: ClassVar[bool] = False
    """Whether it weighs each feature of its input, so that what a feedback edge brings is joined and not added."""
    state_port: ClassVar[str] = ""
    """The port that takes an initial state: an edge from a recurrent layer to it brings that one's final state."""

    def __init_subclass__(cls, **_: Any) -> None:
        super().__init_subclass__()

    @classmethod
    def __pydantic_init_subclass__(
        cls, *, title: str = "", family: str = "", stem: str = "", keywords: tuple[str, ...] = (), **_: Any
    ) -> None:
        cls.type_title = title or str(cls.model_config.get("title", ""))
        cls.family, cls.keywords = family, keywords
        cls.stem = stem or cls.__name__.lower()
        if family:
            LAYERS[cls.__name__] = cls

    @property
    def type(self) -> str:
        """The name in files and in the registry."""
        return type(self).__name__

    @property
    def heading(self) -> str:
        """The title on this node's card; subclasses add what tells it apart, as in "Conv 3×3"."""
        return self.type_title

    @property
    def summary(self) -> str:
        """The settings in one short line, for the card."""
        return ""

    @property
    def settings(self) -> dict[str, Any]:
        """All settings by name, as JSON values."""
        return self.model_dump(mode="json")

    def with_settings(self, **settings: Any) -> Layer:
        """The same layer with other settings, checked again. Raises pydantic.ValidationError."""
        return type(self).model_validate(self.settings | settings)

    @classmethod
    def ports(cls) -> tuple[str, ...]:
        """Names of the input ports, in order."""
        return tuple(_inputs(cls))

    @classmethod
    def needed_ports(cls) -> tuple[str, ...]:
        """Names of the input ports that must have an edge."""
        return tuple(name for name, port in _inputs(cls).items() if port.default is not None)

    @classmethod
    def has_port(cls, port: str) -> bool:
        """Whether an edge can lead to that port."""
        return port in _inputs(cls)

    @classmethod
    def takes_several(cls, port: str) -> bool:
        """Whether a port accepts any number of edges."""
        return _inputs(cls)[port].kind is inspect.Parameter.VAR_POSITIONAL

    def infer(self, *inputs: Shape | None) -> Shape:
        """The output's shape. Raises ShapeProblem when the inputs do not fit.

        A layer made for images works on each image of a film, and gives a film or a sequence.
        """
        first = inputs[0] if inputs else None
        if first is not None and first.is_film and self.each_frame:
            shape = self.shape(first.frame, *inputs[1:]).each_of(first.steps)  # type: ignore[attr-defined]
        else:
            shape = self.shape(*inputs)  # type: ignore[attr-defined]
        assert isinstance(shape, Shape)
        if shape.size > MOST_VALUES:
            raise ShapeProblem(
                f"{self.heading} would give {shape.size:,} values for each example, more than the {MOST_VALUES:,} "
                "that fit in memory. Use fewer units or filters, or a larger stride before it."
            )
        return shape

    def parameters(self, *_inputs: Shape) -> int:
        """Numbers that training adjusts."""
        return 0

    def final_state(self) -> Shape | None:
        """The shape of the state that a recurrent layer ends with, as a vector; None where there is none."""
        return None

    def multiply_adds(self, *_inputs: Shape) -> int:
        """Multiplications with addition for one example; one multiply-add counts 1 (He et al. 2015)."""
        return 0

    def window(self, *_inputs: Shape) -> Window | None:
        """What one output unit sees of the input; None when it sees all of it."""
        return POINTWISE

    def torch(self, *_inputs: Shape) -> Call | None:
        """The torch call that computes this layer; None for nodes that compute nothing (Input, Output)."""
        return None


class Weighted(Layer):
    """What layers with weights share: weights that stand still, or that are another layer's."""

    trainable: bool = Field(True, title="Trainable", description="Off: its weights stay as they are (frozen).")
    shares: str = Field(
        "",
        max_length=60,
        pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$",
        title="Weights of",
        description="A layer of the same kind and settings, whose weights it uses (tied). Empty: its own.",
    )


FOREIGN, KERAS = " (ONNX)", " (Keras)"
"""How the type of an operator or layer of another tool ends that was imported and that no layer is."""


class Unknown(Layer):
    """A layer of another version of this program, or an operator of an ONNX model that no layer is: kept as it came,
    shown, refused on training.
    """

    type_name: str
    kept: Mapping[str, Any]

    @property
    def type(self) -> str:
        return self.type_name

    @property
    def heading(self) -> str:
        return f"{self.type_name}?"

    @property
    def settings(self) -> dict[str, Any]:
        return dict(self.kept)

    @classmethod
    def has_port(cls, port: str) -> bool:  # noqa: ARG003 its ports are unknown: any will do
        return True

    @classmethod
    def takes_several(cls, port: str) -> bool:  # noqa: ARG003
        return True

    def shape(self, *_inputs: Shape) -> Shape:
        """Always a problem: nobody knows what it would compute."""
        if self.type_name.endswith(FOREIGN):
            operator = self.type_name.removesuffix(FOREIGN)
            raise ShapeProblem(f"No layer computes what the ONNX operator {operator} does. Replace it, or delete it.")
        if self.type_name.endswith(KERAS):
            theirs = self.type_name.removesuffix(KERAS)
            raise ShapeProblem(f"No layer computes what Keras' layer {theirs} does. Replace it, or delete it.")
        raise ShapeProblem(f"This program knows no layer “{self.type_name}”. Update it, or delete the layer.")


@cache
def _inputs(cls: type[Layer]) -> dict[str, inspect.Parameter]:
    parameters = inspect.signature(cls.shape).parameters  # type: ignore[attr-defined]
    return {name: parameter for name, parameter in parameters.items() if name != "self"}


def read_layer(type_name: str, settings: Mapping[str, Any]) -> Layer:
    """Make a layer from its name and settings in a file. Raises pydantic.ValidationError."""
    cls = LAYERS.get(type_name)
    if cls is None:
        return Unknown(type_name=type_name, kept=dict(settings))
    return cls.model_validate(dict(settings))
