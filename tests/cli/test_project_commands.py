from __future__ import annotations

import json
import zipfile
from dataclasses import replace

import pytest

from playground.app.document import Document, from_json, make_project, to_json
from playground.app.files import Project, read_project, write_project
from playground.data.catalogue import CATALOGUE
from playground.data.published import PUBLISHED
from playground.graph.model import Edge
from playground.graph.templates import TEMPLATES
from playground.layers import LAYERS


def test_new_writes_a_project_named_after_its_file(run, tmp_path):
    path = tmp_path / "digits-cnn.nnplay"

    said = run("new", "digits-cnn", "-o", path)

    assert said.status == 0
    assert said.out == (
        f"Wrote {path}: Digits, convolutional on Digits, 1,797 examples. Train it with “playground train {path}”.\n"
    )
    project = read_project(path)
    assert (project.document.name, project.document.data.source) == ("digits-cnn", "digits")
    assert project.checkpoint is None


def test_new_stores_a_relative_path_whole_and_takes_the_target(run, tmp_path, monkeypatch):
    rows = "\n".join(f"{n},{n * n},{'low' if n < 15 else 'high'}" for n in range(30))
    (tmp_path / "mine.csv").write_text(f"a,b,level\n{rows}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert run("new", "table-mlp", "--data", "mine.csv", "--target", "level", "-o", "mine.nnplay").status == 0

    choice = read_project(tmp_path / "mine.nnplay").document.data
    assert (choice.source, choice.target) == (str(tmp_path / "mine.csv"), "level")


def test_new_refuses_what_it_cannot_use(refused, tmp_path):
    path = tmp_path / "a.nnplay"

    assert "There is no template “nothing”. “playground templates” lists all" in refused("new", "nothing", "-o", path)
    assert "no data set or file “digit”. Did you mean “digits”?" in refused(
        "new", "digits-mlp", "--data", "digit", "-o", path
    )
    assert "takes an image an example" in refused("new", "digits-cnn", "--data", "iris", "-o", path)
    assert f"a project's name ends in .nnplay: write {tmp_path / 'a.nnplay'}" in refused(
        "new", "xor-mlp", "-o", tmp_path / "a.csv"
    )
    assert "cannot be written" in refused("new", "xor-mlp", "-o", tmp_path / "none" / "a.nnplay")
    assert list(tmp_path.glob("*.nnplay")) == []


def test_new_replaces_what_has_learned_only_when_it_is_told_to(run, refused, tmp_path):
    path = tmp_path / "a.nnplay"
    for plain in ([], ["--plain"]):
        run("new", "digits-mlp", "-o", path, *plain)
        assert run("new", "xor-mlp", "-o", path).status == 0, "nothing is lost"
    run("train", path, "--epochs", 1)
    before = path.read_bytes()

    assert refused("new", "spiral-mlp", "-o", path) == (
        f"playground: {path} is there already. Choose another name with -o, or replace it with --force.\n"
    )
    assert path.read_bytes() == before
    assert run("new", "spiral-mlp", "-o", path, "--force").status == 0
    assert read_project(path).document.data.source == "spiral"
    path.write_text("a letter")
    assert "is there already" in refused("new", "spiral-mlp", "-o", path)
    assert path.read_text() == "a letter"


def test_a_table_without_numbers_is_refused(refused, tmp_path):
    table = tmp_path / "words.csv"
    table.write_text("\n".join(["a,b", *(f"w{n},v{n}" for n in range(40))]), encoding="utf-8")

    assert "words.csv" in refused("new", "table-mlp", "--data", table, "-o", tmp_path / "a.nnplay")


def test_lists_name_all_there_is(run):
    assert [each["name"] for each in run("templates", "--json").json] == list(TEMPLATES)
    assert [each["name"] for each in run("datasets", "--json").json] == [*CATALOGUE, *PUBLISHED]
    layers = run("layers", "--json").json
    assert [each["type"] for each in layers] == list(LAYERS)
    filters = next(each for each in layers if each["type"] == "Conv2d")["settings"]["filters"]
    assert filters["minimum"] == 1
    for command, names in (("templates", TEMPLATES), ("datasets", CATALOGUE), ("layers", LAYERS)):
        lines = run(command).out.splitlines()
        assert all(any(line.startswith(f"{name} ") for line in lines) for name in names)


def test_info_as_json_has_the_keys_of_the_contract(run, tmp_path):
    path = tmp_path / "digits-cnn.nnplay"
    run("new", "digits-cnn", "-o", path)

    said = run("info", path, "--json").json

    assert list(said) == ["project", "data", "layers", "total", "problems"]
    assert said["project"] == "digits-cnn"
    assert said["data"] == {
        "name": "digits", "input": [1, 8, 8], "outputs": 10, "train": 1257, "valid": 270, "test": 270,
    }  # fmt: skip
    assert [layer["id"] for layer in said["layers"]][:3] == ["input1", "conv1", "pool1"]
    assert said["layers"][1] == {
        "id": "conv1",
        "type": "Conv2d",
        "output": [16, 8, 8],
        "parameters": 160,
        "trainable": True,
        "multiply_adds": 9216,
        "activation_bytes": 4096,
        "receptive_field": {"size": [3, 3], "stride": [1, 1], "padding": [1, 1]},
    }
    assert said["layers"][-1]["receptive_field"] is None
    assert set(said["total"]) == {"parameters", "multiply_adds", "activation_bytes", "trainable"}
    assert said["problems"] == []


def test_info_prints_layers_and_totals(run, digits):
    said = run("info", digits)

    assert said.status == 0
    assert "1,257 training, 270 validation and 270 test examples, each 8×8×1" in said.out
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    assert "dense1 Dense 64 64 U 4,160 yes 4,096 256 B –" in lines
    assert "input1 Input 1 C × 8 H × 8 W 0 – 0 256 B 1×1, stride 1, padding 0" in lines
    assert "In all 4,810 parameters, 4,736 multiply-adds and 808 B of activations for one example." in said.out


def _without_flatten(path):
    document = make_project("digits-mlp")[0]
    graph = document.graph.without(["flatten1"]).with_edge(Edge("input1", "dense1", "values"))
    write_project(path, Project(replace(document, graph=graph).placed()))


def test_info_tells_problems_with_their_ways_out_and_ends_well(run, tmp_path):
    path = tmp_path / "broken.nnplay"
    _without_flatten(path)

    told, said = run("info", path), run("info", path, "--json").json

    assert told.status == 0
    assert "error: dense1: Dense needs a vector, but gets 8×8×1. Way out: Insert Flatten, or " in told.out
    problem = said["problems"][0]
    assert (problem["severity"], problem["layer"], problem["fixes"][0]) == ("error", "dense1", "Insert Flatten")
    assert said["layers"][1]["output"] is None


def test_training_a_network_with_a_problem_names_the_layer_and_the_way_out(refused, tmp_path):
    path = tmp_path / "broken.nnplay"
    _without_flatten(path)

    assert "dense1: Dense needs a vector, but gets 8×8×1. Way out: Insert Flatten" in refused("train", path)


def test_a_loop_is_told_and_cannot_be_trained(run, refused, tmp_path):
    path = tmp_path / "loop.nnplay"
    values = to_json(make_project("spiral-mlp")[0])
    values["edges"] = [edge for edge in values["edges"] if edge["target"] != "dense1"]
    values["edges"].append({"source": "dense2", "target": "dense1", "port": "values"})
    write_project(path, Project(from_json(values)))

    assert "dense1 and dense2 feed each other without an end." in refused("train", path)
    lines = run("info", path, "--json").json["layers"]
    assert {line["id"] for line in lines} == {"input1", "dense1", "dense2", "dense3", "output1"}


def test_a_loose_end_cannot_be_trained(refused, tmp_path):
    path = tmp_path / "loose.nnplay"
    document = make_project("spiral-mlp")[0]
    edge = next(edge for edge in document.graph.edges if edge.target == "dense2")
    write_project(path, Project(replace(document, graph=document.graph.without_edge(edge))))

    assert "Way out: " in refused("train", path)


def test_an_empty_network_cannot_be_trained(refused, tmp_path):
    path = tmp_path / "empty.nnplay"
    write_project(path, Project(Document()))

    assert "Input" in refused("train", path)


@pytest.mark.parametrize("command", ["info", "train", "compare", "open"])
def test_files_that_are_no_projects_are_refused_and_left_alone(refused, tmp_path, digits, command):
    whole = digits.read_bytes()
    files = {
        "no.nnplay": (b"hello", "is not a project, or it was cut short"),
        "cut.nnplay": (whole[: len(whole) // 2], "is not a project, or it was cut short"),
        "empty.nnplay": (b"", "is not a project, or it was cut short"),
    }
    for name, (content, sentence) in files.items():
        path = tmp_path / name
        path.write_bytes(content)
        assert sentence in refused(command, path)
        assert path.read_bytes() == content
    assert "There is no file" in refused(command, tmp_path / "none.nnplay")
    assert "is a folder. Choose a .nnplay file in it." in refused(command, tmp_path)


def test_oversized_and_newer_projects_are_refused(refused, tmp_path, digits):
    newer, large = tmp_path / "newer.nnplay", tmp_path / "large.nnplay"
    values = to_json(read_project(digits).document)
    with zipfile.ZipFile(newer, "w") as archive:
        archive.writestr("document.json", json.dumps({**values, "format": 99}))
    with zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("document.json", "w") as file:
        for _ in range(65):
            file.write(bytes(2**20))

    assert "written by a newer version (format 99" in refused("info", newer)
    assert "would take 65 MB; at most 64 MB are read" in refused("info", large)


def test_data_that_are_gone_are_told(refused, tmp_path):
    document = make_project("digits-mlp")[0]
    data = document.data.model_copy(update={"source": str(tmp_path / "gone.csv")})
    path = tmp_path / "a.nnplay"
    write_project(path, Project(replace(document, data=data)))

    assert "gone.csv" in refused("info", path)


def test_data_are_found_in_a_new_place_and_taken_along(run, refused, tmp_path):
    rows = "\n".join(f"{x % 13},{x * x % 7},{'yes' if x % 3 else 'no'}" for x in range(60))
    table, project = tmp_path / "t.csv", tmp_path / "p.nnplay"
    table.write_text(f"a,b,label\n{rows}\n")
    run("new", "table-mlp", "--data", table, "--target", "label", "-o", project)
    there = table.rename(tmp_path / "elsewhere.csv")
    assert "say where it is now: “Find it …” beside the data in the window" in refused("info", project)
    assert "There is no file or folder" in refused("rewrite", project, "--data", tmp_path / "nowhere.csv")
    run("rewrite", project, "--data", there, "--with-data")
    there.unlink()
    assert run("train", project, "--epochs", "1").status == 0
    said = run("info", project, "--json").json["data"]
    assert said["train"] + said["valid"] + said["test"] == 60


def test_data_that_changed_since_are_told_in_the_terminal(run, tmp_path):
    rows = "\n".join(f"{x % 13},{x * x % 7},{'yes' if x % 3 else 'no'}" for x in range(60))
    table, project = tmp_path / "t.csv", tmp_path / "p.nnplay"
    table.write_text(f"a,b,label\n{rows}\n")
    run("new", "table-mlp", "--data", table, "--target", "label", "-o", project)
    run("train", project, "--epochs", "1")
    assert run("info", project).err == ""
    table.write_text(table.read_text() + "1,2,yes\n")
    for command in ("info", "compare"):
        assert "The data are not those that the network learned from" in run(command, project).err
