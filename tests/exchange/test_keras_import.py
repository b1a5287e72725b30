"""Keras' JSON becomes a network of the same layers; what no layer is stands as a node that says so.

The JSON here is written by hand in the forms that Keras 2 and Keras 3 write; the slow test asks Keras itself.
"""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.app.document import Document, from_json, to_json
from playground.engine.compile import build
from playground.exchange.keras_import import imported_keras
from playground.exchange.made import Imported
from playground.exchange.problem import ExportProblem
from playground.graph.check import check
from playground.layers.layer import Unknown
from playground.layers.shape import Shape

NO_WEIGHTS = "Keras' JSON holds no weights: press Play to train. Save as ONNX to bring weights too."
Json = dict[str, Any]


def layer(kind: str, name: str, **config: Any) -> Json:
    return {"class_name": kind, "config": {"name": name, "trainable": True, "dtype": "float32", **config}}


def sequential(*layers: Json, **more: Any) -> Json:
    """As Keras 3 writes it."""
    return {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": list(layers)}, **more}


def image(*sides: int | None, name: str = "pixels") -> Json:
    return layer("InputLayer", name, batch_shape=[None, *sides], sparse=False)


def tensor(name: str, *sides: int | None, use: int = 0, result: int = 0) -> Json:
    config = {"shape": [None, *sides], "dtype": "float32", "keras_history": [name, use, result]}
    return {"class_name": "__keras_tensor__", "config": config}


def node(*args: Any, **kwargs: Any) -> Json:
    return {"args": list(args), "kwargs": kwargs}


def functional(*layers: tuple[Json, list[Any]], outputs: list[Any]) -> Json:
    """Layers, each with what Keras calls its inbound nodes."""
    written = [{**one, "name": one["config"]["name"], "inbound_nodes": nodes} for one, nodes in layers]
    config = {"name": "f", "layers": written, "input_layers": [], "output_layers": outputs}
    return {"class_name": "Functional", "config": config}


def kinds(found: Imported) -> str:
    return " ".join(each.type for each in found.graph.nodes.values())


def shape(found: Imported, id: str) -> Shape | None:
    return check(found.graph).shapes.get(id)


CONVOLUTIONS = (
    layer("Conv2D", "first", filters=8, kernel_size=[3, 3], strides=[1, 1], padding="same", activation="relu"),
    layer("MaxPooling2D", "small", pool_size=[2, 2], strides=None, padding="valid"),
    layer("Conv2D", "second", filters=4, kernel_size=[3, 5], strides=[2, 2], padding="same", use_bias=False),
    layer("BatchNormalization", "norm", axis=[3], momentum=0.99, epsilon=0.001, center=True, scale=True),
    layer("Flatten", "flat"),
    layer("Dropout", "drop", rate=0.25),
    layer("Dense", "scores", units=10, activation="softmax"),
)


def test_a_sequential_model_becomes_the_same_layers_with_channels_in_front() -> None:
    found = imported_keras(sequential(image(28, 14, 3), *CONVOLUTIONS), "net")

    nodes = found.graph.nodes
    assert list(nodes) == ["pixels", "first", "small", "second", "norm", "flat", "drop", "scores", "scores_out"]
    assert check(found.graph).ok
    assert shape(found, "pixels") == Shape((3, 28, 14))
    assert shape(found, "second") == Shape((4, 7, 4))
    assert nodes["first"].settings["activation"] == "relu"
    assert nodes["second"].settings["kernel"] == [3, 5]
    assert nodes["second"].settings["bias"] is False
    assert nodes["norm"].settings["momentum"] == pytest.approx(0.01)
    assert nodes["drop"].settings["rate"] == 0.25
    assert nodes["scores_out"].settings["loss"] == "cross_entropy"
    assert nodes["scores_out"].settings["units"] == 10
    assert found.notes == ("The softmax at its end is inside the Output's loss, and no layer here.", NO_WEIGHTS)


def test_what_keras_2_wrote_is_read_as_well() -> None:
    first = layer("Dense", "hidden", units=8, activation="hard_sigmoid", batch_input_shape=[None, 5])
    old = {
        "class_name": "Sequential", "keras_version": "2.2.4", "backend": "tensorflow",
        "config": [first, layer("Dense", "out", units=1, activation="linear")],
    }  # fmt: skip

    found = imported_keras(old, "old")

    assert kinds(found) == "Input Dense HardSigmoid Dense Output"
    bent = next(each for each in found.graph.nodes.values() if each.type == "HardSigmoid")
    assert (bent.settings["slope"], bent.settings["offset"]) == (0.2, 0.5)
    assert found.graph.nodes["out_out"].settings["loss"] == "mean_squared_error"


def test_a_functional_model_keeps_its_branches_and_shares_its_layers() -> None:
    words, facts = image(20, name="words"), image(4, name="facts")
    found = imported_keras(
        functional(
            (words, []),
            (facts, []),
            (layer("Embedding", "table", input_dim=100, output_dim=8), [node(tensor("words", 20))]),
            (layer("LSTM", "memory", units=6, return_sequences=True), [node(tensor("table", 20, 8))]),
            (layer("GRU", "end", units=5), [node(tensor("memory", 20, 6))]),
            (layer("Dense", "same", units=5), [node(tensor("facts", 4)), node(tensor("facts", 4))]),
            (layer("Add", "sum"), [node([tensor("same", 5), tensor("same", 5, use=1)])]),
            (layer("Concatenate", "both", axis=-1), [node([tensor("end", 5), tensor("sum", 5)])]),
            (layer("Dense", "yes", units=1, activation="sigmoid"), [node(tensor("both", 10))]),
            outputs=["yes", 0, 0],
        ),
        "net",
    )

    nodes = found.graph.nodes
    assert check(found.graph).ok
    assert nodes["memory"].settings["returns"] == "sequence"
    assert nodes["end"].settings["returns"] == "last"
    (lender,) = [id for id, each in nodes.items() if each.type == "Dense" and id not in ("same", "yes")]
    assert nodes["same"].settings["shares"] == lender
    assert [edge.source for edge in found.graph.edges if edge.target == "both"] == ["end", "sum"]
    assert nodes["yes_out"].settings["loss"] == "binary_cross_entropy"
    assert nodes["yes"].settings["activation"] == "none"


def test_the_lists_that_keras_2_wrote_between_layers_are_understood() -> None:
    found = imported_keras(
        functional(
            (image(6, name="a"), []),
            (layer("Dense", "left", units=3), [[["a", 0, 0, {}]]]),
            (layer("Dense", "right", units=3), [[["a", 0, 0, {}]]]),
            (layer("Subtract", "less"), [[["left", 0, 0, {}], ["right", 0, 0, {}]]]),
            outputs=[["less", 0, 0]],
        ),
        "net",
    )

    assert check(found.graph).ok
    assert {edge.source: edge.port for edge in found.graph.edges if edge.target == "less"} == {
        "left": "inputs",
        "right": "minus",
    }


@pytest.mark.parametrize(
    ("given_", "wanted", "sides"),
    [
        (layer("Bidirectional", "one", layer=layer("LSTM", "y", units=4), merge_mode="concat"), "LSTM", (8,)),
        (layer("SimpleRNN", "one", units=4, activation="relu"), "RNN", (4,)),
        (layer("Conv1D", "one", filters=5, kernel_size=[3], strides=[2], padding="valid"), "Conv1d", (4, 5)),
        (layer("MaxPooling1D", "one", pool_size=[2], strides=[2], padding="valid"), "MaxPool1d", (5, 6)),
        (layer("GlobalAveragePooling1D", "one"), "GlobalAvgPool2d", (6,)),
        (layer("TimeDistributed", "one", layer=layer("Dense", "y", units=3)), "Dense", (10, 3)),
        (layer("Permute", "one", dims=[2, 1]), "Permute", (6, 10)),
        (layer("Reshape", "one", target_shape=[-1]), "Reshape", (60,)),
        (layer("Reshape", "one", target_shape=[5, 4, 3]), "Reshape Permute", (3, 5, 4)),
        (layer("Activation", "one", activation="softmax"), "Softmax", (10, 6)),
        (layer("LayerNormalization", "one", axis=-1, epsilon=0.001), "LayerNorm", (10, 6)),
    ],
    ids=lambda each: each["class_name"] if isinstance(each, dict) else None,
)
def test_a_layer_of_sequences_is_known(given_: Json, wanted: str, sides: tuple[int, ...]) -> None:
    flat = layer("Dense", "z", units=2), layer("Flatten", "f")
    found = imported_keras(sequential(image(10, 6), given_, *flat[::-1]), "net")

    made = [each.type for id, each in found.graph.nodes.items() if id not in ("pixels", "z", "f", "z_out")]
    assert " ".join(made) == wanted
    assert shape(found, "one") == Shape(sides)
    assert found.notes == (NO_WEIGHTS,)


@pytest.mark.parametrize(
    ("given_", "wanted", "sides"),
    [
        (layer("DepthwiseConv2D", "one", kernel_size=[3, 3], depth_multiplier=2), "Conv2d", (6, 6, 10)),
        (
            layer("SeparableConv2D", "one", filters=7, kernel_size=[3, 3], padding="same", activation="relu6"),
            "Conv2d Conv2d HardTanh",
            (7, 8, 12),
        ),
        (layer("AveragePooling2D", "one", pool_size=[3, 3], strides=[2, 2], padding="same"), "AvgPool2d", (3, 4, 6)),
        (layer("UpSampling2D", "one", size=[2, 2], interpolation="bilinear"), "Upsample", (3, 16, 24)),
        (layer("ZeroPadding2D", "one", padding=[[1, 2], [0, 3]]), "ZeroPad2d", (3, 11, 15)),
        (layer("Cropping2D", "one", cropping=[[1, 2], [0, 3]]), "Crop", (3, 5, 9)),
        (
            layer("Conv2DTranspose", "one", filters=2, kernel_size=[2, 2], strides=[2, 2]),
            "ConvTranspose2d",
            (2, 16, 24),
        ),
        (layer("Dense", "one", units=5, activation="tanh"), "Conv2d", (5, 8, 12)),
        (layer("GlobalMaxPooling2D", "one", keepdims=False), "GlobalMaxPool", (3,)),
        (layer("ReLU", "one", max_value=6.0, negative_slope=0.0, threshold=0.0), "HardTanh", (3, 8, 12)),
        (layer("PReLU", "one", shared_axes=[1, 2]), "PReLU", (3, 8, 12)),
    ],
    ids=lambda each: each["class_name"] if isinstance(each, dict) else None,
)
def test_a_layer_of_images_is_known(given_: Json, wanted: str, sides: tuple[int, ...]) -> None:
    found = imported_keras(
        sequential(image(8, 12, 3), given_, layer("Flatten", "f"), layer("Dense", "z", units=2)), "n"
    )

    made = [each.type for id, each in found.graph.nodes.items() if id not in ("pixels", "z", "f", "z_out")]
    assert " ".join(made) == wanted
    assert shape(found, "one") == Shape(sides)
    assert found.notes == (NO_WEIGHTS,)


def test_what_no_layer_is_becomes_a_node_that_says_so_and_what_follows_stays() -> None:
    found = imported_keras(
        sequential(
            image(8), layer("GaussianNoise", "noise", stddev=0.1, seed=None), layer("Dense", "d", units=3),
            layer("GRU", "g", units=2, reset_after=False),
            layer("Conv1D", "c", filters=2, kernel_size=3, padding="causal"),
        ),
        "net",
    )  # fmt: skip

    assert isinstance(found.graph.nodes["noise"], Unknown)
    assert found.graph.nodes["d"].type == "Dense"
    assert found.notes[0] == (
        "3 of 5 layers are no layers here, and stand as nodes that say so. GaussianNoise: no layer computes that; "
        "GRU: its reset gate comes before the matrix, and in torch behind it; Conv1D: its padding is causal."
    )
    first = check(found.graph).problems[0]
    assert first.text == "No layer computes what Keras' layer GaussianNoise does. Replace it, or delete it."
    again = from_json(to_json(Document("n", found.graph)))
    assert again.graph.nodes["noise"] == found.graph.nodes["noise"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([], "It is JSON, but no Keras model. Write one with model.to_json()."),
        ({"class_name": "Net", "config": {}}, "It is a Net, whose layers are not in the file."),
        (sequential(), "Its list of layers is missing or damaged."),
        (sequential(layer("Dense", "d", units=3)), "It does not say what goes in. Give it a keras.Input"),
        (sequential(image(0), layer("Dense", "d", units=3)), "has no shape that a network here can read"),
        (sequential(image(None, None, 3), layer("Flatten", "f")), "leaves sides open"),
        (sequential(image(900_000, 900_000), layer("Flatten", "f")), "more than a layer takes"),
        (
            functional((layer("Dense", "a", units=1), [node(tensor("gone"))]), outputs=[["a", 0, 0]]),
            "A layer reads “gone”, which is not there.",
        ),
        (
            functional((layer("Dense", "a", units=1), [node(tensor("a"))]), outputs=[["a", 0, 0]]),
            "Its layers read each other in a circle.",
        ),
        (functional((image(3), []), outputs=[]), "It names no output."),
        (sequential(*[layer("Dense", f"d{at}", units=1) for at in range(5_001)]), "more than the 5,000 that are read"),
    ],
)
def test_a_file_that_is_none_is_refused_in_one_sentence(values: Any, words: str) -> None:
    with pytest.raises(ExportProblem) as refused:
        imported_keras(values, "net")
    assert words in str(refused.value)


