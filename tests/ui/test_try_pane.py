"""Trying the network in the window: drawn, filled in, written or dropped, and answered live."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest

from playground.data.bundled import digits
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
    assert pane.results.gallery.tiles[5].words == "⚠ "
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
