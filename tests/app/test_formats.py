"""Files of every format there has been, kept as they were written, are read as they were meant."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from playground.app.document import DocumentProblem, from_json, to_json
from playground.app.edit_marks import Mark
from playground.app.files import Project, read_project, write_project
from playground.app.migrations import FORMAT, STEPS, migrated

FORMATS = Path(__file__).parent / "formats"


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_a_file_of_each_format_is_read_whole(number):
    with zipfile.ZipFile(FORMATS / f"{number}.nnplay") as archive:
        assert json.loads(archive.read("document.json"))["format"] == number
    project = read_project(FORMATS / f"{number}.nnplay")
    assert list(project.document.graph.nodes) == ["input1", "dense1", "dense2", "dense3", "output1"]
    assert [epoch.epoch for epoch in project.epochs] == [1, 2]
    assert project.checkpoint.facts["epoch"] == 2
    assert project.checkpoint.weights["dense1.weight"].shape[1] == 2


def test_edits_on_the_curves_are_there_since_format_three():
    marks = {number: read_project(FORMATS / f"{number}.nnplay").marks for number in range(1, FORMAT + 1)}
    assert marks == {1: (), 2: (), 3: (Mark(1.5, "Set activation of dense1"),)}


def test_all_formats_say_the_same():
    documents = [read_project(FORMATS / f"{number}.nnplay").document for number in range(1, FORMAT + 1)]
    assert all(document == documents[0] for document in documents)


def test_there_is_a_step_from_every_older_format():
    assert sorted(STEPS) == list(range(1, FORMAT))


@pytest.mark.parametrize("values", [None, 7, [], {}, {"format": 0}, {"format": "1"}, {"format": True}])
def test_what_has_no_format_is_refused(values):
    with pytest.raises(DocumentProblem, match="The project's description is damaged"):
        from_json(migrated(values))


def test_a_layer_that_nobody_knows_is_kept_and_written_back(tmp_path):
    values = to_json(read_project(FORMATS / "2.nnplay").document)
    values["nodes"][1] |= {"type": "Hyperlayer", "settings": {"units": 3, "nested": {"a": [1, None]}}}
    document = from_json(values)
    write_project(tmp_path / "a.nnplay", Project(document))
    found = read_project(tmp_path / "a.nnplay").document
    assert found == document
    assert to_json(found)["nodes"][1] == values["nodes"][1]
