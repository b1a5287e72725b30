"""The window hands projects over beside itself: with progress, cancellable, one sentence at the end."""

from __future__ import annotations

import pytest
import torch  # noqa: F401 the training thread would take its time to import it
from PySide6.QtWidgets import QFileDialog, QMessageBox

from playground.app.errand import Failed, HandingOver
from playground.ui.handing import tell_all


def choose(monkeypatch, path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), ""))


def test_python_is_written_with_what_was_learned(opened, qtbot, tmp_path, monkeypatch):
    window = opened("spiral-mlp", epochs=2)
    window.session.play()
    qtbot.waitUntil(lambda: window.session.status == "ended", timeout=60_000)
    choose(monkeypatch, tmp_path / "net")

    window.actions_by_name["export_python"].trigger()
    assert window.files.exports.box.isVisible()
    qtbot.waitUntil(lambda: window.session.message.startswith("Wrote"), timeout=60_000)

    assert window.session.message == "Wrote net.py, net.safetensors, net_data.npz."
    assert sorted(path.name for path in tmp_path.glob("net*")) == ["net.py", "net.safetensors", "net_data.npz"]
    assert window.files.exports.box is None


def test_onnx_is_written_and_says_how_far_from_torch_it_is(opened, qtbot, tmp_path, monkeypatch):
    pytest.importorskip("onnxruntime")
    window = opened("spiral-mlp")
    choose(monkeypatch, tmp_path / "net.onnx")

    window.actions_by_name["export_onnx"].trigger()
    qtbot.waitUntil(lambda: window.session.message.startswith("Wrote"), timeout=60_000)

    assert "onnxruntime gives what torch gives on 8 examples: the largest difference is " in window.session.message
    assert (tmp_path / "net.onnx").exists()


def test_what_cannot_be_written_is_said_in_a_sentence(opened, qtbot, tmp_path, monkeypatch):
    window = opened("spiral-mlp")
    choose(monkeypatch, tmp_path / "gone" / "net.safetensors")

    window.actions_by_name["export_weights"].trigger()
    qtbot.waitUntil(lambda: window.session.is_complaint, timeout=60_000)

    assert window.session.message == "The network has no weights of its own yet. Train it first."


def test_a_cancelled_export_leaves_nothing(opened, qtbot, tmp_path, monkeypatch):
    window = opened("spiral-mlp")
    choose(monkeypatch, tmp_path / "net.py")
    window.actions_by_name["export_python"].trigger()
    work = window.files.exports.work

    window.files.exports.box.canceled.emit()

    assert work.join(120)
    assert window.session.message == "The export was cancelled."
    assert list(tmp_path.glob("net*")) == []


def test_what_does_not_fit_the_status_line_stands_in_a_box(opened, qtbot):
    window = opened("spiral-mlp")
    wide = window.width()
    sentences = ("Imported big.", "One sentence about it. " * 6, "Another sentence about it. " * 6)

    tell_all(window, window.session, sentences)

    box = window.findChild(QMessageBox)
    assert window.session.message == f"Imported big. {sentences[1]}"
    assert box.informativeText() == "\n\n".join(sentences[1:])
    assert window.width() == wide
    box.close()


def test_a_project_that_cannot_be_kept_is_told(tmp_path):
    def save(_path) -> None:
        raise OSError("No space left on device")

    work = HandingOver("python", save, tmp_path / "net.py")

    assert work.join(10)
    assert work.mailbox.empty() == [Failed("No space left on device")]
