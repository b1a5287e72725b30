"""Trying the network in the window: drawn, filled in, written or dropped, and answered live."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage, QPainter
from PySide6.QtTest import QTest
from shiboken6 import isValid

from playground.app.document import make_project
from playground.app.files import Project, write_project
from playground.app.for_use import to_keep
from playground.data.bundled import digits
from playground.data.catalogue import load
from playground.data.dataset import DataChoice
from playground.data.intake_from import intake_of
from playground.data.split import prepare
from playground.engine.train import Training
from playground.ui.drawing import image_of
from playground.ui.trying import picture_sources
from playground.ui.trying.pad import SIDE, DrawingPad


def ring(x, y, wide, high, first=0, last=360):
    angles = [math.radians(first + (last - first) * step / 24) for step in range(25)]
    return [(x + wide * math.cos(angle), y + high * math.sin(angle)) for angle in angles]


DRAWN = {
    "0": [ring(0.5, 0.5, 0.22, 0.32)],
    "1": [[(0.42, 0.3), (0.52, 0.2), (0.5, 0.8)]],
    "4": [[(0.45, 0.2), (0.3, 0.55), (0.7, 0.55)], [(0.6, 0.35), (0.55, 0.82)]],
    "7": [[(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)]],
    "8": [ring(0.5, 0.36, 0.14, 0.14), ring(0.5, 0.66, 0.17, 0.16)],
}


def draw(pad: DrawingPad, digit: str) -> None:
    """With the mouse."""
    pad.clear()
    place = pad._place()

    def at(spot: tuple[float, float]) -> QPoint:
        return (place.topLeft() + QPointF(*spot) * place.width()).toPoint()

    for line in DRAWN[digit]:
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=at(line[0]))
        for spot in line[1:]:
            QTest.mouseMove(pad, at(spot))
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=at(line[-1]))


@pytest.fixture
def trained(qtbot, opened):
    """Digits, learned; the pane in front."""
    window = opened("digits-cnn", epochs=6)
    window.show_place("trying")
    window.session.play()
    qtbot.waitUntil(lambda: window.session.status == "ended", timeout=120_000)
    qtbot.waitUntil(window.trying.pad.isVisible, timeout=5000)
    return window


def drop(window, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.trying.dropEvent(event)


def test_before_training_it_says_what_would_be_here_and_trains_at_one_click(qtbot, opened):
    window = opened("digits-mlp")
    window.show_place("trying")
    assert window.trying.empty.text().startswith("Here you try the network on something new: draw it")
    window.trying.train.click()
    assert window.session.status == "running"
    qtbot.waitUntil(window.trying.pad.isVisible, timeout=120_000)
    window.session.pause()


def test_digits_drawn_with_the_mouse_are_read(qtbot, trained):
    pane, right = trained.trying, 0
    for digit in DRAWN:
        draw(pane.pad, digit)
        wanted = pane._some
        qtbot.waitUntil(lambda: not pane._looking.is_stale and bool(pane.answer.said.text()), timeout=10_000)
        assert pane._some is wanted
        right += pane.answer.said.text() == digit
    assert right >= 4
    assert pane.answer.sure.text().endswith("the network after 6 epochs")
    pane.clear.click()
    assert pane.answer.said.text() == ""
    assert pane.answer.sure.text() == "Draw something."


def test_scribbles_are_warned_of(qtbot, trained):
    pane = trained.trying
    for spot in range(10, SIDE, 40):
        pane.pad.stroke(QPointF(spot, 0), QPointF(spot, SIDE), False)
    qtbot.waitUntil(pane.answer.warning.isVisible, timeout=10_000)
    assert pane.answer.warning.text().startswith("⚠ Unlike the training data: ")


def test_the_drawing_is_answered_while_it_trains(qtbot, opened):
    window = opened("digits-cnn", epochs=100_000)
    window.show_place("trying")
    window.session.play()
    qtbot.waitUntil(window.trying.pad.isVisible, timeout=120_000)
    draw(window.trying.pad, "0")
    qtbot.waitUntil(lambda: bool(window.trying.answer.said.text()), timeout=20_000)
    assert window.session.status == "running"
    first = window.trying.answer.sure.text()
    qtbot.waitUntil(lambda: window.trying.answer.sure.text() != first, timeout=120_000)
    window.session.pause()


def test_it_is_drawn_and_erased_by_keys_alone(qtbot):
    pad = DrawingPad()
    qtbot.addWidget(pad)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Space):
        QTest.keyClick(pad, key)
    ink = pad.ink().sum()
    assert ink > 0
    QTest.keyClick(pad, Qt.Key.Key_Left)
    assert pad.ink().sum() == ink  # the pen is up
    for key in (Qt.Key.Key_E, Qt.Key.Key_Space, Qt.Key.Key_Right):
        QTest.keyClick(pad, key)
    assert pad.is_erasing
    assert pad.ink().sum() < ink
    QTest.keyClick(pad, Qt.Key.Key_Delete)
    assert pad.is_empty


def test_dropped_pictures_are_answered_and_saved(qtbot, trained, tmp_path):
    (tmp_path / "new").mkdir()
    for number, image in enumerate(digits().inputs[:5, 0]):
        Image.fromarray((image * 255 / 16).round().astype(np.uint8)).save(tmp_path / "new" / f"{number}.png")
    (tmp_path / "new" / "x.png").write_bytes(b"?")
    pane = trained.trying
    source = trained.session.document.data.source
    drop(trained, tmp_path / "new")
    qtbot.waitUntil(lambda: pane.tried is not None, timeout=10_000)
    assert [answer.said for answer in pane.tried.answers[:5]] == list("01234")
    assert pane.note.text().endswith("1 could not be read.")
    assert len(pane.results.gallery.tiles) == 6
    assert pane.results.gallery.tiles[5].words == "⚠ x.png"
    assert "x.png is no image that can be read." in pane.results.gallery.tiles[5].tip
    assert trained.session.document.data.source == source  # they are no new data to learn from
    pane.results.gallery.clicked.emit(3)
    assert pane.answer.said.text() == "3"
    pane.trying.save(pane.tried, tmp_path / "out.csv")
    qtbot.waitUntil(lambda: trained.session.message == "Saved out.csv: 6 answers.", timeout=5000)
    with (tmp_path / "out.csv").open(newline="") as file:
        assert [row["answer"] for row in csv.DictReader(file)] == [*"01234", ""]


def test_files_of_another_kind_are_refused_in_a_sentence(qtbot, trained, tmp_path):
    drop(trained, tmp_path / "none.png")
    qtbot.waitUntil(lambda: trained.trying.note.text().startswith("There is no file or folder"), timeout=5000)
    assert trained.trying.tried is None


def test_a_form_has_a_field_for_each_column_and_answers_at_once(qtbot, opened):
    window = opened("table-mlp", epochs=30)
    window.show_place("trying")
    window.session.play()
    qtbot.waitUntil(lambda: window.session.status == "ended", timeout=120_000)
    pane = window.trying
    assert list(pane.form.fields) == ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"]
    qtbot.waitUntil(lambda: bool(pane.answer.said.text()), timeout=10_000)
    usual = float(pane.answer.said.text())
    assert 50 < usual < 250
    pane.form.fields["bmi"].setText("40")
    qtbot.waitUntil(lambda: float(pane.answer.said.text()) > usual, timeout=10_000)
    pane.form.fields["bmi"].setText("4000")
    qtbot.waitUntil(lambda: "bmi: 4000 lies outside of" in pane.answer.warning.text(), timeout=10_000)
    pane.form.fields["bmi"].setText("fat")
    qtbot.waitUntil(lambda: pane.answer.warning.text() == "⚠ “fat” in bmi is not a number.", timeout=10_000)


def test_text_is_gone_on_with(qtbot, opened):
    window = opened("char-lm", epochs=2)
    window.show_place("trying")
    window.session.play()
    qtbot.waitUntil(lambda: window.session.status == "ended", timeout=120_000)
    window.trying.text.setPlainText("alice was")
    qtbot.waitUntil(lambda: len(window.trying.answer.said.text()) > 50, timeout=20_000)


def on_paper(number: int, times: int = 12) -> QImage:
    """A digit of the test part as dark ink on bright paper, many times larger, with a margin."""
    ink = np.pad(np.kron(digits().inputs[number, 0] * 15, np.ones((times, times))), 40).astype(np.uint8)
    colors = np.ascontiguousarray(np.repeat((245 - ink)[..., None], 3, axis=2))
    return image_of(colors)


def answered(qtbot, pane, words: str) -> None:
    qtbot.waitUntil(lambda: not pane._looking.is_stale and pane.answer.said.text() == words, timeout=10_000)


def test_a_pasted_picture_is_read_as_one_that_was_drawn(qtbot, trained):
    pane = trained.trying
    QGuiApplication.clipboard().setImage(on_paper(0))
    pane.pad.setFocus()
    QTest.keyClick(pane.pad, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    answered(qtbot, pane, "0")
    assert pane._some.names == ("the pasted picture",)
    draw(pane.pad, "1")
    assert pane._some.names == ("the drawing",)
    QGuiApplication.clipboard().setText("7")
    pane.pictures.paste_action.trigger()
    assert pane.note.text() == "The clipboard holds no picture. Copy one first, or make a screenshot."


def test_a_picture_dragged_from_another_program_is_read(qtbot, trained):
    data = QMimeData()
    data.setImageData(on_paper(2))
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    event = QDropEvent(QPointF(5, 5), actions, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    trained.trying.dropEvent(event)
    assert event.dropAction() == Qt.DropAction.CopyAction
    answered(qtbot, trained.trying, "2")


def test_a_plain_area_is_no_figure(qtbot, trained):
    blank = QImage(50, 50, QImage.Format.Format_RGB32)
    blank.fill(Qt.GlobalColor.white)
    trained.trying.take_picture(blank, "blank")
    assert trained.trying.answer.warning.text().startswith("⚠ The picture is plain: no figure stands out")


def test_a_part_of_the_screen_is_marked_with_the_mouse(qtbot, trained, monkeypatch):
    pane = trained.trying
    monkeypatch.setattr(picture_sources, "screen_picture", lambda _: QImage())
    pane.pictures.screen_action.trigger()
    assert pane.note.text().startswith("This desktop lets no program see the screen. Make a screenshot")
    shown = QImage(800, 600, QImage.Format.Format_RGB32)
    shown.fill(Qt.GlobalColor.gray)
    painter = QPainter(shown)
    painter.drawImage(100, 200, on_paper(4))
    painter.end()
    monkeypatch.setattr(picture_sources, "screen_picture", lambda _: shown)
    pane.pictures.screen_action.trigger()
    picker = pane.pictures._picker
    qtbot.waitExposed(picker)
    picker.resize(400, 300)
    wide = on_paper(4).width() // 2
    QTest.mousePress(picker, Qt.MouseButton.LeftButton, pos=QPoint(50, 100))
    QTest.mouseMove(picker, QPoint(50 + wide - 1, 100 + wide - 1))
    QTest.mouseRelease(picker, Qt.MouseButton.LeftButton, pos=QPoint(50 + wide - 1, 100 + wide - 1))
    answered(qtbot, pane, "4")
    qtbot.waitUntil(lambda: not isValid(picker), timeout=5000)


def test_a_project_whose_data_are_gone_is_tried_by_what_its_file_knows(qtbot, opened, tmp_path):
    rows = [f"{x},{x * x % 7},{'ab'[x % 2]},{'yes' if x % 3 else 'no'}" for x in range(80)]
    table = tmp_path / "own.csv"
    table.write_text("\n".join(["first,second,letter,answer", *rows]))
    document = make_project("table-mlp", str(table), "answer")[0]
    choice = document.data
    training = Training(document.graph, document.recipe.model_copy(update={"epochs": 3}), prepare(load(choice), choice))
    list(training.events())
    checkpoint = training.checkpoint()
    kept = to_keep(document, training.examples, checkpoint)
    table.unlink()
    write_project(tmp_path / "p.nnplay", Project(document, checkpoint, (), kept))
    window = opened()
    window.session.open(tmp_path / "p.nnplay")
    window.show_place("trying")
    pane = window.trying
    qtbot.waitUntil(lambda: pane.answer.said.text() in ("yes", "no"), timeout=20_000)
    assert pane.answer.sure.text().endswith("as the project holds it; its data are not here")
    pane.form.fields["first"].setText("4000")
    qtbot.waitUntil(lambda: "first: 4000 lies outside of" in pane.answer.warning.text(), timeout=10_000)
    fresh = tmp_path / "fresh.csv"
    fresh.write_text("first,second,letter\n3,2,a\n5,4,b\n")
    pane.open([fresh])
    qtbot.waitUntil(lambda: pane.tried is not None, timeout=10_000)
    assert [answer.said in ("yes", "no") for answer in pane.tried.answers] == [True, True]


def test_a_form_begins_with_a_row_that_there_is():
    choice = DataChoice(source="iris")
    examples = prepare(load(choice), choice)
    intake = intake_of(examples, choice)
    row = [float(each.usual) for each in intake.seen]
    taught = examples.dataset.inputs[examples.train.rows]
    assert np.isclose(taught, row, atol=1e-4).all(axis=1).any()


def test_a_forecast_goes_on_with_the_values_that_are_typed(qtbot, opened, tmp_path):
    path = tmp_path / "wave.csv"
    path.write_text("\n".join(["wave", *(f"{10 + math.sin(step / 3):.4f}" for step in range(260))]))
    document = make_project("frequency-lstm", str(path))[0]
    document = replace(document, recipe=document.recipe.model_copy(update={"epochs": 15}))
    write_project(tmp_path / "p.nnplay", Project(document))
    window = opened()
    window.session.open(tmp_path / "p.nnplay")
    qtbot.waitUntil(lambda: window.session.status == "ready", timeout=10_000)
    window.show_place("trying")
    window.session.play()
    pane = window.trying
    qtbot.waitUntil(lambda: window.session.status == "ended", timeout=120_000)
    qtbot.waitUntil(lambda: bool(pane.answer.curve.spread), timeout=20_000)  # of the newest window, at once
    intake = pane.trying.intake
    values = [10 + math.sin(step / 3) for step in range(500, 500 + intake.shape[0])]
    pane.text.setPlainText("\n".join(f"{value:.4f}" for value in values))
    qtbot.waitUntil(lambda: abs(pane.answer.curve.known[-1] - values[-1]) < 1e-3, timeout=10_000)
    qtbot.waitUntil(lambda: abs(pane.answer.curve.known[0] - values[0]) < 1e-3, timeout=10_000)
    assert abs(float(pane.answer.said.text()) - (10 + math.sin((500 + len(values)) / 3))) < 0.5
    assert pane.answer.curve.isVisible()
    pane.text.setPlainText("1\n2")
    words = f"⚠ There are 2 moments, but the network looks at {intake.shape[0]}. Give more."
    qtbot.waitUntil(lambda: pane.answer.warning.text() == words, timeout=10_000)


def test_the_temperature_is_set_by_a_slider_where_text_is_gone_on_with(qtbot, opened):
    window = opened("char-lm", epochs=1)
    window.show_place("trying")
    window.session.play()
    qtbot.waitUntil(lambda: window.session.status == "ended", timeout=120_000)
    pane = window.trying
    qtbot.waitUntil(pane.writing.temperature.isVisible, timeout=5000)
    assert "softmax(scores / temperature)" in pane.writing.temperature.toolTip()
    pane.text.setPlainText("alice was")
    qtbot.waitUntil(lambda: len(pane.answer.said.text()) > 50, timeout=20_000)
    before = pane.answer.said.text()
    pane.writing.temperature.setValue(2)
    qtbot.waitUntil(lambda: pane.answer.said.text() != before, timeout=20_000)
    assert pane.trying.temperature == 0.1
    assert len(set(pane.answer.said.text())) < len(set(before))  # towards 0 it goes round in circles
