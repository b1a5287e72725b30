"""The final exam in the window: what it costs, that network and baselines sit it together, and that it is kept."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from playground.app.changes import EditGraph
from playground.app.files import read_project
from playground.app.journal import has_news
from playground.graph.edits import SetSettings
from playground.ui.exam_dialog import ExamDialog


@pytest.fixture
def trained(qtbot, opened, quick_baseline):
    """A window whose network was trained, with a baseline beside it."""
    window = opened("digits-mlp", epochs=2)
    window.session.play()
    comparing = window.session.comparing
    qtbot.waitUntil(lambda: window.session.status == "ended", timeout=120_000)
    qtbot.waitUntil(
        lambda: comparing.comparison is not None and comparing.baselines.keys() == {"majority"}, timeout=120_000
    )
    return window


def test_the_exam_opens_the_test_part_once_and_counts_the_second_look(qtbot, trained):
    window = trained
    first = ExamDialog(window.session, window.bridge, window)
    first.open()
    qtbot.waitUntil(first.look.isEnabled, timeout=10_000)
    assert "first look" in first.words.text()
    qtbot.mouseClick(first.look, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "On 270 test examples" in first.words.text(), timeout=10_000)
    assert "On 270 test examples" in window.compare.exam.text()
    assert window.compare.exam.text().startswith("Final exam after epoch ")
    assert "the majority class" in first.words.text()
    assert "Majority class" in first.table.text()
    assert window.session.comparing.exam.found.verdict.against == "majority"
    first.reject()
    second = ExamDialog(window.session, window.bridge, window)
    second.open()
    qtbot.waitUntil(second.look.isEnabled, timeout=10_000)
    assert "looked at once before" in second.words.text()
    assert "points better here than it is" in second.words.text()
    assert window.session.document.name in second.before.text()
    second.reject()


def test_the_exam_waits_for_the_baselines_that_are_to_answer_with_the_network(qtbot, trained):
    window = trained
    dialog = ExamDialog(window.session, window.bridge, window)
    dialog.open()
    qtbot.waitUntil(dialog.look.isEnabled, timeout=10_000)
    comparing = window.session.comparing
    comparing.waited_for["majority"] = None
    window.session.tell("baseline")
    assert not dialog.look.isEnabled()
    assert "still being fitted" in dialog.waiting.text()
    comparing.waited_for.clear()
    window.session.tell("baseline")
    assert dialog.look.isEnabled()
    assert not dialog.waiting.isVisible()
    dialog.reject()


def test_the_exam_is_saved_with_the_project_and_is_that_of_its_network(qtbot, trained, tmp_path):
    window = trained
    session = window.session
    dialog = ExamDialog(session, window.bridge, window)
    dialog.open()
    qtbot.waitUntil(dialog.look.isEnabled, timeout=10_000)
    session.save(tmp_path / "before.nnplay")
    qtbot.waitUntil(lambda: not has_news(session), timeout=10_000)
    qtbot.mouseClick(dialog.look, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.comparing.exam is not None, timeout=10_000)
    dialog.reject()
    assert has_news(session)
    session.save(tmp_path / "after.nnplay")
    qtbot.waitUntil(lambda: not has_news(session), timeout=10_000)
    sat = session.comparing.exam
    assert read_project(tmp_path / "before.nnplay").exam is None
    assert read_project(tmp_path / "after.nnplay").exam == sat
    session.open(tmp_path / "after.nnplay")
    qtbot.waitUntil(lambda: session.comparing.exam == sat and session.comparing.exam is not sat, timeout=10_000)
    assert sat.found.verdict.text in window.compare.exam.text()
    session.do(EditGraph(SetSettings("dense1", (("units", 7),))))
    assert session.comparing.exam is None


def test_there_is_no_exam_before_training(opened):
    window = opened("digits-mlp")
    dialog = ExamDialog(window.session, window.bridge, window)
    assert "Train the network first" in dialog.words.text()
    assert not dialog.look.isEnabled()
