"""The File menu on data: folders, files that were moved, and projects that take their data along."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog

from playground.app.files import read_project

ROWS = "a,b,label\n" + "\n".join(f"{x % 13},{x * x % 7},{'yes' if x % 3 else 'no'}" for x in range(60)) + "\n"


@pytest.fixture
def answers(monkeypatch):
    """What the file dialogs are answered, and where they began."""
    given, began = [], []

    def answered(parent, title, folder, *more):
        began.append(folder)
        return given[-1], ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", answered)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", answered)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *given: answered(*given)[0])
    return given, began


@pytest.fixture
def on_table(qtbot, opened, tmp_path):
    """A window on a table of its own."""
    path = tmp_path / "t.csv"
    path.write_text(ROWS)
    window = opened("table-mlp")
    session = window.session
    choice = session.document.data.model_copy(update={"source": str(path), "target": "label"})
    session.choose_data(choice)
    qtbot.waitUntil(lambda: session.document.data.source == str(path) and session.examples is not None, timeout=10_000)
    return window, path


def test_a_folder_of_images_is_opened_from_the_menu(qtbot, opened, tmp_path, answers):
    for name in ("cats", "dogs"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(12):
            pixels = np.random.default_rng(number).integers(0, 256, (8, 8), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pets" / name / f"{number}.png")
    window = opened("image-cnn")
    answers[0].append(str(tmp_path / "pets"))
    window.actions_by_name["open_folder"].trigger()
    qtbot.waitUntil(lambda: window.session.document.data.source == str(tmp_path / "pets"), timeout=20_000)
    assert window.session.document.recipe.batch == 4  # of the 16 that train
    window.actions_by_name["open_folder"].trigger()
    assert answers[1][-1] == str(tmp_path)  # where the last one was


def test_a_moved_file_is_shown_in_its_new_place(qtbot, on_table, answers):
    window, path = on_table
    session, pane = window.session, window.data_pane
    assert not pane.find_it.isVisible()
    there = path.rename(path.with_name("elsewhere.csv"))
    session.loading._kept.clear()
    session.load(session.document.data)
    qtbot.waitUntil(pane.find_it.isVisible, timeout=10_000)
    assert pane._about.text().startswith(f"There is no data set or file “{path}”. If it was moved")
    answers[0].append(str(there))
    pane.find_it.click()
    qtbot.waitUntil(lambda: session.document.data.source == str(there) and session.status == "ready", timeout=10_000)
    assert session.document.data.target == "label"
    assert session.history.undo_label == "Find elsewhere.csv"
    assert not pane.find_it.isVisible()


def test_a_project_takes_its_table_along(qtbot, on_table, answers, tmp_path):
    window, _ = on_table
    answers[0].append(str(tmp_path / "sent"))
    window.actions_by_name["save_with_data"].trigger()
    qtbot.waitUntil(Path(tmp_path / "sent.nnplay").exists, timeout=10_000)
    assert read_project(tmp_path / "sent.nnplay").data == ROWS.encode()


def test_what_everybody_has_need_not_be_taken_along(qtbot, opened, answers):
    window = opened("digits-mlp")
    window.actions_by_name["save_with_data"].trigger()
    assert window.session.message == "“digits” comes with the program: whoever opens the project has it too."
    assert answers[1] == []
