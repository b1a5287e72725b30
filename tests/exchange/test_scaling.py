"""What is exported can be used on new examples: raw rows go in, answers come out in the data's own units."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from playground.app.document import Document, make_project
from playground.app.files import Project
from playground.app.for_use import of_checkpoint
from playground.app.handing_over import as_onnx, as_python
from playground.app.predicting import of_project
from playground.app.python_project import read_python
from playground.data.dataset import Dataset
from playground.data.split import prepare
from playground.engine.train import Training
from playground.graph.building import Net
from playground.layers.dense import Dense
from playground.layers.ends import Input, Output
from tests.exchange.written import imported


def trained(template: str, data: str | None = None, target: str | None = None):
    """A project after two epochs, its examples, and what the engine answers to the validation part in own units."""
    return after_two_epochs(*make_project(template, data, target))


def after_two_epochs(document: Document, dataset: Dataset):
    examples = prepare(dataset, document.data)
    training = Training(document.graph, document.recipe.model_copy(update={"epochs": 2}), examples, "cpu")
    list(training.events())
    checkpoint = training.checkpoint()
    kept = of_checkpoint(document, examples, checkpoint)
    return Project(document, checkpoint, (), kept), examples, training.predict("valid")


@pytest.fixture(scope="module")
def houses(tmp_path_factory):
    """A file with numbers far from 0, a gap here and there, and words; what is predicted is far from 0 as well."""
    random = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("houses") / "houses.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["area", "built", "town", "price"])
        for at in range(200):
            area, town = random.normal(120, 40), ("Ulm", "Bonn", "Köln")[at % 3]
            price = 2_000 * area + 30_000 * (at % 3) + random.normal(0, 9_000)
            rows.writerow([f"{area:.2f}" if at % 13 else "", 1900 + at % 120, town, f"{price:.0f}"])
    return path, *trained("table-mlp", str(path), "price")


def module_of(project: Project, folder: Path):
    """The written file, imported, and its network with the weights that came along."""
    as_python(project, folder / "net.py", lambda _words: None)
    module = imported((folder / "net.py").read_text(encoding="utf-8"), folder, "net")
    model = module.Network().to(module.DEVICE).eval()
    model.load_state_dict(module.read_weights(module.WEIGHTS))
    return module, model


@pytest.mark.parametrize(
    ("template", "data"), [("table-mlp", "diabetes"), ("digits-cnn", None), ("autoencoder", None), ("elman", None)]
)
def test_raw_examples_are_scaled_by_the_written_file_as_for_training(tmp_path, template, data):
    project, examples, _ = trained(template, data)
    module, _ = module_of(project, tmp_path)

    found = module.scaled(examples.dataset.inputs[examples.valid.rows])

    assert np.array_equal(found.cpu().numpy(), examples.valid.inputs)


def test_written_python_answers_raw_rows_in_units_as_the_engine_does(tmp_path):
    project, examples, wanted = trained("table-mlp", "diabetes")
    module, model = module_of(project, tmp_path)
    raw = examples.dataset.inputs[examples.valid.rows].astype(np.float64)

    answers = module.in_own_units(module.predict(model, module.scaled(raw)))

    assert answers.mean() > 100  # units, and not scaled to about 0
    np.testing.assert_allclose(answers, wanted, rtol=1e-6)
    with np.load(tmp_path / "net_data.npz") as arrays:
        assert arrays["input_names"].tolist() == list(examples.dataset.feature_names)


def test_written_python_answers_rows_of_a_csv_file_as_predict_does(houses, tmp_path):
    path, project, examples, _ = houses
    module, model = module_of(project, tmp_path)
    with np.load(tmp_path / "net_data.npz") as arrays:
        names = arrays["input_names"].tolist()
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["area"]]
    said = [answer for _, some in of_project(project).files(path) for answer in some]
    wanted = [answer.values for answer, at in zip(said, range(200), strict=True) if at % 13]

    def cell(row: dict[str, str], name: str) -> float:
        column, _, word = name.partition(" = ")
        if name.endswith(" is missing"):
            return 0.0
        return float(row[column] == word) if word else float(row[column])

    raw = np.array([[cell(row, name) for name in names] for row in rows])
    answers = module.in_own_units(module.predict(model, module.scaled(raw)))

    assert set(names) >= {"area", "built", "town = Ulm", "town = Bonn", "town = Köln"}
    np.testing.assert_allclose(answers, wanted, rtol=1e-6)
    inside = examples.dataset.preparation.apply(examples.dataset.table)[[at for at in range(200) if at % 13]]
    assert np.array_equal(module.scaled(raw).cpu().numpy(), inside)


def onnx_of(project: Project, path: Path):
    """The file's one input and output run on rows, and its metadata."""
    onnxruntime = pytest.importorskip("onnxruntime")
    notes = as_onnx(project, path, lambda _words: None).notes
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (given,), (answer,) = session.get_inputs(), session.get_outputs()
    metadata = session.get_modelmeta().custom_metadata_map
    before, after = (json.loads(metadata[key]) for key in ("preprocessing", f"postprocessing {answer.name}"))

    def answered(raw: np.ndarray) -> np.ndarray:
        scaled = (raw - np.array(before["shift"])) / np.array(before["scale"])
        (found,) = session.run(None, {given.name: scaled.astype(np.float32)})
        return found * np.array(after["scale"]) + np.array(after["shift"])

    return answered, before, after, notes


