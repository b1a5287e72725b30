from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file

from playground.app.document import make_project
from playground.app.files import Project, read_project, write_project
from playground.data.catalogue import load
from playground.data.split import prepare
from playground.exchange.onnx_graph import KNOWN
from playground.layers.dense import Dense


@pytest.fixture
def trained(run, tmp_path):
    """A small project with three epochs behind it."""
    path = tmp_path / "net.nnplay"
    write_project(path, Project(make_project("table-mlp", "iris")[0]))
    assert run("train", path, "--epochs", 3).status == 0
    return path


def test_python_is_run_without_this_program_and_scores_as_the_window_does(run, trained, tmp_path):
    said = run("export", trained, "--to", "python", "-o", tmp_path / "out.py")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    found = subprocess.run(
        [sys.executable, "out.py", "--evaluate"], capture_output=True, text=True, cwd=tmp_path, env=environment
    )

    assert said.status == 0
    assert said.out.startswith(f"Wrote {tmp_path / 'out.py'}, and beside it out.safetensors and out_data.npz.")
    last = read_project(trained).epochs[-1].valid
    assert found.stdout == f"validation loss {last.loss:.6f}, accuracy {last.measures['accuracy']:.6f}\n"


def test_python_of_a_network_that_was_not_trained_has_no_weights(run, digits, tmp_path):
    said = run("export", digits, "--to", "python", "-o", tmp_path / "out.py")

    assert said.status == 0
    assert "There are no weights beside it: the network has not been trained yet." in said.out
    assert (tmp_path / "out_data.npz").exists()
    assert not (tmp_path / "out.safetensors").exists()


@pytest.mark.parametrize("companion", ["mine.safetensors", "mine_data.npz"])
def test_python_never_takes_the_place_of_files_that_nobody_named(refused, run, digits, tmp_path, companion):
    (tmp_path / companion).write_text("my own")

    said = refused("export", digits, "--to", "python", "-o", tmp_path / "mine.py")

    assert said == (
        f"playground: {companion}, a file that goes with mine.py, is there already and would be lost. "
        f"Choose another name than mine.py, or move {companion} away.\n"
    )
    assert [each.name for each in tmp_path.glob("mine*")] == [companion]
    assert (tmp_path / companion).read_text() == "my own"


def test_python_that_was_named_is_replaced_with_what_stands_beside_it(run, trained, tmp_path):
    for name in ("mine.py", "mine.safetensors", "mine_data.npz"):
        (tmp_path / name).write_text("earlier")

    assert run("export", trained, "--to", "python", "-o", tmp_path / "mine.py").status == 0

    assert all(
        (tmp_path / name).read_bytes() != b"earlier" for name in ("mine.py", "mine.safetensors", "mine_data.npz")
    )


