"""Sessions that were kept without a file are told apart in a few words."""

from __future__ import annotations

from playground.app.document import make_project
from playground.app.files import Project, write_project
from playground.app.kept import kept_words


def test_a_session_is_told_by_its_name_its_data_and_its_size(tmp_path):
    path = tmp_path / "session.nnplay"
    document = make_project("digits-mlp")[0]
    write_project(path, Project(document))
    assert kept_words(path) == f"{document.name} · Digits · 5 layers"


def test_what_cannot_be_read_is_told_by_nothing(tmp_path):
    path = tmp_path / "session.nnplay"
    path.write_bytes(b"no zip")
    assert kept_words(path) == ""
    assert kept_words(tmp_path / "gone.nnplay") == ""