def test_an_onnx_file_tells_how_rows_are_scaled_and_answers_are_scaled_back(houses, tmp_path):
    _, project, examples, wanted = houses
    answered, before, after, notes = onnx_of(project, tmp_path / "net.onnx")

    answers = answered(examples.dataset.inputs[examples.valid.rows].astype(np.float64))

    np.testing.assert_allclose(answers, wanted, rtol=1e-6)
    assert (before["formula"], after["formula"]) == ("(x - shift) / scale", "y * scale + shift")
    assert before["columns"] == list(examples.dataset.feature_names)
    assert after["columns"] == ["price"]
    assert "Its scaling is in its metadata." in notes


def test_an_onnx_file_says_at_its_ends_where_its_scaling_is(tmp_path):
    onnx = pytest.importorskip("onnx")
    project, _, _ = trained("table-mlp", "diabetes")
    as_onnx(project, tmp_path / "net.onnx", lambda _words: None)

    graph = onnx.load(tmp_path / "net.onnx").graph

    assert graph.input[0].doc_string == "The data, scaled as “preprocessing” in the metadata says."
    assert graph.output[0].doc_string == (
        f"Predicted numbers, scaled as the targets were; “postprocessing {graph.output[0].name}” in the metadata "
        "leads back."
    )


@pytest.mark.parametrize("kind", ["image", "table"])
def test_what_an_onnx_file_rebuilds_is_scaled_back_to_the_input(tmp_path, kind):
    document, dataset = make_project(*(("autoencoder",) if kind == "image" else ("table-mlp", "iris")))
    if kind == "table":
        net = Net()
        net.line(Input(dims=(4,)), Dense(units=2), Dense(units=4), Output(loss="mean_squared_error", truth="inputs"))
        document = replace(document, graph=net.graph).placed()
    project, examples, wanted = after_two_epochs(document, dataset)
    answered, *_ = onnx_of(project, tmp_path / "net.onnx")
    raw = examples.dataset.inputs[examples.valid.rows]

    answers = answered(raw).reshape(len(raw), -1)

    np.testing.assert_allclose(answers, wanted.reshape(len(raw), -1), rtol=1e-5, atol=1e-5)


def test_python_that_an_earlier_version_exported_still_comes_back(tmp_path):
    earlier = Path(__file__).parent / "earlier" / "table-mlp.py.txt"
    shutil.copy(earlier, tmp_path / "net.py")
    assert "def scaled" not in earlier.read_text(encoding="utf-8")

    project, _ = read_python(tmp_path / "net.py")

    assert project.document == make_project("table-mlp", "diabetes")[0]
