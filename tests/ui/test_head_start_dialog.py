"""The dialog on head starts: what can be chosen, both runs beside each other, stopping, and closing the window."""

from __future__ import annotations

import pytest
import torch
from PySide6.QtCore import Qt

from playground.app.changes import ChooseData
from playground.app.files import Project, write_project
from playground.engine.train import Training
from playground.ui.head_start_dialog import HeadStartDialog


@pytest.fixture
def starting(qtbot, opened):
    """The dialog on digits of which a few are learned from."""

    def open_on(train_on=80, **recipe):
        window = opened("digits-cnn", **{"epochs": 3, "batch": 16, **recipe})
        session = window.session
        session.choose_data(session.document.data.model_copy(update={"train_on": train_on}))
        qtbot.waitUntil(lambda: session.document.data.train_on == train_on and session.examples is not None)
        window.actions_by_name["head_start"].trigger()
        return window, window.findChild(HeadStartDialog)

    return open_on


def test_pre_training_stands_beside_training_from_nothing_in_the_models(qtbot, starting):
    window, dialog = starting()
    torch.manual_seed(7)
    before = torch.get_rng_state()
    dialog.epochs.setValue(2)
    dialog.freeze.setChecked(True)
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    assert not dialog.start.isEnabled()
    qtbot.waitUntil(lambda: dialog.job.is_over, timeout=60_000)
    qtbot.waitUntil(lambda: "from nothing: validation" in dialog.words.text(), timeout=10_000)
    assert "pre-trained: validation" in dialog.words.text()
    assert torch.equal(torch.get_rng_state(), before)  # the run that waits goes on with the same numbers
    assert "Frozen: conv1, conv2." in dialog.words.text()
    qtbot.mouseClick(dialog.open_it, Qt.MouseButton.LeftButton)
    session = window.session
    qtbot.waitUntil(lambda: session.document.name.startswith("pre-trained"), timeout=10_000)
    assert not session.document.graph.nodes["conv1"].settings["trainable"]
    plain = f"run:{dialog.job.arms[1].id}"
    qtbot.waitUntil(lambda: plain in session.comparing.contenders.found, timeout=20_000)
    found = session.comparing.contenders.found[plain]
    assert found.is_paired
    assert "from nothing" in found.outcome.note


def test_another_projects_weights_are_asked_for_and_named(qtbot, starting, tmp_path):
    window, dialog = starting()
    session = window.session
    training = Training(session.document.graph, session.document.recipe, session.examples)
    list(training.events())
    path = tmp_path / "teacher.nnplay"
    write_project(path, Project(session.document, training.checkpoint()))
    dialog.choices["transfer"].setChecked(True)
    assert not dialog.start.isEnabled()
    dialog.take_from(path)
    assert dialog.choices["transfer"].text() == "Start from the weights of teacher.nnplay"
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.job.is_over, timeout=60_000)
    qtbot.waitUntil(lambda: "Taken from teacher.nnplay: conv1, conv2, dense1." in dialog.words.text())


def test_pseudo_labels_need_examples_that_are_left_out(qtbot, starting):
    _, dialog = starting(None)
    assert not dialog.choices["pseudo"].isEnabled()
    assert "first learn from fewer" in dialog.choices["pseudo"].text()


def test_what_goes_wrong_is_a_sentence_in_the_dialog(qtbot, starting):
    _, dialog = starting(epochs=1)
    dialog.choices["pseudo"].setChecked(True)
    dialog.sure.setValue(100)
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.job.is_over, timeout=60_000)
    qtbot.waitUntil(lambda: "nowhere 100% sure" in dialog.words.text())
    assert dialog.start.isEnabled()


def test_it_can_be_stopped_and_ends_with_the_window(qtbot, starting):
    window, dialog = starting(epochs=100_000)
    dialog.epochs.setValue(100_000)
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.job.step is not None and dialog.stop.isVisible(), timeout=20_000)
    qtbot.mouseClick(dialog.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Stopped." in dialog.words.text(), timeout=20_000)
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    assert not dialog.job.is_over
    window.close()
    assert dialog.job.join(10)


def test_a_network_with_a_problem_says_so_first(qtbot, starting):
    window, dialog = starting()
    session = window.session
    session.do(ChooseData(session.document.data.model_copy(update={"source": "diabetes"})))
    qtbot.waitUntil(lambda: session.status == "problem", timeout=20_000)
    dialog.start.setEnabled(True)
    dialog._begin()
    assert dialog.job is None
    assert dialog.words.text() == (session.data_problem or session.report.errors[0].text)
