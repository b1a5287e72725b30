"""The window hands projects over beside itself: with progress, cancellable, one sentence at the end."""

from __future__ import annotations

from html import unescape

import numpy as np
import pytest
import torch  # noqa: F401 the training thread would take its time to import it
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMessageBox, QWidget
from safetensors.numpy import load_file

from playground.app import timeline
from playground.app.errand import Failed, HandingOver
from playground.app.handing_over import WAYS, as_python
from playground.cli import main
from playground.ui.actions import BY_NAME, make_actions
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


@pytest.mark.parametrize("way", ["weights", "python", "onnx", "tensorboard"])
def test_what_is_exported_while_the_past_is_shown_is_what_is_shown(opened, qtbot, tmp_path, monkeypatch, way):
    pytest.importorskip({"onnx": "onnxruntime", "tensorboard": "tensorboard"}.get(way, "torch"))
    monkeypatch.setattr(timeline, "LEAST", 0.0)
    monkeypatch.setattr(timeline, "SHARE", 1.0)
    monkeypatch.setattr(timeline, "WITHIN", 1e9)  # none within an epoch, however busy the machine is
    window = opened("xor-mlp", epochs=3)
    session = window.session
    session.play()
    qtbot.waitUntil(lambda: session.status == "ended" and len(session.timeline.moments()) == 4, timeout=60_000)
    past = session.timeline.nearest(1)
    session.timeline.look_at(past)
    qtbot.waitUntil(lambda: session.timeline.is_settled, timeout=60_000)
    choose(monkeypatch, tmp_path / f"net{WAYS[way][0]}")

    window.actions_by_name[f"export_{way}"].trigger()
    qtbot.waitUntil(lambda: session.message.startswith("Wrote"), timeout=120_000)

    assert "It is the network of epoch 1, as the window showed it." in session.message
    wanted = past.checkpoint().weights["dense1.weight"]
    if way == "onnx":
        assert wanted.tobytes() in (tmp_path / "net.onnx").read_bytes()
    elif way == "tensorboard":
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

        (folder,) = tmp_path.glob("*/train")
        events = EventAccumulator(str(folder)).Reload()
        assert [each.step for each in events.Scalars("loss")] == [1]
        assert events.Histograms("dense1/weight")[-1].histogram_value.max == wanted.max()
    else:
        found = load_file(tmp_path / "net.safetensors").values()
        assert any(value.shape == wanted.shape and np.array_equal(value, wanted) for value in found)
    now = session.run.ask(lambda training: training.checkpoint().weights["dense1.weight"]).result(20)
    assert not np.array_equal(now, wanted)


def test_onnx_is_written_and_says_how_far_from_torch_it_is(opened, qtbot, tmp_path, monkeypatch):
    pytest.importorskip("onnxruntime")
    window = opened("spiral-mlp")
    choose(monkeypatch, tmp_path / "net.onnx")

    window.actions_by_name["export_onnx"].trigger()
    qtbot.waitUntil(lambda: window.session.message.startswith("Wrote"), timeout=60_000)

    assert "onnxruntime gives what torch gives on 8 examples: the largest difference is " in window.session.message
    assert (tmp_path / "net.onnx").exists()


def test_tensorboard_gets_a_new_folder_whose_name_is_given(opened, qtbot, tmp_path, monkeypatch):
    pytest.importorskip("tensorboard")
    window = opened("xor-mlp", epochs=3)
    window.session.play()
    qtbot.waitUntil(lambda: window.session.status == "ended", timeout=60_000)
    choose(monkeypatch, tmp_path / "not there yet")

    window.actions_by_name["export_tensorboard"].trigger()
    assert window.files.exports.box.isVisible()
    qtbot.waitUntil(lambda: window.session.message.startswith("Wrote"), timeout=60_000)

    assert window.session.message.startswith("Wrote not there yet. 3 epochs. Look at them with “tensorboard --logdir ")
    assert sorted(each.name for each in (tmp_path / "not there yet").iterdir()) == ["train", "validation"]


def test_the_folder_that_is_proposed_is_the_project_s_name_and_not_an_earlier_one(opened, qtbot, tmp_path, monkeypatch):
    pytest.importorskip("tensorboard")
    window = trained(opened, qtbot, tmp_path)
    name = "-".join(window.session.document.name.lower().split())
    (tmp_path / name).mkdir()
    proposed = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *asked: proposed.append(asked[2]) or ("", ""))

    window.actions_by_name["export_tensorboard"].trigger()

    assert proposed == [str(tmp_path / f"{name}-2")]
    assert window.files.exports.work is None


def test_before_there_are_curves_no_folder_for_tensorboard_is_asked_for(opened, monkeypatch):
    pytest.importorskip("tensorboard")
    window = opened("xor-mlp")
    monkeypatch.delattr(QFileDialog, "getSaveFileName")

    window.actions_by_name["export_tensorboard"].trigger()

    assert window.session.message == "The network has not been trained yet, so it has no curves. Train it first."


def test_without_its_package_the_menu_has_no_tensorboard(monkeypatch, qtbot):
    window, handlers = QMainWindow(), dict.fromkeys(BY_NAME, lambda: None)
    qtbot.addWidget(window)
    found = [set(make_actions(window, QWidget(window), handlers))]
    monkeypatch.setattr("playground.ui.actions.find_spec", lambda name: None if name == "tensorboard" else True)

    found.append(set(make_actions(window, QWidget(window), handlers)))

    assert found[1] == set(BY_NAME) - {"export_tensorboard"}
    assert found[0] - found[1] <= {"export_tensorboard"}


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

    work = HandingOver(as_python, save, tmp_path / "net.py")

    assert work.join(10)
    assert work.mailbox.empty() == [Failed("No space left on device")]