def test_written_python_says_what_is_missing_beside_it(run, trained, tmp_path):
    assert run("export", trained, "--to", "python", "-o", tmp_path / "out.py").status == 0

    def complaint() -> str:
        words = [sys.executable, "out.py", "--evaluate"]
        said = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, check=False)
        assert said.returncode == 2
        return said.stderr.splitlines()[-1]

    (tmp_path / "out.safetensors").write_bytes((100).to_bytes(8, "little") + b"{")
    spoiled = complaint()
    (tmp_path / "out.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    others = complaint()
    (tmp_path / "out.safetensors").unlink()
    no_weights = complaint()
    (tmp_path / "out_data.npz").unlink()

    way_out = "Train it anew, with --save out.safetensors."
    assert spoiled == others == f"out.py: error: out.safetensors is not of this network. {way_out}"
    assert no_weights == (
        "out.py: error: there is no out.safetensors beside this file. Train first, with --save out.safetensors."
    )
    assert complaint() == (
        "out.py: error: there is no out_data.npz beside this file. Save arrays there, under the names in load()."
    )


def test_data_too_large_to_copy_are_left_out_and_asked_for(run, digits, tmp_path, monkeypatch):
    monkeypatch.setattr("playground.exchange.data_file.MOST_BYTES", 1000)

    said = run("export", digits, "--to", "python", "-o", tmp_path / "out.py")

    assert "The examples are left out. Save your own arrays as out_data.npz" in said.out
    assert not (tmp_path / "out_data.npz").exists()


def test_weights_are_written_as_they_are_stored(run, trained, tmp_path):
    assert run("export", trained, "--to", "safetensors", "-o", tmp_path / "w.safetensors").status == 0

    stored = read_project(trained).checkpoint.weights
    found = load_file(tmp_path / "w.safetensors")
    assert found.keys() == stored.keys()
    assert all(np.array_equal(found[name], stored[name]) for name in stored)


@pytest.mark.parametrize(
    ("kind", "file", "words"),
    [
        ("svg", "n.svg", "<svg"),
        ("html", "r.html", "McNemar"),
        ("markdown", "m.md", "## Intended use"),
        ("csv", "c.csv", "epoch,train_loss"),
    ],
)
def test_each_kind_is_written(run, trained, tmp_path, kind, file, words):
    said = run("export", trained, "--to", kind, "-o", tmp_path / file)

    assert (said.status, said.err) == (0, "")
    assert said.out.startswith(f"Wrote {tmp_path / file}")
    assert words in (tmp_path / file).read_text(encoding="utf-8")


def test_the_network_is_drawn_as_pixels_and_as_a_page(run, trained, tmp_path):
    for kind in ("png", "pdf"):
        said = run("export", trained, "--to", kind, "-o", tmp_path / f"n.{kind}")
        assert (said.status, said.out) == (0, f"Wrote {tmp_path / f'n.{kind}'}.\n")

    with Image.open(tmp_path / "n.png") as picture:
        wide, high = picture.size
        colors = {color for _, color in picture.convert("RGB").getcolors(wide * high)}
    assert {(0x4C, 0x78, 0xA8), (0x5B, 0x67, 0x70)} <= colors  # a dense card's bar, and those of the ends
    page = (tmp_path / "n.pdf").read_bytes()
    assert page.startswith(b"%PDF-")
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", page)
    assert float(box[1]) / float(box[2]) == pytest.approx(wide / high, rel=0.01)


def test_the_same_project_gives_the_same_files(run, trained, tmp_path):
    for name in ("a", "b"):
        for kind, ending in (("python", "py"), ("csv", "csv"), ("svg", "svg")):
            assert run("export", trained, "--to", kind, "-o", tmp_path / f"{name}.{ending}").status == 0
    for ending in (".py", ".csv", ".svg", ".safetensors", "_data.npz"):
        assert (tmp_path / f"a{ending}").read_bytes() == (tmp_path / f"b{ending}").read_bytes()


def test_what_stands_there_is_replaced_and_nothing_is_left_beside(run, trained, tmp_path):
    (tmp_path / "n.svg").write_text("old")
    (tmp_path / "n.svg").chmod(0o640)

    assert run("export", trained, "--to", "svg", "-o", tmp_path / "n.svg").status == 0

    assert (tmp_path / "n.svg").read_text(encoding="utf-8").startswith("<svg")
    assert (tmp_path / "n.svg").stat().st_mode & 0o777 == 0o640
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".part"]


@pytest.mark.parametrize(
    ("kind", "file", "lacks"), [("safetensors", "w.safetensors", "no weights"), ("csv", "c.csv", "no curves")]
)
def test_what_training_gives_is_not_there_before_it(refused, digits, tmp_path, kind, file, lacks):
    assert refused("export", digits, "--to", kind, "-o", tmp_path / file) == (
        f"playground: {digits} has not been trained yet, so it has {lacks}. Run “playground train {digits}” first.\n"
    )


def test_a_network_that_was_changed_since_has_no_weights_to_hand_over(run, refused, trained, tmp_path):
    project = read_project(trained)
    graph = project.document.graph.with_node("dense1", Dense(units=3, activation="relu"))
    write_project(trained, replace(project, document=replace(project.document, graph=graph)))

    said = refused("export", trained, "--to", "safetensors", "-o", tmp_path / "w.safetensors")
    assert said.endswith(f"was changed since it was trained. Run “playground train {trained}” again.\n")
    assert "was changed since" in run("export", trained, "--to", "python", "-o", tmp_path / "out.py").out
    assert not (tmp_path / "out.safetensors").exists()
    assert "was changed since" in run("export", trained, "--to", "html", "-o", tmp_path / "r.html").out


def test_a_network_with_an_error_is_not_written_as_code(refused, digits, tmp_path):
    project = read_project(digits)
    broken = replace(project.document, graph=project.document.graph.without(["dense1"]))
    write_project(digits, replace(project, document=broken))

    said = refused("export", digits, "--to", "python", "-o", tmp_path / "out.py")
    assert said.startswith("playground: The network cannot be written as code yet. ")
    assert not (tmp_path / "out.py").exists()


