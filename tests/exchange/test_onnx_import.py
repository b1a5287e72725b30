"""ONNX models become networks that give what the models give; what no layer is stands as a node that says so."""

from __future__ import annotations

import os
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import event, settings
from hypothesis import given as given_
from hypothesis import strategies as st

from playground.app.document import Document, from_json, to_json
from playground.engine.compile import build
from playground.exchange.made import Imported
from playground.exchange.onnx_import import import_onnx, imported
from playground.exchange.onnx_reading import End, Model, _tensor, model_of
from playground.exchange.problem import ExportProblem
from playground.graph.check import check
from playground.layers.layer import Unknown
from tests.exchange.onnx_models import close, written
from tests.exchange.test_every_template_as_code import opened
from tests.onnx_files import OnnxCase, read_case

onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")
from onnx import TensorProto, helper  # noqa: E402

FOLDER = Path(os.environ.get("PLAYGROUND_TEST_DATA", Path(__file__).parents[3] / "shared" / "data")) / "onnx" / "node"
NAMES = sorted(path.name for path in FOLDER.glob("test_*")) if FOLDER.is_dir() else []
MERGES = {"Add", "Mul", "Sum", "Max", "Min", "Mean", "Sub", "Div", "Pow", "Concat"}
FOUR_DIGITS = ("test_averagepool_2d_ceil_last_window_starts_on_pad",)


def as_saved(case: OnnxCase, model: Model) -> Model:
    """The folder's model with what a trained network would keep as constants; there all of it flows."""
    flows = set(case.node.inputs if case.node.op in MERGES else case.node.inputs[:1])
    constants = {name: array for name, array in case.inputs.items() if name not in flows}
    ends = tuple(End(name, tuple(case.inputs[name].shape)) for name in dict.fromkeys(case.node.inputs) if name in flows)
    return replace(model, constants={**model.constants, **constants}, inputs=ends, outputs=model.outputs[:1])


def given(found: Imported, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """What the engine's network of it gives."""
    network = build(found.graph).eval()
    own = network.state_dict()
    weights = {name: torch.from_numpy(np.array(value)) for name, value in found.weights.items()}
    assert weights.keys() <= own.keys()
    network.load_state_dict(weights, strict=False)
    values = {}
    for id in network.ends.inputs:
        values[id] = torch.from_numpy(np.asarray(inputs[id], np.float32))
    with torch.no_grad():
        return network.values_of(values)[network.output].numpy()


WHY = (
    "are no layers here, and stand as nodes that say so",  # an operator or settings that no layer has: named
    "the first side must be the examples",  # numbers without examples
    "more than a layer takes",  # seven sides
    "stands as the layer gives it",  # results with the examples behind
)
"""What is said of folders that are not compared."""
UNREADABLE = ("test_identity_opt",)
"""Folders whose values are optional: no network takes such."""
EQUAL = 118
"""Folders whose layers give what ONNX says."""


def outcome(name: str) -> str:
    """What came of it: “equal”, or why it is not compared."""
    case = read_case(FOLDER / name)
    model = as_saved(case, model_of((FOLDER / name / "model.onnx").read_bytes()))
    found = imported(model, name)
    if found.notes or any(isinstance(layer, Unknown) for layer in found.graph.nodes.values()):
        return found.notes[0]
    names = dict(zip((end.name for end in model.inputs), list(found.graph.nodes), strict=False))
    inputs = {id: case.inputs[end] for end, id in names.items()}
    report = check(found.graph)
    assert report.ok, report.errors[0].text
    wanted = case.wanted()
    tolerance = 3e-4 if name in FOUR_DIGITS else 1e-3 if wanted.dtype == np.float16 else 1e-5
    result = given(found, inputs)
    np.testing.assert_allclose(result.reshape(wanted.shape), wanted, rtol=tolerance, atol=tolerance)
    return "equal"


@pytest.mark.skipif(not NAMES, reason="the ONNX backend tests are not there")
def test_what_is_read_gives_what_onnx_says_and_all_else_is_named() -> None:
    equal = 0
    for name in NAMES:
        if name in UNREADABLE:
            continue
        try:
            said = outcome(name)
        except ExportProblem as problem:
            said = str(problem)
        equal += said == "equal"
        assert said == "equal" or any(words in said for words in WHY), name
    assert equal >= EQUAL


SAME = ("xor-mlp", "spiral-mlp", "digits-mlp", "skip-mlp", "frequency-lstm", "gru-many-to-many", "char-lm")
"""Templates that come back as they went."""
CLOSE = (
    "digits-cnn",
    "image-cnn",
    "lenet-5",
    "autoencoder",
    "cnn-rnn",
    "cifar-resnet-20",
    "highway",
    "encoder-decoder",
)
"""Templates that come back as layers that compute the same."""


@pytest.mark.parametrize("name", [*SAME, *CLOSE])
def test_a_template_comes_back_from_its_own_file(name: str) -> None:
    pytest.importorskip("onnx")
    document = opened(name)[0]
    file, network = written(document.graph)
    found = imported(model_of(file.content), name)
    random = np.random.default_rng(0)
    inputs = {
        id: np.abs(random.normal(size=(4, *layer.dims))).astype(np.float32) for id, layer in network.ends.inputs.items()
    }

    assert found.notes == ()
    assert (found.graph.nodes == document.graph.nodes) is (name in SAME)
    assert set(found.graph.edges) == set(document.graph.edges) or name not in SAME
    with torch.no_grad():
        wanted = network.values_of({id: torch.from_numpy(value) for id, value in inputs.items()})[network.output]
    close(given(found, inputs), wanted)


def test_what_no_layer_is_stands_as_a_node_that_says_so() -> None:
    pytest.importorskip("onnx")
    found = imported(model_of(made([("Relu", "given", "a"), ("Einsum", "a", "b"), ("Tanh", "b", "answer")])), "other")

    strange = found.graph.nodes["b"]
    assert isinstance(strange, Unknown)
    assert strange.heading == "Einsum (ONNX)?"
    assert found.notes == (
        "1 of 3 operators are no layers here, and stand as nodes that say so. Einsum: no layer computes that.",
    )
    assert [(edge.source, edge.target) for edge in found.graph.edges] == [
        ("given", "a"), ("a", "b"), ("b", "tanh1"), ("tanh1", "answer"),
    ]  # fmt: skip
    problem = check(found.graph).errors[0]
    assert problem.text == "No layer computes what the ONNX operator Einsum does. Replace it, or delete it."
    document = Document("other", found.graph)
    assert from_json(to_json(document)).graph == found.graph


# Files that mean no good


def made(operators: list[tuple[str, str, str]], sides: tuple[int, ...] = (1, 4), **more: object) -> bytes:
    """A model of operators with one input and one result each, from “given” to “answer”."""
    nodes = [helper.make_node(op, names.split(), [out]) for op, names, out in operators]
    ends = [[helper.make_tensor_value_info(name, 1, sides)] for name in ("given", "answer")]
    graph = helper.make_graph(nodes, "g", *ends, **more)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]).SerializeToString()


