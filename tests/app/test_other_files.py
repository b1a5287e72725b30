"""Files that are no projects: whoever opens them as one is told how they come in."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from playground.app.document import make_project
from playground.app.files import FileProblem, Project, read_document, read_project, write_project
from playground.app.other_files import MODELS, WEIGHTS, way_in
from playground.cli import main
from playground.data.catalogue import FILES
from playground.ui.actions import BY_NAME


def told(path: Path) -> str:
    """What is said of it, the same wherever a project is wanted."""
    with pytest.raises(FileProblem) as caught:
        read_project(path)
    with pytest.raises(FileProblem) as again:
        read_document(path)
    assert str(caught.value) == str(again.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("net.onnx", b"\x08\x07", "is an ONNX model, not a project. Make a project of it with “playground import "),
        ("net.py", b"import torch", "If it was exported here, make a project of it with “playground import {file} "),
        ("net.json", b'{"class_name": "Model"}', "If it is a Keras model, make a project of it with “playground "),
        ("net.json", b"[1, 2", "If it is a Keras model, make a project of it with “playground import {file} "),
        ("w.safetensors", b"\x08" * 100, "holds weights, not a project. Open the project whose network they fit"),
        ("my table.csv", b"a,b\n1,2\n", "with “playground new table-mlp --data '{file}' -o 'my table.nnplay'”"),
        ("story.txt", b"Once upon", "with “playground new TEMPLATE --data {file} -o story.nnplay” (“playground"),
    ],
)  # fmt: skip
def test_how_a_file_comes_in_is_said_by_its_ending(tmp_path, name, content, words):
    path = tmp_path / name
    path.write_bytes(content)

    said = told(path)

    assert said.startswith(f"{path} ")
    assert words.replace("{file}", str(path)) in said
    assert said.endswith("in the File menu.")


def test_arrays_are_a_zip_and_no_damaged_project(tmp_path):
    with zipfile.ZipFile(tmp_path / "digits.npz", "w") as archive:
        archive.writestr("x.npy", b"")

    assert "holds data, not a project." in told(tmp_path / "digits.npz")


def test_a_project_under_another_name_is_opened_all_the_same(tmp_path):
    project = Project(make_project("xor-mlp")[0])
    write_project(tmp_path / "a.json", project, plain=True)

    assert read_project(tmp_path / "a.json") == project


def test_a_file_that_is_not_there_is_none_of_another_kind(tmp_path):
    assert told(tmp_path / "net.onnx").startswith("There is no file ")


def test_every_ending_that_is_read_has_a_way_in_and_the_menu_its_name():
    for ending in (*MODELS, *WEIGHTS, *FILES):
        said = way_in(Path(f"a{ending}"))
        assert any(f"“{BY_NAME[name].words}” in the File menu" in said for name in ("import", "open_data"))
    assert way_in(Path("a.nnplay")) == ""


def test_the_command_that_is_told_works(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "\n".join(f"{n % 7},{n * n % 11},{n % 3}" for n in range(60))
    (tmp_path / "t.csv").write_text(f"a,b,c\n{rows}\n")
    assert main(["open", "t.csv"]) == 2
    command = capsys.readouterr().err.split("“playground ")[1].split("”")[0]

    assert command == "new table-mlp --data t.csv -o t.nnplay"
    assert main(command.split()) == 0
    assert (tmp_path / "t.nnplay").exists()
