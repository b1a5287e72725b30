"""Which layer a Keras layer is: a row a kind. What cannot be said raises Unsayable, with the reason.

Keras puts channels behind, an image being (height, width, channels); layers here have them in front. Convolutions and
poolings are in keras_windows.py, layers with a memory in keras_recurrent.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod

from playground.exchange.keras_making import Making, Value, whole
from playground.exchange.keras_reading import named
from playground.exchange.made import Unsayable
from playground.layers.shape import Shape

Row = Callable[[Making], Value]


def dense(making: Making) -> Value:
    """On an image Keras' Dense works on each pixel, as a 1×1 convolution does."""
    value = making.only()
    units, bias = making.get("units"), making.get("use_bias", True)
    if value.shape.rank > 2:
        return making.activated("Conv2d", [value], filters=units, kernel=1, padding="valid", bias=bias)
    return making.activated("Dense", [value], units=units, bias=bias)


def activation(making: Making) -> Value:
    """A layer that only calls a function by its name."""
    kind, settings = making.function(making.get("activation"))
    return making.add(kind, [making.only()], **settings) if kind else making.only()


def relu(making: Making) -> Value:
    """Keras' has three settings, of which networks use one or none."""
    slope, top = making.get("negative_slope", 0) or 0, making.get("max_value")
    if making.get("threshold", 0):
        raise Unsayable("it begins at another value than 0")
    if top is not None:
        if slope:
            raise Unsayable("it has a slope and a highest value")
        return making.add("HardTanh", [making.only()], low=0.0, high=top)
    return making.add("LeakyReLU", [making.only()], slope=slope) if slope else making.add("ReLU", [making.only()])


def leaky_relu(making: Making) -> Value:
    """Keras 2 says alpha."""
    slope = making.get("negative_slope", making.get("alpha", 0.3))
    return making.add("LeakyReLU", [making.only()], slope=slope)


def prelu(making: Making) -> Value:
    """A slope a channel, or a vector's units; Keras has one for each place unless they are shared."""
    value, shared = making.only(), making.get("shared_axes") or []
    if not value.shape.is_vector and len(shared) != value.shape.rank - 1:
        raise Unsayable("it learns a slope for each place, and here there is one a channel")
    return making.add("PReLU", [value], start=0.0)


def softmax(making: Making) -> Value:
    """Over the channels."""
    making.need_last_axis(making.get("axis", -1))
    return making.add("Softmax", [making.only()])


def dropout(making: Making) -> Value:
    """The same in both."""
    return making.add("Dropout", [making.only()], rate=making.get("rate"))


def batch_norm(making: Making) -> Value:
    """Keras' momentum is what stays of the old average; here it is what comes of the new."""
    making.need_last_axis(making.get("axis", -1))
    if not (making.get("center", True) and making.get("scale", True)):
        making.tell("Batch normalisation learns a scale and a shift here, where Keras' had one of them only.")
    momentum = making.get("momentum", 0.99)
    if not isinstance(momentum, int | float):
        raise Unsayable("its momentum is no number")
    kept = round(1 - momentum, 9)
    return making.add("BatchNorm", [making.only()], momentum=kept, epsilon=making.get("epsilon", 1e-3))


def layer_norm(making: Making) -> Value:
    """Over the features."""
    making.need_last_axis(making.get("axis", -1))
    value = making.only()
    if value.shape.rank > 2:
        raise Unsayable("it normalises each pixel by itself, and here an image is normalised as a whole")
    affine = bool(making.get("center", True) and making.get("scale", True))
    return making.add("LayerNorm", [value], epsilon=making.get("epsilon", 1e-3), affine=affine)


def embedding(making: Making) -> Value:
    """Codes to vectors."""
    if making.get("mask_zero"):
        making.tell("Steps with code 0 are not left out here, as Keras' mask_zero does.")
    sizes = {"vocabulary": making.get("input_dim"), "size": making.get("output_dim")}
    return making.add("Embedding", [making.only()], **sizes)


def concatenate(making: Making) -> Value:
    """Channels beside each other; other sides cannot be joined."""
    making.need_last_axis(making.get("axis", -1))
    return making.add("Concat", making.sources)


def merge(kind: str) -> Row:
    """Value by value."""
    return lambda making: making.add(kind, making.sources)


