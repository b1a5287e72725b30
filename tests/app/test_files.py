from __future__ import annotations

import json
import os
import zipfile
from datetime import UTC, datetime
from math import inf

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.app import files, whole_files
from playground.app.document import DocumentProblem, make_project
from playground.app.files import FileProblem, Project, read_project, write_project
from playground.app.migrations import FORMAT
from playground.app.sitting import Sitting
from playground.engine.checkpoint import Checkpoint
from playground.engine.events import EpochDone, Scores
from playground.graph.check import check
from playground.selection.exam import ExamScore, RivalScore
from playground.selection.outcome import Verdict

VERDICT = Verdict("logistic", -0.1, -0.2, 0.1, 0.25, False, "Not shown to be different.", test="McNemar's exact test")
RIVALS = (RivalScore("logistic", "Logistic regression", 0.9, 0.8, 0.95), RivalScore("mean", "Mean", -inf, -inf, -inf))
FOUND = ExamScore("accuracy", 0.8, 0.7, 0.9, 30, RIVALS, VERDICT)


@pytest.fixture(scope="module")
def project():
    document, _ = make_project("spiral-mlp")
    tensors = {"weights/dense1.weight": np.arange(6.0, dtype=np.float32).reshape(2, 3)}
    scores = Scores(0.5, {"accuracy": 0.9})
    epochs = (EpochDone(1, scores, scores, 0.1, 0.2, 300.0),)
    exam = Sitting(datetime(2026, 5, 4, 12, tzinfo=UTC), 1, 2, FOUND, 0.9)
    return Project(document, Checkpoint(tensors, {"epoch": 1, "step": 35}), epochs, exam=exam)


@pytest.fixture
def path(tmp_path, project):
    write_project(tmp_path / "a.nnplay", project)
    return tmp_path / "a.nnplay"


def rewrite(path, **changes):
    """The same zip with some members replaced; None leaves one out."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members |= {name.replace("_", "."): content for name, content in changes.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            if content is not None:
                archive.writestr(name, content)


def test_a_project_comes_back_as_it_was(path, project):
    found = read_project(path)
    assert found.document == project.document
    assert found.epochs == project.epochs
    assert found.exam == project.exam
    assert dict(found.checkpoint.facts) == dict(project.checkpoint.facts)
    assert np.array_equal(found.checkpoint.weights["dense1.weight"], project.checkpoint.weights["dense1.weight"])


def test_there_is_no_file(tmp_path):
    with pytest.raises(FileProblem, match="There is no file .*Check its name, or make one with “playground new”"):
        read_project(tmp_path / "none.nnplay")


def test_a_folder_is_no_project(tmp_path):
    with pytest.raises(FileProblem, match="is a folder. Choose a .nnplay file in it"):
        read_project(tmp_path)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04rubbish", bytes(1000)])
def test_a_file_that_is_no_zip_is_refused(tmp_path, content):
    (tmp_path / "x.nnplay").write_bytes(content)
    with pytest.raises(FileProblem, match="is not a project, or it was cut short on its way"):
        read_project(tmp_path / "x.nnplay")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_refused(path, share):
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(FileProblem):
        read_project(path)


def test_a_zip_that_is_no_project_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.nnplay", "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(FileProblem, match="is a zip file, but not a project: it has no document.json"):
        read_project(tmp_path / "x.nnplay")


def test_a_newer_version_says_so(path):
    with zipfile.ZipFile(path) as archive:
        values = json.loads(archive.read("document.json"))
    rewrite(path, document_json=json.dumps(values | {"format": FORMAT + 1}))
    with pytest.raises(DocumentProblem, match="written by a newer version"):
        read_project(path)


def test_an_oversized_member_is_refused_before_it_is_unpacked(path, monkeypatch):
    monkeypatch.setattr(files, "MOST_JSON", 2**20)
    rewrite(path, document_json=b" " * 2**21)
    with pytest.raises(FileProblem, match="document.json in .* would take 2 MB; at most 1 MB are read"):
        read_project(path)


def test_json_nested_too_deep_is_refused(path):
    rewrite(path, document_json="[" * 500 + "]" * 500)
    with pytest.raises(FileProblem, match="nested more than 64 deep"):
        read_project(path)
    rewrite(path, document_json="[" * 200_000)
    with pytest.raises(FileProblem, match="it is not JSON"):
        read_project(path)


def test_damaged_members_are_named(path):
    rewrite(path, state_safetensors=b"\x10\0\0\0\0\0\0\0{}")
    with pytest.raises(FileProblem, match="The weights in .* are damaged"):
        read_project(path)
    rewrite(path, state_safetensors=None, history_json='[{"epoch": 1}]')
    with pytest.raises(FileProblem, match="The project's curves are damaged"):
        read_project(path)


@pytest.mark.parametrize("content", ['{"at": "yesterday"}', "[]", "null"])
def test_a_damaged_exam_is_refused_and_a_file_without_one_is_read(path, content):
    rewrite(path, exam_json=content)
    with pytest.raises(FileProblem, match="The final exam in .* is damaged. Use an older copy of the file"):
        read_project(path)
    rewrite(path, exam_json=None)
    assert read_project(path).exam is None


@pytest.mark.parametrize(
    "marks",
    [None, {}, [{}], [{"epoch": 1.0}], [{"epoch": "1", "words": ""}], [{"epoch": float("nan"), "words": ""}],
     [{"epoch": -1.0, "words": ""}], [{"epoch": 1.0, "words": "x" * 301}], [{"epoch": 1.0, "words": "x"}] * 1001],
)  # fmt: skip
def test_damaged_marks_of_edits_are_refused(path, marks):
    rewrite(path, history_json=json.dumps({"epochs": [], "marks": marks}))
    with pytest.raises(FileProblem, match="The project's curves are damaged. Use an older copy of the file"):
        read_project(path)


def test_a_folder_that_is_not_there_is_told(tmp_path, project):
    with pytest.raises(FileProblem, match="cannot be written: No such file or directory. Choose another place"):
        write_project(tmp_path / "no" / "a.nnplay", project)


def test_a_failed_write_leaves_the_old_file_whole(path, project, monkeypatch):
    before = path.read_bytes()

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole_files.os, "fsync", full)
    with pytest.raises(FileProblem, match="No space left on device"):
        write_project(path, project)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_a_project_is_readable_by_whom_the_person_lets_read(path, project):
    (path.parent / "plain").write_text("x")
    assert path.stat().st_mode == (path.parent / "plain").stat().st_mode
    path.chmod(0o640)
    write_project(path, project)
    assert path.stat().st_mode & 0o777 == 0o640


@settings(max_examples=80, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=12), st.booleans())
def test_whatever_a_file_holds_it_is_read_or_refused(path, project, changes, within):
    write_project(path, project)
    if within:  # a whole zip with a damaged description
        with zipfile.ZipFile(path) as archive:
            content = bytearray(archive.read("document.json"))
    else:
        content = bytearray(path.read_bytes())
    for place, value in changes:
        content[place % len(content)] = value
    if within:
        rewrite(path, document_json=bytes(content))
    else:
        path.write_bytes(content)
    try:
        found = read_project(path)
        check(found.document.graph)
    except DocumentProblem as problem:
        assert str(problem).endswith((".", "”"))  # noqa: PT017 - either outcome is right
