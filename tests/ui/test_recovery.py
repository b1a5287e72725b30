"""The window offers back what a crash left."""

from __future__ import annotations

import shutil

import pytest
from PySide6.QtWidgets import QMessageBox

from playground.app.changes import SetRecipe
from playground.app.files import read_project
from playground.app.recovery import lost_work
from playground.app.settings import kept_sessions, recovery_folder
from playground.app.tensors import unpacked
from playground.ui.recovery import offer_lost_work

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
    from playground.app.files import FileProblem
    from playground.ui import files

    def full(*_args):
        raise FileProblem("The disk is full.")

    window = opened("digits-mlp")
    window.session.do(SetRecipe("learning_rate", 0.125))
    qtbot.waitUntil(lambda: len(list(recovery_folder().glob("*/document.json"))) == 1, timeout=10_000)
    monkeypatch.setattr(files, "write_project", full)
    window.close()
    [lost] = lost_work()
    assert lost.read().document.recipe.learning_rate == 0.125