def subtract(making: Making) -> Value:
    """The first less the second."""
    if len(making.sources) != 2:
        raise Unsayable("it takes two inputs")
    return making.add("Subtract", making.sources)


def flatten(making: Making) -> Value:
    """The values come in another order than Keras', which only weights could tell, and JSON has none."""
    value = making.only()
    return value if value.shape.is_vector else making.add("Flatten", [value])


def reshape(making: Making) -> Value:
    """Keras counts a picture's values pixel by pixel, layers here channel by channel."""
    value = making.only()
    wanted = [whole(side) for side in making.listed("target_shape")]
    if wanted.count(-1) > 1 or not 1 <= len(wanted) <= 4 or any(side < 1 and side != -1 for side in wanted):
        raise Unsayable(f"it has {len(wanted)} sides that no layer here has")
    given = prod(side for side in wanted if side != -1)
    dims = tuple(value.shape.size // given if side == -1 else side for side in wanted)
    if _in_front(value.shape):
        value = making.add("Permute", [value], order=(2, 3, 1))
    if len(dims) < 3:
        return making.add("Reshape", [value], dims=dims)
    if len(dims) > 3:
        raise Unsayable("it makes films of what arrives")
    height, width, channels = dims
    if 1 in (channels, height * width):
        return making.add("Reshape", [value], dims=(channels, height, width))
    return making.add("Permute", [making.add("Reshape", [value], dims=dims)], order=(3, 1, 2))


def _in_front(shape: Shape) -> bool:
    """Whether the order of its values is another one in Keras."""
    if shape.is_film:
        raise Unsayable("it cuts films up")
    return shape.is_image and shape.channels > 1 and shape.height * shape.width > 1


def permute(making: Making) -> Value:
    """Of sequences alone: an image's sides stand in another order here."""
    value = making.only()
    if value.shape.rank != 2:
        raise Unsayable("it turns the sides of an image")
    return making.add("Permute", [value], order=making.listed("dims"))


def repeat(making: Making) -> Value:
    """A vector as a sequence."""
    return making.add("RepeatVector", [making.only()], times=making.get("n"))


def rescaling(making: Making) -> Value:
    """Fixed numbers; here data are scaled before they come in, which may make it needless."""
    scale, offset = making.get("scale", 1), making.get("offset", 0)
    if offset or not isinstance(scale, int | float):
        raise Unsayable("it adds a fixed number, which the scaling of the data does here")
    return making.add("Scale", [making.only()], factor=scale, learned=False)


def elu(making: Making) -> Value:
    """The same in both."""
    return making.add("ELU", [making.only()], alpha=making.get("alpha", 1.0))


def dot(making: Making) -> Value:
    """Of two vectors."""
    if len(making.sources) != 2 or any(not each.shape.is_vector for each in making.sources):
        raise Unsayable("it multiplies others than two vectors")
    return making.add("DotProduct", making.sources, normalised=bool(making.get("normalize", False)))


def time_distributed(making: Making) -> Value:
    """Layers here do so by themselves: Dense on each step, those for images on each image of a film."""
    inner = making.get("layer")
    if not isinstance(inner, dict) or inner.get("class_name") not in EACH_STEP:
        kind = named(inner)[:40] or "a model"
        raise Unsayable(f"it does {kind} for each step")
    if making.only().shape.rank not in (2, 4):
        raise Unsayable("it needs a sequence or a film")
    return making.inside(inner, ROWS)


EACH_STEP = ("Dense", "Activation", "ReLU", "LeakyReLU", "Dropout", "Conv2D", "MaxPooling2D", "AveragePooling2D")

ROWS: Mapping[str, Row] = {
    "Dense": dense, "Activation": activation, "ReLU": relu, "LeakyReLU": leaky_relu, "PReLU": prelu, "ELU": elu,
    "Softmax": softmax, "Dropout": dropout, "BatchNormalization": batch_norm, "LayerNormalization": layer_norm,
    "Embedding": embedding, "Concatenate": concatenate, "Add": merge("Add"), "Multiply": merge("Multiply"),
    "Average": merge("Average"), "Maximum": merge("Maximum"), "Subtract": subtract, "Dot": dot, "Flatten": flatten,
    "Reshape": reshape, "Permute": permute, "RepeatVector": repeat, "Rescaling": rescaling,
    "TimeDistributed": time_distributed,
}  # fmt: skip
