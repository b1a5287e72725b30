"""Files that the system hands to the running program, as macOS does on a double click."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QFileOpenEvent

from playground.app.document import make_project
from playground.app.files import Project, write_project
from playground.ui.application import Application


@pytest.fixture
def app(qapp):
    """The application, with nobody who opens files; and again afterwards."""
    assert isinstance(qapp, Application)
    qapp.hand_files_to(None)
    yield qapp
    qapp.hand_files_to(lambda _files: None)
    qapp.hand_files_to(None)


def sent(app: Application, path: Path) -> bool:
    return QCoreApplication.sendEvent(app, QFileOpenEvent(QUrl.fromLocalFile(str(path))))


def test_a_project_that_is_double_clicked_is_opened_in_the_window(app, opened, qtbot, tmp_path):
    path = tmp_path / "mine.nnplay"
    write_project(path, Project(make_project("xor-mlp")[0]))
    window = opened("spiral-mlp")
    app.hand_files_to(window.files.open_all)

    assert sent(app, path)

    qtbot.waitUntil(lambda: window.session.path == path, timeout=10_000)
    assert window.session.document.name == "XOR"


def test_a_file_that_comes_before_the_window_waits_for_it(app, qtbot, tmp_path):
    opened_files: list[list[Path]] = []
    sent(app, tmp_path / "early.nnplay")
    app.processEvents()

    app.hand_files_to(lambda files: opened_files.append(list(files)))

    assert opened_files == [[tmp_path / "early.nnplay"]]


def test_files_that_were_chosen_together_come_together(app, qtbot, tmp_path):
    opened_files: list[list[Path]] = []
    app.hand_files_to(lambda files: opened_files.append(list(files)))
    for name in ("one.nnplay", "two.nnplay"):
        sent(app, tmp_path / name)

    qtbot.waitUntil(lambda: bool(opened_files), timeout=5000)

    assert opened_files == [[tmp_path / "one.nnplay", tmp_path / "two.nnplay"]]