def test_an_unknown_kind_is_refused_with_those_there_are(refused, digits, tmp_path):
    said = refused("export", digits, "--to", "docx", "-o", tmp_path / "x.docx")
    assert "invalid choice: 'docx'" in said
    assert "'python'" in said


def test_another_ending_is_refused_with_the_right_one(refused, digits, tmp_path):
    assert refused("export", digits, "--to", "svg", "-o", tmp_path / "n.png") == (
        f"playground: A file for svg is called .svg: write -o {tmp_path / 'n.svg'}.\n"
    )
    before = digits.read_bytes()
    refused("export", digits, "--to", "svg", "-o", digits)
    assert digits.read_bytes() == before


def test_a_name_that_would_hide_a_module_is_refused(refused, digits, tmp_path):
    for name in ("torch", "numpy", "json"):
        said = refused("export", digits, "--to", "python", "-o", tmp_path / f"{name}.py")
        assert said == f"playground: {name}.py would hide Python's own {name} from itself. Choose another name.\n"


def test_a_folder_and_a_missing_folder_are_refused(refused, digits, tmp_path):
    (tmp_path / "there.svg").mkdir()
    assert "is a folder. Choose another name" in refused("export", digits, "--to", "svg", "-o", tmp_path / "there.svg")
    said = refused("export", digits, "--to", "svg", "-o", tmp_path / "none" / "n.svg")
    assert said == f"playground: There is no folder {tmp_path / 'none'}. Make it first, or choose another.\n"


def test_a_folder_that_may_not_be_written_is_refused(refused, digits, tmp_path, monkeypatch):
    monkeypatch.setattr("playground.exchange.writing.os.access", lambda *_: False)  # root may write everywhere
    said = refused("export", digits, "--to", "svg", "-o", tmp_path / "n.svg")
    assert said == f"playground: Nothing may be written in the folder {tmp_path}. Choose another.\n"


def test_a_full_disk_leaves_the_old_files_whole(refused, trained, tmp_path, monkeypatch):
    (tmp_path / "out.py").write_text("old")

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("playground.exchange.writing.os.fsync", full)
    said = refused("export", trained, "--to", "python", "-o", tmp_path / "out.py")

    assert "cannot be written: No space left on device. Choose another place." in said
    assert (tmp_path / "out.py").read_text() == "old"
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".part"]


