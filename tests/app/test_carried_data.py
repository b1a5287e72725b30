"""A data file that travels in the project: whoever gets it can train, and its name leads nowhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from playground.app import carried_data
from playground.app.carried_data import CarryingProblem, at_hand, content_of
from playground.app.document import Document, make_project
from playground.app.files import FileProblem, Project, read_project, write_project
from playground.app.loading import prepared
from playground.app.saving import save_with_data
from playground.app.session import Session
from playground.app.settings import data_folder
from playground.data.dataset import DataChoice

ROWS = "a,b,label\n" + "\n".join(f"{x % 13},{x * x % 7},{'yes' if x % 3 else 'no'}" for x in range(60)) + "\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "subjects of mine.csv"
    path.write_text(ROWS)
    return path


@pytest.fixture
def sent(table, tmp_path):
    """A project with its data in it; the sender's own table is not there where it is opened."""
    document, _ = make_project("table-mlp", str(table), "label")
    write_project(tmp_path / "p.nnplay", Project(document, data=content_of(document)))
    table.unlink()
    return tmp_path / "p.nnplay"


def test_the_receiver_has_the_same_examples(sent):
    document = read_project(sent).document
    path = Path(document.data.source)
    assert path.read_text() == ROWS
    assert path.is_relative_to(data_folder() / "carried")
    assert path.name == "subjects_of_mine.csv"
    assert len(prepared(document.data).dataset.inputs) == 60
    assert read_project(sent).document == document  # it is written once


def test_where_the_senders_file_is_there_it_is_used(sent, table):
    table.write_text(ROWS)
    assert read_project(sent).document.data.source == str(table)


def test_data_that_came_along_stay_in_the_file_when_it_is_saved(work, sent):
    session = Session(Document())
    work.sessions.append(session)
    session.start(read_project(sent), sent)
    work.until(session, lambda: session.status == "ready")
    session.save(sent.with_name("q.nnplay"))
    work.until(session, sent.with_name("q.nnplay").exists)
    assert read_project(sent.with_name("q.nnplay")).data == ROWS.encode()


def test_they_are_taken_along_only_when_asked_for(work, table, tmp_path):
    session = Session(make_project("table-mlp", str(table), "label")[0])
    work.sessions.append(session)
    work.until(session, lambda: session.status == "ready")
    session.save(tmp_path / "without.nnplay")
    work.until(session, (tmp_path / "without.nnplay").exists)
    assert read_project(tmp_path / "without.nnplay").data is None
    save_with_data(session, tmp_path / "with.nnplay")
    work.until(session, (tmp_path / "with.nnplay").exists)
    assert read_project(tmp_path / "with.nnplay").data == ROWS.encode()


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("../../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\..\\t.csv", "t.csv"),
        ("/home/x/.bashrc", "bashrc"),
        ("C:\\..", "data"),
        ("/home/x/ein Größe;rm -rf.csv", "ein_Größe_rm_-rf.csv"),
        ("/a/" + "y" * 200 + ".csv", "y" * 76 + ".csv"),
    ],
)
def test_a_name_leads_nowhere(source, name):
    document = Document(data=DataChoice.model_construct(source=f"/nowhere/{source}"))
    path = Path(at_hand(document, b"a").data.source)
    assert path.parent.parent == data_folder() / "carried"
    assert path.name == name
    assert path.read_bytes() == b"a"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("digits", "“digits” comes with the program"),
        ("folder", "is a folder. Give it along beside the project"),
        ("gone.csv", "cannot be read: No such file or directory"),
        ("large.csv", "at most 0 MB travel in a project"),
    ],
)
def test_what_cannot_travel_is_told(tmp_path, monkeypatch, source, sentence):
    (tmp_path / "folder").mkdir()
    (tmp_path / "large.csv").write_text(ROWS)
    monkeypatch.setattr(carried_data, "MOST_CARRIED", 100)
    where = source if source == "digits" else str(tmp_path / source)
    with pytest.raises(CarryingProblem, match=sentence):
        content_of(replace(Document(), data=DataChoice(source=where)))


def test_a_file_that_carries_too_much_is_refused_before_it_is_read(sent, monkeypatch):
    monkeypatch.setattr("playground.app.files.MOST_CARRIED", 100)
    with pytest.raises(FileProblem, match="data in .* would take"):
        read_project(sent)
