"""Projects as text: JSON alone, for version control."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace

import pytest

from playground.app.document import make_project
from playground.app.files import FileProblem, Project, is_plain, read_project, write_project
from playground.cli import main
from playground.engine.checkpoint import Checkpoint


@pytest.fixture
def document():
    return make_project("spiral-mlp")[0]


def test_a_plain_project_comes_back_as_it_was(tmp_path, document):
    write_project(tmp_path / "a.nnplay", Project(document), plain=True)
    assert json.loads((tmp_path / "a.nnplay").read_text(encoding="utf-8"))["name"] == document.name
    assert read_project(tmp_path / "a.nnplay") == Project(document)


def test_one_changed_setting_is_one_changed_line(tmp_path, document):
    for name, epochs in (("a", 5), ("b", 6)):
        changed = replace(document, recipe=document.recipe.model_copy(update={"epochs": epochs}))
        write_project(tmp_path / f"{name}.nnplay", Project(changed), plain=True)
    found = subprocess.run(
        ["diff", str(tmp_path / "a.nnplay"), str(tmp_path / "b.nnplay")], capture_output=True, text=True, check=False
    )
    changed = [line for line in found.stdout.splitlines() if line[0] in "<>"]
    assert changed == ['<   "epochs": 5,', '>   "epochs": 6,']


def test_it_stays_plain_until_something_is_learned(tmp_path, document):
    path = tmp_path / "a.nnplay"
    write_project(path, Project(document), plain=True)
    write_project(path, Project(replace(document, name="b")))
    assert is_plain(path)
    write_project(path, Project(document, Checkpoint({}, {})))
    assert not is_plain(path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "it is not JSON"),
        ("{}", "is not a project: it holds JSON of another kind. Choose another .nnplay file."),
        ('{"a": 1}', "is not a project: it holds JSON of another kind. Choose another .nnplay file."),
        ('{"format": 3}', "is damaged: “name” is missing. Use an older copy of the file."),
        ('{"format": 3, "name": 4}', "is damaged: “name” must be text, not 4. Use an older copy of the file."),
        ('{"a": [' + "1," * 2_000_000 + "1]}", "is too large: it holds more than the 2,000,000 values that are read."),
        ('{"a":' * 100 + "1" + "}" * 100, "nested more than 64 deep"),
    ],
)
def test_damaged_text_is_refused(tmp_path, content, sentence):
    (tmp_path / "a.nnplay").write_text(content)
    with pytest.raises(Exception, match=sentence) as caught:
        read_project(tmp_path / "a.nnplay")
    assert caught.type is FileProblem
    assert str(caught.value).count("a.nnplay") == 1


def test_text_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("playground.app.files.MOST_JSON", 1000)
    (tmp_path / "a.nnplay").write_text("{" + " " * 2000)
    with pytest.raises(FileProblem, match="is larger than the 0 MB of text"):
        read_project(tmp_path / "a.nnplay")


def test_the_command_line_writes_text_and_back(tmp_path, capsys):
    plain, full = str(tmp_path / "a.nnplay"), str(tmp_path / "b.nnplay")
    assert main(["new", "spiral-mlp", "-o", plain, "--plain"]) == 0
    assert is_plain(tmp_path / "a.nnplay")
    assert main(["train", plain, "-o", full, "--epochs", "1", "--no-history"]) == 0
    assert main(["rewrite", full, "--plain"]) == 2
    assert "would lose what was learned. Choose another file with -o." in capsys.readouterr().err
    assert main(["rewrite", full, "-o", plain, "--plain"]) == 0
    assert read_project(tmp_path / "a.nnplay").document == read_project(tmp_path / "b.nnplay").document
