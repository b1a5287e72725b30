from __future__ import annotations

import json

import numpy as np
import pytest

from playground.app.document import make_project
from playground.app.files import Project, read_project, write_project
from playground.exchange.weights_file import is_of


@pytest.fixture
def model(run, tmp_path):
    """A trained project as ONNX, and the project."""
    pytest.importorskip("onnxruntime")
    path = tmp_path / "net.nnplay"
    write_project(path, Project(make_project("table-mlp", "iris")[0]))
    assert run("train", path, "--epochs", 2).status == 0
    assert run("export", path, "--to", "onnx", "-o", tmp_path / "net.onnx").status == 0
    return tmp_path / "net.onnx", path


def test_a_model_comes_back_with_its_weights_and_data(run, model, tmp_path):
    file, project = model

    said = run("import", file, "-o", tmp_path / "back.nnplay")

    assert (said.status, said.err) == (0, "")
    back, before = read_project(tmp_path / "back.nnplay"), read_project(project)
    count = before.checkpoint.parameters
    assert said.out == f"Wrote {tmp_path / 'back.nnplay'}: 4 layers with {count} numbers of net.onnx.\n"
    assert back.document.graph.nodes == before.document.graph.nodes
    assert back.document.data.source == "iris"
    assert back.checkpoint.weights.keys() == before.checkpoint.weights.keys()
    assert all(
        np.array_equal(back.checkpoint.weights[name], value) for name, value in before.checkpoint.weights.items()
    )
    assert is_of(back.checkpoint.weights, back.document.graph)


def test_the_imported_project_is_trained_further(run, model, tmp_path):
    run("import", model[0], "-o", tmp_path / "back.nnplay")

    assert run("train", tmp_path / "back.nnplay", "--epochs", 1).status == 0


def test_a_project_is_replaced_only_when_that_is_asked_for(run, refused, model):
    file, project = model
    before = project.read_bytes()

    assert refused("import", file, "-o", project) == (
        f"playground: {project} is there already. Choose another name with -o, or replace it with --force.\n"
    )
    assert project.read_bytes() == before
    assert run("import", file, "-o", project, "--force").status == 0
    assert project.read_bytes() != before


def test_another_kind_of_file_is_refused(refused, tmp_path):
    assert refused("import", tmp_path / "net.pt", "-o", tmp_path / "back.nnplay") == (
        f"playground: {tmp_path / 'net.pt'} is no .onnx file by its name. Save the model as ONNX first.\n"
    )


def test_a_broken_file_is_refused_and_nothing_is_written(refused, tmp_path):
    (tmp_path / "net.onnx").write_bytes(b"PK\x03\x04 something else")

    said = refused("import", tmp_path / "net.onnx", "-o", tmp_path / "back.nnplay")

    assert said == (
        f"playground: {tmp_path / 'net.onnx'} is not an ONNX model, or it was cut short on its way. "
        "Choose another, or copy it again.\n"
    )
    assert not (tmp_path / "back.nnplay").exists()


def test_exported_python_comes_back_as_the_same_project(run, tmp_path):
    path, back = tmp_path / "flowers.nnplay", tmp_path / "back.nnplay"
    write_project(path, Project(make_project("table-mlp", "iris")[0]))
    run("train", path, "--epochs", 1)
    run("export", path, "--to", "python", "-o", tmp_path / "net.py")

    said = run("import", tmp_path / "net.py", "-o", back)

    assert (said.status, said.err) == (0, "")
    assert read_project(back).document == read_project(path).document
    before = read_project(path).checkpoint.weights
    assert all(np.array_equal(value, before[name]) for name, value in read_project(back).checkpoint.weights.items())


def test_other_python_is_refused(refused, tmp_path):
    (tmp_path / "model.py").write_text("import torch\n")

    assert "model.py was not exported by this program, and other Python is not brought in." in refused(
        "import", tmp_path / "model.py", "-o", tmp_path / "back.nnplay"
    )


def test_keras_json_comes_in_as_layers_that_can_be_trained(run, tmp_path):
    layers = [
        {"class_name": "InputLayer", "config": {"name": "pixels", "batch_shape": [None, 8, 8, 1]}},
        {"class_name": "Flatten", "config": {"name": "flat"}},
        {"class_name": "Dense", "config": {"name": "scores", "units": 10, "activation": "softmax"}},
    ]
    model = {"module": "keras", "class_name": "Sequential", "config": {"name": "small", "layers": layers}}
    (tmp_path / "small.json").write_text(json.dumps(model))

    said = run("import", tmp_path / "small.json", "-o", tmp_path / "back.nnplay")

    assert (said.status, said.err) == (0, "")
    assert said.out == (
        f"Wrote {tmp_path / 'back.nnplay'}: 4 layers with 0 numbers of small.json.\n"
        "The softmax at its end is inside the Output's loss, and no layer here.\n"
        "Keras' JSON holds no weights: press Play to train. Save as ONNX to bring weights too.\n"
    )
    assert read_project(tmp_path / "back.nnplay").document.data.source == "digits"
    assert run("train", tmp_path / "back.nnplay", "--epochs", 1).status == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is no JSON that can be read: it was cut short, or is far too large. Choose another."),
        ("[" * 100_000, "is no JSON that can be read: it was cut short, or is far too large. Choose another."),
        ("[1, 2]", "cannot be read. It is JSON, but no Keras model. Write one with model.to_json()."),
    ],
)
def test_json_that_is_no_keras_model_is_refused(refused, tmp_path, content, words):
    (tmp_path / "other.json").write_text(content)

    said = refused("import", tmp_path / "other.json", "-o", tmp_path / "back.nnplay")

    assert said == f"playground: {tmp_path / 'other.json'} {words}\n"