def trained(opened, qtbot, tmp_path):
    """A window whose network learned for three epochs, and is saved."""
    window = opened("table-mlp", epochs=3)
    window.session.play()
    qtbot.waitUntil(lambda: window.session.status == "ended", timeout=60_000)
    window.session.save(tmp_path / "my net.nnplay")
    qtbot.waitUntil(lambda: window.session.path is not None, timeout=60_000)
    return window


def exported(window, qtbot, monkeypatch, way, path, kind=""):
    """The file that the menu's entry writes where a dialog gave that path and kind."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), kind))
    window.session.say("", is_complaint=False)
    window.actions_by_name[f"export_{way}"].trigger()
    assert window.files.exports.box.isVisible()
    qtbot.waitUntil(lambda: window.session.message.startswith("Wrote"), timeout=120_000)
    return next(each for each in path.parent.iterdir() if window.session.message.startswith(f"Wrote {each.name}."))


def test_the_menu_writes_what_the_terminal_writes(opened, qtbot, tmp_path, monkeypatch):
    window = trained(opened, qtbot, tmp_path)

    for way, kind, ending in (("card", "markdown", "md"), ("curves", "csv", "csv"), ("picture", "svg", "svg")):
        found = exported(window, qtbot, monkeypatch, way, tmp_path / f"window.{ending}")
        theirs = tmp_path / f"terminal.{ending}"
        assert main(["export", str(tmp_path / "my net.nnplay"), "--to", kind, "-o", str(theirs)]) == 0

        assert found == tmp_path / f"window.{ending}"
        assert found.read_text(encoding="utf-8") == theirs.read_text(encoding="utf-8")


def test_a_report_from_the_menu_sets_the_network_beside_baselines(opened, qtbot, tmp_path, monkeypatch):
    window = trained(opened, qtbot, tmp_path)

    page = exported(window, qtbot, monkeypatch, "report", tmp_path / "report").read_text(encoding="utf-8")
    page = unescape(page)

    assert (tmp_path / "report.html").exists()
    assert "Ridge" in page or "Logistic regression" in page
    assert "playground train 'my net.nnplay' --seed" in page
    assert f"Trained for {len(window.session.epochs)} epochs" in page


@pytest.mark.parametrize(("kind", "begins"), [("PNG (*.png)", b"\x89PNG"), ("PDF (*.pdf)", b"%PDF-"), ("", b"<svg")])
def test_a_network_that_learned_nothing_is_drawn_as_the_kind_that_is_chosen(
    opened, qtbot, tmp_path, monkeypatch, kind, begins
):
    window = opened("xor-mlp")

    found = exported(window, qtbot, monkeypatch, "picture", tmp_path / "net", kind)

    assert found.read_bytes().startswith(begins)
    assert found.suffix == {b"\x89PNG": ".png", b"%PDF-": ".pdf"}.get(begins, ".svg")


def test_a_report_of_a_network_that_was_not_trained_says_so(opened, qtbot, tmp_path, monkeypatch):
    window = opened("xor-mlp")

    page = exported(window, qtbot, monkeypatch, "report", tmp_path / "r.html").read_text(encoding="utf-8")

    assert "This network has not been trained yet: there are no curves and no scores." in page


def test_before_there_are_curves_no_place_for_them_is_asked_for(opened, monkeypatch):
    window = opened("xor-mlp")
    monkeypatch.delattr(QFileDialog, "getSaveFileName")

    window.actions_by_name["export_curves"].trigger()

    assert window.session.message == "The network has not been trained yet, so it has no curves. Train it first."


def test_what_stands_there_is_not_replaced_unless_the_dialog_asked(opened, tmp_path, monkeypatch):
    window = opened("xor-mlp")
    (tmp_path / "net.pdf").write_text("mine")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(tmp_path / "net"), "PDF (*.pdf)"))

    window.actions_by_name["export_picture"].trigger()

    assert window.session.message == "net.pdf is there already. Give its whole name to replace it, or another."
    assert window.files.exports.work is None
    assert (tmp_path / "net.pdf").read_text() == "mine"


def test_python_never_takes_the_place_of_files_that_nobody_named(opened, qtbot, tmp_path, monkeypatch):
    window = opened("xor-mlp")
    (tmp_path / "mine.safetensors").write_text("my own")
    choose(monkeypatch, tmp_path / "mine.py")

    window.actions_by_name["export_python"].trigger()
    qtbot.waitUntil(lambda: window.session.is_complaint, timeout=60_000)

    assert window.session.message == (
        "mine.safetensors, a file that goes with mine.py, is there already and would be lost. "
        "Choose another name than mine.py, or move mine.safetensors away."
    )
    assert [each.name for each in tmp_path.glob("mine*")] == ["mine.safetensors"]
    assert (tmp_path / "mine.safetensors").read_text() == "my own"


@pytest.mark.parametrize("way", ["python", "curves", "picture", "tensorboard"])
def test_while_something_is_exported_no_place_for_another_is_asked_for(opened, tmp_path, monkeypatch, way):
    window = opened("xor-mlp")
    choose(monkeypatch, tmp_path / "net.py")
    window.actions_by_name["export_python"].trigger()
    work = window.files.exports.work
    monkeypatch.delattr(QFileDialog, "getSaveFileName")

    window.files.exports.ask(way)

    assert window.session.message == "Something is being exported already. Wait for it, or cancel it."
    window.files.exports.cancel()
    assert work.join(120)
