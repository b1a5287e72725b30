"""Models and weights of other tools come in by the menu or by being dropped; what is wrong with them is said."""

from __future__ import annotations

import numpy as np
import pytest
import torch  # noqa: F401 the training thread would take its time to import it
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog
from safetensors.numpy import save_file

from playground.app.document import make_project
from tests.exchange.onnx_models import written


@pytest.fixture
def model(tmp_path):
    """The digits network as an ONNX file, and the engine's own."""
    pytest.importorskip("onnx")
    file, network = written(make_project("digits-mlp")[0].graph, data="digits")
    path = tmp_path / "other.onnx"
    path.write_bytes(file.content)
    return path, network


def drop(window, path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(event)


def test_a_dropped_model_becomes_the_project_with_its_weights(opened, qtbot, model):
    path, network = model
    window = opened("spiral-mlp")

    drop(window, path)
    qtbot.waitUntil(lambda: window.session.message.startswith("Imported"), timeout=30_000)

    document = window.session.document
    assert (document.name, document.data.source) == ("Some network", "digits")
    assert document.graph.nodes == make_project("digits-mlp")[0].graph.nodes
    qtbot.waitUntil(lambda: window.session.run is not None, timeout=30_000)
    found = window.session.ask(lambda training: training.network.state_dict()["dense1.weight"].numpy().copy())
    assert np.array_equal(found.result(30), network.state_dict()["dense1.weight"].numpy())


def test_a_file_that_is_no_model_is_told_and_the_project_stays(opened, qtbot, tmp_path, monkeypatch):
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"\x00not a model")
    window = opened("spiral-mlp")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(path), ""))
    before = window.session.document

    window.actions_by_name["import"].trigger()
    qtbot.waitUntil(lambda: window.session.is_complaint, timeout=30_000)

    assert window.session.message == (
        f"{path} is not an ONNX model, or it was cut short on its way. Choose another, or copy it again."
    )
    assert window.session.document is before


def test_weights_go_into_the_network_by_name(opened, qtbot, tmp_path):
    window = opened("xor-mlp")
    qtbot.waitUntil(lambda: window.session.run is not None, timeout=30_000)
    read = lambda training: {n: v.numpy().copy() for n, v in training.network.state_dict().items()}  # noqa: E731
    own = window.session.ask(read).result(30)
    save_file({name: value + 1 for name, value in own.items()}, tmp_path / "w.safetensors")

    window.files.open_path(tmp_path / "w.safetensors")
    qtbot.waitUntil(lambda: window.session.message.startswith("The network has the weights"), timeout=30_000)

    now = window.session.ask(read).result(30)
    assert all(np.array_equal(now[name], own[name] + 1) for name in own)


def test_weights_of_another_network_are_refused_by_name(opened, qtbot, tmp_path):
    window = opened("xor-mlp")
    qtbot.waitUntil(lambda: window.session.run is not None, timeout=30_000)
    save_file({"strange.weight": np.zeros((2, 2), np.float32)}, tmp_path / "w.safetensors")

    window.files.open_path(tmp_path / "w.safetensors")
    qtbot.waitUntil(lambda: window.session.is_complaint, timeout=30_000)

    assert "are of another network: it lacks dense1.weight" in window.session.message
    assert "it has strange.weight, which the network has not" in window.session.message