def test_a_model_without_ends_is_refused(tmp_path: Path) -> None:
    bare = helper.make_model(helper.make_graph([], "g", [], []), opset_imports=[helper.make_opsetid("", 17)])

    refused(tmp_path, bare.SerializeToString(), "It has no input or no output, so it is no network.")


def test_operators_in_a_circle_are_refused(tmp_path: Path) -> None:
    refused(
        tmp_path,
        made([("Add", "given b", "a"), ("Relu", "a", "b"), ("Relu", "b", "answer")]),
        "in a circle.",
    )


def test_two_results_of_one_name_are_refused(tmp_path: Path) -> None:
    refused(tmp_path, made([("Relu", "given", "answer"), ("Tanh", "given", "answer")]), "of the same name.")


def test_a_million_operators_are_refused_before_they_are_made(tmp_path: Path) -> None:
    one = helper.make_node("Relu", ["y"], ["y"]).SerializeToString()
    piece = b"\x0a" + bytes([len(one)]) + one
    graph = piece * 1_000_000
    size = b""
    left = len(graph)
    while left > 127:
        size, left = size + bytes([left & 127 | 128]), left >> 7
    content = b"\x3a" + size + bytes([left]) + graph

    tracemalloc.start()
    refused(tmp_path, content, "It has more than 20,000 operators, which is too much for a picture.")
    assert tracemalloc.get_traced_memory()[1] < len(content) * 3
    tracemalloc.stop()


def test_a_tensor_that_says_it_is_huge_takes_no_memory(tmp_path: Path) -> None:
    tensor = TensorProto(name="w", dims=[2**40, 2**20], data_type=1, raw_data=b"1234")

    refused(
        tmp_path, made([("Relu", "given", "answer")], initializer=[tensor]), "is not an ONNX model, or it was cut short"
    )


def test_a_tensor_in_a_million_pieces_takes_no_more_memory_than_the_file(tmp_path: Path) -> None:
    pieces = b"\x22\x00" * 1_000_000
    tensor = TensorProto(name="w", dims=[1], data_type=1).SerializeToString() + pieces

    tracemalloc.start()
    with pytest.raises(ExportProblem, match="in more pieces than any exporter writes"):
        _tensor(memoryview(tensor))
    assert tracemalloc.get_traced_memory()[1] < len(tensor) * 10
    tracemalloc.stop()


def test_weights_in_other_files_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"0" * 16)
    tensor = TensorProto(name="w", dims=[4], data_type=1, data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="secret")

    refused(
        tmp_path, made([("Relu", "given", "answer")], initializer=[tensor]), "which are not opened. Save it as one file"
    )


@settings(max_examples=300, deadline=None, derandomize=True)
@given_(st.data())
def test_a_damaged_file_is_a_sentence(tmp_path_factory, data) -> None:
    whole = bytearray(made([("Relu", "given", "a"), ("Flatten", "a", "answer")], (1, 2, 3)))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("damaged") / "m.onnx"
    path.write_bytes(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    try:
        found = import_onnx(path)
    except ExportProblem as problem:
        event(str(problem).removeprefix(str(path)).strip()[:30])
    else:
        check(found.graph)


@pytest.mark.parametrize(
    ("sides", "words"),
    [((4,), "has the sides 4: the first side must be the examples"), ((1, 2, 2, 2, 2, 2), "more than a layer takes")],
)
def test_an_input_that_no_layer_takes_is_named(tmp_path: Path, sides: tuple[int, ...], words: str) -> None:
    refused(tmp_path, made([("Relu", "given", "answer")], sides), words)


def test_what_is_missing_or_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExportProblem, match=r"^There is no file .*gone.onnx. Check its name.$"):
        import_onnx(tmp_path / "gone.onnx")
    (tmp_path / "a.onnx").mkdir()
    with pytest.raises(ExportProblem, match="is a folder. Choose an .onnx file in it."):
        import_onnx(tmp_path / "a.onnx")


def refused(folder: Path, content: bytes, words: str) -> None:
    path = folder / "m.onnx"
    path.write_bytes(content)
    with pytest.raises(ExportProblem) as problem:
        import_onnx(path)
    assert words in str(problem.value)
    assert str(problem.value).startswith(str(path))