PLAIN = st.none() | st.booleans() | st.integers(-3, 2**40) | st.floats() | st.text(max_size=5)
ANY = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner))
NAMES = [
    "units", "filters", "kernel_size", "strides", "padding", "axis", "rate", "activation", "layer", "momentum",
    "target_shape", "dims", "cropping", "size", "pool_size", "dilation_rate", "name", "n", "trainable",
]  # fmt: skip


@given(st.sampled_from([*CONVOLUTIONS, layer("Reshape", "r", target_shape=[2]), layer("LSTM", "l", units=2)]),
       st.dictionaries(st.sampled_from(NAMES), ANY, max_size=4))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_settings_of_any_kind_are_a_node_or_a_sentence_and_never_a_crash(one: Json, settings_: Json) -> None:
    broken = {**one, "config": {**one["config"], **settings_}}
    try:
        found = imported_keras(sequential(image(9, 9, 2), broken), "net")
    except ExportProblem:
        return
    to_json(Document("n", found.graph))


@pytest.mark.slow
def test_keras_itself_gives_the_same_with_the_same_weights() -> None:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras", reason="Keras is not installed")
    made = keras.layers
    model = keras.Sequential(
        [
            keras.Input((9, 8, 3)), made.Conv2D(6, 3, strides=2, padding="same", activation="relu"),
            made.BatchNormalization(), made.DepthwiseConv2D(2, padding="same"), made.AveragePooling2D(3, 2, "same"),
            made.Dense(5, activation="gelu"), made.GlobalMaxPooling2D(), made.Dense(4), made.LeakyReLU(0.2),
            made.Dense(3, activation="softmax"),
        ]
    )  # fmt: skip
    generator = np.random.default_rng(0)
    model.set_weights([generator.uniform(0.1, 1, each.shape) for each in model.get_weights()])
    found = imported_keras(json.loads(model.to_json()), "net")
    network = build(found.graph).eval()
    values = iter(model.get_weights())
    with torch.no_grad():
        for name, own in network.state_dict().items():
            if not name.endswith("num_batches_tracked"):
                own.copy_(torch.from_numpy(_turned(next(values), own.shape)))
    pictures = generator.uniform(-1, 1, (4, 9, 8, 3)).astype(np.float32)

    with torch.no_grad():
        ours = torch.softmax(network(torch.from_numpy(pictures.transpose(0, 3, 1, 2).copy())), 1).numpy()

    assert next(values, None) is None
    assert found.notes == ("The softmax at its end is inside the Output's loss, and no layer here.", NO_WEIGHTS)
    np.testing.assert_allclose(ours, np.asarray(model.predict(pictures, verbose=0)), atol=1e-5)


def _turned(value: np.ndarray, sides: torch.Size) -> np.ndarray:
    """Keras' kernels are (height, width, in, out), or (in, out)."""
    if value.ndim == 4:
        value = value.transpose(3, 2, 0, 1) if value.shape[3] == sides[0] else value.transpose(2, 3, 0, 1)
    return np.ascontiguousarray(value.T if value.ndim == 2 and len(sides) == 2 else value, np.float32).reshape(sides)
