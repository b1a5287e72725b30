"""The window offers back what a crash left."""

from __future__ import annotations

import json
import os
import shutil
from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from playground.app.changes import SetRecipe
from playground.app.document import make_project
from playground.app.files import Project, read_project, write_project
from playground.app.origin import stamp_of
from playground.app.recovery import lost_work
from playground.app.settings import kept_sessions, recovery_folder
from playground.app.tensors import unpacked
from playground.ui.recovery import offer_lost_work, told

pytestmark = pytest.mark.usefixtures("torch_at_hand")


@pytest.fixture
def left(qtbot, opened, tmp_path):
    """What stays of a window that was killed after an edit and an epoch."""
    window = opened("digits-mlp", epochs=6)
    window.session.play("epoch")
    qtbot.waitUntil(lambda: bool(window.session.epochs) and window.session.status == "paused", timeout=20_000)
    window.session.do(SetRecipe("learning_rate", 0.125))

    def is_written():
        folders = list(recovery_folder().glob("*"))
        state = folders[0] / "state.safetensors" if folders else tmp_path / "none"
        if not state.exists() or unpacked(state.read_bytes())[1]["last"] != "1":
            return False
        return "0.125" in (folders[0] / "document.json").read_text(encoding="utf-8")

    qtbot.waitUntil(is_written, timeout=20_000)
    [folder] = recovery_folder().iterdir()
    shutil.copytree(folder, tmp_path / "left")
    window.close()
    for path in kept_sessions():
        path.unlink()
    assert list(recovery_folder().iterdir()) == []
    shutil.copytree(tmp_path / "left", folder)
    return folder


def button(box, words):
    return next(each for each in box.buttons() if each.text() == words)


def test_without_anything_lost_nothing_is_asked(opened):
    assert offer_lost_work(opened()) is None


def test_going_on_brings_network_weights_and_curves_back(qtbot, opened, left, tmp_path):
    window = opened()
    box = offer_lost_work(window)
    assert box.text().startswith("The program ended before “")
    assert box.text().endswith(", 1 epoch learned.")
    button(box, "Go on with it").click()
    qtbot.waitUntil(lambda: len(window.session.epochs) == 1, timeout=10_000)
    qtbot.waitUntil(lambda: window.session.status != "loading", timeout=10_000)
    assert window.session.document.recipe.learning_rate == 0.125
    assert window.isWindowModified()
    assert lost_work() == ()
    window.session.save(tmp_path / "b.nnplay")
    qtbot.waitUntil(lambda: window.session.path is not None, timeout=10_000)
    assert read_project(tmp_path / "b.nnplay").checkpoint.facts["epoch"] == 1
    qtbot.waitUntil(lambda: not left.exists(), timeout=10_000)


def test_later_leaves_it_on_the_first_page(qtbot, opened, left):
    window = opened()
    button(offer_lost_work(window), "Later").click()
    window.files.open_path(left)
    qtbot.waitUntil(lambda: len(window.session.epochs) == 1, timeout=10_000)


def test_thrown_away_it_is_gone(opened, left):
    box = offer_lost_work(opened())
    assert isinstance(box, QMessageBox)
    button(box, "Throw it away").click()
    assert lost_work() == ()
    assert not left.exists()


def test_recovered_work_that_is_closed_again_is_kept(qtbot, opened, left):
    window = opened()
    button(offer_lost_work(window), "Go on with it").click()
    qtbot.waitUntil(lambda: len(window.session.epochs) == 1, timeout=10_000)
    window.close()
    [kept] = kept_sessions()
    assert read_project(kept).document.recipe.learning_rate == 0.125
    assert lost_work() == ()


def test_a_session_that_could_not_be_kept_stays_in_the_journal(qtbot, opened, monkeypatch):
    from playground.app import kept
    from playground.app.files import FileProblem

    def full(*_args):
        raise FileProblem("The disk is full.")

    window = opened("digits-mlp")
    window.session.do(SetRecipe("learning_rate", 0.125))
    qtbot.waitUntil(lambda: len(list(recovery_folder().glob("*/document.json"))) == 1, timeout=10_000)
    monkeypatch.setattr(kept, "write_project", full)
    window.close()
    [lost] = lost_work()
    assert lost.read().document.recipe.learning_rate == 0.125


@pytest.fixture
def of_a_file(left, tmp_path):
    """The same work, of a file that is there."""
    path = tmp_path / "digits.nnplay"
    write_project(path, Project(make_project("digits-mlp")[0]))
    values = json.loads((left / "document.json").read_text(encoding="utf-8"))
    values |= {"path": str(path), "stamp": stamp_of(path)}
    (left / "document.json").write_text(json.dumps(values), encoding="utf-8")
    return path


def test_work_of_a_file_goes_back_to_it(qtbot, opened, of_a_file):
    window = opened()
    button(offer_lost_work(window), "Go on with it").click()
    qtbot.waitUntil(lambda: window.session.path == of_a_file, timeout=10_000)
    assert window.windowTitle().startswith("digits[*]")
    assert window.isWindowModified()
    assert not window.files._open_file.has_changed


def test_after_a_crash_a_file_that_others_wrote_meanwhile_is_not_written_over_unasked(qtbot, opened, of_a_file):
    write_project(of_a_file, Project(make_project("xor-mlp")[0]))
    window = opened()
    button(offer_lost_work(window), "Go on with it").click()
    qtbot.waitUntil(lambda: window.session.path == of_a_file, timeout=10_000)
    window.files.save()
    [box] = window.findChildren(QMessageBox, options=Qt.FindChildOption.FindDirectChildrenOnly)[-1:]
    assert box.text() == "“digits.nnplay” was changed by another window or program since you opened or saved it here."
    assert read_project(of_a_file).document.name == make_project("xor-mlp")[0].name


def test_the_time_told_is_that_of_the_newest_thing_in_it(opened, left):
    edited = datetime(2026, 5, 4, 16, 49, 45)
    values = json.loads((left / "document.json").read_text(encoding="utf-8")) | {"time": edited.isoformat()}
    (left / "document.json").write_text(json.dumps(values), encoding="utf-8")
    learned = datetime(2026, 5, 4, 16, 52, 10)
    os.utime(left / "state.safetensors", (learned.timestamp(), learned.timestamp()))
    [lost] = lost_work()
    assert "It is here as it was on 04.05. at 16:52:10, 1 epoch learned." in told(lost)
    os.utime(left / "state.safetensors", (0, 0))
    [lost] = lost_work()
    assert lost.when == edited