def test_onnx_is_run_elsewhere_and_gives_the_same(run, trained, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    said = run("export", trained, "--to", "onnx", "-o", tmp_path / "n.onnx")

    assert (said.status, said.err) == (0, "")
    assert said.out.startswith(f"Wrote {tmp_path / 'n.onnx'}: ")
    told = re.search(r"the largest difference is (\S+)\.\n", said.out)
    assert float(told[1]) < 1e-5
    session = onnxruntime.InferenceSession(tmp_path / "n.onnx", providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    assert (given.name, given.shape) == ("input1", ["N", 4])
    metadata = session.get_modelmeta().custom_metadata_map
    assert json.loads(metadata["classes"]) == ["setosa", "versicolor", "virginica"]
    assert len(json.loads(metadata["preprocessing"])["shift"][0]) == 4
    project = read_project(trained)
    examples = prepare(load(project.document.data), project.document.data)
    scores = session.run(None, {"input1": examples.valid.inputs})[0]
    accuracy = (scores.argmax(1) == examples.valid.targets).mean()
    assert accuracy == pytest.approx(project.epochs[-1].valid.measures["accuracy"])


def test_onnx_of_a_network_that_was_not_trained_says_so(run, digits, tmp_path):
    pytest.importorskip("onnxruntime")
    said = run("export", digits, "--to", "onnx", "-o", tmp_path / "n.onnx")

    assert said.status == 0
    assert "The network has not been trained yet: its weights are those that training would begin with." in said.out


def test_onnx_without_its_packages_says_what_to_install(refused, digits, tmp_path, monkeypatch):
    monkeypatch.setattr("playground.exchange.onnx_file.find_spec", lambda _name: None)
    said = refused("export", digits, "--to", "onnx", "-o", tmp_path / "n.onnx")

    assert said == (
        "playground: ONNX files need the packages onnx and onnxruntime, which are not installed: "
        "pip install “nn-playground[onnx]”.\n"
    )
    assert not (tmp_path / "n.onnx").exists()


def test_a_layer_that_onnx_cannot_say_is_named_before(refused, digits, tmp_path, monkeypatch):
    pytest.importorskip("onnx")
    monkeypatch.delitem(KNOWN, "nn.Linear")
    said = refused("export", digits, "--to", "onnx", "-o", tmp_path / "n.onnx")

    assert said == (
        "playground: ONNX has no words for dense1 (Dense), dense2 (Dense). Replace them, or export Python instead.\n"
    )


def test_tensorboard_gets_a_folder_and_is_told_how_to_be_run(run, trained, tmp_path):
    pytest.importorskip("tensorboard")
    folder = tmp_path / "some runs"

    said = run("export", trained, "--to", "tensorboard", "-o", folder)

    assert (said.status, said.err) == (0, "")
    assert said.out == f"Wrote {folder}: 3 epochs. Look at them with “tensorboard --logdir '{folder}'”.\n"
    assert sorted(each.name for each in folder.iterdir()) == ["train", "validation"]


def test_tensorboard_gets_nothing_of_a_network_that_was_not_trained(refused, digits, tmp_path):
    said = refused("export", digits, "--to", "tensorboard", "-o", tmp_path / "runs")

    assert said.endswith(f" has not been trained yet, so it has no curves. Run “playground train {digits}” first.\n")
    assert not (tmp_path / "runs").exists()


TAKEN = "holds other things, and only an earlier export is replaced. Choose an empty folder, or a new name."


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (".", f"The folder {{}} {TAKEN}"),
        ("net.nnplay", "{} is a file. Choose another name for the folder."),
        ("gone/runs", "There is no folder {}. Make it first, or choose another."),
    ],
)
def test_places_where_no_folder_for_tensorboard_can_be(refused, trained, tmp_path, place, words):
    said = refused("export", trained, "--to", "tensorboard", "-o", tmp_path / place)

    named = tmp_path / "gone" if place.startswith("gone") else tmp_path / place
    assert said == f"playground: {words.format(named)}\n"


SERIES = """@problemName Made
@timeStamps false
@univariate true
@classLabel true up down
@data
"""


@pytest.fixture
def unequal(run, tmp_path):
    """A project on series of two and of four steps."""
    (tmp_path / "Made_TRAIN.ts").write_text(SERIES + "1,2,3,4:up\n4,3:down\n3,4:up\n4,1,3,2:down\n" * 20)
    path = tmp_path / "p.nnplay"
    assert run("new", "frequency-lstm", "--data", tmp_path / "Made_TRAIN.ts", "-o", path).status == 0
    return path


def test_python_looks_at_the_own_steps_of_short_series_as_the_window_does(run, unequal, tmp_path):
    assert run("train", unequal, "--epochs", 3).status == 0
    said = run("export", unequal, "--to", "python", "-o", tmp_path / "net.py")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    found = subprocess.run(
        [sys.executable, "net.py", "--evaluate"], capture_output=True, text=True, cwd=tmp_path, env=environment
    )

    assert said.status == 0
    assert "unequal" not in said.out
    project = read_project(unequal)
    best = min((epoch.valid for epoch in project.epochs), key=lambda scores: scores.loss)
    loss, accuracy = re.match(r"validation loss (\S+), accuracy (\S+)\n", found.stdout).groups()
    assert float(loss) == pytest.approx(best.loss, abs=1e-6)
    assert float(accuracy) == pytest.approx(best.measures["accuracy"], abs=1e-6)
    again = run("import", tmp_path / "net.py", "-o", tmp_path / "again.nnplay")
    assert again.status == 0
    assert read_project(tmp_path / "again.nnplay").document == project.document


def test_what_will_answer_short_series_otherwise_is_said_before_it_is_written(run, unequal, tmp_path, monkeypatch):
    pytest.importorskip("onnxruntime")
    stood = []
    monkeypatch.setattr("playground.cli.exporting.say", lambda line: stood.append((line, output.exists())))
    output = tmp_path / "net.onnx"

    assert run("export", unequal, "--to", "onnx", "-o", output).status == 0

    told = [(line, there) for line, there in stood if "of unequal length" in line]
    assert [there for _, there in told] == [False]
    assert told[0][0].endswith("and answers shorter ones, with zeros before them, otherwise.")
    assert (stood[-1][1], output.exists()) == (True, True)
