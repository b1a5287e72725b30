"""Faults that a person meets in the window: files changed behind it, closing in every state, damaged settings."""

from __future__ import annotations

import sys
import threading

import pytest
from PySide6.QtWidgets import QMessageBox

from playground.app.changes import SetRecipe
from playground.app.document import make_project
from playground.app.files import Project, read_document, read_project, write_project
from playground.app.settings import config_folder, kept_sessions
from playground.ui.report_dialog import ReportDialog
from playground.ui.unexpected import Unexpected

pytestmark = pytest.mark.usefixtures("torch_at_hand")


def saved(qtbot, window, path):
    window.session.save(path)
    qtbot.waitUntil(lambda: window.session.path == path and not window.session.is_modified, timeout=20_000)


def test_a_file_changed_behind_the_window_is_not_written_over_unasked(qtbot, opened, tmp_path):
    window = opened("digits-mlp")
    path = tmp_path / "a.nnplay"
    saved(qtbot, window, path)
    write_project(path, Project(make_project("xor-mlp")[0]))
    window.session.do(SetRecipe("epochs", 7))
    window.files.save()
    [box] = window.findChildren(QMessageBox)
    assert box.text() == "“a.nnplay” was changed by another window or program since you opened or saved it here."
    assert read_project(path).document.name == make_project("xor-mlp")[0].name
    next(each for each in box.buttons() if each.text() == "Overwrite it").click()
    qtbot.waitUntil(lambda: read_project(path).document.recipe.epochs == 7, timeout=20_000)
    window.session.do(SetRecipe("epochs", 8))
    qtbot.waitUntil(lambda: not window.files._open_file.has_changed, timeout=20_000)
    window.files.save()
    qtbot.waitUntil(lambda: read_project(path).document.recipe.epochs == 8, timeout=20_000)


def test_a_second_window_on_the_same_file_says_so(qtbot, opened, tmp_path):
    path = tmp_path / "a.nnplay"
    write_project(path, Project(make_project("digits-mlp")[0]))
    first, second = opened(), opened()
    first.files.open_path(path)
    qtbot.waitUntil(lambda: first.session.path == path, timeout=20_000)
    second.files.open_path(path)
    qtbot.waitUntil(lambda: second.session.path == path, timeout=20_000)
    assert second.session.message == "a.nnplay is open in another window too. Save under another name to keep both."


@pytest.mark.parametrize("state", ["welcome", "loading", "ready", "running", "paused", "dialog", "broken"])
def test_the_window_closes_in_every_state(qtbot, opened, state):
    window = opened(None if state == "welcome" else "digits-mlp", epochs=10**6)
    if state == "loading":
        window.session.choose_data(window.session.document.data.model_copy(update={"seed": 3}))
    if state in ("running", "paused", "dialog"):
        window.session.play()
        qtbot.waitUntil(lambda: bool(window.session.epochs), timeout=60_000)
    if state == "paused":
        window.session.pause()
    if state == "dialog":
        window.files.show_report()
    if state == "broken":
        window.canvas.select(("dense1",))
        window.actions_by_name["delete"].trigger()
    window.close()
    assert not window.isVisible()
    if state in ("running", "paused", "broken"):
        assert len(kept_sessions()) == 1


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 100, b"[General]\ngeometry=@ByteArray(\xff\xff)\nhidden=7\ntheme=x\n"]
)
def test_damaged_settings_are_settings_of_a_first_start(qtbot, opened, content):
    (config_folder() / "window.ini").write_bytes(content)
    (config_folder() / "recent.json").write_text("7")
    window = opened()
    assert window.isVisible()
    window.go_to_welcome()


def test_a_home_that_cannot_be_written_to_is_told_and_work_is_saved_elsewhere(qtbot, opened, tmp_path, monkeypatch):
    (tmp_path / "home is a file").write_text("")
    monkeypatch.setenv("PLAYGROUND_HOME", str(tmp_path / "home is a file" / "playground"))
    window = opened("xor-mlp")
    window.go_to_welcome()
    window.go_to_canvas()
    window.session.do(SetRecipe("learning_rate", 0.3))
    qtbot.waitUntil(lambda: "cannot be kept safe from a crash" in window.session.message, timeout=20_000)
    assert window.session.message.endswith("Save it with Ctrl+S.")
    window.session.save(tmp_path / "a.nnplay")
    qtbot.waitUntil(lambda: (tmp_path / "a.nnplay").exists() and not window.session.is_modified, timeout=20_000)
    assert read_document(tmp_path / "a.nnplay").recipe.learning_rate == 0.3


def test_an_unexpected_exception_is_told_and_the_window_goes_on(qtbot, opened, capsys):
    window = opened()
    unexpected = Unexpected(window)
    unexpected.install()
    try:
        try:
            raise KeyError("x")
        except KeyError:
            sys.excepthook(*sys.exc_info())
        qtbot.waitUntil(lambda: "KeyError in test_faults.py" in window.session.message, timeout=5000)
        window.session.say("")
        thread = threading.Thread(target=lambda: 1 // 0)
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: "ZeroDivisionError" in window.session.message, timeout=5000)
        assert window.session.is_complaint
    finally:
        unexpected.remove()
    assert "KeyError" in capsys.readouterr().err


def test_a_report_is_read_before_it_is_saved(opened, tmp_path):
    window = opened()
    window.actions_by_name["report"].trigger()
    [dialog] = window.findChildren(ReportDialog)
    assert "Versions\nplayground " in dialog.text.toPlainText()
    assert dialog.save(tmp_path / "report.txt")
    assert (tmp_path / "report.txt").read_text(encoding="utf-8") == dialog.text.toPlainText()
    assert not dialog.save(tmp_path / "no" / "report.txt")
    assert "Choose another place." in window.session.message
