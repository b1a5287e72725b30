"""From the first page: dropped data and projects can be used at once, and Space answers."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from playground.app.document import make_project
from playground.app.files import Project, write_project
from playground.app.loading import prepared
from playground.engine.checkpoint import Checkpoint
from playground.engine.events import Scores
from playground.engine.train import Training
from playground.selection.crossval import BaselineFolds, FoldDone
from playground.selection.trials import FoldScore, Trial
from playground.ui import files


@pytest.fixture
def table(tmp_path):
    random = np.random.default_rng(0)
    lines = ["a,b,kind", *(f"{a:.3f},{b:.3f},{'x' if a > b else 'y'}" for a, b in random.normal(size=(60, 2)))]
    path = tmp_path / "mine.csv"
    path.write_text("\n".join(lines))
    return path


def drop(window, *paths):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    window.dropEvent(
        QDropEvent(
            QPointF(50, 50), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
    )


def project(folder, name, template):
    document = make_project(template)[0]
    training = Training(document.graph, document.recipe, prepared(document.data), "cpu")
    weights = {f"weights/{key}": value.numpy().copy() for key, value in training.network.state_dict().items()}
    path = folder / f"{name}.nnplay"
    write_project(path, Project(document, Checkpoint(weights)))
    return path


def test_a_table_dropped_on_the_first_page_makes_a_network_that_space_trains(qtbot, opened, table, monkeypatch):
    monkeypatch.setattr(files, "ask_table", lambda *asked: asked[3](asked[1]))
    window = opened()
    drop(window, table)
    qtbot.waitUntil(lambda: window.session.document.data.source == str(table), timeout=10_000)
    qtbot.waitUntil(lambda: window.session.status == "ready", timeout=10_000)
    assert window.session.document.graph.of_type("Dense")
    assert window.session.document.name == "mine"
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(window.session.epochs), timeout=20_000)
    window.session.undo()
    assert not window.session.document.graph.nodes


def test_projects_dropped_on_the_first_page_are_opened_and_compared(qtbot, opened, tmp_path):
    paths = [project(tmp_path, name, "xor-mlp") for name in ("one", "two", "three")]
    other = project(tmp_path, "numbers", "table-mlp")
    window = opened()
    drop(window, *paths, other)
    session = window.session
    qtbot.waitUntil(lambda: len(session.comparing.contenders.found) == 2, timeout=20_000)
    qtbot.waitUntil(lambda: "predicts numbers, the network here classes" in session.message, timeout=20_000)
    assert session.path == paths[0]
    assert window.pages.currentWidget() is window.canvas
    assert f"file:{other}" not in session.comparing.contenders


def test_space_on_the_first_page_says_what_to_do(opened):
    window = opened()
    window.play()
    assert window.session.message.startswith("Choose a template first")


def test_results_of_another_project_are_forgotten(opened):
    window = opened("xor-mlp")
    window.show_place("repeats")
    scores = Scores(0.1, {"accuracy": 0.9})
    window.repeats._baseline = BaselineFolds("majority", (scores,), {}, {}, 0.0)
    window.repeats._done = {0: FoldDone(0, scores, scores)}
    flat = {"loss": 0.1, "accuracy": 0.9}
    window.tune._trials = {0: Trial(0, {"recipe.l2": 0.1}, "done", "accuracy", (FoldScore(flat, flat),))}
    window.session.start(Project(make_project("spiral-mlp")[0]))
    assert not window.repeats._done
    assert window.repeats._baseline is None
    assert not window.tune._trials
    assert not window.tune.table.values.rows
