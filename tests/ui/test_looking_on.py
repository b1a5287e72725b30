"""Other projects and runs elsewhere, named on the command line or chosen from the menu, stand beside the network."""

from __future__ import annotations

import json

from PySide6.QtWidgets import QFileDialog

from playground.app.document import make_project
from playground.app.files import Project, read_project, write_project
from playground.cli import main
from playground.ui.start import show_others


def events(*losses: float) -> str:
    lines = []
    for epoch, loss in enumerate(losses, 1):
        scores = {"loss": loss, "accuracy": 0.9}
        values = {"event": "epoch", "epoch": epoch, "train": scores, "valid": scores, "learning_rate": 0.1}
        lines.append(json.dumps({**values, "seconds": 1.0, "samples_per_second": 10.0}) + "\n")
    return "".join(lines)


def test_a_run_elsewhere_is_drawn_while_it_grows(qtbot, opened, tmp_path, monkeypatch):
    file = tmp_path / "cluster.jsonl"
    file.write_text(events(0.75, 0.5))
    window = opened("xor-mlp")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))

    window.actions_by_name["follow"].trigger()
    curves = window.loss.others._curves
    qtbot.waitUntil(lambda: "follow:valid" in curves, timeout=10_000)

    assert curves["follow:valid"].getData()[1].tolist() == [0.75, 0.5]
    assert window.loss._hint.isHidden()
    assert "cluster" in window.loss._legend.text()
    with file.open("a") as more:
        more.write(events(0.75, 0.5, 0.25).splitlines()[-1] + "\n")
    qtbot.waitUntil(lambda: len(curves["follow:valid"].getData()[0]) == 3, timeout=10_000)
    assert window.session.message == "Following cluster: epoch 3, validation loss 0.25, accuracy 0.9."

    window.session.start(Project(make_project("xor-mlp")[0]))
    assert not curves


def test_thirty_projects_open_as_rows_of_the_comparison(qtbot, opened, tmp_path):
    trained = tmp_path / "teacher.nnplay"
    write_project(trained, Project(make_project("xor-mlp")[0]))
    assert main(["train", str(trained), "--epochs", "1", "--no-history"]) == 0
    learned = read_project(trained)
    pupils = [tmp_path / f"pupil{number}.nnplay" for number in range(29)]
    for pupil in pupils:
        write_project(pupil, learned)
    window = opened()
    window.files.open_path(trained)
    qtbot.waitUntil(lambda: window.session.path == trained, timeout=10_000)

    show_others(window, pupils, None)

    contenders, table = window.session.comparing.contenders, window.models.table
    qtbot.waitUntil(lambda: len(contenders.found) == 29, timeout=60_000)
    qtbot.waitUntil(lambda: {line.row.name for line in table.values.rows} >= set(contenders.found), timeout=30_000)
    assert "network" in {line.row.name for line in table.values.rows}
    assert window.models.isVisible()
